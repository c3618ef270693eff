"""Test whether trainings recorded on one processor are known on another: one notebook under many library settings.

An order's key depends on what a notebook does *before* it trains: drawing weights and scaling data. The settings make
NumPy, oneDNN and TensorFlow compute as on processors with other instruction sets or numbers of cores. The solved
questions 7 and 8 run under each setting, and the orders answered by the reference are counted. The same cells are also
trained without any of our code, to see how the setting affects a training itself. Run it by `make bench-processors`.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from plain_process import threads_of, train

from autograder.assignment import open_assignment
from autograder.datasets import locate
from autograder.orders import Desk, instructions, processor
from autograder.records import JSON, Job, Run, RunVerdict
from autograder.report import in_english
from autograder.sandbox import Sandbox, open_sandbox
from autograder.solution import Plan

ROOT = Path(__file__).parents[1]
QUESTIONS = ("q07", "q08")
_AVX512 = "X86_V4 AVX512_ICL AVX512_SPR"
"""NumPy's own names since 2.4; it ignores those that it does not know."""

SETTINGS: dict[str, dict[str, str]] = {
    "as it is": {},
    "1 thread": threads_of(1),
    "2 threads": threads_of(2),
    "8 threads": threads_of(8),
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "oneDNN for AVX-512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
    "oneDNN for AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "oneDNN for SSE4.1": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    "NumPy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": _AVX512},
    "NumPy without AVX2": {"NPY_DISABLE_CPU_FEATURES": f"X86_V3 {_AVX512}"},
}
_TOLD = "import json; print(json.dumps({str(size): float(error) for size, error in q08_mse.items()}))"


def main() -> None:
    """Run every setting and print a table."""
    assignment = open_assignment(ROOT / "grading.yml")
    data = locate(assignment.data, "real")
    run_spec = assignment.specification.run_spec
    job = dataclasses.replace(assignment.solution().job(Plan(None, QUESTIONS)), mode="replay")
    usual: Run | None = None
    usual_errors: JSON = None
    sys.stdout.write(f"{processor()}: {instructions()}\n")
    sys.stdout.write(f"{'setting':24} {'known':>9}  {'first weights':>13}  {'data':>9}  trained to the same bits\n")
    with Desk(run_spec.limits, assignment.known_trainings(data.kind), None, 1) as desk:
        sandbox = open_sandbox("auto", run_spec, data.path, desk)
        desk.engage(sandbox.start_trainer)
        for name, variables in SETTINGS.items():
            ran = _run(sandbox, job, variables)
            errors = train(job, variables, data.path, last=_TOLD)
            usual, usual_errors = usual or ran, usual_errors or errors
            orders = ran.usage.replayed + ran.usage.unknown
            same = sum(errors[size] == error for size, error in usual_errors.items())
            sys.stdout.write(
                f"{name:24} {ran.usage.replayed:3} of {orders:2}  {_alike(ran, usual, 'starts_at'):>13}  "
                f"{_alike(ran, usual, 'inputs'):>9}  {same} of {len(usual_errors)}\n"
            )
            sys.stdout.flush()


def _run(sandbox: Sandbox, job: Job, variables: dict[str, str]) -> Run:
    """Run the notebook under a setting; its libraries are loaded only after its first cell."""
    ran = sandbox.run(dataclasses.replace(job, cells=_under(job, variables)))
    if ran.verdict is not RunVerdict.COMPLETE:
        sys.exit(f"the run ended {ran.verdict}: {in_english(ran.detail)}")
    return ran


def _under(job: Job, variables: dict[str, str]) -> tuple:
    first, *others = job.cells
    return (dataclasses.replace(first, source=f"import os; os.environ.update({variables!r})\n{first.source}"), *others)


def _alike(ran: Run, usual: Run, field: str) -> str:
    pairs = list(zip(ran.trainings, usual.trainings, strict=True))
    return f"{sum(one[field] == other[field] for one, other in pairs)} of {len(pairs)}"


if __name__ == "__main__":
    main()
