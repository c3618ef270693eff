"""Write `results.json`, from which Gradescope shows a grade, within the limits of the release policy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from autograder.gradescope.messages import WORDINGS, GradescopeWording
from autograder.gradescope.metadata import Metadata
from autograder.records import JSON, Finding, Grade, Verdict
from autograder.report import detail_text, is_for_student, number_text, question_label, question_scores, sentence, weigh
from autograder.rubric import Specification, codes
from autograder.rubric.release import Release

_LONGEST_OUTPUT: Final = 4_000
_FEEDBACK_BY_ITEM: Final = frozenset({"none", "form", "hints", "full"})
_BEFORE_MARKS: Final = frozenset({"none", "form"})
"""With these, students see no marks and nothing that reveals one."""
_OF_FORM: Final = frozenset({codes.VALUE_MISSING, codes.VALUE_MALFORMED})
_FEEDBACK_WITH_REASONS: Final = frozenset({"hints", "full"})


def write_results(path: Path, results: Mapping[str, JSON]) -> None:
    """Write the file atomically: readers see either the old or the new one."""
    unfinished = path.with_name(".unfinished.json")
    text = json.dumps(results, ensure_ascii=False, indent=2, allow_nan=False)
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def without_grade(output: str, seconds: float) -> dict[str, JSON]:
    """Return results without a score: Gradescope shows the text instead of a zero."""
    return {
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(seconds, 2),
        "tests": [],
    }


def with_grade(
    grade: Grade,
    specification: Specification,
    points: float,
    first_lines: tuple[str, ...],
    seconds: float,
    extra: Mapping[str, JSON],
) -> dict[str, JSON]:
    """Return the results of a grade.

    With feedback `none`, students read that the notebook was received; with `form`, also what is missing or has a wrong
    form; with `score`, the points of each question; with `hints`, each item and what was found; with `full`, also what
    was expected. The first of `first_lines` says how the execution ended.
    """
    feedback, visibility = specification.policy.feedback, specification.release.visibility
    wording = WORDINGS[grade.language]
    lines = [wording.received] if feedback in _BEFORE_MARKS else [*first_lines]
    if feedback == "form":
        # The lines after the first say what the points are worth.
        lines += [*first_lines[:1], *_of_form(grade)]
    if grade.pending and feedback not in _BEFORE_MARKS:
        lines.append(wording.pending.format(points=_points(grade.pending, grade)))
    if grade.data == "practice":
        lines.append(wording.practice_data)
    titles = specification.titles.get(grade.language, {})
    if feedback in {"form", "score"}:
        lines += _cancelled(grade, titles)
    by_item = feedback in _FEEDBACK_BY_ITEM
    tests = _by_item(grade, feedback, titles, wording) if by_item else _by_question(grade, titles, wording)
    return {
        "score": points,
        "output": "\n".join(lines)[:_LONGEST_OUTPUT],
        "output_format": "text",
        "visibility": "visible" if feedback in _BEFORE_MARKS else visibility,
        "stdout_visibility": "hidden",
        "execution_time": round(seconds, 2),
        # A hidden entry also hides the total from students, as `none` and `form` require.
        "tests": [{**test, "visibility": "hidden" if feedback in _BEFORE_MARKS else visibility} for test in tests],
        "extra_data": dict(extra),
    }


def weighed(
    points: float, possible: float, release: Release, metadata: Metadata, wording: GradescopeWording
) -> tuple[float, tuple[str, ...]]:
    """Return the points after the policies on lateness and on which submission counts, with their notes."""
    earlier = [score for score in metadata.earlier_scores if score <= possible]
    worth = weigh(points, release, metadata.days_late, earlier)
    notes = []
    if release.late is not None and metadata.days_late:
        notes.append(wording.late.format(days=metadata.days_late, percent=f"{100 * worth.factor:g}"))
    if worth.kept:
        notes.append(wording.kept.format(points=f"{worth.points:g}"))
    return worth.points, tuple(notes)


def run_line(grade: Grade, wording: GradescopeWording) -> str:
    """Describe how the execution of the notebook ended."""
    return wording.runs[grade.run_verdict].format(detail=detail_text(grade.run_detail, grade.language))


def _by_item(
    grade: Grade, feedback: str, titles: Mapping[str, str], wording: GradescopeWording
) -> Iterator[dict[str, JSON]]:
    counted: dict[str, int] = {}
    for finding in grade.findings:
        counted[finding.question] = counted.get(finding.question, 0) + 1
        name = finding.place
        question = titles.get(finding.question, finding.question)
        title = f"{question}: {titles.get(name, finding.item)}"
        entry: dict[str, JSON] = {
            "name": title,
            "number": f"{question_label(finding.question)}.{counted[finding.question]}",
            "output": _sentences(finding, grade, feedback),
            "output_format": "text",
        }
        if finding.verdict is Verdict.REVIEW:
            # Gradescope shows an entry without a score neither green nor red: it is undecided.
            entry["name"] = wording.pending_item.format(title=title, points=_points(finding.pending, grade))
        elif finding.verdict is Verdict.CANCELLED:
            # Neither passed nor failed: the sentence says who gets the points.
            entry |= {"score": finding.points, "max_score": finding.points_possible}
        else:
            entry |= {
                "score": finding.points,
                "max_score": finding.points_possible,
                "status": "passed" if finding.verdict is Verdict.PASS else "failed",
            }
        yield entry


def _of_form(grade: Grade) -> Iterator[str]:
    """Describe what is missing or malformed, each fact once; this does not depend on the key."""
    reasons = (reason for finding in grade.findings for reason in finding.reasons if reason.code in _OF_FORM)
    yield from dict.fromkeys(sentence(reason, grade.language, reveal=False) for reason in reasons)


def _cancelled(grade: Grade, titles: Mapping[str, str]) -> Iterator[str]:
    """Name each cancelled item, where the items are not shown one by one."""
    for finding in grade.findings:
        if finding.verdict is Verdict.CANCELLED:
            title = f"{titles.get(finding.question, finding.question)}: {titles.get(finding.place, finding.item)}"
            yield from (f"{title}. {sentence(one, grade.language, reveal=False)}" for one in finding.reasons)


def _by_question(grade: Grade, titles: Mapping[str, str], wording: GradescopeWording) -> Iterator[dict[str, JSON]]:
    for score in question_scores(grade):
        number = question_label(score.question)
        yield {
            "name": titles.get(score.question, wording.question.format(number=number)),
            "number": number,
            "score": score.points,
            "max_score": score.points_possible,
        }


def _sentences(finding: Finding, grade: Grade, feedback: str) -> str:
    if feedback not in _FEEDBACK_WITH_REASONS:
        return ""
    said = (
        sentence(reason, grade.language, reveal=feedback == "full")
        for reason in (*finding.reasons, *finding.flags)
        if is_for_student(reason)
    )
    return "\n".join(dict.fromkeys(said))[:_LONGEST_OUTPUT]


def _points(points: float, grade: Grade) -> str:
    return number_text(points, grade.language)
