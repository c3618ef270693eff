"""What the forms of the page do, each by the function that its command calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from autograder.assignment import Assignment
from autograder.decisions import keep_decision, make_override
from autograder.errors import InputError
from autograder.gradebook import Gradebook, find_student
from autograder.objections import file_objection, parse_objection
from autograder.records import Grade, shell_word
from autograder.regrading import regrade_class
from autograder.review.form_errors import OutdatedFormError
from autograder.review.reviewed_class import ReviewedClass
from autograder.reviews import Ruling, acceptable_together, chosen, pending_items, settle_pending
from autograder.standing import standing_grades, standing_of


@dataclasses.dataclass(frozen=True, slots=True)
class Entered:
    """What a form carries.

    Args:
        seen: The last event when the form was made.
        students: To whom it applies: all of them were named on the page.
        place: The item; empty for all of a student's.
        points: As typed.
        because: The reason.
        by: Who decides.
        text: What a student says, or is answered.
        number: The objection that is answered, or the event that is taken back.
        file_name: What a student's file was called.
        content: The beginning of that file.
        rules: The rubric and the baseline of a regrading that was looked at.
    """

    seen: int
    students: tuple[str, ...] = ()
    place: str = ""
    points: str = ""
    because: str = ""
    by: str = ""
    text: str = ""
    number: int = 0
    rules: str = ""
    file_name: str = ""
    content: bytes = b""


@dataclasses.dataclass(frozen=True, slots=True)
class ActionResult:
    """How many decisions, grades or objections were kept, and how many items were left for a look at each notebook."""

    count: int
    left: int = 0


_LONGEST: Final = 4000
_LONGEST_NAME: Final = 200

Act = Callable[[ReviewedClass, Entered], ActionResult]


def accept(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Give pending points (`autograder decide accept`)."""
    return _decide(reviewed, entered, "accept")


def reject(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Refuse pending points (`autograder decide reject`)."""
    return _decide(reviewed, entered, "reject")


def override(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Give an item other points (`autograder override`); to several students together (`autograder bulk-override`)."""
    _require_reason_and_name(entered)
    points = _points(entered.points)
    question, _, item = entered.place.partition(".")
    with reviewed.changing(entered.seen, entered.students, entered.place) as (assignment, book):
        grades = _grades(assignment, book, entered.students)
        who_and_why = {"reason": entered.because, "author": entered.by}
        if len(grades) == 1:
            keep_decision(book, grades[0], question, item, points, **who_and_why)
        else:
            book.override_in_bulk([make_override(given, question, item, points, **who_and_why) for given in grades])
    return ActionResult(len(entered.students))


def object_to(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Queue a student's objection (`autograder objection`)."""
    with reviewed.changing(entered.seen, entered.students, entered.place) as (assignment, book):
        for given in _grades(assignment, book, entered.students):
            file_objection(book, given, entered.place, entered.text)
    return ActionResult(len(entered.students))


def answer(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Answer an objection (`autograder objection --answer`)."""
    _require(entered.text, "an answer is missing", "an answer has {count} characters, over {most}")
    _require_name(entered)
    with reviewed.changing(entered.seen, entered.students, entered.place) as (_, book):
        book.answer_objection(entered.number, entered.text, entered.by)
    return ActionResult(1)


def object_by_file(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Queue the objection in a student's own file (`autograder objection STUDENT --file FILE`)."""
    if not entered.file_name or not entered.content:
        raise InputError("the file is missing")
    said = parse_objection(entered.content, entered.file_name)
    with reviewed.changing(entered.seen, entered.students, said.item) as (assignment, book):
        [given] = _grades(assignment, book, entered.students[:1])
        if said.student and find_student(said.student, book.students()) != given.student:
            raise InputError("the file is another student's: {student}", student=said.student)
        file_objection(book, given, said.item, said.text)
    return ActionResult(1)


def undo(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Take back a decision, an objection or an answer (`autograder undo`)."""
    _require_reason_and_name(entered)
    with reviewed.changing(entered.seen, entered.students, entered.place) as (_, book):
        book.take_back(entered.number, entered.because, entered.by)
    return ActionResult(1)


def release(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Write pages and tables under today's policy of feedback (`autograder report`)."""
    with reviewed.changing(entered.seen, (), "") as (_, book):
        return ActionResult(len(book.graded_students()))


def regrade(reviewed: ReviewedClass, entered: Entered) -> ActionResult:
    """Save the regrading that was looked at (`autograder regrade --apply`)."""
    with reviewed.alone() as (assignment, book):
        if book.last_event() != entered.seen or rules_of(assignment, book) != entered.rules:
            raise OutdatedFormError(())
        return ActionResult(len(regrade_class(assignment, book, apply=True).changes))


ACTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "accept": accept,
        "reject": reject,
        "override": override,
        "objection": object_to,
        "objection-file": object_by_file,
        "answer": answer,
        "undo": undo,
        "release": release,
        "regrade": regrade,
    }
)
"""By the last part of the address that their forms are sent to."""


def rules_of(assignment: Assignment, book: Gradebook) -> str:
    """Return what a regrading depends on besides the gradebook: the rubric, the baseline, and what hand-ins count."""
    known = book.identity()
    baseline = "" if known is None else assignment.baseline(known.data).digest
    specification = assignment.specification
    return f"{specification.key_spec.digest} {baseline} {specification.release.model_dump_json()}"


def _decide(reviewed: ReviewedClass, entered: Entered, ruling: Ruling) -> ActionResult:
    _require_reason_and_name(entered)
    with reviewed.changing(entered.seen, entered.students, entered.place) as (assignment, book):
        grades = _grades(assignment, book, entered.students)
        named = chosen(tuple(pending_items(grades)), [entered.place] if entered.place else [])
        together = len(entered.students) > 1 and ruling == "accept"
        items = acceptable_together(named) if together else named
        settle_pending(book, items, ruling, reason=entered.because, author=entered.by)
    return ActionResult(len(items), len(named) - len(items))


def _grades(assignment: Assignment, book: Gradebook, students: Sequence[str]) -> list[Grade]:
    """Return the grades that count; nothing is written if a student has none."""
    if not students:
        raise InputError("no student is named")
    policy = assignment.specification.release
    away = book.withdrawn()
    if len(students) == 1:
        found = {students[0]: standing_of(book, students[0], policy)}
    else:
        found = {given.student: given for given in standing_grades(book, policy)}
    grades = [given for student in students if student not in away and (given := found.get(student)) is not None]
    if len(grades) < len(students):
        graded = {given.student for given in grades}
        lacking = next(student for student in students if student not in graded)
        raise InputError("{student} has no grade, or was withdrawn", student=shell_word(lacking))
    return grades


def _points(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise InputError(
            "{typed} is no number of points", remedy="write 0.5 or 0,5", typed=repr(text.strip())
        ) from error


def _require_reason_and_name(entered: Entered) -> None:
    _require(entered.because, "a reason is missing", "a reason has {count} characters, over {most}")
    _require_name(entered)


def _require_name(entered: Entered) -> None:
    _require(entered.by, "a name is missing", "a name has {count} characters, over {most}", _LONGEST_NAME)


def _require(text: str, missing: str, too_long: str, longest: int = _LONGEST) -> None:
    if not text:
        raise InputError(missing)
    if len(text) > longest:
        raise InputError(too_long, remedy="write less", count=len(text), most=longest)
