"""The whole rubric on one student's evidence: which values an item judges, what stands in for them, what it earns.

    executed values given ──► check ──► PASS, or FAIL ──► a second chance (own numbers, dead network)
                                          └──► nothing proves its numbers ──► PASS, REVIEW or FAIL by the policy
    executed value malformed ─► MALFORMED
    executed value missing ──► MISSING, or the claimed value as the policy says; one with holes likewise

A fault of ours (a check that raises, a baseline that lacks a number) makes the item INTERNAL and the grade void.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from autograder.errors import ConfigurationError
from autograder.grading import checks, reasons
from autograder.grading.baseline import Baseline
from autograder.grading.checks import Outcome
from autograder.grading.claims import weigh
from autograder.grading.doubts import settle
from autograder.grading.linking import Journal
from autograder.grading.reasons import plain
from autograder.grading.select import Selection, select
from autograder.grading.support import Support
from autograder.grading.training_verdict import judge_parts
from autograder.records import (
    JSON,
    NOT_THERE,
    Evidence,
    Finding,
    Grade,
    Reason,
    RunVerdict,
    Values,
    Verdict,
    total_points,
)
from autograder.spec.items import (
    AnyItem,
    Choice,
    Close,
    Drawing,
    Equal,
    Interval,
    OwnExtremes,
    OwnOrder,
    Recipe,
    item_paths,
)
from autograder.spec.model import KeySpec, Policy, Question
from autograder.spec.paths import split_path

MAXIMUM_REASONS: Final = 10
"""An item names this many faults; more help nobody."""


def grade(evidence: Evidence, key_spec: KeySpec, baseline: Baseline) -> Grade:
    """Judge every item of the rubric. Pure: the same three always give the same grade.

    Args:
        evidence: What is known of the submission, already examined.
        key_spec: Points, checks, key and policy.
        baseline: What reference runs on the same data gave.
    """
    recipes = tuple(
        item for question in key_spec.questions.values() for item in question.items.values() if isinstance(item, Recipe)
    )
    journal = Journal(evidence)
    findings: list[Finding] = []
    for name, question in key_spec.questions.items():
        support = Support(evidence, journal, key_spec.policy, baseline, name, question, recipes)
        judge = _Judge(evidence, key_spec.policy, baseline, name, question, support)
        findings += [judge.finding(item_name, item) for item_name, item in question.items.items()]
    void = any(finding.verdict is Verdict.INTERNAL for finding in findings)
    return Grade(
        job_id=evidence.job_id,
        student=evidence.student,
        language=evidence.language,
        notebook_sha256=evidence.notebook_sha256,
        run_verdict=evidence.run_verdict,
        run_detail=evidence.run_detail,
        points=None if void else total_points(finding.points for finding in findings),
        points_possible=total_points(finding.points_possible for finding in findings),
        findings=tuple(findings),
        flags=_run_flags(evidence),
        rubric_sha256=key_spec.digest,
        baseline_sha256=baseline.digest,
        data=baseline.data,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the items of one question; they share its recipes."""

    evidence: Evidence
    policy: Policy
    baseline: Baseline
    name: str
    question: Question
    support: Support

    def finding(self, name: str, item: AnyItem) -> Finding:
        outcome = self._guarded(name, item)
        return Finding(
            item=name,
            question=self.name,
            verdict=outcome.verdict,
            points=item.points if outcome.verdict is Verdict.PASS else 0.0,
            points_possible=item.points,
            reasons=outcome.reasons[:MAXIMUM_REASONS],
            flags=outcome.flags,
            comparisons=outcome.comparisons,
        )

    def _guarded(self, name: str, item: AnyItem) -> Outcome:
        """Turn our own faults into INTERNAL: one broken check must not take the other items along."""
        if self.evidence.run_verdict is RunVerdict.INTERNAL:
            return _internal(reasons.INTERNAL_RUN, self.evidence.run_detail)
        try:
            return self._outcome(name, item)
        except ConfigurationError as error:
            return _internal(reasons.INTERNAL_BASELINE, str(error))
        except Exception as error:  # noqa: BLE001 (whatever it is, it is ours: evidence was examined)
            return _internal(reasons.INTERNAL_ERROR, f"{type(error).__name__}: {error}")

    def _outcome(self, name: str, item: AnyItem) -> Outcome:
        outcome = self._judged(name, item)
        if outcome.verdict not in {Verdict.PASS, Verdict.FAIL} or not item.requires:
            return outcome
        doubts = self.support.required(item)
        if any(doubt.decision == "reject" for doubt in doubts):
            # Whether a letter without numbers would have been right is not said.
            outcome = Outcome(Verdict.PASS)
        return settle(outcome, doubts)

    def _judged(self, name: str, item: AnyItem) -> Outcome:
        """Judge an item by itself, whatever it requires of others."""
        if isinstance(item, Recipe):
            return judge_parts(self.support.parts(name, item), self.policy, may_hide=self.support.journal.may_hide)
        selections = [select(self.evidence.executed, path) for path in item_paths(item)]
        malformed = [selection for selection in selections if selection.state == "malformed"]
        if malformed:
            faults = [Reason(reasons.VALUE_MALFORMED, one.fault_path, one.fault) for one in malformed]
            outcome = Outcome(Verdict.MALFORMED, tuple(dict.fromkeys(faults)))
            # An answer with holes may be one that we cut off.
            return (
                outcome if any(one.fault != NOT_THERE for one in malformed) else self._filled(item, selections, outcome)
            )
        if any(selection.state == "missing" for selection in selections):
            names = dict.fromkeys(split_path(one.path)[0] for one in selections if one.state == "missing")
            missing = Outcome(Verdict.MISSING, tuple(Reason(reasons.VALUE_MISSING, name) for name in names))
            return self._filled(item, selections, missing)
        values = [selection.value for selection in selections]
        outcome = self._check(item, values)
        if outcome.verdict is not Verdict.PASS:
            outcome = self._second_chance(item, values, outcome)
        return self.support.proven(item, values, outcome) if isinstance(item, Interval) else outcome

    def _check(self, item: AnyItem, values: Sequence[JSON]) -> Outcome:  # noqa: PLR0911 (one return per kind)
        """Judge values, in the order of `item_paths`."""
        match item:
            case Choice():
                return checks.choice(item, *values)
            case Close():
                return checks.close(item, *values)
            case Equal():
                return checks.equal(item, *values)
            case OwnOrder():
                return checks.own_order(item, *values)
            case OwnExtremes():
                return checks.own_extremes(item, *values)
            case Interval():
                tolerance = self.policy.tolerance
                return checks.interval(
                    item,
                    values,
                    lambda path: self.baseline.interval(path, item, tolerance),
                    tolerance.minimum_runs,
                )
            case Drawing():
                return checks.figure(item, values, self.evidence.figures)
            case Recipe():
                raise TypeError("a recipe is judged on the journal, not on values")

    def _filled(self, item: AnyItem, selections: Sequence[Selection], lacking: Outcome) -> Outcome:
        """Let claimed values stand in for those that are lacking, as far as the policy allows it."""
        # A figure is drawn by the execution or not at all: its numbers alone prove nothing.
        if isinstance(item, Drawing):
            return lacking
        filled = [
            selection if selection.state == "given" else select(self.support.claimed, selection.path)
            for selection in selections
        ]
        if any(selection.state != "given" for selection in filled):
            return lacking
        outcome = self._check(item, [selection.value for selection in filled])
        if self.policy.claimed == "accept":
            return dataclasses.replace(outcome, flags=(*outcome.flags, Reason(reasons.CLAIMED_ACCEPTED)))
        review = Reason(reasons.CLAIMED_REVIEW, found=outcome.verdict.value)
        return dataclasses.replace(lacking, flags=(review,))

    def _second_chance(self, item: AnyItem, values: Sequence[JSON], outcome: Outcome) -> Outcome:
        """Look again at what failed where our run may differ from the student's through no fault of theirs."""
        match item:
            case OwnOrder() | OwnExtremes():
                # The order was read off the numbers of the student's own run, perhaps on another machine.
                claimed = select(self.support.claimed, item.numbers)
                if claimed.state == "given" and self._check(item, [values[0], claimed.value]).verdict is Verdict.PASS:
                    return Outcome(Verdict.PASS, flags=(Reason(reasons.CLAIMED_USED, item.numbers),))
            case Choice():
                claimed = select(self.support.claimed, item.value)
                if claimed.state == "given" and self._check(item, [claimed.value]).verdict is Verdict.PASS:
                    differs = Reason(reasons.CLAIMED_DIFFERS, item.value, plain(claimed.value))
                    return dataclasses.replace(outcome, flags=(*outcome.flags, differs))
                return self._excused(self._defended(item, values[0], outcome))
            case Interval():
                return self._without_dead(item, values, outcome)
        return outcome

    def _defended(self, item: Choice, letter: str, outcome: Outcome) -> Outcome:
        """Look whether the student's own numbers, of trainings as asked, bear the letter out better than the key."""
        if self.policy.defensible == "reject" or not item.claims:
            return outcome
        recipes = self.support.recipes()
        if not recipes or not all(part.holds and part.attested for _, parts in recipes for part in parts):
            return outcome
        sources = [self.evidence.executed]
        if self._plausible(self.support.claimed):
            sources.append(self.support.claimed)
        for values in sources:
            support = weigh(item, values)
            if support is not None and support[letter].share > support[item.key].share:
                flag = Reason(reasons.CHOICE_DEFENSIBLE, item.value, str(support[letter]), str(support[item.key]))
                if self.policy.defensible == "accept":
                    return Outcome(Verdict.PASS, flags=(flag,))
                return dataclasses.replace(outcome, flags=(*outcome.flags, flag))
        return outcome

    def _excused(self, outcome: Outcome) -> Outcome:
        """Flag a letter that was to be read off numbers of networks which died: those show nothing."""
        if outcome.verdict is Verdict.PASS or not any(
            part.died for _, parts in self.support.recipes() for part in parts
        ):
            return outcome
        return dataclasses.replace(outcome, flags=(*outcome.flags, Reason(reasons.CHOICE_DEAD)))

    def _plausible(self, values: Values) -> bool:
        """Tell whether numbers that nothing here was trained for are such as trainings as asked give."""
        for item in self.question.items.values():
            if isinstance(item, Interval):
                selections = [select(values, path) for path in item.values]
                if any(selection.state != "given" for selection in selections):
                    return False
                if self._check(item, [selection.value for selection in selections]).verdict is not Verdict.PASS:
                    return False
        return True

    def _without_dead(self, item: Interval, values: Sequence[JSON], outcome: Outcome) -> Outcome:
        """Forgive the numbers of a network that died although its recipe was followed: the seed was unlucky."""
        numbers = dict(zip(item.values, values, strict=True))
        dead = set()
        for reason in outcome.reasons:
            part = self.support.source(reason.subject, numbers[reason.subject]).part
            if part is not None and part.died:
                dead.add(reason.subject)
        left = [reason for reason in outcome.reasons if reason.subject not in dead]
        flags = (Reason(reasons.NETWORK_DEAD, path) for path in item.values if path in dead)
        return checks.passed_unless(left, (*outcome.flags, *flags), outcome.comparisons)


def _internal(code: str, detail: str) -> Outcome:
    return Outcome(Verdict.INTERNAL, (Reason(code, found=plain(detail)),))


def _run_flags(evidence: Evidence) -> tuple[Reason, ...]:
    flags = []
    if evidence.run_verdict is not RunVerdict.COMPLETE:
        flags.append(Reason(reasons.RUN_INCOMPLETE, evidence.run_verdict.value, plain(evidence.run_detail)))
    else:
        timeouts = (cell for cell in evidence.cells if cell.status == "timeout")
        flags += [Reason(reasons.CELL_TIMEOUT, str(cell.index + 1)) for cell in timeouts]
    flags += [Reason(reasons.JOURNAL_REFUSED, found=plain(fault)) for fault in evidence.faults]
    return tuple(flags)
