"""Calibration in the real sandbox: plans and their files, the cells of one question, and resuming after a kill."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest
from solved_notebook import MASTER, RUBRIC, carry_out, with_source, write_master

from autograder.assignment import open_assignment
from autograder.calibrate import expected_seconds, rebuild_baseline
from autograder.calibration_plan import plan_runs
from autograder.cli.upkeep import _seeds
from autograder.errors import ConfigurationError, UsageError
from autograder.reference import read_runs
from autograder.solution import Plan

OWN = Plan(None)


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
    """Its name depends on the seed and the questions only."""
    assert plan.file_name == name


@pytest.mark.parametrize(
    ("questions", "indices"),
    [((), [1, 5, 8, 10]), (("q01",), [1, 5, 8]), (("q02",), [1, 8, 10]), (("q01", "q02"), [1, 5, 8, 10])],
)
def test_a_run_of_some_questions_leaves_out_the_cells_of_the_others(assignment, questions, indices):
    """Cells without a question are kept for all, and each cell keeps its index."""
    job = assignment.solution().job(Plan(3, questions))
    assert [cell.index for cell in job.cells] == indices
    assert [cell.source for cell in job.cells if cell.index == 5] == (
        ['q01_answer = "b"  # SOLUTION'] if 5 in indices else []
    )


def test_the_kept_runs_tell_how_long_others_will_take(assignment, data):
    """The estimate uses a run of the same questions; without one there is none."""
    pending = plan_runs(assignment, data, [3, 4], ("q02",)).pending[1:]
    assert expected_seconds(assignment, "practice", pending) == 0
    _, run = carry_out(assignment, data, [2], ("q02",))
    assert expected_seconds(assignment, "practice", pending) == pytest.approx(2 * run.seconds)


def test_only_the_run_with_the_notebooks_own_seed_records(assignment, data):
    """Known trainings are those of the students' notebook; other seeds train and do not change the store."""
    own, other = (one.job for one in plan_runs(assignment, data, [3], ()).pending)
    assert (own.mode, own.parameters) == ("record", {})
    assert (other.mode, other.parameters, other.parameters_cell) == ("train", {"SEED": 3}, 1)
    assert own.id != other.id


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("", []), ("7", [7]), ("1-3,11", [1, 2, 3, 11]), (" 4 , 2-3 ,", [4, 2, 3]), ("2,1-3", [2, 1, 3])],
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    """In the given order, each once."""
    assert _seeds(text) == seeds


@pytest.mark.parametrize("text", ["x", "1-", "-1", "1..3", "1.5", "3-1", "1 2"])
def test_what_is_no_seed_is_refused(text):
    """Nothing is guessed, because a run of the wrong seeds takes hours."""
    with pytest.raises(UsageError, match=r"^--seeds: "):
        _seeds(text)


def test_each_run_is_kept_and_the_baseline_is_made_of_all(assignment, data):
    """The seed reaches the notebook, and the runs are stored beside the baseline."""
    runs = carry_out(assignment, data, [3], ("q02",))
    assert [(run.seed, run.questions) for run in runs] == [(None, ()), (3, ("q02",))]
    assert {run.seed: run.evidence.executed.given for run in read_runs(assignment.runs_folder("practice"))} == {
        None: {"q01_answer": "b", "q02_loss": 21.5},
        3: {"q02_loss": 3.5},
    }
    rebuild_baseline(assignment, "practice")
    assert {run.seed for run in assignment.baseline("practice").runs} == {None, 3}


def test_the_baseline_is_the_same_text_whenever_it_is_made(assignment, data):
    """A committed baseline changes only when a run does."""
    carry_out(assignment, data, [3])
    path = assignment.reference("practice") / "baseline.json"
    rebuild_baseline(assignment, "practice")
    before = path.read_bytes()
    rebuild_baseline(assignment, "practice")
    assert path.read_bytes() == before


def test_what_is_there_is_not_run_again(assignment, data):
    """Only a plan without a file is pending."""
    carry_out(assignment, data)
    assert [one.plan for one in plan_runs(assignment, data, [3], ()).pending] == [Plan(3)]


def test_seeds_whose_runs_have_the_question_are_left_out(assignment, data):
    """A run of all questions has q02 as well: a second run with the same seed would count its number twice."""
    carry_out(assignment, data, [3])
    work = plan_runs(assignment, data, [3, 4], ("q02",))
    assert ([one.plan for one in work.pending], work.covered) == ([Plan(4, ("q02",))], (3,))


def test_a_renewal_makes_every_stale_run_and_none_beside_it(assignment, data):
    """`--renew --only` renews whole runs too, and says how many; their seeds need no run of the question alone."""
    carry_out(assignment, data, [3])
    write_master(assignment.folder, with_source("shared = 1", "shared = 3"))
    work = plan_runs(assignment, data, [3, 4], ("q02",), renew=True)
    assert [one.plan for one in work.pending] == [OWN, Plan(4, ("q02",)), Plan(3)]
    assert (work.kept, work.renewed, work.covered) == (0, 2, (3,))


@pytest.mark.parametrize(
    ("kept", "asked", "names"),
    [
        pytest.param((3, ("q02",)), ([3], ()), "seed-0003-q02.json and seed-0003.json", id="whole"),
        pytest.param((3, ("q02",)), ([3], ("q01", "q02")), "seed-0003-q02.json and seed-0003-q01-q02.json", id="part"),
        pytest.param((22, ()), ([], ()), "seed-0022.json and seed-own.json", id="the notebook's new seed"),
    ],
)
def test_runs_that_would_repeat_another_are_refused_before_they_are_made(assignment, data, kept, asked, names):
    """Two runs with one seed and a question in common make no baseline: both files are named, and nothing runs."""
    seed, questions = kept
    carry_out(assignment, data, [seed], questions)
    if seed == 22:
        write_master(assignment.folder, with_source("SEED = 21", "SEED = 22"))
    with pytest.raises(ConfigurationError, match="the same seed") as caught:
        plan_runs(assignment, data, *asked, renew=True)
    assert caught.value.faults == (names,)


def test_a_variable_that_the_rubric_asks_for_since_makes_runs_stale(assignment, data):
    """A run keeps what the rubric asked for then: where that lacks a variable, the run is to be made again."""
    write_master(assignment.folder, with_source("q02_loss = SEED + shared / 2", "q02_loss = SEED + 0.5; q02_more = 1"))
    carry_out(assignment, data, [3])
    carry_out(assignment, data, [4], ("q01",))
    rubric = assignment.folder / "grading.yml"
    rubric.write_text(rubric.read_text().replace("{q02_loss: ", "{q02_more: {type: number}, q02_loss: "))
    again = open_assignment(rubric)
    with pytest.raises(ConfigurationError, match=r"2 of 3 .* stale: the rubric asks for q02_more, which they do not"):
        plan_runs(again, data, [], ())
    assert [run.evidence.executed.given["q02_more"] for run in carry_out(again, data, renew=True)] == [1, 1]
    assert plan_runs(again, data, [], ()).pending == ()


@pytest.mark.slow
def test_the_command_tells_which_runs_it_renews_and_which_seeds_it_leaves_out(assignment, data):
    """The line before the work counts stale runs, and a note names the seeds that need no run of their own."""
    carry_out(assignment, data, [3])
    write_master(assignment.folder, with_source("shared = 1", "shared = 3"))
    command = [sys.executable, "-m", "autograder", "calibrate", "--data", "practice", "--renew", "--seeds", "3"]
    done = subprocess.run(
        [*command, "--only", "q02"], cwd=assignment.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "runs: 0 kept, 2 to make (2 of them stale)" in done.stderr
    assert "note: seed 3: a run of more questions has q02 already" in done.stderr


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("q02_loss = nothing", "cell 10: NameError: name 'nothing' is not defined"),
        ("import os; os._exit(3)", "CRASHED: "),
    ],
)
def test_a_reference_that_does_not_complete_is_an_error_and_leaves_no_run(assignment, data, source, says):
    """An incomplete notebook gives no baseline; the line names the notebook and what went wrong."""
    write_master(assignment.folder, with_source("q02_loss = SEED + shared / 2", source))
    with pytest.raises(ConfigurationError) as caught:
        carry_out(assignment, data)
    assert str(caught.value).startswith(f"{assignment.folder}/tiny.ipynb: the reference run did not complete: {says}")
    assert not assignment.runs_folder("practice").exists()


def test_a_reference_that_breaks_the_rubric_makes_no_baseline(assignment, data):
    """Malformed values of a run are reported per run, and nothing is written."""
    write_master(assignment.folder, with_source("q02_loss = SEED + shared / 2", 'q02_loss = "much"'))
    carry_out(assignment, data)
    with pytest.raises(ConfigurationError, match="the reference runs cannot form a baseline") as caught:
        rebuild_baseline(assignment, "practice")
    (fault,) = caught.value.faults
    assert fault.startswith("seed-own.json: q02_loss: ")
    assert not (assignment.reference("practice") / "baseline.json").exists()


def test_a_run_that_was_edited_into_something_else_is_named(assignment, data):
    """The line names the file and says what to do."""
    carry_out(assignment, data)
    path = assignment.reference("practice") / "runs" / "seed-own.json"
    path.write_text("{}")
    with pytest.raises(ConfigurationError) as caught:
        read_runs(path.parent)
    assert str(caught.value) == f"{path}: is not a reference run (delete it and calibrate again)"


@pytest.mark.slow
def test_a_calibration_that_was_killed_makes_only_what_is_missing(assignment):
    """After a kill in the middle, finished runs are complete files, and the same command continues."""
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
    assert "runs: 2 kept, 1 to make" in done.stderr
    assert done.stdout == "baseline of 3 runs on practice data\n"
    assert {name: (folder / name).stat().st_mtime_ns for name in written} == written
    assert sorted(path.name for path in folder.iterdir()) == ["seed-0001.json", "seed-0002.json", "seed-own.json"]


def without_seconds(text):
    """Return a run or a baseline without its durations."""
    document = json.loads(text)
    document.pop("sha256", None)
    for run in document.get("runs", [document]):
        run["seconds"] = 0
        for cell in run.get("evidence", {}).get("cells", ()):
            cell["seconds"] = 0
    return document


@pytest.mark.slow
def test_five_kills_change_nothing(assignment, tmp_path):
    """Killed at five random moments and resumed, a calibration gives the same as an undisturbed one."""
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
                # It was faster than the kill: leave something to disturb.
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


@pytest.mark.slow
def test_the_command_says_that_there_is_nothing_to_calibrate(assignment):
    """Letters without claims and computed numbers need neither reference runs nor a baseline."""
    check = "check: close, value: q02_loss, expected: 21.5, absolute: 0.1}"
    rubric = RUBRIC.replace("check: interval, scale: log, values: [q02_loss]}", check)
    (assignment.folder / "grading.yml").write_text(rubric)
    command = [sys.executable, "-m", "autograder", "calibrate", "--data", "practice"]
    done = subprocess.run(command, cwd=assignment.folder, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (
        0,
        "nothing to calibrate: no item of the rubric depends on reference runs\n",
    )
    assert not assignment.reference("practice").exists()
    assert open_assignment(assignment.folder / "grading.yml").baseline("practice").runs == ()
