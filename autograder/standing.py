"""Which of a student's notebooks counts, and what it is worth after decisions, lateness and keeping the best."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from autograder.decisions import decided
from autograder.gradebook import Gradebook, Override, Submission
from autograder.grading import reasons
from autograder.records import Grade, Reason
from autograder.report import Worth, weigh
from autograder.spec.release import Release

_DAYS_LATE = 1
"""An export says that something was late, not by how much: a late hand-in is at least one day late."""


def standing_grade(submissions: Sequence[Submission], overrides: Sequence[Override], release: Release) -> Grade:
    """Return the grade that counts: its points are what the notebook is worth in the end, and its flags say why.

    Where the last notebook has no grade by a fault of ours there is none: it may have been the best one.

    Args:
        submissions: A student's graded notebooks, at least one, in the order in which they were handed in.
        overrides: The decisions on them, oldest first.
        release: The policy of lateness and repeated submissions.
    """
    grades = [decided(one.grade, overrides) for one in submissions]
    worths = [_worth(given, one, release) for given, one in zip(grades, submissions, strict=True)]
    counts = last = len(grades) - 1
    flags = []
    if worths[last] is not None:
        best = max(range(len(grades)), key=lambda number: (_points(worths[number]), number))
        if release.keep_best and best != last:
            counts = best
            flags.append(Reason(reasons.HAND_IN_KEPT, found=f"{_points(worths[last]):g}"))
        elif _points(worths[best]) > _points(worths[last]):
            flags.append(Reason(reasons.HAND_IN_WORSE, found=f"{_points(worths[best]):g}"))
    if submissions[counts].late:
        left = "" if release.late is None else f"{100 * release.late.factor(_DAYS_LATE):g}"
        flags.insert(0, Reason(reasons.HAND_IN_LATE, found=left))
    given, worth = grades[counts], worths[counts]
    points = None if worth is None else worth.points
    return dataclasses.replace(given, points=points, flags=(*given.flags, *flags))


def standing_grades(book: Gradebook, release: Release) -> Iterator[Grade]:
    """Yield each student's grade that counts, in the order of names."""
    overrides = book.overrides()
    for student in book.graded_students():
        yield standing_grade(book.submissions(student), overrides.get(student, ()), release)


def standing_of(book: Gradebook, student: str, release: Release) -> Grade | None:
    """Return one student's grade that counts; None if nothing of theirs was graded."""
    submissions = book.submissions(student)
    return standing_grade(submissions, book.overrides().get(student, ()), release) if submissions else None


def _worth(given: Grade, submission: Submission, release: Release) -> Worth | None:
    if given.points is None:
        return None
    return weigh(given.points, release, _DAYS_LATE if submission.late else 0)


def _points(worth: Worth | None) -> float:
    return -1.0 if worth is None else worth.points
