"""Separate the options of a training that may have changed the result from those that cannot have.

`Training.options` names everything that differs from Keras's defaults. Some of it only observes, and some of it shows
in fields that a recipe judges anyway: the number of epochs and their learning rates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from autograder.records import Training

_ONLY_LOOKING_ON: Final = frozenset(
    {
        "BackupAndRestore",
        "CSVLogger",
        "History",
        "ModelCheckpoint",
        "ProgbarLogger",
        "RemoteMonitor",
        "TensorBoard",
        "TerminateOnNaN",
        "jit_compile",
        "metrics",
        "name",
        "run_eagerly",
        "validation_freq",
        "validation_steps",
        "verbose",
        "weighted_metrics",
    }
)
_SEEN_ELSEWHERE: Final = frozenset(
    {"EarlyStopping", "LearningRateScheduler", "ReduceLROnPlateau", "epochs", "initial_epoch", "max_epochs"}
)
"""These change nothing but the number of epochs or their rates."""

_MORE_EXACT: Final = frozenset({"floatx=float64", "dtype=float64", "loss dtype=float64"})
_RESTORING: Final = "restore_best_weights=True"
_STEPS: Final = frozenset({"steps_per_epoch", "max_steps_per_epoch"})
_OPTION: Final = re.compile(r"(?P<name>\w+)(?:=(?P<value>.*)|\((?P<settings>.*))?", re.DOTALL)


def deciding_options(training: Training, *, of_history: bool) -> Iterator[str]:
    """Yield the options that may have changed what a training's network learned.

    Args:
        training: The training.
        of_history: The reported numbers are its history, which weights restored at its end do not change.
    """
    for option in training.options:
        match = _OPTION.fullmatch(option)
        if option in _MORE_EXACT:
            continue
        if match is None or not _decides_nothing(training, of_history, **match.groupdict(default="")):
            yield option


def _decides_nothing(training: Training, of_history: bool, name: str, value: str, settings: str) -> bool:  # noqa: FBT001 (private)
    if name in _STEPS:
        return value.isdecimal() and int(value) >= _batches(training)
    return name in _ONLY_LOOKING_ON or (name in _SEEN_ELSEWHERE and (of_history or _RESTORING not in settings))


def _batches(training: Training) -> float:
    """Return how many batches cover every row once.

    If the data are not observed (which counts on its own), any number of steps may cover every row; without a batch
    size none does.
    """
    if not training.inputs.shape:
        return 0
    return math.ceil(training.inputs.shape[0] / training.batch_size) if training.batch_size else math.inf
