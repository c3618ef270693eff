"""Judge every item of the rubric on one student's evidence: its values, what may replace them, and its points.

    cancelled in the rubric ──► CANCELLED, whatever was handed in
    executed values given ──► check ──► PASS, or FAIL ──► a second chance (own numbers, dead network)
                                          └──► its numbers are unproven ──► PASS, REVIEW or FAIL by the policy
    executed value malformed ─► MALFORMED
    executed value missing ──► MISSING, or the saved value if the policy allows; likewise if incomplete

A fault of the grader (a check that raises, a number missing from the baseline) makes the item INTERNAL and the grade
void.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from autograder.errors import ConfigurationError
from autograder.grading.cell_notes import note_cells
from autograder.grading.doubts import settle, unread
from autograder.grading.linking import LinkedNumbers
from autograder.grading.second_chance import SecondChance
from autograder.grading.select import Selection, select
from autograder.grading.support import Support
from autograder.grading.training_verdict import judge_parts
from autograder.records import (
    ABSENT,
    CellNote,
    Detail,
    Evidence,
    Figure,
    Finding,
    Grade,
    Reason,
    RunVerdict,
    Verdict,
    total_points,
)
from autograder.reference import Baseline, ToleranceInterval
from autograder.rubric import codes
from autograder.rubric.cancellation import worth
from autograder.rubric.checks.interval import Interval
from autograder.rubric.checks.recipe import Recipe
from autograder.rubric.item import Item, Outcome
from autograder.rubric.message import plain
from autograder.rubric.model import KeySpec, Policy, Question
from autograder.rubric.paths import split_path

MAXIMUM_REASONS: Final = 10
"""The most reasons that an item reports; more would not help."""


def grade(evidence: Evidence, key_spec: KeySpec, baseline: Baseline) -> Grade:
    """Judge every item of the rubric. Pure: equal arguments give equal grades.

    Args:
        evidence: The examined evidence of the submission.
        key_spec: Points, checks, key and policy.
        baseline: The results of reference runs on the same data.
    """
    recipes = tuple(
        item for question in key_spec.questions.values() for item in question.items.values() if isinstance(item, Recipe)
    )
    journal = LinkedNumbers(evidence)
    points = worth(key_spec.questions)
    findings: list[Finding] = []
    for name, question in key_spec.questions.items():
        support = Support(evidence, journal, key_spec.policy, baseline, name, question, recipes)
        judge = _Judge(evidence, key_spec.policy, baseline, name, question, support, points)
        findings += [judge.finding(item_name, item) for item_name, item in question.items.items()]
    notes = note_cells(evidence, key_spec)
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
        flags=_run_flags(evidence, notes),
        rubric_sha256=key_spec.digest,
        baseline_sha256=baseline.digest,
        data=baseline.data,
        cell_notes=notes,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the items of one question, which share its recipes, and serves as each check's `Context`."""

    evidence: Evidence
    policy: Policy
    baseline: Baseline
    name: str
    question: Question
    support: Support
    worth: Mapping[str, float]
    """The points of every item of the rubric, by its place."""

    def finding(self, name: str, item: Item) -> Finding:
        outcome = self._guarded(item)
        earned = outcome.verdict is Verdict.PASS or (
            outcome.verdict is Verdict.CANCELLED and self.question.cancellation_of(item) == "full_points"
        )
        possible = self.worth[f"{self.name}.{name}"]
        return Finding(
            item=name,
            question=self.name,
            verdict=outcome.verdict,
            points=possible if earned else 0.0,
            points_possible=possible,
            reasons=outcome.reasons[:MAXIMUM_REASONS],
            flags=outcome.flags,
            comparisons=outcome.comparisons,
        )

    def _guarded(self, item: Item) -> Outcome:
        """Turn faults of the grader into INTERNAL: one broken check must not affect the other items."""
        if self.evidence.run_verdict is RunVerdict.INTERNAL:
            return _internal(codes.INTERNAL_RUN, self.evidence.run_detail)
        cancellation = self.question.cancellation_of(item)
        if cancellation is not None:
            return Outcome(Verdict.CANCELLED, (Reason(codes.CANCELLED[cancellation], public=True),))
        try:
            return self._outcome(item)
        except ConfigurationError as error:
            return _internal(codes.INTERNAL_BASELINE, Detail.of("error", error=plain(error)))
        except Exception as error:  # noqa: BLE001 (evidence was examined, so any error is the grader's)
            return _internal(codes.INTERNAL_ERROR, Detail.of("error", error=plain(f"{type(error).__name__}: {error}")))

    def _outcome(self, item: Item) -> Outcome:
        outcome = self._judged(item)
        if outcome.verdict not in {Verdict.PASS, Verdict.FAIL} or not item.requires:
            return outcome
        doubts = self.support.required(item)
        if any(doubt.decision == "reject" for doubt in doubts):
            # Do not reveal whether a letter without numbers would have been right.
            outcome = Outcome(Verdict.PASS)
        return settle(outcome, doubts)

    def _judged(self, item: Item) -> Outcome:
        """Judge an item on its own, regardless of the items that it requires."""
        if isinstance(item, Recipe):
            return item.judge((), self)
        selections = [select(self.evidence.executed, path) for path in item.paths]
        malformed = [selection for selection in selections if selection.state == "malformed"]
        if malformed:
            faults = [Reason(codes.VALUE_MALFORMED, one.fault_path, one.fault or "") for one in malformed]
            outcome = unread(faults)
            # An incomplete answer may be one that our time limit cut off.
            return outcome if any(one.fault != ABSENT for one in malformed) else self._filled(item, selections, outcome)
        if any(selection.state == "missing" for selection in selections):
            names = dict.fromkeys(split_path(one.path)[0] for one in selections if one.state == "missing")
            missing = Outcome(Verdict.MISSING, tuple(Reason(codes.VALUE_MISSING, name) for name in names))
            return self._filled(item, selections, missing)
        values = [selection.value for selection in selections]
        outcome = item.judge(values, self)
        if outcome.verdict is not Verdict.PASS:
            chance = SecondChance(self.question, self.policy, self.support, self, self._judged)
            outcome = chance.reconsider(item, values, outcome)
        return self.support.proven(item, values, outcome) if isinstance(item, Interval) else outcome

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures drawn by the notebook."""
        return self.evidence.figures

    @property
    def minimum_runs(self) -> int:
        """The number of reference runs that the policy requires."""
        return self.policy.tolerance.minimum_runs

    def bounds(self, path: str, item: Item) -> ToleranceInterval:
        """Return the interval that reference runs allow for the number at one of an item's paths."""
        if not isinstance(item, Interval):
            raise TypeError(f"{type(item).__name__} names no scale on which reference runs could be compared")
        return self.baseline.interval(path, item, self.policy.tolerance)

    def trainings(self, item: Item) -> Outcome:
        """Judge the trainings that a recipe of this question asks for, by the journal."""
        parts = next(parts for recipe, parts in self.support.recipes() if recipe is item)
        return judge_parts(parts, self.policy, may_hide=self.support.journal.may_hide)

    def _filled(self, item: Item, selections: Sequence[Selection], missing: Outcome) -> Outcome:
        """Replace missing values by those that the student's own run saved, if the policy allows."""
        if item.needs_execution:
            return missing
        filled = [self.support.filled(selection) for selection in selections]
        if any(selection.state != "given" for selection in filled):
            return missing
        outcome = item.judge([selection.value for selection in filled], self)
        if self.policy.claimed == "accept":
            return dataclasses.replace(outcome, flags=(*outcome.flags, Reason(codes.CLAIMED_ACCEPTED)))
        review = Reason(codes.CLAIMED_REVIEW, found=outcome.verdict.value)
        return dataclasses.replace(missing, flags=(review,))


def _internal(code: str, detail: Detail | None) -> Outcome:
    return Outcome(Verdict.INTERNAL, (Reason(code, found=detail or ""),))


def _run_flags(evidence: Evidence, notes: Sequence[CellNote]) -> tuple[Reason, ...]:
    flags = []
    if evidence.run_verdict is not RunVerdict.COMPLETE:
        flags.append(Reason(codes.RUN_INCOMPLETE, evidence.run_verdict.value, evidence.run_detail or ""))
    else:
        timeouts = (cell for cell in evidence.cells if cell.status == "timeout")
        flags += [Reason(codes.CELL_TIMEOUT, str(cell.index + 1)) for cell in timeouts]
    flags += [
        Reason(codes.CELL_FAILED, str(note.cell + 1), note.error, note.dependents) for note in notes if note.dependents
    ]
    flags += [Reason(codes.JOURNAL_REFUSED, found=fault) for fault in evidence.faults]
    return tuple(flags)
