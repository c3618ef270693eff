"""Test a sandbox's protections on this machine, with a probe that does what a hostile notebook would."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Self

from autograder.errors import EnvironmentFault
from autograder.records import JSON, Cell, Detail, Job, Run, RunVerdict
from autograder.rubric.run_spec import Limits, RunSpec
from autograder.rubric.variable_shapes import NumberShape
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.jail_group import find_place
from autograder.sandbox.mounts import HOME, KERAS_HOME, TEMPORARY
from autograder.sandbox.opening import open_sandbox

_PROBE = Path(__file__).resolve().parent / "probe"
_PACKAGE = Path(__file__).resolve().parent.parent
_REPORT = "q00_report"
_REMEDY = "do not grade other people's notebooks on this machine; a newer bubblewrap or kernel may help"

_REMEDY_GROUPS = "start it by `systemd-run --user --scope --quiet autograder …`, or as root on the machine itself"

# What the probe attempts, as name and meaning of the protection if nothing succeeds.
_ACCESS_CHECKS = {
    "network": ("no network", "no route leads out"),
    "processes": ("other processes unseen", "only the jail's own are listed"),
    "hidden": ("project unseen", "neither this package nor the rubric is there"),
    "writes": ("system read-only", "nothing but the notebook's own folders can be written"),
    "environment": ("environment unseen", "no variable of ours is there"),
    "privileges": ("no privileges", "an ordinary user who can gain nothing"),
    "calls": ("system calls filtered", "tracing, other processes' memory and foreign sockets are refused"),
}
_LIMIT_CHECKS = {
    "time": ("time limit", RunVerdict.TIMEOUT),
    "memory": ("memory limit", RunVerdict.LIMIT),
    "processes": ("process limit", RunVerdict.LIMIT),
}
_WAITED_SECONDS = {"bubblewrap": 0.5, "docker": 6.0, "uid": 2.0}
"""The time limit for the waiting probe; a container alone may take seconds to start."""

_PROBES_LIMITS = Limits(
    cell_seconds=10,
    notebook_seconds=30,
    memory_mebibytes=128,
    processes=32,
    output_mebibytes=1,
    files_mebibytes=1,
    evidence_mebibytes=1,
)

_NOT_PROMISED = {("uid", "processes"): "they are visible but protected, as a container has a single list of processes"}
"""What a backend cannot provide, and why that is acceptable."""


@dataclasses.dataclass(frozen=True, slots=True)
class Protection:
    """A protection, and whether it holds on this machine; `promised` is False for what the backend cannot provide."""

    name: str
    holds: bool
    detail: str
    remedy: str = ""
    promised: bool = True
    ended: Detail | None = None
    """How the run that tested it ended."""


class _ClosedDesk:
    """A desk that receives no orders, because the probe trains nothing."""

    trainings = evaluations = loops = faults = ()
    replayed = unknown = 0
    training_seconds = training_cpu_seconds = 0.0

    def open(self, _job: Job) -> Self:
        return self

    def cell(self, _index: int) -> None:
        pass

    def place(self, number: int, description: dict[str, JSON]) -> NoReturn:
        raise AssertionError(f"the probe trains nothing: order {number}, {description}")

    def report_call(
        self, description: dict[str, JSON], summaries: dict[str, JSON], result: dict[str, JSON]
    ) -> NoReturn:
        raise AssertionError(f"the probe trains nothing: {description}, {summaries}, {result}")

    def loop(self, kind: str, steps: int) -> NoReturn:
        raise AssertionError(f"the probe trains nothing: {steps} steps of {kind}")


class _ColdError(Exception):
    """The sandbox cannot start warm."""


def examine_protections(
    backend: str = "bubblewrap", secrets: Sequence[Path] = (), *, warm: bool = False
) -> tuple[Protection, ...]:
    """Test every protection in a separate sandbox; takes about two seconds.

    A sandbox that does not open, or cannot start warm, gives a single entry named after the backend.

    Args:
        backend: The sandbox's name.
        secrets: Files that no notebook may read, besides this package's own.
        warm: Test forked processes, see `open_sandbox`.
    """
    try:
        report = _probe("look", backend, secrets, warm=warm)
    except _ColdError as cold:
        return (Protection(backend, holds=False, detail=str(cold), promised=False),)
    except EnvironmentFault as fault:
        return (Protection(backend, holds=False, detail=fault.what, remedy=fault.remedy),)
    found = report.values.get(_REPORT)
    if report.verdict is not RunVerdict.COMPLETE or not isinstance(found, dict):
        return (Protection(backend, holds=False, detail=report.verdict, remedy=_REMEDY, ended=report.detail),)
    access = (_access_protection(key, found[key], backend) for key in _ACCESS_CHECKS)
    limits = (_limit_protection(key, _probe(key, backend, warm=warm)) for key in _LIMIT_CHECKS)
    return (*access, *limits, *([_kernel_limits()] if backend == "bubblewrap" and not warm else ()))


def _access_protection(key: str, succeeded: list[str], backend: str) -> Protection:
    name, meaning = _ACCESS_CHECKS[key]
    if not succeeded:
        return Protection(name, holds=True, detail=meaning)
    detail = f"within reach: {', '.join(succeeded)}"
    if (backend, key) in _NOT_PROMISED:
        return Protection(name, holds=False, detail=f"{detail}; {_NOT_PROMISED[backend, key]}", promised=False)
    return Protection(name, holds=False, detail=detail, remedy=_REMEDY)


def _limit_protection(key: str, run: Run) -> Protection:
    name, due = _LIMIT_CHECKS[key]
    holds = run.verdict is due
    detail = f"ended after {run.usage.wall_seconds:.1f} s" if holds else run.verdict
    return Protection(name, holds=holds, detail=detail, remedy="" if holds else _REMEDY, ended=run.detail)


def _kernel_limits() -> Protection:
    """Report whether the kernel enforces a jail's limits of memory and processes, or polling alone."""
    place = find_place(_PROBES_LIMITS)
    if place is not None:
        return Protection("limits by the kernel", holds=True, detail=f"a control group per jail, in {place.memory}")
    detail = "no control group can be created here, so memory and processes are polled ten times per second"
    return Protection("limits by the kernel", holds=False, detail=detail, remedy=_REMEDY_GROUPS, promised=False)


def _probe(attempt: str, backend: str, secrets: Sequence[Path] = (), *, warm: bool = False) -> Run:
    seconds = _WAITED_SECONDS[backend] if attempt == "time" else _PROBES_LIMITS.notebook_seconds
    limits = _PROBES_LIMITS.model_copy(update={"notebook_seconds": seconds})
    run_spec = RunSpec(assignment="probe", variables={_REPORT: NumberShape(type="number")}, limits=limits)
    project = [_PACKAGE / "__init__.py", _PACKAGE.parent / "pyproject.toml"]
    hidden = [*project, *secrets, Path.home() / ".profile"]
    passed = {*notebook_environment(HOME, TEMPORARY, KERAS_HOME, ""), "PWD", "HOSTNAME", "USER", "LOGNAME"}
    job = Job(
        id="probe",
        student="probe",
        source="probe",
        notebook_sha256="",
        language="en",
        cells=(Cell(0, attempt),),
        parameters={"hidden": [os.fspath(path) for path in hidden], "variables": sorted(passed)},
    )
    with tempfile.TemporaryDirectory() as data_home:
        sandbox = open_sandbox(backend, run_spec, Path(data_home), _ClosedDesk(), payload=_PROBE, warm=warm)
        try:
            if sandbox.remark:
                raise _ColdError(sandbox.remark)
            return sandbox.run(job)
        finally:
            sandbox.close()
