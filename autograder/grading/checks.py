"""The checks on values: one pure function per kind, named as in `grading.yml`, each judging values that were found.

`recipe` judges trainings instead, and stands in a module of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from autograder.grading import reasons
from autograder.grading.agreement import decimals, same_series
from autograder.grading.reasons import plain
from autograder.grading.tolerance import Interval, Scale, inside
from autograder.records import JSON, Comparison, Figure, Reason, Verdict
from autograder.spec.items import Choice, Close, Drawing, Equal, OwnExtremes, OwnOrder
from autograder.spec.items import Interval as IntervalItem

CURVE_RELATIVE: Final = 1e-3
"""A drawn curve is the student's own series; a detour over float32 or a percentage is not looked for."""

_ROUNDING: Final = 1 + 1e-9
"""0.1347 lies 2.0000000000000018e-3 from 0.1327: a bound of 2e-3 is meant to include it."""

_ABSENT: Final = object()


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a check says of an item."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Reason, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


def passed_unless(
    found: Sequence[Reason], flags: tuple[Reason, ...] = (), comparisons: tuple[Comparison, ...] = ()
) -> Outcome:
    """Pass if there is no reason against it."""
    return Outcome(Verdict.FAIL if found else Verdict.PASS, tuple(found), flags, comparisons)


def choice(item: Choice, letter: JSON) -> Outcome:
    """Is it the letter of the key?"""
    wrong = Reason(reasons.CHOICE_WRONG, item.value, found=plain(letter), expected=item.key)
    return passed_unless([] if letter == item.key else [wrong])


def close(item: Close, obtained: JSON) -> Outcome:
    """Is every number within `absolute` of the expected one? Names the worst of each list."""
    found = []
    for path, expected_leaf, obtained_leaf in _leaves(item.value, item.expected, obtained):
        expected = expected_leaf if isinstance(expected_leaf, list) else [expected_leaf]
        numbers = obtained_leaf if isinstance(obtained_leaf, list) else [obtained_leaf]
        if obtained_leaf is _ABSENT or len(numbers) != len(expected):
            count = 0 if obtained_leaf is _ABSENT else len(numbers)
            found.append(Reason(reasons.CLOSE_SHAPE, path, str(count), str(len(expected))))
            continue
        # Negated, so that NaN, which compares as false with everything, is always among the wrong ones.
        wrong = [
            index
            for index, (number, due) in enumerate(zip(numbers, expected, strict=True))
            if not abs(number - due) <= item.absolute * _ROUNDING
        ]
        if wrong:
            worst = max(wrong, key=lambda index: abs(numbers[index] - expected[index]))
            place = f"{path}[{worst}]" if isinstance(expected_leaf, list) else path
            found.append(Reason(reasons.CLOSE_OUTSIDE, place, plain(numbers[worst]), plain(expected[worst])))
    return passed_unless(found)


def equal(item: Equal, obtained: JSON) -> Outcome:
    """Is it exactly the expected value? 10 equals 10.0, lists keep their order, extra keys do not matter."""
    return passed_unless(
        [
            Reason(reasons.EQUAL_WRONG, path, "" if leaf is _ABSENT else plain(leaf), plain(expected))
            for path, expected, leaf in _leaves(item.value, item.expected, obtained)
            if leaf is _ABSENT or leaf != expected
        ]
    )


def own_order(item: OwnOrder, names: JSON, numbers: JSON) -> Outcome:
    """Do the names stand by the student's own numbers, smallest first? Equal numbers may stand in any order."""
    complete = sorted(names) == sorted(numbers)
    if complete and all(numbers[one] <= numbers[next_one] for one, next_one in pairwise(names)):
        return passed_unless([])
    due = sorted(numbers, key=lambda name: numbers[name])
    # The student's own numbers already say what is due: it gives nothing of the key away.
    return passed_unless([Reason(reasons.OWN_ORDER_WRONG, item.value, plain(names), plain(due))])


def own_extremes(item: OwnExtremes, keys: JSON, numbers: JSON) -> Outcome:
    """Are these the keys of the student's own smallest (largest) numbers? In any order; equal numbers may swap."""
    named = {_as_number(key): number for key, number in numbers.items()}
    sign = 1 if item.which == "smallest" else -1
    chosen = {_as_number(key) for key in keys}
    if len(chosen) == len(keys) and chosen <= named.keys():
        rest = [sign * number for key, number in named.items() if key not in chosen]
        if not rest or max(sign * named[key] for key in chosen) <= min(rest):
            return passed_unless([])
    due = sorted(numbers, key=lambda key: sign * numbers[key])[: len(keys)]
    return passed_unless([Reason(reasons.OWN_EXTREMES_WRONG, item.value, plain(keys), plain(due))])


def interval(
    item: IntervalItem, numbers: Sequence[JSON], interval_of: Callable[[str], Interval], minimum_runs: int
) -> Outcome:
    """Does each trained number lie where reference runs lie? `interval_of` gives the interval for a path."""
    scale = Scale(item.scale, item.offset)
    found, compared = [], []
    for path, number in zip(item.values, numbers, strict=True):
        bounds = interval_of(path)
        if not inside(number, bounds, scale):
            expected = f"{plain(bounds.lower)} to {plain(bounds.upper)}"
            found.append(Reason(reasons.INTERVAL_OUTSIDE, path, plain(number), expected))
        compared.append(
            Comparison(
                path=path,
                obtained=number,
                lower=bounds.lower,
                upper=bounds.upper,
                runs=bounds.runs,
                dead=bounds.dead,
                source=bounds.source,
            )
        )
    fewest = min(one.runs for one in compared)
    few = Reason(reasons.INTERVAL_FEW_RUNS, item.values[0], str(fewest), str(minimum_runs))
    return passed_unless(found, (few,) if fewest < minimum_runs else (), tuple(compared))


def figure(item: Drawing, curves: Sequence[JSON], figures: Sequence[Figure]) -> Outcome:
    """Does one figure show each of the student's own series, point by point?"""
    drawn = [drawing for drawing in figures if drawing.lines]
    if not drawn:
        return passed_unless([Reason(reasons.FIGURE_NONE, public=True)])
    digits = decimals(number for curve in curves for number in curve)
    shown = [
        {
            path
            for path, curve in zip(item.curves, curves, strict=True)
            if any(same_series(curve, line, CURVE_RELATIVE, digits) for line in drawing.lines)
        }
        for drawing in drawn
    ]
    if any(len(paths) == len(item.curves) for paths in shown):
        return passed_unless([])
    nowhere = [path for path in item.curves if not any(path in paths for paths in shown)]
    if not nowhere:
        return passed_unless([Reason(reasons.FIGURE_APART, public=True)])
    return passed_unless([Reason(reasons.FIGURE_CURVE, path, public=True) for path in nowhere])


def _leaves(path: str, expected: JSON, obtained: JSON) -> Iterator[tuple[str, JSON, JSON]]:
    """Walk the expected value, never the obtained one: what is lacking there must be seen."""
    if not isinstance(expected, dict):
        yield path, expected, obtained
        return
    for key, value in expected.items():
        below = obtained.get(key, _ABSENT) if isinstance(obtained, dict) else _ABSENT
        yield from _leaves(f"{path}.{key}", value, below)


def _as_number(key: JSON) -> JSON:
    """Read `"2"`, 2 and 2.0 as the same key; a key that is no number stays as it is."""
    try:
        return float(key)
    except ValueError:
        return key
