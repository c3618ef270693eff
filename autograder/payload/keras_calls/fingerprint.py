"""One number for all that decides the result of a call: two calls with equal fingerprints give equal results.

Left out on purpose: names, and the generators of Python and NumPy. Keras draws initial weights from Python's, but
those weights are looked at themselves; no call that moved a generator is ever recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from . import randomness
from .calls import FitCall, NotReplayableError, TestCall
from .compiled import describe_loss, describe_metrics, describe_optimizer
from .network import describe_network, network_variables, to_text
from .own import refuse_foreign_functions
from .variables import values_of

FORMAT = 1
"""Counts changes of what goes in, or of what a result holds: old results are then unknown, not misread."""


def fingerprint_fit(call: FitCall, rates: Callable[[], Sequence[float] | None]) -> str:
    """Return the fingerprint of a `fit` of a built model.

    Args:
        call: A call whose model has all its variables.
        rates: Gives the learning rate of every epoch, where a schedule of the notebook sets it. It is called once all
            else has a fingerprint: a schedule is not to be asked ahead in vain.

    Raises:
        NotReplayableError: Something that decides the result has no fingerprint.
    """
    seed = randomness.tensorflow_seed()
    if call.shuffle and seed is None:
        raise NotReplayableError("shuffling without a seed")
    digest = _begin("fit", call.model)
    digest.add(describe_loss(call.model))
    digest.add(describe_metrics(call.model))
    digest.add(describe_optimizer(call.model.optimizer))
    digest.add_arrays(values_of(call.model.optimizer.variables))
    digest.add([call.batch_size, call.epochs, call.shuffle, seed, rates()])
    digest.add_arrays([_as_keras_sees(call.x), _as_keras_sees(call.y)])
    if call.validation is not None:
        digest.add(call.validation_batch_size)
        digest.add_arrays([_as_keras_sees(part) for part in call.validation])
    return digest.hexdigest()


def fingerprint_test(operation: str, call: TestCall) -> str:
    """Return the fingerprint of an `evaluate` or a `predict` of a built model.

    Raises:
        NotReplayableError: Something that decides the result has no fingerprint.
    """
    digest = _begin(operation, call.model)
    digest.add(call.batch_size)
    digest.add_arrays([_as_keras_sees(call.x)])
    if call.y is not None:
        digest.add(describe_loss(call.model))
        digest.add(describe_metrics(call.model))
        digest.add_arrays([_as_keras_sees(call.y)])
    return digest.hexdigest()


class _Digest:
    """A hash over descriptions and arrays, each with its length, so that no two sequences run together."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, description: Any) -> None:
        text = to_text(description).encode()
        self._hash.update(b"text %d\n" % len(text))
        self._hash.update(text)

    def add_arrays(self, arrays: Sequence[NDArray[Any]]) -> None:
        self._hash.update(b"arrays %d\n" % len(arrays))
        for array in arrays:
            self.add([array.dtype.str, list(array.shape)])
            self._hash.update(np.ascontiguousarray(array).data)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _begin(operation: str, model: Any) -> _Digest:
    if model.run_eagerly or model.steps_per_execution != 1 or tf.config.functions_run_eagerly():
        raise NotReplayableError("steps run in another way")
    refuse_foreign_functions(model)
    digest = _Digest()
    digest.add([FORMAT, operation, keras.__version__, tf.__version__, keras.config.floatx()])
    digest.add([bool(model.jit_compile), randomness.determinism()])
    digest.add(describe_network(model))
    digest.add_arrays(values_of(network_variables(model)))
    return digest


def _as_keras_sees(array: NDArray[Any]) -> NDArray[Any]:
    """Cast as Keras does before anything else: inputs that agree afterwards train alike."""
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array
