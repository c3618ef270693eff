"""A run as text that comes back from another machine, and everything that it must not be.

Whoever executed the job can claim what they like of that one notebook. They can do nothing else: the text is bounded,
belongs to one job by its digest, and is read as strictly as what comes from a sandbox; `evidence` examines it next.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any, Final

import pydantic

from autograder.errors import EnvironmentFault, WireError
from autograder.records import CellOutcome, Detail, Run, is_known, shown
from autograder.remote.conditions import MachineConditions, differences
from autograder.remote.job_file import Unit
from autograder.sandbox import BACKENDS
from autograder.sandbox.conversation import (
    MAXIMUM_ELEMENTS,
    MAXIMUM_FIGURES,
    MAXIMUM_NAMES,
    MAXIMUM_REMARKS,
    MAXIMUM_VERSIONS,
    count_elements,
)
from autograder.sandbox.limits import MEBIBYTE
from autograder.sandbox.message_fields import MAXIMUM_TEXT
from autograder.sandbox.supervise import OUTPUT_TAIL_BYTES
from autograder.wire import MAXIMUM_DEPTH, parse_json

RESULT_SUFFIX: Final = ".evidence.json"

_FORMAT = 1
_KEYS = {"format", "job_sha256", "conditions", "run"}
_FAULT_KEYS = {"format", "job_sha256", "fault"}
_OUTER_LEVELS = 2
"""How much deeper a value lies here than in a sandbox's message."""
_JOURNAL_BYTES = 64 * MEBIBYTE
_MOST_FAULTS = 100
_MOST_ENTRIES = 2_000
_LONGEST_FAULT = 500

_RUN = pydantic.TypeAdapter(Run)
_CONDITIONS = pydantic.TypeAdapter(MachineConditions)


def result_text(unit: Unit, conditions: MachineConditions, run: Run) -> str:
    """Return the text of a run, bound to its unit."""
    content = {
        "format": _FORMAT,
        "job_sha256": unit.sha256,
        "conditions": dataclasses.asdict(conditions),
        "run": _RUN.dump_python(run, mode="json"),
    }
    return json.dumps(content, allow_nan=False, separators=(",", ":"))


def fault_text(sha256: str, what: str) -> str:
    """Return the text that says why a machine could not execute a unit."""
    return json.dumps({"format": _FORMAT, "job_sha256": sha256, "fault": what[:_LONGEST_FAULT]})


def largest_result_bytes(unit: Unit) -> int:
    """Return the limit of a result's text: values and journal, written as JSON again."""
    return 4 * unit.run_spec.limits.evidence_mebibytes * MEBIBYTE + _JOURNAL_BYTES


def read_result(unit: Unit, text: str | bytes, *, backends: tuple[str, ...] = BACKENDS) -> Run:
    """Read a result, distrusting all of it.

    Args:
        unit: What was to be executed.
        text: What came back.
        backends: The sandboxes in which it may have been executed.

    Raises:
        WireError: It is not a result, or not one of this unit under these conditions.
        EnvironmentFault: The machine says why it could not execute the unit.
    """
    if len(text) > (most := largest_result_bytes(unit)):
        raise WireError(f"a result of {len(text):,} bytes exceeds {most:,}")
    content = parse_json(text, MAXIMUM_DEPTH + _OUTER_LEVELS)
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise WireError("not a result of this version")
    if content.get("job_sha256") != unit.sha256:
        raise WireError("the result of another job: its digest is not this one's")
    if content.keys() == _FAULT_KEYS and isinstance(content["fault"], str):
        raise EnvironmentFault(f"another machine could not execute it: {shown(content['fault'], _LONGEST_FAULT)}")
    if content.keys() != _KEYS:
        raise WireError("a result without its run and the conditions of it alone")
    conditions = _parse(_CONDITIONS, content["conditions"], "conditions")
    if differing := differences(unit.conditions, conditions):
        raise WireError(f"executed with {shown('; '.join(differing), _LONGEST_FAULT)}")
    run: Run = _parse(_RUN, content["run"], "run")
    for fault in (*_faults(unit, run, backends), *_excesses(run)):
        raise WireError(f"not a run of this job: {fault}")
    return run


def _parse(adapter: pydantic.TypeAdapter[Any], plain: Any, what: str) -> Any:
    try:
        # From JSON text: pydantic's strict mode accepts a list for a tuple in JSON only.
        return adapter.validate_json(json.dumps(plain), strict=True)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(shown(part, 40) for part in first["loc"])
        raise WireError(f"its {what} cannot be read: {place}: {shown(first['msg'], 120)}") from None


def _faults(unit: Unit, run: Run, backends: tuple[str, ...]) -> Iterator[str]:
    """Yield what no sandbox of ours would have said of this job."""
    if run.job_id != unit.id:
        yield "another job's name"
    if run.backend not in backends:
        yield f"executed in {shown(run.backend)!r}, not in {', '.join(backends)}"
    if [cell.index for cell in run.cells] != [cell.index for cell in unit.cells]:
        yield "other cells"
    yield from (fault for cell in run.cells for fault in _cell_faults(cell))
    if run.values.keys() - unit.run_spec.variables.keys():
        yield "values of variables that are not watched"
    if any(not math.isfinite(number) or number < 0 for number in dataclasses.astuple(run.usage)):
        yield "an impossible usage"
    if not all(map(is_known, (*run.faults, *_some(run.detail)))):
        yield "an unknown reason"


def _excesses(run: Run) -> Iterator[str]:
    """Yield of what there is more than a sandbox of ours would have let through."""
    if sum(map(count_elements, (run.values, *run.figures))) > MAXIMUM_ELEMENTS:
        yield "too many values"
    if len(run.figures) > MAXIMUM_FIGURES or max(map(len, (run.trainings, run.evaluations, run.loops))) > _MOST_ENTRIES:
        yield "too long a journal"
    if len(run.versions) > MAXIMUM_VERSIONS or any(len(text) > MAXIMUM_TEXT for text in _texts(run)):
        yield "too long a text"
    if len(run.output_tail) > OUTPUT_TAIL_BYTES:
        yield "too long an output"
    if len(run.faults) > _MOST_FAULTS:
        yield "too many faults"


def _texts(run: Run) -> Iterator[str]:
    yield from run.versions
    yield from run.versions.values()
    yield from (cell.error for cell in run.cells)


def _cell_faults(cell: CellOutcome) -> Iterator[str]:
    if not math.isfinite(cell.seconds) or cell.seconds < 0:
        yield "an impossible time"
    if len(cell.remarks) > MAXIMUM_REMARKS or not all(map(is_known, (*cell.remarks, *_some(cell.detail)))):
        yield "an unknown reason in a cell"
    if len(cell.unassigned) > MAXIMUM_NAMES or any(shown(name) != name for name in cell.unassigned):
        yield "names that no cell would have bound"


def _some(detail: Detail | None) -> tuple[Detail, ...]:
    return () if detail is None else (detail,)
