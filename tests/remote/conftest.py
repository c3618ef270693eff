"""A unit, and a sound result of it."""

import pytest

from autograder.assignment import open_assignment
from autograder.records import Account, Cell, CellOutcome, Detail, Job, Run, RunVerdict, Usage
from autograder.remote import MachineConditions, NeededData, Unit

CONDITIONS = MachineConditions(
    "1.0", {"keras": "3.0"}, "3.11.2", "Linux x86_64", "avx2", {"boston_housing.npz": "a" * 64}
)
JOB = Job(
    id="0123456789abcdef",
    student="Ana Lima",
    source="class/Ana Lima.ipynb",
    notebook_sha256="f" * 64,
    language="pt-BR",
    cells=(Cell(1, 'q01_answer = "b"'), Cell(4, "q01_loss = 0.5")),
    claimed='{"q01_answer": "claimed by a notebook"}',
    account=Account("canvas", ("4711",), ("ana@example.edu",), "99"),
    days_late=3,
)


@pytest.fixture
def unit(root):
    """A unit of the tiny assignment."""
    assignment = open_assignment(root / "tests" / "tiny.yml")
    needed = NeededData("practice", dict(assignment.data))
    return Unit.of(JOB, assignment.specification.run_spec, needed, CONDITIONS)


@pytest.fixture
def run():
    """A run of that unit, with something in every field that a sandbox fills."""
    why = Detail.of("ended.in_cell", how=Detail.of("ended.signal", signal="SIGKILL"), cell=4)
    return Run(
        job_id=JOB.id,
        verdict=RunVerdict.CRASHED,
        detail=why,
        backend="bubblewrap",
        cells=(CellOutcome(1, "ok", 0.5), CellOutcome(4, "killed", 1.0, detail=why, unassigned=("q01_loss",))),
        values={"q01_answer": "b"},
        trainings=(),
        evaluations=(),
        figures=(),
        versions={"keras": "3.0"},
        usage=Usage(1.0, 2.0, 3, 4),
        output_tail="Killed\n",
        faults=(Detail.of("journal.call", cell=1, error="no call"),),
    )
