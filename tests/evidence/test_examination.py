"""Run → Evidence as a whole: expected names alone, claims as hostile as runs, and never an exception."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.evidence import examine
from autograder.evidence.examination import MAXIMUM_FAULTS
from autograder.records import (
    CellOutcome,
    Detail,
    Evidence,
    Figure,
    Job,
    Loop,
    Run,
    RunVerdict,
    Usage,
    Values,
    from_json,
    to_json,
)
from autograder.report import in_english
from autograder.rubric import RunSpec, load

NOTHING = Values({}, {})
HOLE = Detail.of(
    "value.element",
    index=1,
    fault=Detail.of("value.instead", found=Detail("found.nothing"), due=Detail("due.number")),
)
RUN_SPEC = load(Path(__file__).parents[2] / "grading.yml").run_spec


def make_job(**overrides: Any) -> Job:
    """Return a job without cells."""
    fields: dict[str, Any] = {
        "id": "0123", "student": "ana", "source": "ana.ipynb", "notebook_sha256": "ab", "language": "en", "cells": (),
    }  # fmt: skip
    return Job(**fields | overrides)


def make_run(**overrides: Any) -> Run:
    """Return a run that said nothing."""
    fields: dict[str, Any] = {
        "job_id": "0123", "verdict": RunVerdict.COMPLETE, "detail": None, "backend": "none", "cells": (), "values": {},
        "trainings": (), "evaluations": (), "figures": (), "versions": {}, "usage": Usage(),
    }  # fmt: skip
    return Run(**fields | overrides)


def claimed(text: Any, run_spec: RunSpec = RUN_SPEC) -> tuple[Values, tuple[str, ...]]:
    """Return what becomes of a claim."""
    evidence = examine(make_job(claimed=text if isinstance(text, str) else json.dumps(text)), make_run(), run_spec)
    assert evidence.executed == NOTHING
    return evidence.claimed, evidence.faults


def test_only_declared_variables_are_looked_at():
    """What else arrived is no evidence, and what did not arrive is simply absent."""
    values = {"q02_answer": "C", "q11_answer": "a", "__class__": 1, "q04_answer": None}
    assert examine(make_job(), make_run(values=values), RUN_SPEC).executed == Values({"q02_answer": "c"}, {})


def test_faults_of_several_variables_are_kept_by_path():
    """Each slip stands under its own path, and the other values stay."""
    values = {"q02_answer": 3, "q03_losses": {"cross_entropy": 1.6, "squared": "eight"}, "q09_answer": "d"}
    executed = examine(make_job(), make_run(values=values), RUN_SPEC).executed
    assert executed.given == {"q03_losses": {"cross_entropy": 1.6}, "q09_answer": "d"}
    assert {path: in_english(fault) for path, fault in executed.faults.items()} == {
        "q02_answer": "a number where one of the letters a, b, c, d is due",
        "q03_losses.squared": "text where a number is due",
    }


def test_the_journal_and_its_faults_are_kept():
    """What was admitted stands in the evidence, and what was refused has a line."""
    evidence = examine(make_job(), make_run(figures=({"cell": 1, "lines": [[1]]}, {"cell": "x"})), RUN_SPEC)
    assert evidence.figures == (Figure(1, ((1.0,),)),)
    assert len(evidence.faults) == 1
    assert in_english(evidence.faults[0]).startswith("figure 2: ")


def test_a_claim_is_conformed_like_a_run():
    """The notebook's own record passes the same checks, beside the executed values and apart from them."""
    bundle = {"version": 1, "language": "en", "variables": {"q02_answer": "(C)", "q08_best": [4, None], "x": 1}}
    assert claimed(bundle) == (
        Values({"q02_answer": "c"}, {"q08_best": HOLE}),
        (),
    )


def test_no_claim_is_no_fault():
    """A notebook that was saved without running its last cell claims nothing."""
    evidence = examine(make_job(), make_run(), RUN_SPEC)
    assert (evidence.claimed, evidence.faults) == (NOTHING, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("{", "could not be read: not acceptable JSON", id="truncated"),
        pytest.param('{"version": 1, "version": 1}', "a key occurs twice", id="repeated key"),
        pytest.param('{"version": 1, "variables": {"q03_losses": NaN}}', "NaN is not a JSON number", id="NaN"),
        pytest.param('{"version": 1, "variables": {"q03_losses": 1e999}}', "a number is not finite", id="infinity"),
        pytest.param("[" * 100_000, "could not be read", id="deep"),
        pytest.param("9" * 5_000, "could not be read", id="long number"),
        pytest.param([1], "does not have the expected form", id="a list"),
        pytest.param({"variables": {}}, "does not have the expected form", id="no version"),
        pytest.param({"version": 1}, "does not have the expected form", id="no variables"),
        pytest.param(
            {"version": 1, "variables": []}, "does not have the expected form", id="variables of another kind"
        ),
        pytest.param({"version": 2, "variables": {}}, "has version 2, not 1", id="another version"),
        pytest.param({"version": True, "variables": {}}, "has version True, not 1", id="version as truth"),
    ],
)
def test_a_claim_that_is_none_is_refused_by_a_line(text, reason):
    """A broken claim costs the student the claim and nothing else."""
    values, [fault] = claimed(text)
    assert values == NOTHING
    assert in_english(fault).startswith("the notebook's own record of its values ")
    assert reason in in_english(fault)


def test_texts_are_fit_to_be_shown():
    """Messages that student code wrote keep their lines and lose what steers a terminal, and have an end."""
    cells = (
        CellOutcome(3, "error", 1.5, "Boom: \x1b[31mred\u202e\nsecond"),
        CellOutcome(4, "ok", math.nan, "x" * 9_999),
    )
    evidence = examine(
        make_job(), make_run(cells=cells, detail=Detail.of("error", error="a\x00b" + "y" * 9_999)), RUN_SPEC
    )
    assert evidence.cells[0] == CellOutcome(3, "error", 1.5, "Boom: �[31mred�\nsecond")
    assert (evidence.cells[1].seconds, len(evidence.cells[1].error)) == (0.0, 500)
    assert in_english(evidence.run_detail).startswith("a�by")
    assert len(in_english(evidence.run_detail)) <= 500


def test_what_ended_a_cell_is_kept_and_fit_to_be_shown():
    """Which limit it met is the student's only hint; no text in it steers a terminal."""
    cells = (CellOutcome(1, "killed", 0.25, detail=Detail.of("error", error="a\x1b[2Jb" + "y" * 9_999)),)
    [cell] = examine(make_job(), make_run(cells=cells), RUN_SPEC).cells
    assert (cell.status, cell.seconds) == ("killed", 0.25)
    assert in_english(cell.detail).startswith("a�[2Jby")
    assert len(in_english(cell.detail)) <= 500


@pytest.mark.parametrize("seconds", [math.inf, -math.inf, -1.0, math.nan])
def test_a_cell_took_a_time_that_can_be_or_none(seconds):
    """Sums over cells stay numbers."""
    [cell] = examine(make_job(), make_run(cells=(CellOutcome(1, "ok", seconds),)), RUN_SPEC).cells
    assert cell.seconds == 0.0


def test_remarks_on_a_cell_are_kept_and_fit_to_be_shown():
    """What was left out of a cell is told, whatever text a student put into it."""
    remark = Detail.of("error", error="a\x1b[2Jb" + "y" * 9_999)
    [cell] = examine(make_job(), make_run(cells=(CellOutcome(1, "ok", 0.25, remarks=(remark,)),)), RUN_SPEC).cells
    assert in_english(cell.remarks[0]).startswith("a�[2Jby")
    assert len(in_english(cell.remarks[0])) <= 500


@pytest.mark.parametrize("refused", [1, MAXIMUM_FAULTS, MAXIMUM_FAULTS + 1, 1_000])
def test_faults_have_an_end(refused):
    """A thousand refused entries are fifty lines and a count of the others, where there are others."""
    faults = examine(make_job(), make_run(trainings=({},) * refused), RUN_SPEC).faults
    others = [Detail.of("journal.and_more", more=refused - MAXIMUM_FAULTS)] if refused > MAXIMUM_FAULTS else []
    assert len(faults) == min(refused, MAXIMUM_FAULTS) + len(others)
    assert list(faults[MAXIMUM_FAULTS:]) == others


def test_loops_are_kept():
    """A training loop of one's own is evidence, though nothing is proven by it."""
    entry = {"type": "loop", "cell": 3, "kind": "train_on_batch", "steps": 1}
    assert examine(make_job(), make_run(loops=(entry,)), RUN_SPEC).loops == (Loop(3, "train_on_batch", 1),)


@pytest.mark.parametrize("verdict", RunVerdict)
def test_what_a_broken_run_had_flushed_is_evidence(verdict):
    """However a run ended, the values that had arrived are examined like any others."""
    evidence = examine(make_job(), make_run(verdict=verdict, values={"q06_answer": "d"}), RUN_SPEC)
    assert (evidence.run_verdict, evidence.executed.given) == (verdict, {"q06_answer": "d"})


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    values=st.dictionaries(st.sampled_from(sorted(RUN_SPEC.variables)), ANY_JSON),
    journal=st.lists(ANY_JSON, max_size=3),
    claim=ANY_JSON.map(json.dumps) | st.text(max_size=20),
)
def test_whatever_a_sandbox_says_becomes_evidence(values, journal, claim):
    """For any JSON in any part of a run: nothing raises, and the evidence can be written and read back."""
    run = make_run(values=values, trainings=tuple(journal), evaluations=tuple(journal), figures=tuple(journal))
    evidence = examine(make_job(claimed=claim), run, RUN_SPEC)
    assert from_json(Evidence, to_json(evidence)) == evidence
    assert examine(make_job(claimed=claim), run, RUN_SPEC) == evidence
