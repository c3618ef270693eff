"""What a student's page shows, as plain records in one language and under one policy; the template only places them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from autograder.records import (
    CellNote,
    CellOutcome,
    Comparison,
    Detail,
    Evidence,
    Finding,
    Grade,
    Language,
    Reason,
    Verdict,
)
from autograder.reference import series_at
from autograder.report.details import detail_text
from autograder.report.markdown import rendered, rendered_inline
from autograder.report.numbers import number_text
from autograder.report.option_texts import OptionTexts
from autograder.report.page_wording import PageWording
from autograder.report.path_words import short_path
from autograder.report.pictures import Curve, ReferenceNumbers, Strip, curve, strip
from autograder.report.scores import QuestionScore, question_scores
from autograder.report.sentences import Fragment, is_for_student, sentence_parts
from autograder.rubric import codes
from autograder.rubric.checks.interval import INTERVAL_OUTSIDE

_MOST_CELLS: Final = 40
_MOST_REASONS: Final = 12
_DIGITS: Final = 4
_OF_FORM: Final = frozenset(
    {
        codes.VALUE_MISSING,
        codes.VALUE_MALFORMED,
        codes.CLAIMED_REVIEW,
        codes.CLAIMED_ACCEPTED,
        *codes.CANCELLED.values(),
    }
)
"""What may be said before anything that depends on the key is: it is the same whatever the key."""
_UNPROVEN: Final = frozenset(
    {codes.NUMBERS_REQUIRED, codes.TRAINING_UNSEEN, codes.TRAINING_FOREIGN, codes.TRAINING_UNATTESTED}
)
"""Why an item earns nothing although nothing wrong was found in it."""
_FORM_VERDICTS: Final = frozenset({Verdict.MISSING, Verdict.MALFORMED, Verdict.CANCELLED})


@dataclasses.dataclass(frozen=True, slots=True)
class PointsView:
    """Points as they are shown, and the share of a bar that they fill; the bar stays empty where there are none.

    `pending` says how many wait for a person; empty if none do.
    """

    given: str
    possible: str
    percent: float
    pending: str


@dataclasses.dataclass(frozen=True, slots=True)
class StripView:
    """Where one trained number lies among the reference runs: its short name, the picture, and the same in words."""

    label: str
    picture: Strip
    said: str


@dataclasses.dataclass(frozen=True, slots=True)
class CurveView:
    """One learning curve: its short name, the picture, the ends of its axis, and the same in words."""

    label: str
    picture: Curve
    top: str
    bottom: str
    said: str


@dataclasses.dataclass(frozen=True, slots=True)
class ItemView:
    """One item: its title, the verdict in words, and what is to be said of it.

    `points` is None where none are told. `chosen` is the option that was handed in, with its text where that is known.
    """

    title: str
    verdict: str
    verdict_name: str
    points: PointsView | None
    chosen: tuple[str, Markup] | None
    sentences: tuple[tuple[Fragment, ...], ...]
    more: str
    notes: tuple[tuple[Fragment, ...], ...]
    strips: tuple[StripView, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionView:
    """One question; `points` is None where none are told, and `cancelled` empty unless the whole question is."""

    name: str
    title: str
    points: PointsView | None
    cancelled: str
    items: tuple[ItemView, ...]
    curves: tuple[CurveView, ...]
    justifications: tuple[tuple[str, Markup], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CellView:
    """A cell that did not finish, why, and what depends on it."""

    place: str
    happened: str
    error: str
    dependents: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Views:
    """Turns records into what the template shows.

    `form_alone`: nothing is told that depends on the key. `reveal`: what was expected is told as well.
    """

    language: Language
    wording: PageWording
    form_alone: bool
    reveal: bool
    titles: Mapping[str, str]
    justifications: Mapping[str, Sequence[tuple[str, str]]]
    options: OptionTexts
    reference: ReferenceNumbers | None

    def points(self, given: float | None, possible: float, pending: float = 0.0) -> PointsView:
        """Write points."""
        percent = 0.0 if given is None or possible <= 0 else min(100.0, max(0.0, 100 * given / possible))
        shown = "–" if given is None else self.number(given)  # noqa: RUF001
        waiting = self.wording.pending.format(points=self.number(pending)) if pending else ""
        return PointsView(shown, self.number(possible), round(percent, 2), waiting)

    def questions(self, grade: Grade, evidence: Evidence | None, letters: Mapping[str, str]) -> Iterator[QuestionView]:
        """Show each question of a grade; `letters` are the options that were handed in, by item."""
        for score in question_scores(grade):
            cancelled = self._cancelled(score)
            yield QuestionView(
                name=score.question,
                title=self.titles.get(score.question, ""),
                points=None if self.form_alone else self.points(score.points, score.points_possible, score.pending),
                cancelled=cancelled,
                items=tuple(
                    # What is said of the question is not said of each item again.
                    self._item(
                        dataclasses.replace(finding, reasons=()) if cancelled else finding, letters.get(finding.place)
                    )
                    for finding in score.findings
                ),
                curves=tuple(self._curves(score, evidence)),
                justifications=tuple(
                    (one, rendered(why)) for one, why in self.justifications.get(score.question, ()) if self.reveal
                ),
            )

    def cells(
        self, outcomes: tuple[CellOutcome, ...], run_detail: Detail | None, notes: Sequence[CellNote]
    ) -> Iterator[CellView]:
        """Name the cells that did not finish; those that were not reached stand together in one line.

        What ended the whole run is said above them, and not again at the cell that was running.
        """
        happened = {"error": "", "timeout": self.wording.timed_out, "killed": self.wording.killed}
        dependents = {note.cell: detail_text(note.dependents, self.language) for note in notes}
        stopped = [outcome for outcome in outcomes if outcome.status in happened]
        for outcome in stopped[:_MOST_CELLS]:
            # An exception's own words stay as they are.
            why = outcome.error
            if outcome.detail is not None:
                why = "" if outcome.detail == run_detail else detail_text(outcome.detail, self.language)
            place, then = str(outcome.index + 1), dependents.get(outcome.index, "")
            yield CellView(place, happened[outcome.status], why, then)
        if len(stopped) > _MOST_CELLS:
            yield CellView("…", self.wording.more.format(count=len(stopped) - _MOST_CELLS), "")
        left = [outcome.index + 1 for outcome in outcomes if outcome.status == "not run"]
        if left:
            span = str(left[0]) if len(left) == 1 else self.wording.cells_from_to.format(first=left[0], last=left[-1])
            yield CellView(span, self.wording.not_run, "")

    def sentences(self, reasons: Sequence[Reason]) -> tuple[tuple[Fragment, ...], ...]:
        """Say each thing once: the four numbers of a dead network are four flags and one sentence."""
        told = [reason for reason in reasons if is_for_student(reason) and self._may_tell(reason)]
        said = (sentence_parts(reason, self.language, reveal=self.reveal) for reason in _merged(told))
        return tuple(dict.fromkeys(said))

    def number(self, value: float) -> str:
        """Write a number as readers of the language do."""
        return number_text(value, self.language)

    def _cancelled(self, score: QuestionScore) -> str:
        """Say that a question is cancelled, if all of its items are in the same way."""
        alike = {
            reason.code if finding.verdict is Verdict.CANCELLED else ""
            for finding in score.findings
            for reason in finding.reasons or (Reason(""),)
        }
        return self.wording.cancelled.get(alike.pop(), "") if len(alike) == 1 else ""

    def _may_tell(self, reason: Reason) -> bool:
        return not self.form_alone or reason.code in _OF_FORM

    def _item(self, finding: Finding, letter: str | None) -> ItemView:
        strips = tuple(self._strips(finding))
        drawn = {one.path for one in finding.comparisons} if strips else set[str]()
        # What a picture shows and says is not said again.
        reasons = self.sentences(
            [one for one in finding.reasons if one.code != INTERVAL_OUTSIDE or one.subject not in drawn]
        )
        more = len(reasons) - _MOST_REASONS
        name = finding.place
        undecided = finding.verdict in {Verdict.INTERNAL, Verdict.REVIEW}
        verdict, verdict_name = self._verdict(finding)
        return ItemView(
            title=self.titles.get(name, name.partition(".")[2].replace("_", " ")),
            verdict=verdict,
            verdict_name=verdict_name,
            points=None
            if self.form_alone
            else self.points(None if undecided else finding.points, finding.points_possible, finding.pending),
            chosen=None if letter is None else (letter, self._option(finding.question, letter)),
            sentences=reasons[:_MOST_REASONS],
            more=self.wording.more.format(count=more) if more > 0 else "",
            notes=self.sentences(finding.flags),
            strips=strips,
        )

    def _verdict(self, finding: Finding) -> tuple[str, str]:
        """Return a verdict in words, and the name of its symbol."""
        if self.form_alone and finding.verdict not in _FORM_VERDICTS:
            return self.wording.item_received, "received"
        found = {reason.code for reason in finding.reasons}
        if finding.verdict is Verdict.FAIL and found and found <= _UNPROVEN:
            # A letter without its numbers is not compared with the key. A page must not say that it is wrong.
            return self.wording.uncounted, Verdict.MISSING.value.lower()
        return self.wording.verdicts[finding.verdict], finding.verdict.value.lower()

    def _option(self, question: str, letter: str) -> Markup:
        return rendered_inline(self.options.get(question, {}).get(letter, ""))

    def _strips(self, finding: Finding) -> Iterator[StripView]:
        if self.reference is None or not self.reveal:
            return
        for one in finding.comparisons:
            numbers = self.reference.numbers.get(one.path, ())
            if numbers:
                yield StripView(short_path(one.path), strip(one, numbers), self._said(one, numbers))

    def _said(self, one: Comparison, numbers: Sequence[float]) -> str:
        return self.wording.strip.format(
            own=self._rounded(one.obtained),
            lower=self._rounded(one.lower),
            upper=self._rounded(one.upper),
            least=self._rounded(min(numbers)),
            most=self._rounded(max(numbers)),
            runs=len(numbers),
        )

    def _curves(self, score: QuestionScore, evidence: Evidence | None) -> Iterator[CurveView]:
        if self.reference is None or not self.reveal or evidence is None:
            return
        for path, band in self.reference.bands.items():
            own = series_at(evidence.executed.given, path)
            if not path.startswith(f"{score.question}_") or not own:
                continue
            said = self.wording.curve.format(
                epochs=len(own), last=self._rounded(own[-1]), runs=band.runs,
                least=self._rounded(band.lower[-1]), most=self._rounded(band.upper[-1]),
            )  # fmt: skip
            picture = curve(own, band)
            yield CurveView(
                short_path(path), picture, self._rounded(picture.top, 2), self._rounded(picture.bottom, 2), said
            )

    def _rounded(self, value: float, digits: int = _DIGITS) -> str:
        return self.number(float(f"{value:.{digits}g}"))


def _merged(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """Yield each thing that was found once, with all that it was found of: eight trainings on the same wrong data."""
    groups: dict[tuple[object, ...], list[Reason]] = {}
    for reason in reasons:
        groups.setdefault((reason.code, reason.found, reason.expected, reason.public), []).append(reason)
    for group in groups.values():
        subjects = tuple(dict.fromkeys(reason.subject for reason in group))
        # Paths are said in words, one at a time; the names of variants stand well in a row.
        if len(subjects) == 1 or any({".", "[", "_"} & {*subject} for subject in subjects):
            yield from group
        else:
            yield dataclasses.replace(group[0], subject=", ".join(subjects))
