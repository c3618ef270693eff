"""Recognise a network that learned nothing, by the history of its loss.

A relu on the output can die: it returns zero for every input, has no gradient, and the loss stays constant, no better
than a constant prediction's. That is an unlucky seed, not a wrong recipe. A network whose loss is high but falling is
not dead.
"""

from __future__ import annotations

import math
from typing import Final

from autograder.records import Training

FLAT_RELATIVE: Final = 1e-3
"""A loss is constant if it changes by less than this share over the second half of the epochs."""

NO_BETTER: Final = 0.99
"""A dead network's loss is at least this share of the best constant prediction's."""


def is_dead(training: Training) -> bool:
    """Return whether a training ended with a constant loss, no better than a constant prediction's."""
    losses = training.history.get("loss", ())
    tail = [loss for loss in losses[len(losses) // 2 :] if loss is not None]
    bound = constant_loss(training)
    # One epoch is too few to be constant over, and a loss that was not finite was not constant.
    if bound is None or len(tail) < 2 or None in losses:  # noqa: PLR2004
        return False
    return max(tail) - min(tail) <= FLAT_RELATIVE * max(tail) and tail[-1] >= NO_BETTER * bound


def constant_loss(training: Training) -> float | None:
    """Return the loss of the best constant prediction, None if the summary of the targets does not determine it.

    For a squared error that is the targets' variance. For a cross-entropy over one-hot targets it is the entropy of
    the classes; their mean is one over the number of classes, so this is exact for balanced classes.
    """
    match training.loss:
        case "mean_squared_error":
            return training.targets.std**2
        case "categorical_crossentropy" if 0 < training.targets.mean < 1:
            return -math.log(training.targets.mean)
        case _:
            return None
