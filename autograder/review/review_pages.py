"""The pages of the review, from what the gradebook holds; templates escape every value, and no page has a script."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from autograder import __version__
from autograder.audit import WORDINGS, audit_changed_keys
from autograder.class_report import STYLE
from autograder.errors import AutograderError, InputError
from autograder.gradebook import Event, Gradebook
from autograder.records import Finding, Grade, Language, printable
from autograder.regrading import regrade_class
from autograder.report import refusal_line, why_no_grade
from autograder.report.template import template
from autograder.review.command_texts import CommandTexts
from autograder.review.item_clusters import item_clusters, item_summaries
from autograder.review.item_evidence import item_evidence
from autograder.review.notebook_view import notebook_view
from autograder.review.queue_entries import (
    KINDS,
    PER_PAGE,
    QueueChoice,
    QueueEntry,
    counts,
    next_open,
    queue_entries,
)
from autograder.review.review_actions import Entered, rules_of
from autograder.review.review_writing import WRITINGS
from autograder.review.reviewed_class import ClassState, ReviewedClass

_TEMPLATES: Final = Path(__file__).with_name("templates")


@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    """What a page repeats of the request: who decides, and how much was just saved (None: nothing) and `left` over.

    `other_language` is the address of the same page in the other language.
    """

    csrf: str
    language: Language
    other_language: str = "/"
    by: str = ""
    saved: int | None = None
    left: int = 0


class ReviewPages:
    """Makes the pages of one class."""

    def __init__(self, reviewed: ReviewedClass) -> None:
        self._reviewed = reviewed
        self._commands = {
            language: CommandTexts(reviewed.config, reviewed.folder, writing) for language, writing in WRITINGS.items()
        }
        self._queue: dict[Language, tuple[ClassState, tuple[QueueEntry, ...]]] = {}

    def queue(self, book: Gradebook, visit: Visit, choice: QueueChoice, number: int) -> str:
        """Return the list of what asks for a person's eyes; `number` counts its sheets of `PER_PAGE` from 0."""
        state = self._reviewed.state(book)
        entries = self._entries(state, visit)
        chosen = [entry for entry in entries if choice.takes(entry)]
        start = max(0, number) * PER_PAGE
        return self._page(
            "queue.html",
            state,
            visit,
            entries=chosen[start : start + PER_PAGE],
            total=len(chosen),
            start=start,
            sheet=number,
            per_page=PER_PAGE,
            choice=choice,
            kinds=KINDS,
            counts=counts(entries, choice),
            places=[one.place for one in item_summaries(state.grades.values())],
        )

    def items(self, book: Gradebook, visit: Visit) -> str:
        """Return the list of all items."""
        state = self._reviewed.state(book)
        return self._page("items.html", state, visit, items=item_summaries(state.grades.values()))

    def item(self, book: Gradebook, visit: Visit, place: str) -> str:
        """Return one item over the class, with the students of equal findings together.

        Raises:
            InputError: There is no such item.
        """
        state = self._reviewed.state(book)
        clusters = item_clusters(state.grades.values(), place)
        if not clusters:
            raise InputError("there is no item {item}", item=place)
        pending = [student for one in clusters if one.finding.pending for student in one.students]
        return self._page(
            "item.html",
            state,
            visit,
            place=place,
            clusters=clusters,
            possible=clusters[0].finding.points_possible,
            pending=pending,
            choice=QueueChoice(),
            everybody=[student for one in clusters for student in one.students],
        )

    def submission(self, book: Gradebook, visit: Visit, student: str) -> str:
        """Return everything of one student: the items, how the notebook ran, and the history."""
        state = self._reviewed.state(book)
        given = state.grades.get(student)
        events = book.history(student)
        if not events:
            raise InputError("there is no student {student}", student=student)
        why = "" if given is None else why_no_grade(given, visit.language)
        return self._page(
            "submission.html",
            state,
            visit,
            student=student,
            given=given,
            why_no_grade=why,
            refused=[refusal_line(one, visit.language) for one in state.refusals if one.student == student],
            withdrawn=book.withdrawn().get(student),
            events=events,
            objections=[one for one in state.objections if one.student == student],
        )

    def finding(self, book: Gradebook, visit: Visit, student: str, place: str) -> str:
        """Return one item of one student: finding, reference, notebook, decisions.

        Raises:
            InputError: The student or the item is not there.
        """
        state = self._reviewed.state(book)
        given = state.grades.get(student)
        finding = None if given is None else next((one for one in given.findings if one.place == place), None)
        if given is None or finding is None:
            raise InputError("{student} has no item {item}", student=student, item=place)
        evidence = book.evidence_of(given.job_id).evidence
        variables = {name: one.variables for name, one in state.assignment.specification.questions.items()}
        job, run = book.job(given.job_id), book.last_run(given.job_id)
        return self._page(
            "finding.html",
            state,
            visit,
            student=student,
            given=given,
            finding=finding,
            place=place,
            beside=item_evidence(state.assignment, finding, evidence, visit.language),
            notebook=notebook_view(job, evidence, run, variables, finding.question, visit.language),
            events=[event for event in book.history(student) if event.place == place],
            objections=[one for one in state.objections if (one.student, one.place) == (student, place)],
            alike=_alike(state, student, place),
            following=next_open(state, self._entries(state, visit), student, place),
        )

    def regrading(self, book: Gradebook, visit: Visit) -> str:
        """Return what grading anew from what is kept would change; nothing is written."""
        state = self._reviewed.state(book)
        rules = rules_of(state.assignment, book)
        effect = regrade_class(state.assignment, book, apply=False)
        warnings = WORDINGS[visit.language].contradictions(audit_changed_keys(state.assignment, book.identity()))
        changes = [(change, _differing(change.before, change.after)) for change in effect.changes]
        return self._page("regrade.html", state, visit, effect=effect, changes=changes, rules=rules, warnings=warnings)

    def releasing(self, book: Gradebook, visit: Visit) -> str:
        """Return what students' pages would tell if they were written now."""
        state = self._reviewed.state(book)
        pending = sum(bool(given.pending) for given in state.grades.values())
        waiting = sum(one.standing == "open" for one in state.objections)
        return self._page("release.html", state, visit, pending=pending, waiting=waiting, graded=len(state.grades))

    def again(
        self,
        book: Gradebook,
        visit: Visit,
        act: str,
        entered: Entered,
        error: AutograderError,
        events: Sequence[tuple[str, Event]],
    ) -> str:
        """Return a form with what was entered, and why it was not saved."""
        why = printable(WRITINGS[visit.language].error(error))
        state = self._reviewed.state(book)
        return self._page("again.html", state, visit, act=act, entered=entered, why=why, happened=events)

    def message(self, heading: str, language: Language, error: AutograderError | None = None) -> str:
        """Return a page that says what is wrong, and needs nothing of the class."""
        writing = WRITINGS[language]
        lines = [] if error is None else printable(writing.error(error)).split("\n")
        page: str = template(_TEMPLATES / "message.html").render(writing=writing, heading=heading, lines=lines)
        return page

    def _entries(self, state: ClassState, visit: Visit) -> tuple[QueueEntry, ...]:
        """Return the queue, put into words once per language and change of the class."""
        known = self._queue.get(visit.language)
        if known is None or known[0] is not state:
            self._queue[visit.language] = known = (state, queue_entries(state, WRITINGS[visit.language]))
        return known[1]

    def _page(self, name: str, state: ClassState, visit: Visit, **values: Any) -> str:
        writing = WRITINGS[visit.language]
        titles = state.assignment.specification.titles.get(visit.language, {})
        page: str = template(_TEMPLATES / name).render(
            state=state,
            visit=visit,
            writing=writing,
            is_writing=self._reviewed.is_writing,
            writing_fault=self._reviewed.writing_fault,
            assignment=state.assignment.specification.assignment,
            feedback=state.assignment.specification.policy.feedback,
            version=__version__,
            commands=self._commands[visit.language],
            title=lambda place: titles.get(place, ""),
            submission_url=submission_url,
            item_url=item_url,
            queue_url=queue_url,
            picture_url=picture_url,
            number=writing.number,
            **values,
        )
        return page


def stylesheet() -> str:
    """Return the one stylesheet of all pages: the colours that all pages share, the class report's, and its own."""
    shared = Markup(STYLE.read_text(encoding="utf-8"))  # noqa: S704 (a file of ours)
    style: str = template(_TEMPLATES / "review.css").render(shared=shared)
    return style


def submission_url(student: str, place: str = "") -> str:
    """Return the address of a student's page, or of one item of theirs."""
    return "/submission?" + urlencode({"name": student, **({"item": place} if place else {})})


def item_url(place: str) -> str:
    """Return the address of an item over the class."""
    return "/item?" + urlencode({"place": place})


def queue_url(choice: QueueChoice, number: int = 0, **changes: str) -> str:
    """Return the address of a part of the queue."""
    fields = {"kind": choice.kind, "item": choice.place, "words": choice.words, **changes}
    query = urlencode({name: value for name, value in fields.items() if value} | ({"page": number} if number else {}))
    return f"/?{query}" if query else "/"


def picture_url(student: str, cell: int, number: int) -> str:
    """Return the address of a picture among a cell's outputs."""
    return "/picture?" + urlencode({"name": student, "cell": cell, "number": number})


def _alike(state: ClassState, student: str, place: str) -> int:
    """Return how many others have an equal finding."""
    clusters = item_clusters(state.grades.values(), place)
    return next((len(one.students) - 1 for one in clusters if student in one.students), 0)


def _differing(before: Grade | None, after: Grade) -> list[tuple[Finding | None, Finding]]:
    """Return each item whose verdict or points a regrading changes, as it was and as it would be."""
    old = {} if before is None else {one.place: one for one in before.findings}
    pairs = [(old.get(new.place), new) for new in after.findings]
    return [(one, new) for one, new in pairs if one is None or (one.verdict, one.points) != (new.verdict, new.points)]
