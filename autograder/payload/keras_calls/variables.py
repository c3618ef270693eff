"""Creates the variables that a call of `fit`, `evaluate` or `predict` would create on its first batch.

A description needs the initial weights, and an answer needs variables for the final ones. This consumes no random
numbers: an initialiser took its seed when its layer was created.
"""

from __future__ import annotations

from typing import Any

import keras
from keras.src.backend import compute_output_spec, is_float_dtype, standardize_dtype

from .captured_arrays import Array
from .network import functional_graph
from .own import NotOrderableError


def build(model: Any, x: list[Array], y: Array | None, batch_size: int, *, optimizer: bool) -> None:
    """Build a model for data like `x` and `y`.

    Args:
        model: The model that `fit`, `evaluate` or `predict` is called on.
        x: The inputs.
        y: The targets; None for `predict`, which builds neither loss nor metrics.
        batch_size: The batch size of the call, which may appear in the shapes of `summary`.
        optimizer: Whether to build the optimizer too, as `fit` does.

    Raises:
        NotOrderableError: It uses a distribution strategy.
    """
    if model._distribute_strategy is not None:
        raise NotOrderableError("a distribution strategy")
    unbuilt = not all(layer.built for layer in model._flatten_layers())
    compiled = [part for part in (model._compile_metrics, model._compile_loss) if part is not None]
    if y is None:
        compiled = []
    if unbuilt or not all(part.built for part in compiled):
        x_spec, y_spec = _first_batch(x, y, batch_size)
        y_pred = None if unbuilt else _known_output(model)
        if y_pred is None:
            y_pred = compute_output_spec(model, x_spec, training=False)
        if model._compile_metrics in compiled:
            _build_metrics(model, x_spec, y_spec, y_pred)
        if model._compile_loss in compiled:
            compute_output_spec(model._compute_loss, x_spec, y_spec, y_pred, sample_weight=None, training=False)
    if optimizer and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _known_output(model: Any) -> Any:
    """Return the shape and type of what a network's graph gives; None if only a computation can tell.

    Tracing the network for them, as Keras does, takes longer than everything else here.
    """
    try:
        outputs = functional_graph(model)._outputs_struct
    except NotOrderableError:
        return None
    if isinstance(outputs, keras.KerasTensor) and None not in outputs.shape[1:]:
        return keras.KerasTensor(outputs.shape, outputs.dtype)
    return None


def _build_metrics(model: Any, x: Any, y: Any, y_pred: Any) -> None:
    """Make the metrics. A mean has its variables from the start; others may make theirs when they are first updated."""
    model._compile_metrics.build(y, y_pred)
    if not all(isinstance(metric, keras.metrics.Mean) for metric in model._compile_metrics.metrics):
        compute_output_spec(model.compute_metrics, x, y, y_pred, sample_weight=None)


def _first_batch(x: list[Array], y: Array | None, batch_size: int) -> tuple[Any, Any]:
    """Return the shapes and types that Keras itself would see, without making its data set: that takes longer.

    The batch axis is open if the last batch is smaller. Floats of another type are cast.
    """

    def tensor(value: Array) -> Any:
        rows = None if len(value) % batch_size else batch_size
        dtype = standardize_dtype(value.dtype.name)
        return keras.KerasTensor((rows, *value.shape[1:]), keras.config.floatx() if is_float_dtype(dtype) else dtype)

    inputs = [tensor(part) for part in x]
    return inputs[0] if len(inputs) == 1 else inputs, None if y is None else tensor(y)
