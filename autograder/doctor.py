"""Test what this machine can and cannot do: sandbox, data, packages, baseline, disk, memory."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import shutil
from pathlib import Path

from autograder.assignment import Assignment, open_assignment
from autograder.datasets import find_real, has_practice
from autograder.errors import AutograderError
from autograder.orders import instructions
from autograder.report import in_english
from autograder.sandbox import BACKENDS, automatic_backends, examine_protections

_PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "otter-grader")
_ROOM_BYTES = 2 * 2**30
_MEBIBYTE = 2**20
_WARM_BACKEND = "bubblewrap"
"""The backend that can fork notebooks from a warm process."""

_MISSING = "not installed"


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One check of this machine, with a remedy if it fails; grading works without those that are not `needed`."""

    name: str
    holds: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def examine_machine(config: Path) -> tuple[Check, ...]:
    """Test everything that grading needs. This takes a few seconds, as each protection of the sandbox is tried."""
    checks = [*_packages(), *_protections(config), _room()]
    try:
        assignment = open_assignment(config)
    except AutograderError as error:
        return (*checks, Check("rubric", holds=False, detail=str(error)))
    return (
        *checks,
        Check("rubric", holds=True, detail=f"{config}: {len(assignment.specification.questions)} questions"),
        _memory(assignment),
        *([_real_data(assignment)] if assignment.data else []),
        *(check(assignment, data) for data in _kinds(assignment) for check in (_baseline, _known_trainings)),
    )


def _packages() -> list[Check]:
    versions = {name: _version(name) for name in _PACKAGES}
    return [
        Check(name, holds=version != _MISSING, detail=version, remedy="" if version != _MISSING else "make setup")
        for name, version in versions.items()
    ]


def _protections(rubric: Path) -> list[Check]:
    """Test every backend. `auto` takes the first one that opens; the others are informative."""
    secrets = [rubric.resolve()] if rubric.exists() else []
    examined = {name: examine_protections(name, secrets) for name in BACKENDS}
    tried = automatic_backends()
    used = next((name for name in tried if examined[name][0].name != name), tried[0])
    named = {"sandbox" if name == used else name: protections for name, protections in examined.items()}
    if used == _WARM_BACKEND and examined[used][0].name != used:
        named["sandbox, warm"] = examine_protections(used, secrets, warm=True)
    return [
        Check(
            f"{name}: {one.name}",
            one.holds,
            ": ".join(filter(None, [in_english(one.ended), one.detail])),
            one.remedy,
            needed=name.startswith("sandbox") and one.promised,
        )
        for name, protections in named.items()
        for one in protections
    ]


def _kinds(assignment: Assignment) -> tuple[str, ...]:
    return ("real", "practice") if has_practice(assignment.data) else ("real",)


def _real_data(assignment: Assignment) -> Check:
    found, faults = find_real(assignment.data)
    if found:
        return Check("real data", holds=True, detail=str(found.path / "datasets"))
    return Check("real data", holds=False, detail=faults[0], remedy="autograder data --fetch, or set KERAS_HOME")


def _room() -> Check:
    free = shutil.disk_usage(".").free
    detail = f"{free / 2**30:.1f} GiB free on the disk"
    return Check("disk", holds=free >= _ROOM_BYTES, detail=detail, remedy="make room: 2 GiB are enough for a class")


def _memory(assignment: Assignment) -> Check:
    """Compare the machine's memory with what one notebook may use."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MEBIBYTE
    limit = assignment.specification.limits.memory_mebibytes
    detail = f"{memory:,} MiB, a notebook may use {limit:,}; {os.cpu_count()} cores"
    return Check("memory", holds=memory > limit, detail=detail, remedy="lower limits.memory_mebibytes in the rubric")


def _baseline(assignment: Assignment, data: str) -> Check:
    try:
        baseline = assignment.baseline(data)
    except AutograderError as error:
        return Check(f"baseline, {data} data", holds=False, detail=error.what, remedy=error.remedy)
    return Check(f"baseline, {data} data", holds=True, detail=f"{len(baseline.runs)} reference runs")


def _known_trainings(assignment: Assignment, data: str) -> Check:
    """Count the recorded trainings, evaluations and predictions that will be recognised on this machine.

    An order's key (initial weights, data, settings, versions) was equal on every processor tested with
    `benchmarks/processors.py`.
    """
    name, remedy = f"known trainings, {data} data", "autograder calibrate --ways"
    try:
        made = list(assignment.known_trainings(data).made())
    except AutograderError as error:
        return Check(name, holds=False, detail=str(error), remedy=error.remedy)
    if not made:
        return Check(name, holds=False, detail="none: everything is trained once", remedy=remedy, needed=False)
    packages = sorted({package for one in made for package in one.versions})
    here = {package: _version(package) for package in packages}
    expected = sum(dict(one.versions) == here for one in made)
    versions = ", ".join(f"{package} {version}" for package, version in here.items())
    alike = sum(one.instructions == instructions() for one in made)
    detail = (
        f"{expected} of {len(made)} were recorded with {versions}, as here, and will be known; "
        f"{alike} with this processor's instructions: trained here, the others would differ in their last digits"
    )
    return Check(name, holds=expected == len(made), detail=detail, remedy=remedy, needed=False)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return _MISSING
