"""The data that a training saw, and when two summaries describe the same data."""

from __future__ import annotations

import dataclasses
import math

from autograder.records import DataSummary

DATA_RELATIVE = 2e-3
DATA_ABSOLUTE = 2e-5
"""The tolerance for data of order 1. It must be below the differences that count: a z-score with the sample's deviation
instead of the population's differs by 1.2e-3 on 404 rows; one fitted to all 506 rows moves the deviation by 5e-3 and
the mean by 4e-3; 800 images in another order move the probes by 2e-4. Float32 instead of float64 moves nothing by
1e-6."""


@dataclasses.dataclass(frozen=True, slots=True)
class TrainingData:
    """The data of the reference's training; `evaluated`: the inputs on which the reported error was measured."""

    inputs: DataSummary
    targets: DataSummary
    validation: DataSummary | None
    evaluated: DataSummary | None = None


def same_data(obtained: DataSummary, expected: DataSummary) -> bool:
    """Return whether two summaries describe the same data, up to rounding.

    Axes of length one are ignored: `(404,)` and `(404, 1)` hold the same targets.
    """
    if _without_ones(obtained.shape) != _without_ones(expected.shape):
        return False
    one, other = _figures(obtained), _figures(expected)
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=DATA_RELATIVE, abs_tol=DATA_ABSOLUTE) for a, b in zip(one, other, strict=True)
    )


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def _figures(data: DataSummary) -> tuple[float, ...]:
    return (data.minimum, data.maximum, data.mean, data.std, *data.probes)
