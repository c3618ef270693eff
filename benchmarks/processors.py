"""Whether what was recorded on one processor is known on another: one notebook under many settings of the libraries.

What names an order is what a notebook does *before* it trains: it draws weights and scales data. The settings make
NumPy, oneDNN and TensorFlow compute as they would on processors with other instructions or another number of cores.
The solved questions 7 and 8 run under each, and what of their orders the reference answers is counted. Beside it, the
same cells are trained in a process without any of our code, to see what the setting does to a training itself.
Run it by `make bench-processors`.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

from autograder.assignment import open_assignment
from autograder.calibrate import Plan, reference_job
from autograder.child_process import listed_environment, python_command, run
from autograder.datasets import locate
from autograder.orders import Desk, instructions, processor
from autograder.records import JSON, Job, Run, RunVerdict
from autograder.sandbox import Sandbox, open_sandbox

ROOT = Path(__file__).parents[1]
QUESTIONS = ("q07", "q08")
_AVX512 = "X86_V4 AVX512_ICL AVX512_SPR"
"""By NumPy's own names since 2.4; it passes over those that it does not know."""

SETTINGS: dict[str, dict[str, str]] = {
    "as it is": {},
    "1 thread": {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"},
    "2 threads": {"TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "2", "OMP_NUM_THREADS": "2"},
    "8 threads": {"TF_NUM_INTRAOP_THREADS": "8", "TF_NUM_INTEROP_THREADS": "8", "OMP_NUM_THREADS": "8"},
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
    data = locate("real")
    assignment = open_assignment(ROOT / "grading.yml")
    run_spec = assignment.specification.run_spec
    job = dataclasses.replace(reference_job(assignment, Plan(None, QUESTIONS)), mode="replay")
    usual: Run | None = None
    usual_errors: JSON = None
    sys.stdout.write(f"{processor()}: {instructions()}\n")
    sys.stdout.write(f"{'setting':24} {'known':>9}  {'first weights':>13}  {'data':>9}  trained to the same bits\n")
    with Desk(run_spec.limits, assignment.known_trainings(data.kind), None, 1) as desk:
        sandbox = open_sandbox("auto", run_spec, data.path, desk)
        desk.engage(sandbox.start_trainer)
        for name, variables in SETTINGS.items():
            ran = _run(sandbox, job, variables)
            errors = _trained(job, variables, data.path)
            usual, usual_errors = usual or ran, usual_errors or errors
            orders = ran.usage.replayed + ran.usage.unknown
            same = sum(errors[size] == error for size, error in usual_errors.items())
            sys.stdout.write(
                f"{name:24} {ran.usage.replayed:3} of {orders:2}  {_alike(ran, usual, 'starts_at'):>13}  "
                f"{_alike(ran, usual, 'inputs'):>9}  {same} of {len(usual_errors)}\n"
            )
            sys.stdout.flush()


def _run(sandbox: Sandbox, job: Job, variables: dict[str, str]) -> Run:
    """Run the notebook under a setting. Its libraries are not loaded before its own first cell."""
    ran = sandbox.run(dataclasses.replace(job, cells=_under(job, variables)))
    if ran.verdict is not RunVerdict.COMPLETE:
        sys.exit(f"the run ended {ran.verdict}: {ran.detail}")
    return ran


def _under(job: Job, variables: dict[str, str]) -> tuple:
    first, *others = job.cells
    return (dataclasses.replace(first, source=f"import os; os.environ.update({variables!r})\n{first.source}"), *others)


def _trained(job: Job, variables: dict[str, str], data_home: Path) -> dict[str, float]:
    """Train in a process of its own under a setting, and return the test errors of question 8."""
    lines = [line for cell in job.cells for line in (*cell.source.splitlines(), "") if "grader." not in line]
    with tempfile.TemporaryDirectory() as folder:
        done = run(
            python_command("-c", "\n".join([*lines, _TOLD])),
            environment=listed_environment()
            | {"KERAS_HOME": str(data_home), "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "agg", "HOME": folder}
            | variables,
            folder=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        sys.exit(f"trained by itself, it ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _alike(ran: Run, usual: Run, field: str) -> str:
    pairs = list(zip(ran.trainings, usual.trainings, strict=True))
    return f"{sum(one[field] == other[field] for one, other in pairs)} of {len(pairs)}"


if __name__ == "__main__":
    main()
