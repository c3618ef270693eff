"""Check that a training starts as Keras starts one: with weights drawn by its defaults and a new optimizer.

The check uses the arrays themselves. A network that learned nothing is forgiven if its seed was unlucky, but not if its
weights, or an optimizer state that leads to them, were chosen.
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
from autograder.records import Detail

_SIGMAS = 6.0
"""In standard deviations: a statistic of a drawn kernel deviates this far once in 500 million draws."""

_ROUNDING = 1e-3
_LEAST_DIFFERENT = 0.9
_COMPARED = 100_000
"""Nearly all drawn values are distinct; a smaller share means that they were copied."""

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


def unusual_start(network: Graph, weights: Sequence[Array]) -> Detail | None:
    """Return which weights Keras would not draw by default, and why; None if there are none.

    Args:
        network: The network's graph.
        weights: The network's arrays in the order of the graph.
    """
    arrays = [array.values for array in weights if not array.is_seed]
    expected = [(name_of(operation), kind) for operation in network.operations for kind in _weights_of(operation)]
    if len(expected) != len(arrays):
        # Some layer has weights unknown to this module, so the kind of each array is inferred from its shape.
        expected = [("Layer", "kernel" if array.ndim > 1 else "constant") for array in arrays]
    for (layer, kind), array in zip(expected, arrays, strict=True):
        if fault := _fault(kind, array):
            return Detail.of(f"initial.{fault}", layer=layer)
    return None


def used_optimizer(optimizer: Configured, state: Sequence[Array]) -> Detail | None:
    """Return how an optimizer is not new (it has counted steps or holds gradients); None if it is new.

    Args:
        optimizer: The optimizer.
        state: Its arrays in Keras's order; the second may be the learning rate, which is checked elsewhere.
    """
    if not state:
        return None
    steps, *rows = (array.values for array in state)
    if rows and rows[0].ndim == 0:
        del rows[0]
    # Most start with zeros; Adagrad and Ftrl with a given number, Nadam's product with 1.
    first = np.float32(optimizer.settings.get("initial_accumulator_value") or 0.0)
    new = not steps.any() and all(not row.any() or (row == (first if row.ndim else 1)).all() for row in rows)
    return None if new else Detail.of("initial.optimizer", optimizer=optimizer.kind)


def _weights_of(operation: Operation) -> tuple[str, ...]:
    """Return the kinds of a layer's weights in Keras's order."""
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
    """Return the last part of a code `initial.…`, empty if the array is as Keras draws it."""
    if not np.isfinite(array).all():
        return "not_finite"
    match kind:
        case "zeros":
            return "bias" if array.any() else ""
        case "ones":
            return "scale" if (array != 1).any() else ""
        case "constant":
            return "constant" if array.any() and (array != 1).any() else ""
        case _:
            return _kernel_fault(array.astype(np.float64))


def _kernel_fault(kernel: NDArray[np.float64]) -> str:
    """Compare with a uniform distribution between Glorot's bounds: range, mean, variance, distinct values."""
    if kernel.size == 0:
        return ""
    *window, fan_in, fan_out = kernel.shape if kernel.ndim > 1 else (kernel.size, kernel.size)
    bound = math.sqrt(6 / (math.prod(window) * (fan_in + fan_out)))
    count, width = kernel.size, bound / math.sqrt(3)
    if np.abs(kernel).max(initial=0.0) > bound * (1 + _ROUNDING):
        return "kernel_bounds"
    # The square of a uniform variable has a standard deviation of sqrt(0.8) times its mean.
    squares = float(np.mean(kernel**2)) / width**2
    if abs(float(kernel.mean())) > _SIGMAS * width / math.sqrt(count) or abs(squares - 1) > _SIGMAS * math.sqrt(
        0.8 / count
    ):
        return "kernel_spread"
    compared = kernel.reshape(-1)[:_COMPARED]
    if len(np.unique(compared)) < _LEAST_DIFFERENT * len(compared):
        return "kernel_copied"
    return ""
