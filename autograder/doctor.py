"""Say what this machine can and cannot do, by trying it: sandbox, data, packages, baseline, room."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import shutil
from pathlib import Path

from autograder.assignment import Assignment, open_assignment
from autograder.datasets import find_real
from autograder.errors import AutograderError
from autograder.sandbox import BACKENDS, automatic_backends, examine_protections

_PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "otter-grader")
_ROOM_BYTES = 2 * 2**30
_MEBIBYTE = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One thing that holds on this machine or does not, and how to get it; what is not `needed` hinders no grading."""

    name: str
    holds: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def examine_machine(config: Path) -> tuple[Check, ...]:
    """Try everything that grading needs. Takes a few seconds: each protection of the sandbox is really tried."""
    checks = [*_packages(), *_protections(), _real_data(), _room()]
    try:
        assignment = open_assignment(config)
    except AutograderError as error:
        return (*checks, Check("rubric", holds=False, detail=str(error)))
    return (
        *checks,
        Check("rubric", holds=True, detail=f"{config}: {len(assignment.specification.questions)} questions"),
        _memory(assignment),
        *(_baseline(assignment, data) for data in ("real", "practice")),
    )


def _packages() -> list[Check]:
    checks = []
    for name in _PACKAGES:
        try:
            checks.append(Check(name, holds=True, detail=importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            checks.append(Check(name, holds=False, detail="not installed", remedy="make setup"))
    return checks


def _protections() -> list[Check]:
    """Try every backend: `auto` takes the first that opens, whatever it promises; the others are good to know."""
    examined = {name: examine_protections(name) for name in BACKENDS}
    tried = automatic_backends()
    used = next((name for name in tried if examined[name][0].name != name), tried[0])
    return [
        Check(
            f"{'sandbox' if name == used else name}: {one.name}",
            one.holds,
            one.detail,
            one.remedy,
            needed=name == used and one.promised,
        )
        for name, protections in examined.items()
        for one in protections
    ]


def _real_data() -> Check:
    found, faults = find_real()
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
    return Check("memory", holds=memory > limit, detail=detail, remedy="lower limits.memory_mebibytes in grading.yml")


def _baseline(assignment: Assignment, data: str) -> Check:
    try:
        baseline = assignment.baseline(data)
    except AutograderError as error:
        return Check(f"baseline, {data} data", holds=False, detail=error.what, remedy=error.remedy)
    known = len(assignment.known_trainings(data))
    detail = f"{len(baseline.runs)} reference runs, {known} known trainings, evaluations and predictions"
    return Check(f"baseline, {data} data", holds=True, detail=detail)
