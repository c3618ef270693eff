"""Reconsider a failed item where our run may differ from the student's through no fault of theirs.

An order may fit the numbers of the student's own run; a letter may be supported by the student's own numbers; a network
may have died under an unlucky seed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from autograder.grading.option_support import claimed_paths, is_defended, weigh
from autograder.grading.select import Selection, select
from autograder.grading.support import Support
from autograder.records import JSON, Reason, Values, Verdict
from autograder.rubric import codes
from autograder.rubric.checks.choice import CHOICE_DEAD, CHOICE_DEFENSIBLE, Choice
from autograder.rubric.checks.interval import Interval
from autograder.rubric.checks.own_numbers import OwnNumbers
from autograder.rubric.item import Context, Item, Outcome, passed_unless
from autograder.rubric.message import plain
from autograder.rubric.model import Policy, Question
from autograder.rubric.paths import is_within


@dataclasses.dataclass(frozen=True, slots=True)
class SecondChance:
    """What may speak for a student whose item of a question failed."""

    question: Question
    policy: Policy
    support: Support
    context: Context
    judged: Callable[[Item], Outcome]
    """Judges another item of the question on its own."""

    def reconsider(self, item: Item, values: Sequence[JSON], outcome: Outcome) -> Outcome:
        """Return a failed item's outcome after all that may speak for the student."""
        match item:
            case OwnNumbers():
                # The student read the order from the numbers of their own run, perhaps on another machine. Numbers that
                # do not vary are the same there, so that saved ones say nothing.
                claimed = select(self.support.claimed, item.numbers)
                if (
                    claimed.state == "given"
                    and self._varies(item.numbers)
                    and self._plausible(self.support.claimed)
                    and item.judge([values[0], claimed.value], self.context).verdict is Verdict.PASS
                ):
                    return Outcome(Verdict.PASS, flags=(Reason(codes.CLAIMED_USED, item.numbers),))
            case Choice():
                claimed = select(self.support.claimed, item.value)
                if claimed.state == "given" and item.judge([claimed.value], self.context).verdict is Verdict.PASS:
                    differs = Reason(codes.CLAIMED_DIFFERS, item.value, plain(claimed.value))
                    return dataclasses.replace(outcome, flags=(*outcome.flags, differs))
                return self._excused(self._defended(item, values[0], outcome))
            case Interval():
                return self._without_dead(item, values, outcome)
        return outcome

    def _defended(self, item: Choice, letter: str, outcome: Outcome) -> Outcome:
        """Check whether the student's own numbers defend this letter against the key, as the policy has it.

        They must come from trainings as asked, or be judged right where the question asks for no training.
        """
        if self.policy.defensible == "reject" or not item.claims:
            return outcome
        trained = [part for _, parts in self.support.recipes() for part in parts]
        if not all(part.holds and part.attested for part in trained):
            return outcome
        if not trained and not self._judged_right(item):
            return outcome
        sources = [self.support.evidence.executed]
        if trained and self._plausible(self.support.claimed):
            sources.append(self.support.claimed)
        for values in sources:
            support = weigh(item, values)
            if support is not None and is_defended(self.policy.defensible, letter, item, support):
                flag = Reason(CHOICE_DEFENSIBLE, item.value, str(support[letter]), str(support[item.key]))
                # Numbers computed from predictions may be arbitrary: they justify a review of the letter, not its
                # points.
                if self.policy.defensible in {"accept", "own_numbers"} and not any(part.predicted for part in trained):
                    return Outcome(Verdict.PASS, flags=(flag,))
                return dataclasses.replace(outcome, flags=(*outcome.flags, flag))
        return outcome

    def _judged_right(self, choice: Choice) -> bool:
        """Return whether items of this question judge every number that the options speak of, and all of them pass."""
        right = {
            path
            for item in self.question.items.values()
            if item.measured and self.judged(item).verdict is Verdict.PASS
            for path in item.paths
        }
        return all(
            any(is_within(leaf, path) for path in right)
            for one in claimed_paths(choice)
            for leaf in _leaf_paths(select(self.support.evidence.executed, one))
        )

    def _excused(self, outcome: Outcome) -> Outcome:
        """Flag a wrong letter whose numbers come from dead networks, which show nothing."""
        if outcome.verdict is Verdict.PASS or not any(
            part.died for _, parts in self.support.recipes() for part in parts
        ):
            return outcome
        return dataclasses.replace(outcome, flags=(*outcome.flags, Reason(CHOICE_DEAD)))

    def _varies(self, numbers: str) -> bool:
        """Return whether the numbers at a path are compared with reference runs, as they differ between machines."""
        return any(
            path.startswith(f"{numbers}.")
            for item in self.question.items.values()
            if isinstance(item, Interval)
            for path in item.values
        )

    def _plausible(self, values: Values) -> bool:
        """Return whether saved numbers, for which nothing was trained here, lie where trainings as asked lie."""
        for item in self.question.items.values():
            if isinstance(item, Interval):
                selections = [select(values, path) for path in item.values]
                if any(selection.state != "given" for selection in selections):
                    return False
                if item.judge([selection.value for selection in selections], self.context).verdict is not Verdict.PASS:
                    return False
        return True

    def _without_dead(self, item: Interval, values: Sequence[JSON], outcome: Outcome) -> Outcome:
        """Forgive the numbers of a network that died although its recipe was followed: its seed was unlucky."""
        numbers = dict(zip(item.values, values, strict=True))
        dead = set()
        for reason in outcome.reasons:
            part = self.support.source(reason.subject, numbers[reason.subject]).part
            if part is not None and part.died:
                dead.add(reason.subject)
        left = [reason for reason in outcome.reasons if reason.subject not in dead]
        flags = (Reason(codes.NETWORK_DEAD, path) for path in item.values if path in dead)
        return passed_unless(left, (*outcome.flags, *flags), outcome.comparisons)


def _leaf_paths(selection: Selection) -> tuple[str, ...]:
    """Return the path of each number of a map, or the path itself."""
    keys = selection.value if isinstance(selection.value, dict) else ()
    return tuple(f"{selection.path}.{key}" for key in keys) or (selection.path,)
