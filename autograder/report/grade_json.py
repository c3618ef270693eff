"""One JSON file per student, for the instructor: the whole grade, each reason also as a sentence."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from autograder.records import JSON, Finding, Grade, Language, Reason
from autograder.report.files import file_stem, write_atomically
from autograder.report.scores import question_scores
from autograder.report.sentences import sentence


def write_grade_json(folder: Path, grade: Grade) -> Path:
    """Write `<student>.json`, which contains expected values and is not for students.

    Raises:
        EnvironmentFault: The file cannot be written.
    """
    path = folder / f"{file_stem(grade.student)}.json"
    write_atomically(path, json.dumps(grade_document(grade), ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    return path


def grade_document(grade: Grade) -> dict[str, JSON]:
    """Return a grade as JSON: its own fields, pending points, a sentence per reason, points per question."""
    document = dataclasses.asdict(grade)
    document["pending"] = grade.pending
    document["findings"] = [_finding(finding, grade.language) for finding in grade.findings]
    document["flags"] = [_reason(flag, grade.language) for flag in grade.flags]
    document["questions"] = {
        score.question: {"points": score.points, "pending": score.pending, "points_possible": score.points_possible}
        for score in question_scores(grade)
    }
    return document


def _finding(finding: Finding, language: Language) -> dict[str, JSON]:
    return {
        **dataclasses.asdict(finding),
        "pending": finding.pending,
        "reasons": [_reason(reason, language) for reason in finding.reasons],
        "flags": [_reason(flag, language) for flag in finding.flags],
    }


def _reason(reason: Reason, language: Language) -> dict[str, JSON]:
    return {**dataclasses.asdict(reason), "sentence": sentence(reason, language, reveal=True)}
