"""A container's resources for a notebook and its trainings, and who is at fault if they do not suffice."""

import dataclasses

import pytest
from orders_to_try import limits

from autograder.engine import failed_by_us
from autograder.gradescope import room as room_module
from autograder.gradescope.room import Room
from autograder.records import CellOutcome, Job, RunVerdict, Usage
from autograder.rubric import RunSpec

SHORT = "ran out of memory"
JOB = Job("1" * 16, "ana", "ana.ipynb", "ab" * 32, "en", ())


def timed_out(unknown=0):
    """Return a run with a cell that was stopped by a time limit."""
    run = failed_by_us(JOB, ValueError("x"))
    cells = (CellOutcome(0, "timeout"),)
    return dataclasses.replace(run, verdict=RunVerdict.COMPLETE, cells=cells, usage=Usage(unknown=unknown))


@pytest.mark.parametrize(
    ("notebook", "training", "seconds", "shares"),
    [
        (300, 200, 600, (300, 200)),
        (300, 2_400, 600, (300, 300)),
        (200, 2_400, 600, (200, 400)),
        (2_400, 2_400, 600, (300, 300)),
        (2_400, 100, 600, (500, 100)),
    ],
)
def test_a_notebook_and_its_trainings_fit_into_the_container_together(notebook, training, seconds, shares):
    """The notebook's clock stops while it waits, the container's does not."""
    promised = limits(notebook_seconds=notebook, training_seconds=training, cell_seconds=notebook)
    fitted = Room(seconds, 4_000, 0).fit(RunSpec(assignment="tiny", variables={}, limits=promised)).limits
    assert (fitted.notebook_seconds, fitted.training_seconds) == shares
    assert fitted.notebook_seconds + fitted.training_seconds <= seconds
    assert fitted.cell_seconds <= fitted.notebook_seconds


def test_an_endless_loop_is_graded_where_the_notebook_has_its_promised_time():
    """Even if trainings would have had less than documented, because it needed no unknown ones."""
    promised = limits(notebook_seconds=200, training_seconds=2_400)
    room = Room(600, 4_000, 0)
    assert room.met_by(timed_out(), promised) == ""
    assert "needs longer than" in room.met_by(timed_out(unknown=3), promised)
    assert "needs longer than" in room.met_by(timed_out(), limits(notebook_seconds=900))


@pytest.mark.parametrize(
    ("mebibytes", "unknown", "said"),
    [(4_000, 0, ""), (4_000, 1, SHORT), (900, 0, SHORT), (900, 1, SHORT)],
)
def test_memory_that_a_trainer_took_is_no_fault_of_the_students(monkeypatch, mebibytes, unknown, said):
    """A kill by the kernel is the notebook's fault only if it had all of its documented memory."""
    monkeypatch.setattr(room_module, "_killed_for_memory", lambda: 3)
    run = dataclasses.replace(timed_out(unknown), verdict=RunVerdict.CRASHED, cells=())
    met = Room(600, mebibytes, 2).met_by(run, limits(memory_mebibytes=1_000))
    assert bool(met) == bool(said)
    assert said in met
    assert Room(600, mebibytes, 3).met_by(run, limits(memory_mebibytes=1_000)) == ""
