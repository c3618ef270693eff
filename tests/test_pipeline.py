"""The order of the stages: what makes executions comparable, and what regrading compares."""

import dataclasses
import json
import os

import pytest
from refusal_texts import what_of

from autograder import pipeline
from autograder.assignment import open_assignment
from autograder.datasets import DataHome
from autograder.errors import ConfigurationError, EnvironmentFault
from autograder.gradebook import Gradebook
from autograder.orders import Desk
from autograder.pipeline import GradingSession, collect_class, fitting_workers, grade_jobs, take_in, units_of
from autograder.reference import build_baseline
from autograder.sandbox import open_sandbox


def open_rubric(root, folder, *changes):
    """Open the project's rubric with some texts changed, in a separate folder."""
    text = (root / "grading.yml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(parents=True)
    (folder / "grading.yml").write_text(text, encoding="utf-8")
    return open_assignment(folder / "grading.yml")


def session_of(assignment, folder):
    """Open a session on practice data, with the sandbox that always works here."""
    data = DataHome("practice", folder)
    run_spec = assignment.specification.run_spec
    desk = Desk(run_spec.limits, assignment.known_trainings("practice"), None, 1)
    return GradingSession(
        assignment, data, build_baseline("practice", ()), open_sandbox("none", run_spec, folder, desk), desk
    )


@pytest.fixture
def session(root, tmp_path):
    """Open a session under today's rubric."""
    return session_of(open_rubric(root, tmp_path / "today"), tmp_path)


def test_what_decides_a_run_is_in_its_key(session, root, tmp_path):
    """Evidence from other data, another mode or other limits cannot be reused."""
    limits = open_rubric(root, tmp_path / "limits", ("memory_mebibytes: 4096", "memory_mebibytes: 2048"))
    others = [
        dataclasses.replace(session, data=DataHome("real", tmp_path)),
        dataclasses.replace(session, mode="train"),
        session_of(limits, tmp_path),
    ]
    assert len({session.run_key, *(other.run_key for other in others)}) == 4


def test_what_only_grades_is_not_in_the_key(session, root, tmp_path):
    """A corrected key, other points or another data folder leave the evidence valid."""
    corrected = open_rubric(root, tmp_path / "key", ("value: q02_answer, key: c", "value: q02_answer, key: a"))
    moved = dataclasses.replace(session, data=DataHome("practice", tmp_path / "elsewhere"))
    assert {session.run_key, session_of(corrected, tmp_path).run_key, moved.run_key} == {session.run_key}


def test_the_folders_of_an_assignment_are_relative_to_its_rubric(root, tmp_path, monkeypatch):
    """Wherever the command is started."""
    open_rubric(root, tmp_path / "course")
    monkeypatch.chdir(tmp_path)
    assignment = open_assignment((tmp_path / "course" / "grading.yml").relative_to(tmp_path))
    assert assignment.reference("practice") == tmp_path / "course" / "reference" / "practice"


def test_a_folder_is_no_rubric(tmp_path):
    """The line names the option for another path."""
    with pytest.raises(ConfigurationError, match=r"there is no such file \(name the rubric with --config FILE\)"):
        open_assignment(tmp_path)


def test_another_assignments_notebook_is_no_job(session, tmp_path):
    """It is recognised by the rubric's variables, and nothing is executed."""
    (tmp_path / "ana.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    [refusal] = collect_class(session.assignment, [tmp_path / "ana.ipynb"], "folder").refused
    assert "is another notebook" in what_of(refusal)


def test_the_class_is_collected_under_the_assignments_name(session, root, tmp_path):
    """A notebook with the assignment's own name belongs to its folder's student."""
    (tmp_path / "ana").mkdir()
    text = (root / "tests" / "sample_class" / "empty.ipynb").read_bytes()
    (tmp_path / "ana" / "cnn-training.en.ipynb").write_bytes(text)
    collection = collect_class(session.assignment, [tmp_path / "ana" / "cnn-training.en.ipynb"])
    assert [job.student for job in collection.jobs] == ["ana"]


class Noting:
    """In a sandbox's place: notes what it is asked to execute, and fails."""

    name = "noting"
    remark = ""

    def __init__(self):
        self.jobs = []

    def run(self, job, _observe):
        """See `Executor`."""
        self.jobs.append(job)
        raise EnvironmentFault("nothing is executed here")

    def close(self):
        """See `Executor`."""


def test_how_orders_are_answered_is_the_commands_choice(session, tmp_path):
    """`--train` reaches each notebook, and what is sent to other machines as well."""
    notebook = tmp_path / "ana.ipynb"
    cells = [{"cell_type": "code", "metadata": {}, "source": "q02_answer = 'a'", "outputs": []}]
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    jobs = collect_class(session.assignment, [notebook]).jobs
    noting = Noting()
    training = dataclasses.replace(session, sandbox=noting, mode="train")
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        intake = take_in(collect_class(session.assignment, [notebook]), book)
        list(grade_jobs(training, intake.jobs, book, 1, lambda *_: None))
    assert {job.mode for job in noting.jobs} == {"train"}
    assert units_of(session.assignment, session.data, "train")(jobs[0]).mode == "train"
    assert units_of(session.assignment, session.data, "replay")(jobs[0]).mode == "replay"


def test_workers_fit_into_the_machine(session, root, tmp_path, monkeypatch):
    """Twice as many where trainings are known, and never more than memory holds."""
    known = open_assignment(root / "grading.yml")
    processors = len(os.sched_getaffinity(0))
    monkeypatch.setattr(pipeline, "memory_of_machine", lambda: 2**50)
    assert fitting_workers(known, session.data) == processors
    assert fitting_workers(session.assignment, session.data) == max(1, processors // 2)
    monkeypatch.setattr(pipeline, "memory_of_machine", lambda: 2**30)
    assert fitting_workers(known, session.data) == 1
