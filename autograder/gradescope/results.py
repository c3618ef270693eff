"""Write `results.json`: what Gradescope shows of a grade, as far as the release policy lets a student see it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from autograder.gradescope.metadata import Metadata
from autograder.gradescope.wording import WORDINGS, Wording
from autograder.records import JSON, Finding, Grade, Verdict
from autograder.report import is_for_student, question_scores, sentence, weigh, why_it_ended
from autograder.spec import Specification
from autograder.spec.release import Release

_LONGEST_OUTPUT: Final = 4_000
_FEEDBACK_BY_ITEM: Final = frozenset({"none", "hints", "full"})
_FEEDBACK_WITH_REASONS: Final = frozenset({"hints", "full"})


def write_results(path: Path, results: Mapping[str, JSON]) -> None:
    """Put the file in place at one stroke: whoever reads it sees the old one or the new one, whole."""
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
    """Return results that hold no score: Gradescope shows the text, and no zero."""
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

    Under feedback `none` a student reads that the notebook was received; under `score`, the points of each question;
    under `hints`, each item and what was found; under `full`, what was expected as well.
    """
    feedback, visibility = specification.policy.feedback, specification.release.visibility
    wording = WORDINGS[grade.language]
    lines = [wording.received] if feedback == "none" else [*first_lines]
    if grade.pending and feedback != "none":
        lines.append(wording.pending.format(points=_points(grade.pending, grade)))
    if grade.data == "practice":
        lines.append(wording.practice_data)
    titles = specification.titles.get(grade.language, {})
    by_item = feedback in _FEEDBACK_BY_ITEM
    tests = _by_item(grade, feedback, titles, wording) if by_item else _by_question(grade, titles, wording)
    return {
        "score": points,
        "output": "\n".join(lines)[:_LONGEST_OUTPUT],
        "output_format": "text",
        "visibility": "visible" if feedback == "none" else visibility,
        "stdout_visibility": "hidden",
        "execution_time": round(seconds, 2),
        # A hidden entry hides the total from students as well, which is what `none` asks for.
        "tests": [{**test, "visibility": "hidden" if feedback == "none" else visibility} for test in tests],
        "extra_data": dict(extra),
    }


def weighed(
    points: float, possible: float, release: Release, metadata: Metadata, wording: Wording
) -> tuple[float, tuple[str, ...]]:
    """Return the points after the policies of lateness and of earlier submissions, and what is said about them."""
    earlier = [score for score in metadata.earlier_scores if score <= possible]
    worth = weigh(points, release, metadata.days_late, earlier)
    notes = []
    if release.late is not None and metadata.days_late:
        notes.append(wording.late.format(days=metadata.days_late, percent=f"{100 * worth.factor:g}"))
    if worth.kept:
        notes.append(wording.kept.format(points=f"{worth.points:g}"))
    return worth.points, tuple(notes)


def run_line(grade: Grade, wording: Wording) -> str:
    """Say how the execution of the notebook ended."""
    return wording.runs[grade.run_verdict].format(detail=why_it_ended(grade.run_detail, grade.language))


def _by_item(grade: Grade, feedback: str, titles: Mapping[str, str], wording: Wording) -> Iterator[dict[str, JSON]]:
    counted: dict[str, int] = {}
    for finding in grade.findings:
        counted[finding.question] = counted.get(finding.question, 0) + 1
        name = finding.place
        question = titles.get(finding.question, finding.question)
        title = f"{question}: {titles.get(name, finding.item)}"
        entry: dict[str, JSON] = {
            "name": title,
            "number": f"{int(finding.question[1:])}.{counted[finding.question]}",
            "output": _sentences(finding, grade, feedback),
            "output_format": "text",
        }
        if finding.verdict is Verdict.REVIEW:
            # An entry without a score is neither green nor red there: nothing is decided yet.
            entry["name"] = wording.pending_item.format(title=title, points=_points(finding.pending, grade))
        else:
            entry |= {
                "score": finding.points,
                "max_score": finding.points_possible,
                "status": "passed" if finding.verdict is Verdict.PASS else "failed",
            }
        yield entry


def _by_question(grade: Grade, titles: Mapping[str, str], wording: Wording) -> Iterator[dict[str, JSON]]:
    for score in question_scores(grade):
        number = int(score.question[1:])
        yield {
            "name": titles.get(score.question, wording.question.format(number=number)),
            "number": str(number),
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
    text = f"{points:g}"
    return text.replace(".", ",") if grade.language == "pt-BR" else text
