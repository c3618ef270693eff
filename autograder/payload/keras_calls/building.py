"""Creates the variables that a call of `fit`, `evaluate` or `predict` would create on its first batch.

A description needs the initial weights, and an answer needs somewhere to put the final ones. Nothing is drawn and
nothing is computed here: an initialiser took its seed when its layer was made.
"""

from __future__ import annotations

from typing import Any

import keras
from keras.src.backend import compute_output_spec, standardize_dtype
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

from .arrays import Array
from .own import NotOrderableError


def build(model: Any, x: list[Array], y: Array | None, batch_size: int, *, optimizer: bool) -> None:
    """Build a model for data like `x` and `y`.

    Args:
        model: What `fit`, `evaluate` or `predict` is called on.
        x: The inputs.
        y: The targets; None for `predict`, which builds neither loss nor metrics.
        batch_size: That of the call: it may end up in the shapes that `summary` shows.
        optimizer: Whether to build the optimizer too, as `fit` does.

    Raises:
        NotOrderableError: It is to be trained in several places at once.
    """
    if model._distribute_strategy is not None:
        raise NotOrderableError("a distribution strategy")
    unbuilt = not all(layer.built for layer in model._flatten_layers())
    compiled = [part for part in (model._compile_metrics, model._compile_loss) if part is not None]
    if y is None:
        compiled = []
    if unbuilt or not all(part.built for part in compiled):
        x_spec, y_spec = _first_batch(x, y, batch_size)
        y_pred = compute_output_spec(model, x_spec, training=False)
        if model._compile_metrics in compiled:
            compute_output_spec(model.compute_metrics, x_spec, y_spec, y_pred, sample_weight=None)
        if model._compile_loss in compiled:
            compute_output_spec(model._compute_loss, x_spec, y_spec, y_pred, sample_weight=None, training=False)
    if optimizer and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _first_batch(x: list[Array], y: Array | None, batch_size: int) -> tuple[Any, Any]:
    """Return the shapes that Keras itself would see: the batch axis is open if the last batch is smaller."""

    def tensors(value: Any) -> Any:
        spec = ArrayDataAdapter(value, batch_size=batch_size).get_tf_dataset().element_spec
        return keras.KerasTensor(tuple(spec.shape), standardize_dtype(spec.dtype))

    inputs = [tensors(part) for part in x]
    return inputs[0] if len(inputs) == 1 else inputs, None if y is None else tensors(y)
