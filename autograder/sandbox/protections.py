"""Tries what a sandbox promises on this machine, with a probe that does what a hostile notebook would."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import NoReturn, Self

from autograder.errors import EnvironmentFault
from autograder.records import JSON, Cell, Job, Run, RunVerdict
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.jail_group import find_place
from autograder.sandbox.mounts import HOME, KERAS_HOME, TEMPORARY
from autograder.sandbox.opening import open_sandbox
from autograder.spec.run_spec import Limits, RunSpec
from autograder.spec.shapes import NumberShape

_PROBE = Path(__file__).resolve().parent / "probe"
_PACKAGE = Path(__file__).resolve().parent.parent
_REPORT = "q00_report"
_REMEDY = "do not grade other people's notebooks on this machine; a newer bubblewrap or kernel may help"

_REMEDY_GROUPS = "start it by `systemd-run --user --scope --quiet autograder …`, or as root on the machine itself"

# What the probe looks for, and what it means that it found nothing.
_DOORS = {
    "network": ("no network", "no route leads out"),
    "processes": ("other processes unseen", "only the jail's own are listed"),
    "hidden": ("project unseen", "neither this package nor the rubric is there"),
    "writes": ("system read-only", "nothing but the notebook's own folders can be written"),
    "environment": ("environment unseen", "no variable of ours is there"),
    "privileges": ("no privileges", "an ordinary user who can gain nothing"),
    "calls": ("system calls filtered", "tracing, other processes' memory and foreign sockets are refused"),
}
_DEEDS = {
    "time": ("time limit", RunVerdict.TIMEOUT),
    "memory": ("memory limit", RunVerdict.LIMIT),
    "processes": ("process limit", RunVerdict.LIMIT),
}
_WAITED_SECONDS = {"bubblewrap": 0.5, "docker": 6.0, "uid": 2.0}
"""When the probe that waits is to be ended: a container alone may take seconds to start."""

_PROBES_LIMITS = Limits(
    cell_seconds=10,
    notebook_seconds=30,
    memory_mebibytes=128,
    processes=32,
    output_mebibytes=1,
    files_mebibytes=1,
    evidence_mebibytes=1,
)

_NOT_PROMISED = {("uid", "processes"): "they can be seen and not touched, as a container has one list of processes"}
"""What a backend cannot give, and what that means."""


@dataclasses.dataclass(frozen=True, slots=True)
class Protection:
    """One promise of a sandbox, and whether it holds on this machine; `promised` is False for what it cannot give."""

    name: str
    holds: bool
    detail: str
    remedy: str = ""
    promised: bool = True


class _ClosedDesk:
    """A desk that nobody comes to: the probe trains nothing."""

    trainings = evaluations = loops = faults = ()
    replayed = unknown = 0
    training_seconds = training_cpu_seconds = 0.0

    def open(self, _job: Job) -> Self:
        return self

    def cell(self, _index: int) -> None:
        pass

    def place(self, number: int, description: dict[str, JSON]) -> NoReturn:
        raise AssertionError(f"the probe trains nothing: order {number}, {description}")

    def claim(self, description: dict[str, JSON], summaries: dict[str, JSON], result: dict[str, JSON]) -> NoReturn:
        raise AssertionError(f"the probe trains nothing: {description}, {summaries}, {result}")

    def loop(self, kind: str, steps: int) -> NoReturn:
        raise AssertionError(f"the probe trains nothing: {steps} steps of {kind}")


def examine_protections(backend: str = "bubblewrap") -> tuple[Protection, ...]:
    """Try every protection in a sandbox of its own; takes about two seconds.

    Of one that does not open there is a single line, named as the backend.
    """
    try:
        report = _probe("look", backend)
    except EnvironmentFault as fault:
        return (Protection(backend, holds=False, detail=fault.what, remedy=fault.remedy),)
    found = report.values.get(_REPORT)
    if report.verdict is not RunVerdict.COMPLETE or not isinstance(found, dict):
        return (Protection(backend, holds=False, detail=f"{report.verdict}: {report.detail}", remedy=_REMEDY),)
    doors = (_door(key, found[key], backend) for key in _DOORS)
    deeds = (_deed(key, _probe(key, backend)) for key in _DEEDS)
    return (*doors, *deeds, *([_who_limits()] if backend == "bubblewrap" else ()))


def _door(key: str, open_doors: list[str], backend: str) -> Protection:
    name, meaning = _DOORS[key]
    if not open_doors:
        return Protection(name, holds=True, detail=meaning)
    detail = f"within reach: {', '.join(open_doors)}"
    if (backend, key) in _NOT_PROMISED:
        return Protection(name, holds=False, detail=f"{detail}; {_NOT_PROMISED[backend, key]}", promised=False)
    return Protection(name, holds=False, detail=detail, remedy=_REMEDY)


def _deed(key: str, run: Run) -> Protection:
    name, due = _DEEDS[key]
    holds = run.verdict is due
    detail = f"{run.detail}: ended after {run.usage.wall_seconds:.1f} s" if holds else f"{run.verdict}: {run.detail}"
    return Protection(name, holds=holds, detail=detail, remedy="" if holds else _REMEDY)


def _who_limits() -> Protection:
    """Tell whether the kernel itself limits a jail's memory and processes, or our looks alone do."""
    place = find_place(_PROBES_LIMITS)
    if place is not None:
        return Protection("limits by the kernel", holds=True, detail=f"a control group each, below {place.memory}")
    detail = "no control group can be made here, so memory and processes are watched, ten times a second"
    return Protection("limits by the kernel", holds=False, detail=detail, remedy=_REMEDY_GROUPS, promised=False)


def _probe(deed: str, backend: str) -> Run:
    seconds = _WAITED_SECONDS[backend] if deed == "time" else _PROBES_LIMITS.notebook_seconds
    limits = _PROBES_LIMITS.model_copy(update={"notebook_seconds": seconds})
    run_spec = RunSpec(assignment="probe", variables={_REPORT: NumberShape(type="number")}, limits=limits)
    project = [_PACKAGE / "__init__.py", _PACKAGE.parent / "pyproject.toml", _PACKAGE.parent / "grading.yml"]
    hidden = [*project, Path.cwd() / "grading.yml", Path.home() / ".profile"]
    passed = {*notebook_environment(HOME, TEMPORARY, KERAS_HOME, ""), "PWD", "HOSTNAME", "USER", "LOGNAME"}
    job = Job(
        id="probe",
        student="probe",
        source="probe",
        notebook_sha256="",
        language="en",
        cells=(Cell(0, deed),),
        parameters={"hidden": [os.fspath(path) for path in hidden], "variables": sorted(passed)},
    )
    with tempfile.TemporaryDirectory() as data_home:
        return open_sandbox(backend, run_spec, Path(data_home), _ClosedDesk(), payload=_PROBE).run(job)
