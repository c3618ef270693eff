"""The grader's memory does not grow with the number of maximal submissions."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from courses import RUBRIC, make_course

import autograder

PROJECT = Path(autograder.__file__).parents[1]
NUMBERS = 1_500_000
RATIO = 1.3

# Runs stand-ins for notebooks whose values reach the limit of 16 MiB, through all stages of grading.
GRADE = f"""
    import resource, sys
    from pathlib import Path
    from autograder.assignment import open_assignment
    from autograder.datasets import DataHome
    from autograder.gradebook import Gradebook
    from autograder.orders import Desk
    from autograder.pipeline import GradingSession, grade_jobs
    from autograder.records import Cell, Job, Run, RunVerdict, Usage
    from autograder.regrading import regrade_class, settle_class
    from autograder.class_results import write_results

    class Box:
        name = "stand-in"

        def run(self, job, observe=None):
            values = {{"q01_answer": "b", "q01_loss": 0.5, "q01_all": [i / 7 for i in range({NUMBERS})]}}
            return Run(job.id, RunVerdict.COMPLETE, None, "stand-in", (), values, (), (), (), {{}}, Usage())

    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    assignment = open_assignment(folder / "grading.yml")
    desk = Desk(assignment.specification.run_spec.limits, assignment.known_trainings("practice"), None, 1)
    session = GradingSession(assignment, DataHome("practice", folder), assignment.baseline("practice"), Box(), desk)
    jobs = [Job(f"job-{{i}}", f"student {{i}}", "x.ipynb", "0" * 64, "en", (Cell(0, "x"),)) for i in range(count)]
    with Gradebook.in_folder(folder / f"grades-{{count}}") as book:
        settle_class(assignment, session.identity, book, (), regrade_others=False)
        for job in jobs:
            book.add_job(job)
        for again in range(2):
            done = list(grade_jobs(session, jobs, book, 1, None))
            assert [one.reused for one in done] == [bool(again)] * count
        write_results(assignment, book, folder / f"grades-{{count}}")
        assert regrade_class(assignment, book, apply=False).changes == ()
        regrade_class(assignment, book, apply=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.fixture
def folder(tmp_path):
    """Create a course whose notebooks may give a list of the maximal length."""
    make_course(tmp_path)
    whole = RUBRIC.replace(
        "q01_loss: {type: number}}", f"q01_loss: {{type: number}}, q01_all: {{type: numbers, length: {NUMBERS}}}}}"
    )
    (tmp_path / "grading.yml").write_text(whole.replace("evidence_mebibytes: 1", "evidence_mebibytes: 16"))
    return tmp_path


def peak(folder, count):
    """Grade a number of maximal submissions in a separate process; return its peak memory in MiB."""
    command = [sys.executable, "-c", textwrap.dedent(GRADE), str(folder), str(count)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.slow
def test_three_maximal_submissions_take_hardly_more_memory_than_one(folder):
    """Grading, grading again, writing pages and regrading: at most 1.3 times what one adds to an empty class."""
    none, one, three = (peak(folder, count) for count in (0, 1, 3))
    [first, *_] = (folder / "grades-3" / "json").iterdir()
    assert json.loads(first.read_text())["points"] == 2.0
    assert three - none <= RATIO * (one - none), f"{none} MiB for none, {one} MiB for one, {three} MiB for three"
