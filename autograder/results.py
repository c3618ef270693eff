"""A class as it stands, and what people read of it: a table, and per student a page and a JSON file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import Assignment
from autograder.decisions import Lapsed, lapsed_decision
from autograder.engine import describe_fault
from autograder.errors import AutograderError
from autograder.gradebook import Gradebook, Withdrawal
from autograder.records import Evidence, Grade, Refusal
from autograder.report import (
    Justifications,
    justified,
    remove_reports,
    write_grade_json,
    write_grades_csv,
    write_student_page,
)
from autograder.standing import standing_grades


@dataclasses.dataclass(frozen=True, slots=True)
class Results:
    """A class as it stands: the grade of each student that counts, and what keeps it from being the last word.

    `refused` are the submissions that cannot be graded, `lapsed` the decisions that no longer apply, `withdrawn` who
    was taken out.
    """

    grades: tuple[Grade, ...]
    refused: tuple[Refusal, ...]
    lapsed: tuple[Lapsed, ...]
    withdrawn: tuple[Withdrawal, ...]

    @property
    def lacking(self) -> int:
        """How many students have no grade by a fault of ours."""
        return sum(given.points is None for given in self.grades)


def write_results(assignment: Assignment, book: Gradebook, folder: Path) -> Results:
    """Write what people read, from the gradebook alone: a table, and per student a JSON file and a page.

    The files of withdrawn students are removed.

    Raises:
        ConfigurationError: The justifications are wrong; nothing was written. Or a row of the gradebook was changed.
        EnvironmentFault: The folder cannot be written to.
        AutograderError: A page could not be made, by a fault of ours. The table, the JSON files and every other page
            are there.
    """
    justifications = assignment.justifications()
    results = read_results(assignment, book)
    for away in results.withdrawn:
        remove_reports(folder, away.student)
    write_grades_csv(folder / "grades.csv", results.grades, results.refused)
    for given in results.grades:
        write_grade_json(folder / "json", given)
    faults = list(_write_pages(assignment, justifications, book, results, folder / "pages"))
    if faults:
        raise AutograderError(
            f"a fault of ours keeps these pages from being made: {', '.join(faults)}",
            where=str(folder / "pages"),
            remedy="the table and the JSON files are right; `autograder report` makes the pages once it is mended",
        )
    return results


def read_results(assignment: Assignment, book: Gradebook) -> Results:
    """Return a class as it stands, under today's policy of lateness and repeated submissions."""
    grades = tuple(standing_grades(book, assignment.specification.release))
    overrides = book.overrides()
    lapsed = (lapsed_decision(given, overrides.get(given.student, ())) for given in grades)
    return Results(
        grades,
        book.refusals(),
        tuple(one for one in lapsed if one is not None),
        tuple(book.withdrawn().values()),
    )


def _write_pages(
    assignment: Assignment, justifications: Justifications, book: Gradebook, results: Results, folder: Path
) -> Iterator[str]:
    """Write each student's page; yield whose could not be made, and why."""
    for given in results.grades:
        # One student's evidence at a time, and it is let go of before the next is read.
        evidence = book.evidence_of(given.job_id).evidence
        try:
            _write_page(assignment, justifications, given, evidence, folder)
        except AutograderError:
            raise
        except Exception as error:  # noqa: BLE001 (one student's page must not cost the others theirs)
            yield f"{given.student} ({describe_fault(error)})"
        del evidence


def _write_page(
    assignment: Assignment, justifications: Justifications, given: Grade, evidence: Evidence, folder: Path
) -> None:
    specification = assignment.specification
    titles = specification.titles.get(given.language, {})
    why = justified(justifications, specification.questions, given.language, evidence)
    write_student_page(folder, given, evidence, specification.policy.feedback, titles, why)
