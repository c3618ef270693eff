"""Changes that make a reference run stale, and their handling: stale runs are neither used nor deleted."""

import json
import re

import pytest
from solved_notebook import MASTER, RUBRIC, carry_out, with_source, write_master

from autograder.assignment import open_assignment
from autograder.build import solution_check
from autograder.calibrate import calibrate, rebuild_baseline
from autograder.calibration_plan import CalibrationPlan, plan_runs
from autograder.errors import ConfigurationError
from autograder.reference import read_runs
from autograder.solution import Plan

OWN = Plan(None)


def reopened(assignment):
    """Read the rubric again, as the next command would."""
    return open_assignment(assignment.folder / "grading.yml")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(with_source("shared = 1", "shared = 3"), "2 of 2 .* are stale: the solution changed$", id="cell"),
        pytest.param(
            with_source('q01_answer = "b"  # SOLUTION', 'q01_answer = "c"'),
            "1 of 2 .* are stale: the solution changed$",
            id="a cell of a question that the other run left out",
        ),
        pytest.param(
            with_source("SEED = 21", "SEED = 22"),
            "1 of 2 .* are stale: the notebook's seed is 22 and was 21$",
            id="the seed line",
        ),
    ],
)
def test_a_changed_solution_is_refused(assignment, data, change, why):
    """Runs of another solution are neither used nor deleted: one line says how many, why, and what to do."""
    carry_out(assignment, data, [3], ("q02",))
    rebuild_baseline(assignment, "practice")
    folder = assignment.runs_folder("practice")
    before = {path: path.read_bytes() for path in folder.parent.rglob("*.json")}
    write_master(assignment.folder, change)
    for attempt in (lambda: plan_runs(assignment, data, [], ()), lambda: rebuild_baseline(assignment, "practice")):
        with pytest.raises(ConfigurationError) as caught:
            attempt()
        where, _, said = str(caught.value).partition(": ")
        assert where == str(folder)
        assert re.search(why, said.partition(" (`autograder calibrate --renew`")[0])
        assert "\n" not in said
    assert {path: path.read_bytes() for path in folder.parent.rglob("*.json")} == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_source("Which letter?", "Which letter is right?"), id="Markdown"),
        pytest.param(with_source("shared = 1", "# What both need\nshared  =  1"), id="comments and layout"),
    ],
)
def test_what_decides_no_number_orphans_no_run(assignment, data, change):
    """Text and comments may be corrected without invalidating runs."""
    carry_out(assignment, data, [3])
    write_master(assignment.folder, change)
    assert plan_runs(assignment, data, [3], ()) == CalibrationPlan(2, ())


def test_a_changed_test_orphans_no_run(assignment, data):
    """Tests are not part of a reference run: they are not even executed."""
    tests = (("raw", "# BEGIN TESTS"), ("code", "raise SystemExit"), ("raw", "# END TESTS"))
    write_master(assignment.folder, (*MASTER[:7], *tests, *MASTER[7:]))
    (run,) = carry_out(assignment, data)
    assert all(cell.status == "ok" for cell in run.evidence.cells)
    write_master(assignment.folder, (*MASTER[:7], tests[0], ("code", "1 / 0"), tests[2], *MASTER[7:]))
    assert plan_runs(assignment, data, [], ()) == CalibrationPlan(1, ())


def test_other_versions_and_other_data_are_refused(assignment, data, monkeypatch):
    """A run stores the versions and data sets that it was made with."""
    carry_out(assignment, data)
    path = assignment.runs_folder("practice") / "seed-own.json"
    numpy = json.loads(path.read_text())["versions"]["numpy"]
    path.write_text(path.read_text().replace(f'"numpy":"{numpy}"', '"numpy":"1.0"'))
    with pytest.raises(ConfigurationError, match=f"1 of 1 .* are stale: numpy is {numpy} here and was 1.0 "):
        plan_runs(assignment, data, [], ())
    path.write_text(path.read_text().replace('"data":""', '"data":"0"').replace('"numpy":"1.0"', f'"numpy":"{numpy}"'))
    with pytest.raises(ConfigurationError, match=r"1 of 1 .* are stale: the data sets changed "):
        plan_runs(assignment, data, [], ())


def test_another_processor_is_noted_and_decides_nothing(assignment, data):
    """A calibration may continue on another machine with the same versions."""
    (run,) = carry_out(assignment, data)
    path = assignment.runs_folder("practice") / "seed-own.json"
    path.write_text(path.read_text().replace(f'"processor":"{run.processor}"', '"processor":"another"'))
    assert plan_runs(assignment, data, [], ()) == CalibrationPlan(1, ())


def test_a_run_from_before_they_said_what_they_were_made_of_is_stale(assignment, data):
    """It may be of any solution; it is kept until it has been made again."""
    carry_out(assignment, data)
    path = assignment.runs_folder("practice") / "seed-own.json"
    document = json.loads(path.read_text())
    del document["basis"]
    path.write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match="are stale: it is not known which solution made them "):
        plan_runs(assignment, data, [], ())


def test_renewing_is_interrupted_and_goes_on(assignment, data):
    """Each stale file is kept until its new run has ended; the same command makes the others, and keeps valid ones."""
    carry_out(assignment, data, [3, 4])
    write_master(assignment.folder, with_source("shared = 1", "shared = 3"))
    work = plan_runs(assignment, data, [], (), renew=True)
    assert [one.plan for one in work.pending] == [OWN, Plan(3), Plan(4)]
    running = calibrate(assignment, data, work.pending, "auto", 1, lambda *_: None)
    first = next(running)
    running.close()
    with pytest.raises(ConfigurationError, match=r"^.*: 2 of 3 reference runs on practice data are stale: "):
        plan_runs(assignment, data, [], ())
    rest = carry_out(assignment, data, [5], renew=True)
    assert {run.seed for run in (first, *rest)} == {None, 3, 4, 5}
    assert len(rest) == 3
    losses = {
        run.seed: run.evidence.executed.given["q02_loss"] for run in read_runs(assignment.runs_folder("practice"))
    }
    assert losses == {None: 22.5, 3: 4.5, 4: 5.5, 5: 6.5}
    assert len(rebuild_baseline(assignment, "practice").runs) == 4


def test_a_stale_run_of_a_question_that_is_no_more_cannot_be_renewed(assignment, data):
    """It cannot be run again; the line names the file, which a person has to delete."""
    carry_out(assignment, data, [3], ("q01",))
    write_master(assignment.folder, with_source("shared = 1", "shared = 3"))
    rubric = RUBRIC.replace("q01", "q03")
    (assignment.folder / "grading.yml").write_text(rubric)
    with pytest.raises(ConfigurationError, match=r"no longer has: seed-0003-q01\.json \(delete them\)"):
        plan_runs(reopened(assignment), data, [], (), renew=True)


def test_without_a_place_for_seeds_none_is_run(assignment, data):
    """Without a tagged cell a seed would have no effect, and every run would equal the first."""
    write_master(assignment.folder, with_source("SEED = 21", "semente = SEED = 21"))
    with pytest.raises(ConfigurationError, match="tag the cell that sets it"):
        plan_runs(assignment, data, [3], ())


def test_a_baseline_of_another_solution_is_told_when_grading(assignment, data):
    """The class is graded all the same, as students may have the old notebook. The line says what to do."""
    carry_out(assignment, data, [3])
    rebuild_baseline(assignment, "practice")
    assert not any("stale" in line for line in assignment.cautions("practice"))
    write_master(assignment.folder, with_source("shared = 1", "shared = 3"))
    (line,) = [line for line in assignment.cautions("practice") if "stale" in line]
    assert line == (
        "2 of 2 reference runs on practice data are stale: the solution changed (autograder calibrate --renew)"
    )
    (assignment.folder / "tiny.ipynb").unlink()
    assert not any("stale" in line for line in assignment.cautions("practice"))


def test_a_build_stops_at_a_baseline_of_another_solution(assignment, data):
    """The tolerances were not made from what would be handed out: the gate says so, and what to do."""
    carry_out(assignment, data)
    rebuild_baseline(assignment, "practice")
    assert solution_check(assignment, "practice").mark == "holds"
    write_master(assignment.folder, with_source("shared = 1", "shared = 3"))
    check = solution_check(assignment, "practice")
    assert (check.mark, check.detail) == (
        "fails",
        "1 of 1 reference runs on practice data are stale: the solution changed (autograder calibrate --renew)",
    )
