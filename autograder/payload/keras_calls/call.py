"""One call of `fit`, `evaluate` or `predict` with everything that decides its result."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from .captured_arrays import Array

Operation = Literal["fit", "evaluate", "predict"]


@dataclasses.dataclass(frozen=True)
class BuiltValidation:
    """The validation data of `fit`."""

    x: list[Array]
    y: Array
    sample_weight: Array | None
    batch_size: int
    steps: int | None = None
    frequency: Any = 1


@dataclasses.dataclass(frozen=True)
class BuiltCall:
    """A call on a built model.

    `rates` holds the learning rate of every epoch if the notebook's schedule sets it. `callbacks` are Keras's own that
    affect the result. `unseeded`: the notebook set no seed, so one was drawn.
    """

    operation: Operation
    model: Any
    x: list[Array]
    batch_size: int
    y: Array | None = None
    sample_weight: Array | None = None
    epochs: int = 1
    initial_epoch: int = 0
    shuffle: bool | str = True
    seed: int | None = None
    unseeded: bool = False
    steps_per_epoch: int | None = None
    class_weight: dict[int, float] | None = None
    validation: BuiltValidation | None = None
    callbacks: tuple[Any, ...] = ()
    rates: tuple[float, ...] | None = None
