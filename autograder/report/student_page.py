"""One page per student: what was earned, what was not and why, as far as the instructor's policy lets it be said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast, get_args

from babel.dates import format_date

from autograder.errors import UsageError
from autograder.records import Evidence, Grade, Language, RunVerdict
from autograder.report.causes import Cause, likely_causes
from autograder.report.details import detail_text
from autograder.report.files import file_stem, write_atomically
from autograder.report.numbers import LOCALES
from autograder.report.option_texts import OptionTexts
from autograder.report.page_wording import WORDINGS, PageWording
from autograder.report.pictures import CURVE_HEIGHT, CURVE_WIDTH, WIDTH, ReferenceNumbers
from autograder.report.student_views import Views
from autograder.report.template import template
from autograder.rubric.model import AssignmentSection, Feedback

_TEMPLATE: Final = Path(__file__).with_name("templates") / "student.html"
_NOTHING: Final[Mapping[str, Sequence[tuple[str, str]]]] = MappingProxyType({})
_DAY: Final = len("2026-11-02")


@dataclasses.dataclass(frozen=True, slots=True)
class Background:
    """What a page tells besides the grade, where it is known.

    Attributes:
        assignment: Its title, course, dates and whom to ask.
        options: The text of each option.
        letters: The option that was handed in, by item.
        causes: Known mistakes by the marks that they leave; told under `hints` and `full`.
        reference: What reference runs gave; drawn under `full` alone.
    """

    assignment: AssignmentSection | None = None
    options: OptionTexts = dataclasses.field(default_factory=dict)
    letters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    causes: Sequence[Cause] = ()
    reference: ReferenceNumbers | None = None


_NO_BACKGROUND: Final = Background()


def write_student_page(
    folder: Path,
    grade: Grade,
    evidence: Evidence | None,
    policy_feedback: str,
    titles: Mapping[str, str],
    justifications: Mapping[str, Sequence[tuple[str, str]]] = _NOTHING,
    background: Background = _NO_BACKGROUND,
) -> Path:
    """Write `<student>.html` (see `student_page`).

    Raises:
        EnvironmentFault: The file cannot be written.
        UsageError: There is no such policy.
    """
    path = folder / f"{file_stem(grade.student)}.html"
    write_atomically(path, student_page(grade, evidence, policy_feedback, titles, justifications, background))
    return path


def student_page(
    grade: Grade,
    evidence: Evidence | None,
    policy_feedback: str,
    titles: Mapping[str, str],
    justifications: Mapping[str, Sequence[tuple[str, str]]] = _NOTHING,
    background: Background = _NO_BACKGROUND,
) -> str:
    """Return a student's page in the language of the notebook: one file of HTML that needs nothing else.

    Args:
        grade: What to show.
        evidence: Where the cells that raised an error are named; None leaves them out.
        policy_feedback: `none`: that the notebook was received. `form`: also what is missing in it or has a wrong form.
            `score`: the points of each question. `hints`: each item, and what was found. `full`: what was expected as
            well.
        titles: How questions (`q07`) and items (`q07.recipe_a`) are called in the grade's language; a name that is
            missing stands for itself.
        justifications: By question, letters and why each is right or wrong, in Markdown; shown under `full` alone.
        background: What else is known.

    Raises:
        UsageError: There is no such policy.
    """
    if policy_feedback not in get_args(Feedback):
        raise UsageError(
            f"{policy_feedback!r} is not a feedback policy",
            "policy.feedback",
            f"one of {', '.join(get_args(Feedback))}",
        )
    feedback = cast("Feedback", policy_feedback)
    wording = WORDINGS[grade.language]
    detailed = feedback in {"form", "hints", "full"}
    form_alone = feedback == "form"
    told = feedback not in {"none", "form"}
    # Of a run that failed by our own fault there is nothing to tell question by question.
    judged = feedback != "none" and grade.run_verdict is not RunVerdict.INTERNAL
    views = Views(
        language=grade.language,
        wording=wording,
        form_alone=form_alone,
        reveal=feedback == "full",
        titles=titles,
        justifications=justifications,
        options=background.options,
        reference=background.reference if feedback == "full" else None,
    )
    # Which mistake a training shows is told where the training's own differences are.
    causes = background.causes if feedback in {"hints", "full"} and judged else ()
    page: str = template(_TEMPLATE).render(
        language=grade.language,
        wording=wording,
        student=grade.student,
        about=_about(background.assignment, grade.language, wording),
        notebook_sha256=grade.notebook_sha256,
        released=told,
        received=wording.received_form if form_alone else wording.received,
        run_told=feedback != "none",
        total=None if grade.points is None else views.points(grade.points, grade.points_possible, grade.pending),
        pending=grade.pending > 0 and told,
        no_grade=grade.points is None and told,
        notes=views.sentences(grade.flags),
        practice=grade.data == "practice" and feedback != "none",
        causes=likely_causes(causes, grade.findings, grade.language),
        run=wording.runs[grade.run_verdict],
        run_symbol="pass" if grade.run_verdict is RunVerdict.COMPLETE else "malformed",
        run_detail=_run_detail(grade) if detailed else "",
        questions=tuple(views.questions(grade, evidence, background.letters if detailed else {})) if judged else (),
        detailed=detailed,
        overview=told,
        strip_width=WIDTH,
        curve_width=CURVE_WIDTH,
        curve_height=CURVE_HEIGHT,
        cells=tuple(views.cells(evidence.cells, grade.run_detail, grade.cell_notes))
        if evidence is not None and detailed and judged
        else (),
    )
    return page


def _run_detail(grade: Grade) -> str:
    # Of a fault of ours the detail speaks of our machine.
    theirs = grade.run_verdict not in {RunVerdict.COMPLETE, RunVerdict.INTERNAL}
    return detail_text(grade.run_detail, grade.language) if theirs else ""


def _about(
    assignment: AssignmentSection | None, language: Language, wording: PageWording
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the assignment's title, and course, dates and whom to ask as far as the rubric says them."""
    if assignment is None:
        return "", ()
    rows = (
        (wording.course, assignment.course),
        (wording.given_out, None if assignment.given is None else _moment(assignment.given, language)),
        (wording.due, None if assignment.due is None else _moment(assignment.due, language)),
        (wording.contact, assignment.contact),
    )
    title = assignment.title.get(language, assignment.name)
    return title, tuple((label, text) for label, text in rows if text is not None)


def _moment(text: str, language: Language) -> str:
    """Write a day, or a day with a time, as the language does; one that no calendar has stays as it is."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    day = str(format_date(moment.date(), "long", locale=LOCALES[language]))
    return day if len(text) == _DAY else f"{day}, {moment:%H:%M}"
