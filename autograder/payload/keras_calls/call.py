"""One call of `fit`, `evaluate` or `predict` with all that decides its result, whoever makes it."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from .arrays import Array

Operation = Literal["fit", "evaluate", "predict"]


@dataclasses.dataclass(frozen=True)
class Validation:
    """What `fit` is to evaluate itself on after its epochs."""

    x: list[Array]
    y: Array
    sample_weight: Array | None
    batch_size: int
    steps: int | None = None
    frequency: Any = 1


@dataclasses.dataclass(frozen=True)
class Call:
    """A call on a built model.

    `rates` is the learning rate of every epoch where a schedule of the notebook's set it. `callbacks` are those of
    Keras's own that decide something. `unseeded`: the notebook had set no seed, so this one was drawn.
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
    validation: Validation | None = None
    callbacks: tuple[Any, ...] = ()
    rates: tuple[float, ...] | None = None
