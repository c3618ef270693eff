"""Whether the numbers of many runs bear out the key: each option's claims, held against every healthy run.

A mark on a letter is only as good as the data behind the key. The option that holds best over all runs should be the
key's; where it is not, the key or its question needs mending before anybody is graded by it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from autograder.grading.claims import describe, weigh
from autograder.grading.reference import Observed
from autograder.records import Evidence
from autograder.spec.items import Choice
from autograder.spec.model import KeySpec

ENOUGH = 0.95
"""A key that is the best-supported option in a smaller share of the runs calls for a warning."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimAudit:
    """One claim as a formula, and in how many runs it held."""

    formula: str
    held: int


@dataclasses.dataclass(frozen=True, slots=True)
class OptionAudit:
    """One option: its claims, how far they hold on the average run, and how often no option holds further.

    `alone` counts the runs in which every other option held less far, `shared` those in which another held as far.
    """

    option: str
    claims: tuple[ClaimAudit, ...]
    support: float
    alone: int
    shared: int


@dataclasses.dataclass(frozen=True, slots=True)
class KeyAudit:
    """One question: every option held against `runs` healthy runs; `dead` runs were left out."""

    question: str
    key: str
    runs: int
    dead: int
    options: tuple[OptionAudit, ...]

    @property
    def of_key(self) -> OptionAudit:
        """The option that is the key's."""
        return next(option for option in self.options if option.option == self.key)

    @property
    def upheld(self) -> bool:
        """Whether no other option is supported as well as the key's. Without a run nothing is."""
        others = [option.support for option in self.options if option.option != self.key]
        return self.runs > 0 and self.of_key.support > max(others)

    @property
    def best_share(self) -> float:
        """In which share of the runs the key's option is the best-supported one, alone."""
        return self.of_key.alone / self.runs if self.runs else 0.0


def audit_keys(key_spec: KeySpec, runs: Sequence[Observed]) -> tuple[KeyAudit, ...]:
    """Audit every question whose options claim something.

    Args:
        key_spec: The rubric with its key.
        runs: The solved notebook under many seeds; a run may cover some of the questions only.
    """
    audits = []
    for name, question in key_spec.questions.items():
        # A question's dead networks speak for none of its options.
        healthy = [run.evidence for run in runs if not any(path.startswith(f"{name}_") for path in run.dead)]
        audits += [
            _audit(name, item, healthy, dead=len(runs) - len(healthy))
            for item in question.items.values()
            if isinstance(item, Choice) and item.claims
        ]
    return tuple(audits)


def _audit(question: str, item: Choice, healthy: Iterable[Evidence], dead: int) -> KeyAudit:
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
    return KeyAudit(question, item.key, len(weighed), dead, tuple(options))
