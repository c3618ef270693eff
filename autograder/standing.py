"""Choose which notebook of a student counts, with its score after decisions, lateness and repeated submissions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from autograder.decisions import decided
from autograder.gradebook import Gradebook, Override, Submission
from autograder.records import Grade, Reason
from autograder.report import Worth, weigh
from autograder.roster import match_roster
from autograder.rubric import codes
from autograder.rubric.release import Release


def standing_grade(submissions: Sequence[Submission], overrides: Sequence[Override], release: Release) -> Grade:
    """Return the grade that counts, with its final score and the flags of the policies on lateness and on what counts.

    There is no final score if the notebook that would count has no grade because of the grader: it may be the best one.

    Args:
        submissions: A student's graded notebooks, at least one, in the order in which they were handed in.
        overrides: The decisions on them, oldest first.
        release: The policies on lateness and on which submission counts.
    """
    grades = [decided(one.grade, overrides) for one in submissions]
    worths = [_worth(given, one, release) for given, one in zip(grades, submissions, strict=True)]
    counts = last = len(grades) - 1
    flags = []
    if release.counts == "first" and last:
        counts = 0
        flags.append(Reason(codes.HAND_IN_FIRST))
    elif worths[last] is not None:
        best = max(range(len(grades)), key=lambda number: (_points(worths[number]), number))
        if release.counts == "best" and best != last:
            counts = best
            flags.append(Reason(codes.HAND_IN_KEPT, found=f"{_points(worths[last]):g}"))
        elif _points(worths[best]) > _points(worths[last]):
            flags.append(Reason(codes.HAND_IN_WORSE, found=f"{_points(worths[best]):g}"))
    days_late = submissions[counts].days_late
    if days_late:
        left = "" if release.late is None else f"{100 * release.late.factor(days_late):g}"
        flags.insert(0, Reason(codes.HAND_IN_LATE, found=left))
    given, worth = grades[counts], worths[counts]
    points = None if worth is None else worth.points
    return dataclasses.replace(given, points=points, flags=(*given.flags, *flags))


def standing_grades(book: Gradebook, release: Release) -> Iterator[Grade]:
    """Yield each student's grade that counts, in the order of names."""
    overrides, listed = book.overrides(), listed_days_late(book)
    for student in book.graded_students():
        submissions = with_listed_days(book.submissions(student), listed.get(student))
        yield standing_grade(submissions, overrides.get(student, ()), release)


def standing_of(book: Gradebook, student: str, release: Release) -> Grade | None:
    """Return one student's grade that counts; None if the student has no graded notebook."""
    submissions = with_listed_days(book.submissions(student), listed_days_late(book).get(student))
    return standing_grade(submissions, book.overrides().get(student, ()), release) if submissions else None


def listed_days_late(book: Gradebook) -> Mapping[str, int]:
    """Return the days late by the course list, by student, which take precedence over an export's.

    For a group the fewest days of its members count: an extension for one member applies to the submission.
    """
    roster = book.roster()
    if roster is None or all(person.days_late is None for person in roster.people):
        return {}
    found: dict[str, int] = {}
    for student, match in match_roster(book.accounts(), roster).items():
        days = [person.days_late for person in match.people if person.days_late is not None]
        if days:
            found[student] = min(days)
    return found


def with_listed_days(submissions: Sequence[Submission], days_late: int | None) -> Sequence[Submission]:
    """Return the submissions with the days late of the course list, if it has any.

    They are the last submission's; an earlier one is never later than that, but keeps fewer days of its own.
    """
    if days_late is None or not submissions:
        return submissions
    *earlier, last = submissions
    capped = (dataclasses.replace(one, days_late=min(one.days_late, days_late)) for one in earlier)
    return (*capped, dataclasses.replace(last, days_late=days_late))


def _worth(given: Grade, submission: Submission, release: Release) -> Worth | None:
    return None if given.points is None else weigh(given.points, release, submission.days_late)


def _points(worth: Worth | None) -> float:
    return -1.0 if worth is None else worth.points
