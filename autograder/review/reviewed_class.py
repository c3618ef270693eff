"""The class that is reviewed: read as it stands, and changed by one request at a time, never by an outdated form."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from autograder.assignment import Assignment, open_assignment
from autograder.class_results import write_results
from autograder.errors import AutograderError, UsageError
from autograder.gradebook import Event, Gradebook, Objection, Override
from autograder.records import Grade, Refusal
from autograder.regrading import require_same_rubric
from autograder.review.form_errors import OutdatedFormError
from autograder.review.results_writer import ResultsWriter
from autograder.standing import standing_grades

_PATIENCE_SECONDS: Final = 5.0
"""So long an answer waits for the pages of the class, which is enough for a hundred students."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClassState:
    """A class as it stood after the event `seen`.

    `outdated` says why nothing can be decided before a regrading; None if everything can.
    """

    assignment: Assignment
    seen: int
    grades: Mapping[str, Grade]
    overrides: Mapping[str, Sequence[Override]]
    objections: tuple[Objection, ...]
    refusals: tuple[Refusal, ...]
    outdated: UsageError | None


class ReviewedClass:
    """The gradebook of a folder of results and its rubric, both read anew whenever they have changed.

    Args:
        config: The rubric.
        folder: The folder of results.
    """

    def __init__(self, config: Path, folder: Path) -> None:
        self.config = config
        self.folder = folder
        self._writer = ResultsWriter(folder, self._write)
        self._changing = threading.Lock()
        self._reading = threading.Lock()
        self._assignment: tuple[int, Assignment] | None = None
        self._state: ClassState | None = None

    def assignment(self) -> Assignment:
        """Return the assignment under today's rubric.

        Raises:
            ConfigurationError: `grading.yml` is missing or wrong.
        """
        written = self.config.stat().st_mtime_ns if self.config.is_file() else 0
        if self._assignment is None or self._assignment[0] != written:
            self._assignment = (written, open_assignment(self.config))
        return self._assignment[1]

    def open(self) -> Gradebook:
        """Open the gradebook.

        Raises:
            UsageError: It is not there.
            ConfigurationError: It is not a gradebook of this version.
        """
        return Gradebook.in_folder(self.folder, must_exist=True)

    @property
    def is_writing(self) -> bool:
        """Whether pages and tables are still being written."""
        return not self._writer.wait(0)

    @property
    def writing_fault(self) -> AutograderError | None:
        """Why pages and tables could not be written; None if they could."""
        return self._writer.fault

    def finish(self) -> None:
        """Wait until everything that was changed is written."""
        self._writer.wait()

    def state(self, book: Gradebook) -> ClassState:
        """Return the class as it stands, read once per change.

        Raises:
            ConfigurationError: The rubric is wrong, or the gradebook was changed by another program.
        """
        with self._reading:
            # The event is read first: what is saved while the rest is read counts as not yet seen.
            assignment, seen = self.assignment(), book.last_event()
            known = self._state
            if known is None or known.seen != seen or known.assignment is not assignment:
                self._state = known = _read(assignment, book, seen)
            return known

    @contextlib.contextmanager
    def alone(self) -> Iterator[tuple[Assignment, Gradebook]]:
        """Change the class while no other request and no other command does; pages and tables are written after it.

        Returns once they are, or after some seconds if the class is large: `is_writing` tells.

        Raises:
            EnvironmentFault: Another command uses the folder.
        """
        with self._changing, self._writer.holding():
            with self.open() as book:
                yield self.assignment(), book
            self._writer.ask()
        self._writer.wait(_PATIENCE_SECONDS)

    @contextlib.contextmanager
    def changing(self, seen: int, students: Collection[str], place: str) -> Iterator[tuple[Assignment, Gradebook]]:
        """Change the class as `alone` does, if what the form was made from is still so.

        Args:
            seen: The last event when the form was made.
            students: Whom the change is about.
            place: The item that it is about; empty if it is about whole submissions.

        Raises:
            OutdatedFormError: Something happened to one of these students since that concerns the item.
            UsageError: The class was graded under another rubric.
            AutograderError: See `alone`.
        """
        with self.alone() as (assignment, book):
            require_same_rubric(assignment, book)
            if events := events_since(book, seen, students, place):
                raise OutdatedFormError(events)
            yield assignment, book

    def _write(self) -> None:
        with self.open() as book:
            write_results(self.assignment(), book, self.folder)


def events_since(book: Gradebook, seen: int, students: Collection[str], place: str) -> tuple[tuple[str, Event], ...]:
    """Return what happened to students after an event, except decisions on other items than the one at `place`."""
    if book.last_event() == seen:
        return ()
    return tuple(
        (student, event)
        for student in students
        for event in book.history(student)
        if event.number > seen and (not place or event.place in {"", place})
    )


def _read(assignment: Assignment, book: Gradebook, seen: int) -> ClassState:
    try:
        require_same_rubric(assignment, book)
        outdated = None
    except UsageError as error:
        outdated = error
    return ClassState(
        assignment=assignment,
        seen=seen,
        grades={given.student: given for given in standing_grades(book, assignment.specification.release)},
        overrides=book.overrides(),
        objections=book.objections(),
        refusals=book.refusals(),
        outdated=outdated,
    )
