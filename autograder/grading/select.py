"""From a path of the rubric to the value that stands there, or to why none does."""

from __future__ import annotations

import dataclasses
import re
from typing import Literal

from autograder.records import JSON, NOT_THERE, Values
from autograder.spec.paths import split_path

_STEP = re.compile(r"[^.\[\]]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """What stands at a path. `missing`: the variable was never given. `malformed`: it was, but not in its form."""

    path: str
    state: Literal["given", "missing", "malformed"]
    value: JSON = None
    fault: str = ""
    """What is wrong, in an English clause, if malformed."""
    fault_path: str = ""
    """Where it is wrong: at, above or below the path."""


def select(values: Values, path: str) -> Selection:
    """Return the value at `path`.

    >>> select(Values({"q07_history": {"A": {"loss": [30.0, 21.5]}}}, {}), "q07_history.A.loss[-1]").value
    21.5
    """
    name, keys, index = split_path(path)
    faults = [fault for fault in values.faults.items() if _overlap(fault[0], name, keys)]
    if faults:
        # A hole may be filled by what the student's own run gave; a wrong form beside it may not.
        fault_path, fault = next((one for one in faults if one[1] != NOT_THERE), faults[0])
        return Selection(path, "malformed", fault=fault, fault_path=fault_path)
    if name not in values.given:
        return Selection(path, "missing")
    value, place = values.given[name], name
    for key in keys:
        place = f"{place}.{key}"
        if not isinstance(value, dict) or key not in value:
            return Selection(path, "malformed", fault=NOT_THERE, fault_path=place)
        value = value[key]
    if index is not None:
        if not isinstance(value, list) or not -len(value) <= index < len(value):
            return Selection(path, "malformed", fault=NOT_THERE, fault_path=path)
        value = value[index]
    return Selection(path, "given", value=value)


def sound_part(values: Values, path: str) -> JSON:
    """Return what is left at `path` once faulty parts were left out; None if nothing is."""
    name, keys, _ = split_path(path)
    value = values.given.get(name)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _overlap(fault_path: str, name: str, keys: tuple[str, ...]) -> bool:
    """Tell whether one path contains the other. An index is not looked at: a list with a fault is faulty."""
    steps = (name, *keys)
    faulty = tuple(_STEP.findall(fault_path))
    common = min(len(steps), len(faulty))
    return steps[:common] == faulty[:common]
