"""The base class of all items of a rubric, and the interface of a kind of check.

The kinds are modules of `autograder.rubric.checks`. None of them knows where a value comes from or how a policy treats
it; a `Context` provides whatever else a check needs.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Protocol, Self

from pydantic import Field, NonNegativeFloat

from autograder.records import JSON, Comparison, Figure, Reason, Verdict
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.lookup import Shapes
from autograder.rubric.partial import readable_fields
from autograder.rubric.paths import Strict

Cancellation = Literal["full_points", "no_points", "excluded"]
"""Who gets the points of a cancelled item."""
ItemName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a check on an item."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Reason, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


def passed_unless(
    found: Sequence[Reason], flags: tuple[Reason, ...] = (), comparisons: tuple[Comparison, ...] = ()
) -> Outcome:
    """Pass if there are no reasons to fail."""
    return Outcome(Verdict.FAIL if found else Verdict.PASS, tuple(found), flags, comparisons)


class Bounds(Protocol):
    """The closed interval that reference runs allow for a number."""

    @property
    def lower(self) -> float:
        """The lowest number that is allowed."""

    @property
    def upper(self) -> float:
        """The highest number that is allowed."""

    @property
    def runs(self) -> int:
        """The number of reference runs behind the bounds."""

    @property
    def dead(self) -> int:
        """The number of runs that were left out because their network was dead."""

    @property
    def source(self) -> Literal["tolerance interval", "fallback"]:
        """How the bounds were computed."""


class Context(Protocol):
    """What a check may ask for besides the values that its item reads."""

    @property
    def figures(self) -> Sequence[Figure]:
        """The figures drawn by the notebook."""

    @property
    def minimum_runs(self) -> int:
        """The number of reference runs that the policy requires."""

    def bounds(self, path: str, item: Item) -> Bounds:
        """Return the interval that reference runs allow for the number at one of an item's paths."""

    def trainings(self, item: Item) -> Outcome:
        """Judge the trainings that an item asks for, by the journal."""


class Item(Strict):
    """The fields of every item; `check` names its kind."""

    measured: ClassVar[bool] = False
    """Whether its values are numbers obtained by the student, which another item may require."""
    needs_runs: ClassVar[bool] = False
    """Whether it is compared with reference runs."""
    needs_execution: ClassVar[bool] = False
    """Whether it needs values from our own execution: those saved by the student's run never replace them."""

    points: NonNegativeFloat
    """The item's points. The points of all items add up to `assignment.points`."""
    requires: tuple[ItemName, ...] = ()
    """Items of the same question whose numbers must be handed in for this item to earn points; they need not be right.
    If the question has a `recipe`, they must come from the student's own trainings; without one, any numbers count,
    typed-in ones included."""
    cancelled: Cancellation | None = None
    """The item is not judged. `full_points`: everybody gets its points, whatever was handed in. `no_points`: nobody
    does, and the total stays. `excluded`: it counts for nobody, and its points are shared out among the remaining items
    in proportion, so that the total stays."""

    @classmethod
    def partly(cls, data: Mapping[str, JSON]) -> Self:
        """Return an item with the fields that are valid; a kind with nested fields may read these in part as well."""
        return readable_fields(cls, data)

    @property
    @abstractmethod
    def paths(self) -> tuple[str, ...]:
        """Every path of the evidence that the item reads."""

    @abstractmethod
    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for each contradiction between the item at `keys` and the shapes that it reads.

        Called only if every path of the item leads somewhere.
        """

    @abstractmethod
    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:
        """Judge values, given in the order of `paths`."""
