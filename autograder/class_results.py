"""The current state of a class, and the files for people: a table, the class report, and two files per student."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

from autograder.assignment import Assignment
from autograder.class_report import (
    CodeComparer,
    Conditions,
    ReportEntry,
    class_page,
    make_entry,
    make_report,
    reference_support,
)
from autograder.decisions import Lapsed, lapsed_decision
from autograder.engine import describe_fault
from autograder.errors import AutograderError
from autograder.gradebook import ClassIdentity, DataKind, Gradebook, Withdrawal
from autograder.records import Evidence, Grade, Language, Refusal, collation_key
from autograder.report import (
    Background,
    chosen_letters,
    justified,
    remove_reports,
    write_atomically,
    write_grade_json,
    write_grades_csv,
    write_student_page,
)
from autograder.roster import match_roster
from autograder.standing import standing_grades


@dataclasses.dataclass(frozen=True, slots=True)
class Results:
    """The current state of a class: each student's grade that counts, and what may still change or is missing.

    `refused` are submissions that cannot be graded, `lapsed` decisions that no longer apply, `withdrawn` students
    taken out of the class. With a course list, `absent` are the people on it who handed in nothing, as named in
    tables, and `unlisted` the students without a clear match on it.
    """

    grades: tuple[Grade, ...]
    refused: tuple[Refusal, ...]
    lapsed: tuple[Lapsed, ...]
    withdrawn: tuple[Withdrawal, ...]
    absent: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    @property
    def lacking(self) -> int:
        """The number of students without a grade because of a fault of the grader."""
        return sum(given.points is None for given in self.grades)


CLASS_PAGES: Final[Mapping[Language, str]] = MappingProxyType({"en": "class.html", "pt-BR": "class.pt-BR.html"})
"""The class report's file in a folder of results, by language."""


def write_results(assignment: Assignment, book: Gradebook, folder: Path, missing: Collection[str] = ()) -> Results:
    """Write all files for people from the gradebook alone: a table, the class report, and two files per student.

    The files of withdrawn students are removed.

    Args:
        assignment: The rubric under which the class was graded.
        book: The class.
        folder: The folder of results.
        missing: Students who are not among the submissions given now.

    Raises:
        ConfigurationError: The justifications are wrong; nothing was written. Or a row of the gradebook was changed.
        EnvironmentFault: The folder cannot be written to.
        AutograderError: A page could not be created because of a bug. The table, the JSON files and all other pages
            are written.
    """
    pages = _Pages(assignment, book)
    results = read_results(assignment, book)
    for away in results.withdrawn:
        remove_reports(folder, away.student)
    write_grades_csv(folder / "grades.csv", results.grades, results.refused, results.absent)
    for given in results.grades:
        write_grade_json(folder / "json", given)
    gathering = _Gathering(assignment, book)
    faults = []
    for given in results.grades:
        # Only one student's evidence at a time is in memory.
        evidence = book.evidence_of(given.job_id).evidence
        try:
            gathering.take(given, evidence)
            pages.write(given, evidence, folder / "pages")
        except AutograderError:
            raise
        except Exception as error:  # noqa: BLE001 (a bug on one student's page must not affect the others)
            faults.append(f"{given.student} ({describe_fault(error)})")
        del evidence
    faults += _write_class_pages(gathering, results, missing, folder)
    if faults:
        raise AutograderError(
            f"a fault of ours keeps these pages from being made: {', '.join(faults)}",
            where=str(folder / "pages"),
            remedy="the table and the JSON files are right; `autograder report` makes the pages once it is mended",
        )
    return results


def _write_class_pages(
    gathering: _Gathering, results: Results, missing: Collection[str], folder: Path
) -> Iterator[str]:
    """Write the class report, and yield which page could not be made by a fault of ours.

    The page in another language is kept current once somebody asked for it.
    """
    for language, name in CLASS_PAGES.items():
        if language != "en" and not (folder / name).exists():
            continue
        try:
            write_atomically(folder / name, gathering.page(results, missing, language))
        except AutograderError:
            raise
        except Exception as error:  # noqa: BLE001 (likewise the page of the class)
            yield f"{name} ({describe_fault(error)})"


def write_class_report(assignment: Assignment, book: Gradebook, folder: Path, language: Language) -> Path:
    """Write the class report alone in one language, and return where it is.

    Raises:
        ConfigurationError: A row of the gradebook was changed.
        EnvironmentFault: The folder cannot be written to.
    """
    results = read_results(assignment, book)
    gathering = _Gathering(assignment, book)
    for given in results.grades:
        gathering.take(given, book.evidence_of(given.job_id).evidence)
    path = folder / CLASS_PAGES[language]
    write_atomically(path, gathering.page(results, (), language))
    return path


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
        *_listed(book),
    )


def _listed(book: Gradebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who on the course list handed in nothing, and which students have no clear match on it.

    A possible match of such a student is not called absent.
    """
    roster = book.roster()
    if roster is None:
        return (), ()
    matches = match_roster(book.accounts(), roster)
    there = {person for match in matches.values() for person in (*match.people, *match.candidates)}
    absent = sorted((roster.label(one) for one in roster.people if one not in there), key=collation_key)
    away = book.withdrawn()
    unlisted = (student for student, match in matches.items() if not match.people and student not in away)
    return tuple(absent), tuple(sorted(unlisted, key=collation_key))


def _data_of(identity: ClassIdentity | None) -> DataKind:
    """Return the kind of data that a class was graded on; of one without grades, the real ones."""
    return "real" if identity is None else identity.data


class _Gathering:
    """Takes the class report's entries student by student."""

    def __init__(self, assignment: Assignment, book: Gradebook) -> None:
        self._assignment = assignment
        self._book = book
        self._comparer = CodeComparer(assignment.solution().notebook if assignment.has_solution else None)
        self._entries: list[ReportEntry] = []

    def take(self, given: Grade, evidence: Evidence) -> None:
        """Take one student's grade with its evidence."""
        job, run = self._book.job(given.job_id), self._book.last_run(given.job_id)
        key_spec = self._assignment.specification.key_spec
        self._entries.append(make_entry(given, evidence, key_spec, job, run, self._comparer.fingerprints(job)))

    def page(self, results: Results, missing: Collection[str], language: Language) -> str:
        """Return the page of all that was taken."""
        specification = self._assignment.specification
        identity = self._book.identity()
        data = _data_of(identity)
        baseline = self._assignment.baseline(data)
        conditions = Conditions(
            data=data,
            rubric_sha256=specification.key_spec.digest if identity is None else identity.rubric_sha256,
            baseline_sha256=baseline.digest if identity is None else identity.baseline_sha256,
            versions={} if identity is None else identity.versions,
            baseline_changed=identity is not None and identity.baseline_sha256 != baseline.digest,
        )
        support = reference_support(specification.key_spec, baseline, self._assignment.kept_runs(data))
        not_given = [one.student for one in results.grades if one.student in missing]
        return class_page(
            make_report(
                specification,
                baseline,
                conditions,
                self._entries,
                results.refused,
                not_given,
                support,
                self._comparer,
                results.absent,
            ),
            language,
        )


class _Pages:
    """Writes students' pages: what all of them tell is read once."""

    def __init__(self, assignment: Assignment, book: Gradebook) -> None:
        self._specification = assignment.specification
        self._justifications = assignment.justifications()
        self._options = {language: assignment.option_texts(language) for language in get_args(Language)}
        data = _data_of(book.identity())
        self._causes = assignment.causes(data)
        self._reference = assignment.reference_numbers(data) if self._specification.policy.feedback == "full" else None

    def write(self, given: Grade, evidence: Evidence, folder: Path) -> None:
        """Write one student's page."""
        specification = self._specification
        titles = specification.titles.get(given.language, {})
        why = justified(self._justifications, specification.questions, given.language, evidence)
        background = Background(
            assignment=specification.assignment,
            options=self._options[given.language],
            letters=chosen_letters(specification.questions, evidence),
            causes=self._causes,
            reference=self._reference,
        )
        write_student_page(folder, given, evidence, specification.policy.feedback, titles, why, background)
