"""Whether a training begins as Keras begins one: weights as it draws them by default, an optimizer that is new.

Told from the arrays themselves. A network that learned nothing is forgiven if its seed was unlucky; it is no bad luck
if somebody chose its weights, or an optimizer's state that leads to them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.orders.arrays import Array
from autograder.orders.description import Configured, Graph, Operation
from autograder.orders.layers import name_of

_SIGMAS = 6.0
"""So far from its expected value lies a statistic of a drawn kernel once in 500 million draws."""

_ROUNDING = 1e-3
_LEAST_DIFFERENT = 0.9
_COMPARED = 100_000
"""Of so many drawn values nearly all differ from one another; a smaller share means that they were copied."""

_KERNELS = {
    "Dense": ("kernel",),
    "Conv1D": ("kernel",),
    "Conv2D": ("kernel",),
    "Conv3D": ("kernel",),
    "Conv1DTranspose": ("kernel",),
    "Conv2DTranspose": ("kernel",),
    "Conv3DTranspose": ("kernel",),
    "DepthwiseConv1D": ("kernel",),
    "DepthwiseConv2D": ("kernel",),
    "SeparableConv1D": ("kernel", "kernel"),
    "SeparableConv2D": ("kernel", "kernel"),
}
_SCALED = ("BatchNormalization", "LayerNormalization", "GroupNormalization")


def unusual_start(network: Graph, weights: Sequence[Array]) -> str:
    """Say which weights are not such as Keras draws by default, and how; nothing if all are.

    Args:
        network: The network's graph.
        weights: Its arrays in the order of the graph.
    """
    arrays = [array.values for array in weights if not array.is_seed]
    expected = [(name_of(operation), kind) for operation in network.operations for kind in _weights_of(operation)]
    if len(expected) != len(arrays):
        # Some layer has weights that this module knows nothing of: what each array is, only its shape can tell.
        expected = [("a layer", "kernel" if array.ndim > 1 else "constant") for array in arrays]
    for (layer, kind), array in zip(expected, arrays, strict=True):
        if fault := _fault(kind, array):
            return f"{layer}: {fault}"
    return ""


def used_optimizer(optimizer: Configured, state: Sequence[Array]) -> str:
    """Say that an optimizer is not new: it has counted steps, or remembers gradients. Nothing if it is new.

    Args:
        optimizer: The optimizer.
        state: Its arrays in Keras's order; the second may be the learning rate, which is said elsewhere.
    """
    if not state:
        return ""
    steps, *rows = (array.values for array in state)
    if rows and rows[0].ndim == 0:
        del rows[0]
    # Most begin with zeros; Adagrad and Ftrl with a number that is set, Nadam's product with 1.
    first = np.float32(optimizer.settings.get("initial_accumulator_value") or 0.0)
    new = not steps.any() and all(not row.any() or (row == (first if row.ndim else 1)).all() for row in rows)
    return "" if new else f"{optimizer.kind}: an optimizer that is not new"


def _weights_of(operation: Operation) -> tuple[str, ...]:
    """Name the weights of a layer in Keras's order."""
    name, settings = name_of(operation), operation.settings
    if name in _KERNELS:
        return (*_KERNELS[name], *(("zeros",) if settings.get("use_bias", True) else ()))
    if name in _SCALED:
        gamma, beta = (
            ("ones",) if settings.get("scale", True) else (),
            ("zeros",) if settings.get("center", True) else (),
        )
        return (*gamma, *beta, *(("zeros", "ones") if name == "BatchNormalization" else ()))
    return ("zeros",) if name == "PReLU" else ()


def _fault(kind: str, array: NDArray[Any]) -> str:
    if not np.isfinite(array).all():
        return "weights that are no numbers"
    match kind:
        case "zeros":
            return "a bias that does not start at 0" if array.any() else ""
        case "ones":
            return "a scale that does not start at 1" if (array != 1).any() else ""
        case "constant":
            return "weights that start neither at 0 nor at 1" if array.any() and (array != 1).any() else ""
        case _:
            return _kernel_fault(array.astype(np.float64))


def _kernel_fault(kernel: NDArray[np.float64]) -> str:
    """Compare with a uniform distribution between Glorot's bounds: its ends, its mean, its width, its variety."""
    if kernel.size == 0:
        return ""
    *window, fan_in, fan_out = kernel.shape if kernel.ndim > 1 else (kernel.size, kernel.size)
    bound = math.sqrt(6 / (math.prod(window) * (fan_in + fan_out)))
    count, width = kernel.size, bound / math.sqrt(3)
    if np.abs(kernel).max(initial=0.0) > bound * (1 + _ROUNDING):
        return "a kernel beyond Keras's default bounds"
    # The square of a uniform variable has a standard deviation of sqrt(0.8) times its mean.
    squares = float(np.mean(kernel**2)) / width**2
    if abs(float(kernel.mean())) > _SIGMAS * width / math.sqrt(count) or abs(squares - 1) > _SIGMAS * math.sqrt(
        0.8 / count
    ):
        return "a kernel that is not drawn evenly between Keras's default bounds"
    compared = kernel.reshape(-1)[:_COMPARED]
    if len(np.unique(compared)) < _LEAST_DIFFERENT * len(compared):
        return "a kernel of copied values"
    return ""
