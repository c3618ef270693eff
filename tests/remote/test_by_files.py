"""The commands `jobs`, `execute` and `grade --executed`: a class that is executed elsewhere, and results that lie."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from courses import RIGHT, WRONG, command, make_course, notebook
from documented_commands import ROOT, blocks

from autograder.gradebook import Gradebook

SECRET = 0.7315926535
"""A number that the key alone holds."""
CLASS = {
    "Ana Lima": RIGHT,
    "bia": WRONG,
    "caio": ('q01_answer = "b"', "1 / 0", f"q01_loss = {SECRET}"),
    "davi": ("import os; q01_answer = 'b'", "os._exit(3)"),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A course with a class of four."""
    make_course(tmp_path)
    rubric = (tmp_path / "grading.yml").read_text().replace("expected: 0.5,", f"expected: {SECRET},")
    (tmp_path / "grading.yml").write_text(rubric.replace("absolute: 0.01", "absolute: 0.0077123"))
    for student, cells in CLASS.items():
        hand_in(tmp_path, student, *cells)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence").mkdir()
    return tmp_path


def hand_in(place, student, *cells):
    """Add a notebook to the class."""
    (place / "class" / student).mkdir()
    (place / "class" / student / "tiny.ipynb").write_text(notebook(*cells))


def jobs():
    """Write the class's jobs, and return each student's by name."""
    code, said, _ = command("jobs", "class", "--out", "jobs", "--data", "practice", "--json")
    assert code == 0
    return {student: Path("jobs", f"{name}.job.json") for name, student in json.loads(said).items()}


def execute(job, *options):
    """Execute a job, and return its result's path."""
    code, _, said = command("execute", str(job), "--out", "evidence", *options)
    assert code == 0, said
    return Path("evidence", job.name.replace(".job.", ".evidence."))


def grade(out, *options):
    """Grade the class; return the exit code and what was said."""
    code, _, said = command("grade", "class", "--data", "practice", "--out", out, *options)
    return code, said


def grades(out):
    """Return everything of each student's grade."""
    with Gradebook.in_folder(Path(out)) as book:
        return {one.student: one for one in book.current_grades()}


@pytest.mark.slow
def test_grades_are_those_of_this_machine(place):
    """Executed one by one, cold and warm, or here with one worker or two: all of every grade is equal."""
    assert grade("here", "--workers", "1", "--cold")[0] == 0
    assert grade("two", "--workers", "2", "--warm")[0] == 0
    written = jobs()
    for temperature in ("--cold", "--warm"):
        for job in written.values():
            execute(job, temperature)
        code, said = grade(f"elsewhere{temperature}", "--executed", "evidence")
        assert code == 0, said
    assert grades("here").keys() == CLASS.keys()
    assert grades("here") == grades("two") == grades("elsewhere--cold") == grades("elsewhere--warm")


def test_nothing_of_key_and_baseline_is_in_a_job(place):
    """Nor are the students: only their code, which may say anything."""
    hand_in(place, "eva", 'q01_answer = "d"')
    job = jobs()["eva"].read_bytes()
    for secret in (
        str(SECRET),
        "0.0077123",
        "eva",
        "Ana",
        "points",
        "expected",
        "absolute",
        "choice",
        "baseline",
        "tiny.ipynb",
    ):
        assert secret.encode() not in job, secret
    assert b'q01_answer = \\"d\\"' in job


@pytest.mark.slow
def test_hand_ins_without_a_result_wait(place):
    """They are named, the others are graded, and the same command takes them in later."""
    written = jobs()
    for student in ("Ana Lima", "bia", "caio"):
        execute(written[student])
    code, said = grade("grades", "--executed", "evidence")
    assert code == 1
    assert any(re.match(r"no result: davi: [0-9a-f]{16}\.evidence\.json: there is no result", line) for line in said)
    assert grades("grades").keys() == {"Ana Lima", "bia", "caio"}
    execute(written["davi"])
    code, said = grade("grades", "--executed", "evidence")
    assert code == 0, said
    assert grades("grades").keys() == CLASS.keys()
    assert sum("(evidence was there)" in line for line in said) == 3


def test_a_forged_result_is_refused(place):
    """Another student's, a changed one, one of a changed job, and something that is no result: each costs one grade."""
    written = jobs()
    results = {student: execute(job) for student, job in written.items()}
    right = results["Ana Lima"].read_text()
    results["bia"].write_text(right)
    results["caio"].write_text(results["caio"].read_text().replace('"bubblewrap"', '"my own"'))
    results["davi"].write_text("[" * 100_000)
    code, said = grade("grades", "--executed", "evidence")
    assert code == 1
    refused = {line.split(": ")[1]: line for line in said if line.startswith("no result: ")}
    assert refused.keys() == {"bia", "caio", "davi"}
    assert "the result of another job" in refused["bia"]
    assert "executed in 'my own'" in refused["caio"]
    assert grades("grades").keys() == {"Ana Lima"}


def test_a_changed_job_gives_no_result_for_the_class(place):
    """Whoever eases the limits of a job executes another one."""
    job = jobs()["Ana Lima"]
    job.write_text(job.read_text().replace('"notebook_seconds":60.0', '"notebook_seconds":6000.0'))
    execute(job)
    code, said = grade("grades", "--executed", "evidence")
    assert code == 1
    assert any(line.startswith("no result: Ana Lima: ") and "another job" in line for line in said)


def test_a_job_for_another_machine_is_refused(place):
    """It says what differs here, and writes nothing."""
    job = jobs()["Ana Lima"]
    content = json.loads(job.read_text())
    content["conditions"]["versions"]["keras"] = "2.0.0"
    job.write_text(json.dumps(content))
    code, _, [line] = command("execute", str(job), "--out", "evidence")
    assert code == 2
    assert re.fullmatch(r"it has keras [\d.]+ instead of 2\.0\.0", line)
    assert list(Path("evidence").iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "x"}'])
def test_what_is_no_job_is_refused(place, text):
    """In one line that names the file and the remedy."""
    Path("x.job.json").write_text(text)
    code, _, [line] = command("execute", "x.job.json")
    assert code == 2
    assert line.startswith("x.job.json: ")
    assert line.endswith("(write it anew with `autograder jobs`)")


def test_a_mistaken_folder_of_results_is_said_at_once(place):
    """And so are two ways at once."""
    assert grade("grades", "--executed", "nowhere")[0] == 2
    assert grade("grades", "--executed", "evidence", "--cluster", "local") == (
        2,
        ["--cluster and --executed exclude each other (leave one of them out)"],
    )


@pytest.mark.slow
def test_the_documented_array_script_executes_a_class(place):
    """Its lines are run as Slurm runs them, once per number, and the class is graded from what they wrote."""
    page = (ROOT / "docs" / "how-to" / "many-machines.md").read_text()
    [script] = [body for language, body in blocks(page) if language == "sh" and "SLURM_ARRAY_TASK_ID" in body]
    Path("execute.sh").write_text(script)
    written = jobs()
    bin_folder = str(Path(sys.executable).parent)
    for number in range(len(written)):
        variables = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "SLURM_ARRAY_TASK_ID": str(number)}
        subprocess.run(["bash", "execute.sh"], env=os.environ | variables, check=True, capture_output=True)
    assert len(list(Path("evidence").glob("*.evidence.json"))) == len(CLASS)
    code, said = grade("grades", "--executed", "evidence")
    assert code == 0, said
    assert grades("grades").keys() == CLASS.keys()
