"""Grade a class anew from the kept evidence, so that it is always under one rubric, baseline and kind of data."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence

from autograder.assignment import Assignment
from autograder.errors import ConfigurationError, UsageError
from autograder.gradebook import ClassIdentity, Gradebook, Submission
from autograder.grading import Baseline, grade
from autograder.records import Grade, shell_word
from autograder.standing import standing_grade

_MOST_NAMED = 5
_NEW_FOLDER = "name a new folder with --out: a folder of results is one class"


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What regrading would change for one student, as people decided it; `before` is None if there was no grade."""

    before: Grade | None
    after: Grade


def regrade_class(assignment: Assignment, book: Gradebook, *, apply: bool) -> tuple[Change, ...]:
    """Grade every kept evidence under today's rubric and baseline, and return whose grade differs.

    Every notebook that was executed is graded anew, also those that a later one displaced: they are compared with it.

    Args:
        assignment: Today's rubric.
        book: Where the evidence is.
        apply: Keep the new grades, all at one stroke. The old ones stay in the gradebook's history.

    Raises:
        UsageError: The class is another assignment's.
        ConfigurationError: There is no baseline for the class's data, or a row of the gradebook was changed.
    """
    known = book.identity()
    if known is None:
        return ()
    baseline = assignment.baseline(known.data)
    today = dataclasses.replace(assignment.identity(known.data, baseline), versions=known.versions)
    _refuse_conflict(known, today)
    changes: list[Change] = []
    graded = _regraded(assignment, baseline, book, changes)
    if apply:
        book.identify(today, graded)
    else:
        for _ in graded:
            pass
    return tuple(changes)


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """What bringing a class under today's rules did.

    `rules` says which of them had changed, and `changes` whose grades that changed; `versions` are those of packages
    under which the class will be executed from now on, beside what was executed under others.
    """

    rules: str = ""
    changes: tuple[Change, ...] = ()
    versions: str = ""


def settle_class(
    assignment: Assignment, today: ClassIdentity, book: Gradebook, given: Collection[str], *, regrade_others: bool
) -> Settled:
    """Bring a class under today's rules before anybody is graded, and return what that changed.

    Args:
        assignment: Today's rubric.
        today: Under what the class is graded from now on.
        book: The class.
        given: The students whose notebooks are graded now.
        regrade_others: Whether those of everybody else may be graded anew, from the kept evidence.

    Raises:
        UsageError: The folder holds another class, or others than those given would have to be graded anew.
    """
    known = book.identity()
    if known is None or not book.was_used():
        if known != today:
            book.identify(today)
        return Settled()
    _refuse_conflict(known, today)
    rules = known.changed_rules(today)
    others = [student for student in book.graded_students() if student not in given]
    if rules and others and not regrade_others:
        raise UsageError(
            f"{rules} changed since this class was graded, and {len(others)} of it are not in what was given now: "
            f"{named(others)}",
            remedy="--regrade-others grades them anew from what is kept; `autograder regrade` shows what would change",
        )
    changes = regrade_class(assignment, book, apply=True) if rules else ()
    if known.versions != today.versions:
        book.identify(today)
    return Settled(rules, changes, known.changed_versions(today))


def require_same_rubric(assignment: Assignment, book: Gradebook) -> None:
    """See that pages written today speak of the rubric that the class was graded under.

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
    _refuse_conflict(known, today)
    if known.changed_rules(today):
        raise UsageError(
            "the rubric changed since this class was graded",
            remedy="`autograder regrade` shows what would change, and `autograder regrade --apply` writes it",
        )


def named(students: Sequence[str]) -> str:
    """Name some students in one line, each as a command takes it."""
    more = len(students) - _MOST_NAMED
    return ", ".join(map(shell_word, students[:_MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _refuse_conflict(known: ClassIdentity, today: ClassIdentity) -> None:
    if conflict := known.conflict(today):
        raise UsageError(conflict, remedy=_NEW_FOLDER)


def _regraded(assignment: Assignment, baseline: Baseline, book: Gradebook, changes: list[Change]) -> Iterator[Grade]:
    """Yield every notebook's grade of today, student by student; add to `changes` whose grade that counts differs."""
    overrides, withdrawn = book.overrides(), book.withdrawn()
    release = assignment.specification.release
    # A withdrawn student may come back: their grades are kept under the same rubric as everybody's.
    for student in book.students():
        decisions = overrides.get(student, ())
        submissions = book.submissions(student)
        before = standing_grade(submissions, decisions, release) if submissions else None
        regraded = []
        for hand_in in book.executed(student):
            given = _grade_kept(assignment, baseline, book, hand_in.job_id)
            regraded.append(Submission(given, hand_in.late))
            yield given
        if regraded and student not in withdrawn:
            after = standing_grade(regraded, decisions, release)
            if after != before:
                changes.append(Change(before, after))


def _grade_kept(assignment: Assignment, baseline: Baseline, book: Gradebook, job_id: str) -> Grade:
    # The evidence is let go of when this returns, before that of the next notebook is read.
    examined = book.evidence_of(job_id)
    if examined.data != baseline.data:
        raise ConfigurationError(
            f"the gradebook holds a run on {examined.data} data in a class on {baseline.data} data",
            remedy="grade the class again into a new folder with --out",
        )
    return grade(examined.evidence, assignment.specification.key_spec, baseline)
