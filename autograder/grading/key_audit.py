"""Check whether reference runs support the key: each option's claims are evaluated on every healthy run.

A mark on a letter is only as good as the data behind the key. The option with the most support over all runs should be
the key's; otherwise, the key or its question must be corrected before grading.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Literal

from autograder.grading.key_remedies import Remedy, remedies
from autograder.grading.option_support import describe, may_be_defended, weigh
from autograder.grading.summarising import Observed
from autograder.records import Evidence
from autograder.rubric.checks.choice import Choice
from autograder.rubric.model import KeySpec
from autograder.rubric.paths import split_path

ENOUGH = 0.95
"""A key that is the best-supported option in a smaller share of the runs gets a warning."""

Mark = Literal["holds", "weak", "fails"]
"""`weak`: it holds, but in fewer runs than the target."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimAudit:
    """One claim as a formula, and in how many runs it held."""

    formula: str
    held: int


@dataclasses.dataclass(frozen=True, slots=True)
class OptionAudit:
    """One option: its claims, their average support over runs, and how often no option has more support.

    `alone` counts the runs in which every other option had less support, `shared` those in which another had as much.
    """

    option: str
    claims: tuple[ClaimAudit, ...]
    support: float
    alone: int
    shared: int


@dataclasses.dataclass(frozen=True, slots=True)
class KeyAudit:
    """One choice of a question: every option evaluated on `runs` healthy runs; `dead` runs were left out.

    `right` are the key and the other accepted letters; `led` counts the runs in which one of them has the most support
    and no other option has as much. `remedies` is empty without runs.
    """

    question: str
    item: str
    key: str
    right: tuple[str, ...]
    runs: int
    dead: int
    led: int
    options: tuple[OptionAudit, ...]
    remedies: tuple[Remedy, ...] = ()

    @property
    def of_key(self) -> OptionAudit:
        """The option that is the key's."""
        return next(option for option in self.options if option.option == self.key)

    @property
    def upheld(self) -> bool:
        """Whether no other option is supported as well as the key's or an accepted one; false without runs."""
        right = [option.support for option in self.options if option.option in self.right]
        others = [option.support for option in self.options if option.option not in self.right]
        return self.runs > 0 and max(right) > max(others, default=-1.0)

    @property
    def mark(self) -> Mark:
        """Whether the key holds, holds in fewer runs than the target, or fails."""
        if not self.upheld:
            return "fails"
        return "holds" if self.best_share >= ENOUGH else "weak"

    @property
    def best_share(self) -> float:
        """The share of runs in which only the key's option, or accepted ones, are the best-supported."""
        return self.led / self.runs if self.runs else 0.0


def audit_keys(key_spec: KeySpec, runs: Sequence[Observed]) -> tuple[KeyAudit, ...]:
    """Audit every question whose options have claims, unless it is cancelled.

    Args:
        key_spec: The rubric with its key.
        runs: The solved notebook under many seeds; a run may cover some of the questions only.
    """
    audits = []
    for name, question in key_spec.questions.items():
        # Runs with dead networks support none of the question's options.
        healthy = [
            run.evidence for run in runs if not any(split_path(path)[0] in question.variables for path in run.dead)
        ]
        audits += [
            _audit(name, chosen, item, healthy, len(runs) - len(healthy), defensible=may_be_defended(question, item))
            for chosen, item in question.items.items()
            if isinstance(item, Choice) and item.claims and question.cancellation_of(item) is None
        ]
    return tuple(audits)


def _audit(
    question: str, name: str, item: Choice, healthy: Iterable[Evidence], dead: int, *, defensible: bool
) -> KeyAudit:
    weighed = [support for one in healthy if (support := weigh(item, one.executed)) is not None]
    best = [max(one.share for one in supports.values()) for supports in weighed]
    options = []
    for letter, claims in item.claims.items():
        supports = [of_all[letter] for of_all in weighed]
        leading = [
            sum(one.share == top for one in of_all.values())
            for of_all, top in zip(weighed, best, strict=True)
            if of_all[letter].share == top
        ]
        options.append(
            OptionAudit(
                option=letter,
                claims=tuple(
                    ClaimAudit(describe(claim), sum(one.held[index] for one in supports))
                    for index, claim in enumerate(claims)
                ),
                support=sum(one.share for one in supports) / len(supports) if supports else 0.0,
                alone=leading.count(1),
                shared=len(leading) - leading.count(1),
            )
        )
    led = sum(
        all(letter in item.right_letters for letter, one in of_all.items() if one.share == top)
        for of_all, top in zip(weighed, best, strict=True)
    )
    return KeyAudit(
        question,
        name,
        item.key,
        item.right_letters,
        len(weighed),
        dead,
        led,
        tuple(options),
        remedies(item, weighed, defensible=defensible),
    )
