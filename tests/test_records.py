"""The records: unchanged by JSON, and strict where they come from a student's process."""

import dataclasses

import pytest
from pydantic import ValidationError

from autograder.records import (
    Cell,
    DataSummary,
    Figure,
    Finding,
    Grade,
    Job,
    Reason,
    RunVerdict,
    Verdict,
    from_json,
    to_json,
)

GRADE = Grade(
    job_id="1f",
    student="Ana",
    language="pt-BR",
    notebook_sha256="0" * 64,
    run_verdict=RunVerdict.COMPLETE,
    run_detail=None,
    points=0.5,
    points_possible=1.0,
    findings=(Finding("answer", "q02", Verdict.PASS, 1.0, 1.0, (Reason("choice.right", found="c"),)),),
    flags=(),
    rubric_sha256="1" * 64,
    baseline_sha256="2" * 64,
    data="real",
)
JOB = Job("1f", "Ana", "ana.ipynb", "0" * 64, "en", (Cell(3, "x = 1"),), parameters={"SEED": 7}, parameters_cell=3)


@pytest.mark.parametrize("record", [GRADE, JOB], ids=["grade", "job"])
def test_a_record_is_equal_after_json(record):
    """The gradebook returns what was stored."""
    assert from_json(type(record), to_json(record)) == record


def test_a_record_cannot_be_changed():
    """Records are shared between stages and threads."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        GRADE.points = 10.0


@pytest.mark.parametrize(
    "text",
    [
        '{"cell": "1", "lines": []}',
        '{"cell": true, "lines": []}',
        '{"cell": 1, "lines": [["1"]]}',
        '{"cell": 1, "lines": [], "more": 1}',
    ],
)
def test_the_journal_is_read_strictly(text):
    """Texts and booleans are not numbers, and unknown fields are rejected."""
    with pytest.raises(ValidationError):
        from_json(Figure, text)


def test_a_summary_holds_finite_numbers_alone():
    """1e999 parses as infinity, which no summary may contain."""
    text = to_json(DataSummary((2,), 0.0, 1.0, 0.5, 0.5, (0.1,))).replace("1.0", "1e999")
    with pytest.raises(ValidationError):
        from_json(DataSummary, text)
