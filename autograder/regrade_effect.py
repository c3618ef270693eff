"""What regrading does to a class: its mean and median before and after, which items differ, and who gains or loses."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence
from typing import Final

from autograder.records import Comparison, Finding, Grade, collation_key, total_points

_SEEN: Final = 1e-9
"""No page shows so many digits: points and numbers that differ by less, or by less in proportion, look the same."""


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What regrading changes for one student, decisions included; `before` is None if there was no grade."""

    before: Grade | None
    after: Grade

    @property
    def difference(self) -> float | None:
        """The points gained, negative if lost; None if there is no grade before or after."""
        before = None if self.before is None else self.before.points
        if before is None or self.after.points is None:
            return None
        return total_points((self.after.points, -before))


@dataclasses.dataclass(frozen=True, slots=True)
class ItemEffect:
    """One item that differs: its mean over the class before and after, and how many students gain or lose by it.

    The means are None where the item did not exist.
    """

    place: str
    mean_before: float | None
    mean_after: float | None
    gain: int
    lose: int


@dataclasses.dataclass(frozen=True, slots=True)
class ClassLevel:
    """The mean and the median of the students with a grade; None where nobody has one."""

    mean: float | None = None
    median: float | None = None

    @classmethod
    def of(cls, points: Sequence[float]) -> ClassLevel:
        """Return the level of some points."""
        return cls(statistics.fmean(points), statistics.median(points)) if points else cls()


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """The effect on a class of `students`: `changes` begin with whose points change most."""

    students: int = 0
    before: ClassLevel = dataclasses.field(default_factory=ClassLevel)
    after: ClassLevel = dataclasses.field(default_factory=ClassLevel)
    changes: tuple[Change, ...] = ()
    items: tuple[ItemEffect, ...] = ()


def is_noticeable(before: Grade, after: Grade) -> bool:
    """Return whether a reader of two grades could tell them apart: points, verdicts, reasons, flags, intervals.

    That they were given under two rubrics is not seen in them; nor is a number that differs in its last digits.
    """
    rules = after.rubric_sha256, after.baseline_sha256
    return not _same(dataclasses.replace(before, rubric_sha256=rules[0], baseline_sha256=rules[1]), after)


def _same(one: object, other: object) -> bool:
    if one == other:
        return True
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_SEEN, abs_tol=_SEEN)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Finding | Grade | Comparison) and type(one) is type(other):
        names = [field.name for field in dataclasses.fields(one)]
        return all(_same(getattr(one, name), getattr(other, name)) for name in names)
    return False


class EffectTally:
    """Adds up the effect student by student; only the grades that change are kept."""

    def __init__(self) -> None:
        self._students = 0
        self._points: tuple[list[float], list[float]] = ([], [])
        self._changes: list[Change] = []
        self._items: dict[str, tuple[list[float], list[float]]] = {}
        self._moves: dict[str, list[float]] = {}

    def add(self, before: Grade | None, after: Grade) -> None:
        """Add a student's grade that counted, and the one that counts from now on."""
        self._students += 1
        for side, given in enumerate((before, after)):
            if given is None:
                continue
            if given.points is not None:
                self._points[side].append(given.points)
            for finding in given.findings:
                self._items.setdefault(finding.place, ([], []))[side].append(finding.points)
        if before is not None:
            old = {finding.place: finding.points for finding in before.findings}
            new = {finding.place: finding.points for finding in after.findings}
            for place in old | new:
                moved = total_points((new.get(place, 0.0), -old.get(place, 0.0)))
                self._moves.setdefault(place, []).extend([moved] if abs(moved) > _SEEN else [])
        if before is None or is_noticeable(before, after):
            self._changes.append(Change(before, after))

    def effect(self) -> Effect:
        """Return the effect of everything that was added."""
        before, after = self._points
        return Effect(
            self._students,
            ClassLevel.of(before),
            ClassLevel.of(after),
            tuple(sorted(self._changes, key=_largest_first)),
            tuple(effect for place in self._items if (effect := self._item(place)).gain or effect.lose),
        )

    def _item(self, place: str) -> ItemEffect:
        before, after = self._items[place]
        moves = self._moves.get(place, [])
        return ItemEffect(
            place,
            statistics.fmean(before) if before else None,
            statistics.fmean(after) if after else None,
            sum(moved > 0 for moved in moves),
            sum(moved < 0 for moved in moves),
        )


def _largest_first(change: Change) -> tuple[float, tuple[str, ...]]:
    # Whoever had no grade, or has none now, comes first.
    difference = change.difference
    return -(float("inf") if difference is None else abs(difference)), collation_key(change.after.student)
