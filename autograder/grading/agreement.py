"""When two numbers, two series or two summaries of data count as the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from autograder.records import JSON, DataSummary

LINK_RELATIVE = 1e-6
"""Reported numbers are copies of journalled ones: apart by a detour over float32 at most."""

SETTING_RELATIVE = 1e-4
"""A setting of a layer or an optimizer, which may have been through a float32."""

DATA_RELATIVE = 2e-3
DATA_ABSOLUTE = 2e-5
"""Between what must agree and what must not, for data of order 1. A z-score by the sample's deviation instead of the
population's is 1.2e-3 apart on 404 rows; one fitted to all 506 rows moves the deviation by 5e-3 and the mean by 4e-3;
800 images in another order move the probes by 2e-4; float32 against float64 moves nothing by 1e-6."""


def decimals(values: Iterable[float]) -> int:
    """Return how many decimals the most precise of the numbers has, as Python writes it.

    >>> decimals([21.63, 19.1])
    2
    """
    return max((-int(Decimal(repr(value)).normalize().as_tuple().exponent) for value in values), default=0)


def same_number(reported: float, recorded: float | None, relative: float, digits: int = 0) -> bool:
    """Tell whether a number is another up to `relative`, or is the other rounded to `digits` ≥ 1 decimals."""
    if recorded is None:
        return False
    difference = abs(reported - recorded)
    # Written so that NaN, which compares as false with everything, never agrees.
    if difference <= relative * abs(recorded):
        return True
    return digits >= 1 and difference <= 0.5 * 10.0**-digits * (1 + 1e-9)


def same_series(reported: Sequence[float], recorded: Sequence[float | None], relative: float, digits: int = 0) -> bool:
    """Tell whether two series have the same length and the same numbers."""
    return len(reported) == len(recorded) and all(
        same_number(one, other, relative, digits) for one, other in zip(reported, recorded, strict=True)
    )


def same_setting(obtained: JSON, expected: JSON) -> bool:
    """Compare numbers within rounding and `3` with `[3, 3]`; no activation is the linear one."""
    if expected == "linear" and obtained is None:
        return True
    if isinstance(expected, list):
        given = obtained if isinstance(obtained, list) else [obtained] * len(expected)
        return len(given) == len(expected) and all(map(same_setting, given, expected))
    if _is_number(obtained) and _is_number(expected):
        return math.isclose(obtained, expected, rel_tol=SETTING_RELATIVE)
    return bool(obtained == expected)


def same_data(obtained: DataSummary, expected: DataSummary) -> bool:
    """Tell whether two summaries are of the same data, up to rounding.

    Axes of length one are not compared: `(404,)` and `(404, 1)` hold the same targets.
    """
    if _without_ones(obtained.shape) != _without_ones(expected.shape):
        return False
    one, other = _figures(obtained), _figures(expected)
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=DATA_RELATIVE, abs_tol=DATA_ABSOLUTE) for a, b in zip(one, other, strict=True)
    )


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def _figures(data: DataSummary) -> tuple[float, ...]:
    return (data.minimum, data.maximum, data.mean, data.std, *data.probes)
