"""One page per student: what was earned, what was not and why, as far as the instructor's policy lets it be said."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast, get_args

from autograder.errors import UsageError
from autograder.records import CellOutcome, Evidence, Finding, Grade, Language, Reason, RunVerdict, Verdict
from autograder.report.clauses import why_it_ended
from autograder.report.files import file_stem, write_atomically
from autograder.report.scores import question_scores
from autograder.report.sentences import Part, is_for_student, sentence_parts
from autograder.report.template import template
from autograder.report.wording import WORDINGS, Wording

Feedback = Literal["none", "score", "hints", "full"]

_TEMPLATE: Final = Path(__file__).with_name("templates") / "student.html"
_MOST_CELLS: Final = 40
_MOST_REASONS: Final = 12
_NOTHING: Final[Mapping[str, Sequence[tuple[str, str]]]] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class _Points:
    """Points as they are shown, and the share of a bar that they fill; the bar stays empty where there are none.

    `pending` says how many wait for a person; empty if none do.
    """

    given: str
    possible: str
    percent: float
    pending: str


@dataclasses.dataclass(frozen=True, slots=True)
class _ItemView:
    title: str
    verdict: str
    verdict_name: str
    points: _Points
    sentences: tuple[tuple[Part, ...], ...]
    more: str
    notes: tuple[tuple[Part, ...], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _QuestionView:
    name: str
    title: str
    points: _Points
    items: tuple[_ItemView, ...]
    justifications: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _CellView:
    place: str
    happened: str
    error: str


def write_student_page(
    folder: Path,
    grade: Grade,
    evidence: Evidence | None,
    policy_feedback: str,
    titles: Mapping[str, str],
    justifications: Mapping[str, Sequence[tuple[str, str]]] = _NOTHING,
) -> Path:
    """Write `<student>.html` (see `student_page`).

    Raises:
        EnvironmentFault: The file cannot be written.
        UsageError: There is no such policy.
    """
    path = folder / f"{file_stem(grade.student)}.html"
    write_atomically(path, student_page(grade, evidence, policy_feedback, titles, justifications))
    return path


def student_page(
    grade: Grade,
    evidence: Evidence | None,
    policy_feedback: str,
    titles: Mapping[str, str],
    justifications: Mapping[str, Sequence[tuple[str, str]]] = _NOTHING,
) -> str:
    """Return a student's page in the language of the notebook: one file of HTML that needs nothing else.

    Args:
        grade: What to show.
        evidence: Where the cells that raised an error are named; None leaves them out.
        policy_feedback: `none`: that the notebook was received. `score`: the points of each question. `hints`: each
            item, and what was found. `full`: what was expected as well.
        titles: How questions (`q07`) and items (`q07.recipe_a`) are called in the grade's language; a name that is
            missing stands for itself.
        justifications: By question, letters and why each is right or wrong; shown under `full` alone.

    Raises:
        UsageError: There is no such policy.
    """
    if policy_feedback not in get_args(Feedback):
        raise UsageError(
            f"{policy_feedback!r} is no policy of feedback",
            "policy.feedback",
            f"one of {', '.join(get_args(Feedback))}",
        )
    feedback = cast("Feedback", policy_feedback)
    wording = WORDINGS[grade.language]
    detailed = feedback in {"hints", "full"}
    # Of a run that failed by our own fault there is nothing to tell question by question.
    judged = feedback != "none" and grade.run_verdict is not RunVerdict.INTERNAL
    view = _View(grade.language, wording, reveal=feedback == "full", titles=titles, justifications=justifications)
    return template(_TEMPLATE).render(
        language=grade.language,
        wording=wording,
        student=grade.student,
        notebook_sha256=grade.notebook_sha256,
        released=feedback != "none",
        total=None if grade.points is None else view.points(grade.points, grade.points_possible, grade.pending),
        pending=grade.pending > 0,
        notes=view.sentences(grade.flags),
        practice=grade.data == "practice",
        run=wording.runs[grade.run_verdict],
        run_symbol="pass" if grade.run_verdict is RunVerdict.COMPLETE else "malformed",
        run_detail=view.run_detail(grade) if detailed else "",
        questions=tuple(view.questions(grade)) if judged else (),
        detailed=detailed,
        cells=tuple(view.cells(evidence.cells, grade.run_detail))
        if evidence is not None and detailed and judged
        else (),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _View:
    """Turns records into what the template shows, in one language and under one policy."""

    language: Language
    wording: Wording
    reveal: bool
    titles: Mapping[str, str]
    justifications: Mapping[str, Sequence[tuple[str, str]]]

    def points(self, given: float | None, possible: float, pending: float = 0.0) -> _Points:
        percent = 0.0 if given is None or possible <= 0 else min(100.0, max(0.0, 100 * given / possible))
        shown = "–" if given is None else self._number(given)  # noqa: RUF001
        waiting = self.wording.pending.format(points=self._number(pending)) if pending else ""
        return _Points(shown, self._number(possible), round(percent, 2), waiting)

    def questions(self, grade: Grade) -> Iterator[_QuestionView]:
        for score in question_scores(grade):
            yield _QuestionView(
                name=score.question,
                title=self.titles.get(score.question, ""),
                points=self.points(score.points, score.points_possible, score.pending),
                items=tuple(self._item(finding) for finding in score.findings),
                justifications=tuple(self.justifications.get(score.question, ())) if self.reveal else (),
            )

    def run_detail(self, grade: Grade) -> str:
        # Of a fault of ours the detail speaks of our machine.
        theirs = grade.run_verdict not in {RunVerdict.COMPLETE, RunVerdict.INTERNAL}
        return why_it_ended(grade.run_detail, self.language) if theirs else ""

    def cells(self, outcomes: tuple[CellOutcome, ...], run_detail: str) -> Iterator[_CellView]:
        """Name the cells that did not finish; those that were not reached stand together in one line.

        What ended the whole run is said above them, and not again at the cell that was running.
        """
        happened = {"error": "", "timeout": self.wording.timed_out, "killed": self.wording.killed}
        stopped = [outcome for outcome in outcomes if outcome.status in happened]
        for outcome in stopped[:_MOST_CELLS]:
            # An exception's own words stay as they are; the others are clauses of ours.
            error = outcome.error if outcome.status == "error" else why_it_ended(outcome.error, self.language)
            said_above = outcome.error == run_detail
            yield _CellView(str(outcome.index + 1), happened[outcome.status], "" if said_above else error)
        if len(stopped) > _MOST_CELLS:
            yield _CellView("…", self.wording.more.format(count=len(stopped) - _MOST_CELLS), "")
        left = [outcome.index + 1 for outcome in outcomes if outcome.status == "not run"]
        if left:
            span = str(left[0]) if len(left) == 1 else self.wording.cells_from_to.format(first=left[0], last=left[-1])
            yield _CellView(span, self.wording.not_run, "")

    def _item(self, finding: Finding) -> _ItemView:
        reasons = self.sentences(finding.reasons)
        more = len(reasons) - _MOST_REASONS
        name = finding.place
        return _ItemView(
            title=self.titles.get(name, name.partition(".")[2].replace("_", " ")),
            verdict=self.wording.verdicts[finding.verdict],
            verdict_name=finding.verdict.value.lower(),
            points=self.points(
                None if finding.verdict in {Verdict.INTERNAL, Verdict.REVIEW} else finding.points,
                finding.points_possible,
            ),
            sentences=reasons[:_MOST_REASONS],
            more=self.wording.more.format(count=more) if more > 0 else "",
            notes=self.sentences(finding.flags),
        )

    def sentences(self, reasons: tuple[Reason, ...]) -> tuple[tuple[Part, ...], ...]:
        """Say each thing once: the four numbers of a dead network are four flags and one sentence."""
        said = (
            sentence_parts(reason, self.language, reveal=self.reveal) for reason in reasons if is_for_student(reason)
        )
        return tuple(dict.fromkeys(said))

    def _number(self, value: float) -> str:
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.language == "pt-BR" else text
