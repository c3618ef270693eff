"""The sample class, graded as an instructor would: every item gets its expected verdict."""

import csv
import json
import subprocess
import sys

import pytest
import yaml

from autograder.assignment import open_assignment
from autograder.gradebook import Gradebook
from autograder.otter import (
    score_in_process,
    score_with_otter_run,
    values_notebook,
    write_autograder_zip,
    write_hidden_tests,
)
from autograder.records import to_json
from autograder.reference.runs import read_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def expected(root):
    """Return each submission's expectation: points, how its run ends, each item that does not pass, flags."""
    return yaml.safe_load((root / "tests" / "sample_class.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def graded(root, data_home, tmp_path_factory):
    """Grade the class by the real command and return the folder of results."""
    out = tmp_path_factory.mktemp("grades")
    command = [sys.executable, "-m", "autograder", "grade", "tests/sample_class", "--out", str(out)]
    done = subprocess.run([*command, "--data", data_home.kind], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def grades(graded):
    """Return the grades by student."""
    with Gradebook.in_folder(graded, must_exist=True) as book:
        return {grade.student: grade for grade in book.current_grades()}


@pytest.fixture(scope="module")
def evidence(graded):
    """Return the evidence by student."""
    with Gradebook.in_folder(graded, must_exist=True) as book:
        return {grade.student: book.evidence_of(grade.job_id).evidence for grade in book.current_grades()}


def test_the_class_is_what_the_expectations_name(grades, expected):
    """No submission is lost, and none goes unverified."""
    assert set(grades) == set(expected)


def test_every_item_gets_the_verdict_that_it_must(grades, expected, data_home):
    """Points, run and every item; items that are not listed must pass."""
    partly = {student: one for student, one in expected.items() if one.get("only_on", data_home.kind) != data_home.kind}
    obtained = {
        student: {
            "points": grade.points,
            "run": grade.run_verdict.value,
            "items": {
                f"{finding.question}.{finding.item}": finding.verdict.value
                for finding in grade.findings
                if finding.verdict.value != "PASS"
            },
            "flags": sorted(
                {flag.code for finding in grade.findings for flag in finding.flags} - {"interval.few_runs"}
            ),
        }
        for student, grade in grades.items()
    }
    for student in partly:
        assert partly[student]["items"].items() <= obtained[student]["items"].items()
        assert partly[student]["flags"] == obtained[student]["flags"]
    wholly = {student: one for student, one in expected.items() if student not in partly}
    assert {student: obtained[student] for student in wholly} == {
        student: {key: value for key, value in one.items() if key != "only_on"} for student, one in wholly.items()
    }


def test_otter_gives_every_submission_the_same_score(grades, evidence, root, data_home, tmp_path):
    """The hidden tests, on a notebook of plain values, agree with the grade to the last digit."""
    tests = tmp_path / "tests"
    write_hidden_tests(tests, open_assignment(root / "grading.yml").specification)
    scores = {
        student: score_in_process(values_notebook(one, data_home.kind), tests, root / "grading.yml").points
        for student, one in evidence.items()
    }
    assert scores == pytest.approx({student: grade.points for student, grade in grades.items()})


@pytest.mark.parametrize("student", ["all_right", "no_z_score", "equals_everything"])
def test_the_command_otter_run_gives_the_same_score(student, grades, evidence, root, data_home, tmp_path):
    """The real command, with its kernel and its zip."""
    specification = open_assignment(root / "grading.yml").specification
    tests, archive = tmp_path / "tests", tmp_path / "autograder.zip"
    write_hidden_tests(tests, specification)
    baseline = {f"{data_home.kind}/baseline.json": root / "reference" / data_home.kind / "baseline.json"}
    write_autograder_zip(archive, tests, specification, root / "grading.yml", data_home.kind, baseline)
    score = score_with_otter_run(values_notebook(evidence[student], data_home.kind), archive)
    assert score.points == pytest.approx(grades[student].points)


def test_known_trainings_were_replayed_and_not_trained(graded):
    """The correct submission orders at least twelve trainings and four evaluations, and all are known."""
    with Gradebook.in_folder(graded) as book:
        job = next(grade.job_id for grade in book.current_grades() if grade.student == "all_right")
        usage = book.last_run(job).usage
    assert usage.unknown == 0
    assert usage.replayed >= 16


def test_the_replayed_evidence_is_the_recorded_one(evidence, root, data_home):
    """Values, journal and figures equal those of the reference's own run, bit for bit.

    Question 1 is computed again, and its last bit depends on the processor.
    """
    kept = read_run(root / "reference" / data_home.kind / "runs" / "seed-own.json")
    recorded = json.loads(to_json(kept.evidence))
    replayed = json.loads(to_json(evidence["all_right"]))
    given, due = (part["executed"]["given"] for part in (replayed, recorded))
    assert given["q01_probabilities"] == pytest.approx(due["q01_probabilities"], rel=1e-12)
    assert given["q01_losses"] == pytest.approx(due["q01_losses"], rel=1e-12)
    assert [{name: value for name, value in part.items() if not name.startswith("q01_")} for part in (given, due)] == [
        {name: value for name, value in due.items() if not name.startswith("q01_")}
    ] * 2
    assert replayed["executed"]["faults"] == recorded["executed"]["faults"] == {}
    # Cells count differently in the master, and time is not evidence.
    apart = {"cell", "seconds", "replayed"}
    for part in ("trainings", "evaluations", "figures"):
        for one, other in zip(replayed[part], recorded[part], strict=True):
            assert {k: v for k, v in one.items() if k not in apart} == {
                k: v for k, v in other.items() if k not in apart
            }
        assert part == "figures" or all(one["replayed"] for one in replayed[part])


def test_the_results_are_there_for_everyone(graded, grades):
    """A table with one row per student, and a page and a JSON file for each."""
    with (graded / "grades.csv").open(encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {student: float(row["points"]) for student, row in rows.items()} == {
        student: grade.points for student, grade in grades.items()
    }
    for folder, suffix in (("pages", "html"), ("json", "json")):
        assert sorted(path.name for path in (graded / folder).iterdir()) == sorted(
            f"{name}.{suffix}" for name in grades
        )


def test_a_second_grading_executes_nothing(root, graded, data_home, grades):
    """The same command finds its evidence in the gradebook, and gives the same grades."""
    command = [sys.executable, "-m", "autograder", "grade", "tests/sample_class", "--out", str(graded), "--json"]
    done = subprocess.run([*command, "--data", data_home.kind], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {grade["student"]: grade["points"] for grade in json.loads(done.stdout)} == {
        student: grade.points for student, grade in grades.items()
    }
    with Gradebook.in_folder(graded) as book:
        assert all(len(list(book.grade_history(student))) == 1 for student in grades)


def test_regrading_under_the_same_rubric_changes_nothing(root, graded):
    """Judging is reproducible."""
    command = [sys.executable, "-m", "autograder", "regrade", "--out", str(graded), "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    effect = json.loads(done.stdout)
    assert (effect["changes"], effect["items"]) == ([], [])
    assert effect["class"]["before"] == effect["class"]["after"]


def test_regrading_shows_what_a_corrected_key_changes(root, graded, tmp_path):
    """A corrected key regrades the class in seconds: choices of the old one lose points, and nothing is written."""
    text = (root / "grading.yml").read_text(encoding="utf-8")
    corrected = text.replace("value: q02_answer, key: c", "value: q02_answer, key: a")
    assert corrected != text
    (tmp_path / "grading.yml").write_text(corrected, encoding="utf-8")
    (tmp_path / "reference").symlink_to(root / "reference")
    (tmp_path / "assignments").symlink_to(root / "assignments")
    config = ["--config", str(tmp_path / "grading.yml"), "--out", str(graded), "--json"]
    command = [sys.executable, "-m", "autograder", "regrade", *config]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    effect = json.loads(done.stdout)
    changes = {change["after"]["student"]: change for change in effect["changes"]}
    one = changes["all_right"]
    assert one["after"]["points"] == pytest.approx(one["before"]["points"] - 1)
    assert json.loads(subprocess.run([*command], cwd=root, capture_output=True, text=True, check=False).stdout)


def test_the_class_is_cut_from_todays_master_notebooks(root):
    """A changed master notebook requires a new class: python tests/make_sample_class.py."""
    before = {path.name: path.read_bytes() for path in (root / "tests" / "sample_class").glob("*.ipynb")}
    script = [sys.executable, "tests/make_sample_class.py", "--check"]
    done = subprocess.run(script, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert {path.name: path.read_bytes() for path in (root / "tests" / "sample_class").glob("*.ipynb")} == before
