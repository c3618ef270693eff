"""Calibration: plans and their files, the cells of one question, and going on after a kill, in the real sandbox."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import open_assignment
from autograder.calibrate import Plan, calibrate, expected_seconds, pending_plans, rebuild_baseline, reference_job
from autograder.cli.upkeep import _seeds
from autograder.datasets import DataHome
from autograder.errors import ConfigurationError, UsageError
from autograder.reference_runs import read_runs

RUBRIC = (
    Path(__file__).with_name("tiny.yml").read_text().partition("questions:")[0]
    + """\
questions:
  q01:
    variables: {q01_answer: {type: letter, options: abcd}}
    items:
      answer: {points: 1, check: choice, value: q01_answer, key: b}
  q02:
    variables: {q02_loss: {type: number}}
    items:
      loss: {points: 1, check: close, value: q02_loss, expected: 21.5, absolute: 0.1}
"""
)
MASTER = (
    ("raw", "# ASSIGNMENT CONFIG\nname: tiny"),
    ("code", "SEED = 21"),
    ("raw", "# BEGIN QUESTION\nname: q01\npoints: 1"),
    ("markdown", "Which letter?"),
    ("raw", "# BEGIN SOLUTION"),
    ("code", 'q01_answer = "b"  # SOLUTION'),
    ("raw", "# END SOLUTION"),
    ("raw", "# END QUESTION"),
    ("code", "shared = 1"),
    ("raw", "# BEGIN QUESTION\nname: q02\npoints: 1"),
    ("code", "q02_loss = SEED + shared / 2"),
    ("raw", "# END QUESTION"),
    ("markdown", "The end."),
)
OWN = Plan(None)


def write_master(folder, cells=MASTER):
    """Write a master notebook in Otter Assign's format; the cell with the seed takes parameters."""
    written = [
        {
            "cell_type": kind,
            "metadata": {"tags": ["parameters"]} if source.startswith("SEED") else {},
            "source": source.splitlines(keepends=True),
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for kind, source in cells
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": written}
    (folder / "tiny.ipynb").write_text(json.dumps(notebook))


def with_source(old, new):
    """Return the master's cells with one of them changed."""
    return tuple((kind, new if source == old else source) for kind, source in MASTER)


@pytest.fixture
def assignment(tmp_path):
    """Make an assignment of two questions; the second one's number depends on the seed."""
    (tmp_path / "grading.yml").write_text(RUBRIC)
    write_master(tmp_path)
    return open_assignment(tmp_path / "grading.yml")


@pytest.fixture
def data(tmp_path):
    """Return data that nobody reads."""
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    return DataHome("practice", tmp_path / "keras")


def carry_out(assignment, data, plans):
    """Carry out what is missing of some plans."""
    pending = pending_plans(assignment, data, plans)
    return list(calibrate(assignment, data, pending, "auto", 1, lambda *_: None))


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (OWN, "seed-own.json"),
        (Plan(7), "seed-0007.json"),
        (Plan(12345), "seed-12345.json"),
        (Plan(7, ("q07", "q08")), "seed-0007-q07-q08.json"),
    ],
)
def test_a_plan_always_meets_the_same_file(plan, name):
    """Its name tells the seed and the questions, and nothing else."""
    assert plan.file_name == name


@pytest.mark.parametrize(
    ("questions", "indices"),
    [((), [1, 5, 8, 10]), (("q01",), [1, 5, 8]), (("q02",), [1, 8, 10]), (("q01", "q02"), [1, 5, 8, 10])],
)
def test_a_run_of_some_questions_leaves_out_the_cells_of_the_others(assignment, questions, indices):
    """What belongs to no question is needed by all of them, and each cell keeps its place."""
    job = reference_job(assignment, Plan(3, questions))
    assert [cell.index for cell in job.cells] == indices
    assert [cell.source for cell in job.cells if cell.index == 5] == (
        ['q01_answer = "b"  # SOLUTION'] if 5 in indices else []
    )


def test_the_kept_runs_tell_how_long_others_will_take(assignment, data):
    """A run of the same questions is the measure; where there is none, nothing is said."""
    pending = pending_plans(assignment, data, [Plan(3, ("q02",)), Plan(4, ("q02",)), Plan(5)])
    assert expected_seconds(assignment, "practice", pending) == 0
    (run,) = carry_out(assignment, data, [Plan(2, ("q02",))])
    assert expected_seconds(assignment, "practice", pending) == pytest.approx(2 * run.seconds)


def test_only_the_run_with_the_notebooks_own_seed_records(assignment, data):
    """Known trainings are those of the notebook that students get; other seeds train and leave the store alone."""
    own, other = (one.job for one in pending_plans(assignment, data, [OWN, Plan(3)]))
    assert (own.mode, own.parameters) == ("record", {})
    assert (other.mode, other.parameters, other.parameters_cell) == ("train", {"SEED": 3}, 1)
    assert own.id != other.id


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("", []), ("7", [7]), ("1-3,11", [1, 2, 3, 11]), (" 4 , 2-3 ,", [4, 2, 3]), ("2,1-3", [2, 1, 3])],
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    """In the order in which they are written, each once."""
    assert _seeds(text) == seeds


@pytest.mark.parametrize("text", ["x", "1-", "-1", "1..3", "1.5", "3-1", "1 2"])
def test_what_is_no_seed_is_refused(text):
    """Nothing is guessed: a run of the wrong seeds takes hours."""
    with pytest.raises(UsageError, match=r"^--seeds: "):
        _seeds(text)


def test_each_run_is_kept_and_the_baseline_is_made_of_all(assignment, data):
    """The seed reaches the notebook, and the runs lie beside the baseline."""
    runs = carry_out(assignment, data, [OWN, Plan(3, ("q02",))])
    assert [(run.seed, run.questions) for run in runs] == [(None, ()), (3, ("q02",))]
    assert {run.seed: run.evidence.executed.given for run in read_runs(assignment.runs_folder("practice"))} == {
        None: {"q01_answer": "b", "q02_loss": 21.5},
        3: {"q02_loss": 3.5},
    }
    rebuild_baseline(assignment, "practice")
    assert {run.seed for run in assignment.baseline("practice").runs} == {None, 3}


def test_the_baseline_is_the_same_text_whenever_it_is_made(assignment, data):
    """A committed baseline changes only when a run does."""
    carry_out(assignment, data, [OWN, Plan(3)])
    path = assignment.reference("practice") / "baseline.json"
    rebuild_baseline(assignment, "practice")
    before = path.read_bytes()
    rebuild_baseline(assignment, "practice")
    assert path.read_bytes() == before


def test_what_is_there_is_not_run_again(assignment, data):
    """Only a plan without a file is pending."""
    carry_out(assignment, data, [OWN])
    assert [one.plan for one in pending_plans(assignment, data, [OWN, Plan(3)])] == [Plan(3)]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("q02_loss = nothing", "cell 10: NameError: name 'nothing' is not defined"),
        ("import os; os._exit(3)", "CRASHED: "),
    ],
)
def test_a_reference_that_does_not_complete_is_an_error_and_leaves_no_run(assignment, data, source, says):
    """No baseline is made of half a notebook; the line names the notebook and what went wrong in it."""
    write_master(assignment.folder, with_source("q02_loss = SEED + shared / 2", source))
    with pytest.raises(ConfigurationError) as caught:
        carry_out(assignment, data, [OWN])
    assert str(caught.value).startswith(f"{assignment.folder}/tiny.ipynb: the reference run did not complete: {says}")
    assert not assignment.runs_folder("practice").exists()


def test_a_reference_that_breaks_the_rubric_makes_no_baseline(assignment, data):
    """A trained number without a training behind it: each run's fault is named, and nothing is written."""
    check = "check: interval, scale: log, values: [q02_loss]"
    rubric = RUBRIC.replace("check: close, value: q02_loss, expected: 21.5, absolute: 0.1", check)
    (assignment.folder / "grading.yml").write_text(rubric)
    assignment = open_assignment(assignment.folder / "grading.yml")
    carry_out(assignment, data, [OWN])
    with pytest.raises(ConfigurationError, match="the reference runs make no baseline") as caught:
        rebuild_baseline(assignment, "practice")
    assert caught.value.faults == ("the run with the notebook's own seed: q02_loss: no training gave this number",)
    assert not (assignment.reference("practice") / "baseline.json").exists()


def test_a_run_that_was_edited_into_something_else_is_named(assignment, data):
    """The line says which file, and what to do about it."""
    carry_out(assignment, data, [OWN])
    path = assignment.reference("practice") / "runs" / "seed-own.json"
    path.write_text("{}")
    with pytest.raises(ConfigurationError) as caught:
        read_runs(path.parent)
    assert str(caught.value) == f"{path}: is not a reference run (delete it and calibrate again)"


def test_a_calibration_that_was_killed_makes_only_what_is_missing(assignment):
    """Killed outright in the middle: what had ended is a whole file, and the same command goes on from there."""
    write_master(assignment.folder, (*MASTER, ("code", "import time; time.sleep(0.5)")))
    command = [sys.executable, "-m", "autograder", "calibrate", "--data", "practice", "--seeds", "1-2,21"]
    folder = assignment.reference("practice") / "runs"
    with subprocess.Popen(
        command, cwd=assignment.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said = ""
            while "seed 1, all questions: " not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
        finally:
            os.kill(process.pid, signal.SIGKILL)
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert set(written) == {"seed-own.json", "seed-0001.json"}
    assert not (folder.parent / "baseline.json").exists()
    done = subprocess.run(command, cwd=assignment.folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "runs: 2 there, 1 to make" in done.stderr
    assert done.stdout == "baseline of 3 runs on practice data\n"
    assert {name: (folder / name).stat().st_mtime_ns for name in written} == written
    assert sorted(path.name for path in folder.iterdir()) == ["seed-0001.json", "seed-0002.json", "seed-own.json"]


def without_seconds(text):
    """Return a run or a baseline without what differs from one execution to the next: how long it took."""
    document = json.loads(text)
    document.pop("sha256", None)
    for run in document.get("runs", [document]):
        run["seconds"] = 0
        for cell in run.get("evidence", {}).get("cells", ()):
            cell["seconds"] = 0
    return document


def test_five_kills_change_nothing(assignment, tmp_path):
    """Killed at five moments picked at random and gone on with, a calibration gives what an undisturbed one gives."""
    moments = random.Random(20)  # noqa: S311
    write_master(assignment.folder, (*MASTER, ("code", "import time; time.sleep(0.3)")))
    whole = tmp_path / "whole"
    shutil.copytree(assignment.folder, whole, ignore=shutil.ignore_patterns("whole"))
    command = [sys.executable, "-m", "autograder", "calibrate", "--data", "practice", "--seeds", "1-6", "--jobs", "2"]
    kills = 0
    while kills < 5:
        with subprocess.Popen(
            command, cwd=assignment.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(moments.uniform(0.5, 4.0))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
            else:
                # It was quicker than the kill: something must be left to disturb.
                (assignment.runs_folder("practice") / "seed-0006.json").unlink()
    for folder in (assignment.folder, whole):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    results = []
    for folder in (assignment.folder, whole):
        reference = folder / "reference" / "practice"
        paths = [*sorted((reference / "runs").iterdir()), reference / "baseline.json"]
        results.append({path.name: without_seconds(path.read_text()) for path in paths})
    assert len(results[0]) == 8
    assert results[0] == results[1]
