"""Regrade a class from stored evidence, so that all its grades share one rubric, baseline and kind of data."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence

from autograder.assignment import Assignment
from autograder.errors import ConfigurationError, UsageError
from autograder.gradebook import ClassChange, ClassIdentity, Gradebook, Submission
from autograder.grading import grade
from autograder.records import Grade, shell_word
from autograder.reference import Baseline
from autograder.regrade_effect import Effect, EffectTally
from autograder.rubric.cancellation import cancelled_parts
from autograder.standing import listed_days_late, standing_grade, with_listed_days

_MOST_NAMED = 5
_NEW_FOLDER = "name a new folder with --out: a folder of results is one class"
_OTHER_RUBRIC = "name the rubric of {} with --config, or a new folder with --out: a folder of results is one class"


def regrade_class(assignment: Assignment, book: Gradebook, *, apply: bool) -> Effect:
    """Grade all stored evidence by today's rubric and baseline, and return the effect on the class.

    Superseded notebooks are regraded as well, since an earlier one may be the one that counts.

    Args:
        assignment: Today's rubric.
        book: The class's gradebook.
        apply: Save the new grades and the effect, in one transaction. The old grades stay in the gradebook's history.

    Raises:
        UsageError: The class is another assignment's.
        ConfigurationError: There is no baseline for the class's data, or a row of the gradebook was changed.
    """
    known = book.identity()
    if known is None:
        return Effect()
    baseline = assignment.baseline(known.data)
    today = dataclasses.replace(assignment.identity(known.data, baseline), versions=known.versions)
    _reject_conflict(known, today)
    tally = EffectTally()
    graded = _regraded(assignment, baseline, book, tally)
    if apply:
        book.identify(today, graded, lambda: _class_change(assignment, today, tally.effect()))
    else:
        for _ in graded:
            pass
    return tally.effect()


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """The effect of bringing a class under today's rules.

    `rules` names the changed rules, `effect` says what they did to the grades, and `versions` names the new package
    versions for future executions.
    """

    rules: str = ""
    effect: Effect = dataclasses.field(default_factory=Effect)
    versions: str = ""


def settle_class(
    assignment: Assignment, today: ClassIdentity, book: Gradebook, given: Collection[str], *, regrade_others: bool
) -> Settled:
    """Bring a class under today's rules before grading, and return the effect.

    Args:
        assignment: Today's rubric.
        today: The class's identity from now on.
        book: The class.
        given: The students whose notebooks are graded now.
        regrade_others: Whether everybody else may be regraded from stored evidence.

    Raises:
        UsageError: The folder holds another class, or others than those given would have to be graded anew.
    """
    known = book.identity()
    if known is None or not book.was_used():
        if known != today:
            book.identify(today)
        return Settled()
    _reject_conflict(known, today)
    rules = known.changed_rules(today)
    others = [student for student in book.graded_students() if student not in given]
    if rules and others and not regrade_others:
        raise UsageError(
            f"{rules} changed since this class was graded, and {len(others)} of it are not in what was given now: "
            f"{named(others)}",
            remedy="--regrade-others grades them anew from what is kept; `autograder regrade` shows what would change",
        )
    effect = regrade_class(assignment, book, apply=True) if rules else Effect()
    if known.versions != today.versions:
        book.identify(today)
    return Settled(rules, effect, known.changed_versions(today))


def require_same_rubric(assignment: Assignment, book: Gradebook) -> None:
    """Check that the class was graded by today's rubric, so that pages written now match it.

    Raises:
        UsageError: The class is another assignment's, or was graded under another rubric.
    """
    known = book.identity()
    if known is None:
        return
    specification = assignment.specification
    today = dataclasses.replace(
        known, assignment=specification.assignment.name, rubric_sha256=specification.key_spec.digest
    )
    _reject_conflict(known, today)
    if known.changed_rules(today):
        raise UsageError(
            "the rubric changed since this class was graded",
            remedy="`autograder regrade` shows what would change, and `autograder regrade --apply` writes it",
        )


def named(students: Sequence[str]) -> str:
    """List some students in one line, quoted for a shell."""
    more = len(students) - _MOST_NAMED
    return ", ".join(map(shell_word, students[:_MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _reject_conflict(known: ClassIdentity, today: ClassIdentity) -> None:
    if conflict := known.conflict(today):
        same = known.assignment == today.assignment
        raise UsageError(conflict, remedy=_NEW_FOLDER if same else _OTHER_RUBRIC.format(known.assignment))


def _regraded(assignment: Assignment, baseline: Baseline, book: Gradebook, tally: EffectTally) -> Iterator[Grade]:
    """Yield every notebook's grade of today, student by student; add each student's grade that counts to the tally."""
    overrides, withdrawn = book.overrides(), book.withdrawn()
    release, listed = assignment.specification.release, listed_days_late(book)
    # Include withdrawn students, who may come back.
    for student in book.students():
        decisions = overrides.get(student, ())
        submissions = with_listed_days(book.submissions(student), listed.get(student))
        before = standing_grade(submissions, decisions, release) if submissions else None
        regraded = []
        for hand_in in book.executed(student):
            given = _grade_kept(assignment, baseline, book, hand_in.job_id)
            regraded.append(Submission(given, hand_in.days_late))
            yield given
        if regraded and student not in withdrawn:
            after = standing_grade(with_listed_days(regraded, listed.get(student)), decisions, release)
            tally.add(before, after)


def _class_change(assignment: Assignment, today: ClassIdentity, effect: Effect) -> ClassChange:
    parts = cancelled_parts(assignment.specification.questions)
    return ClassChange(
        students=effect.students,
        changed=len(effect.changes),
        mean_before=effect.before.mean,
        mean_after=effect.after.mean,
        median_before=effect.before.median,
        median_after=effect.after.median,
        cancelled=tuple(f"{place}: {cancelled}" for place, cancelled in parts.items()),
        rubric_sha256=today.rubric_sha256,
        baseline_sha256=today.baseline_sha256,
    )


def _grade_kept(assignment: Assignment, baseline: Baseline, book: Gradebook, job_id: str) -> Grade:
    # The evidence is freed when this returns, before the next notebook's is read.
    examined = book.evidence_of(job_id)
    if examined.data != baseline.data:
        raise ConfigurationError(
            f"the gradebook holds a run on {examined.data} data in a class on {baseline.data} data",
            remedy="grade the class again into a new folder with --out",
        )
    return grade(examined.evidence, assignment.specification.key_spec, baseline)
