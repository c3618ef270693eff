"""Select the value at a path of the rubric, or report why there is none."""

from __future__ import annotations

import dataclasses
import re
from typing import Literal

from autograder.records import ABSENT, JSON, Detail, Values
from autograder.rubric.codes import VALUE_DOUBTFUL
from autograder.rubric.paths import split_path

_TOLERABLE = {VALUE_DOUBTFUL: 1, ABSENT.code: 2}
_STEP = re.compile(r"[^.\[\]]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """The value at a path. `missing`: the variable was never assigned. `malformed`: it was, but in the wrong form."""

    path: str
    state: Literal["given", "missing", "malformed"]
    value: JSON = None
    fault: Detail | None = None
    """What is wrong, if malformed."""
    fault_path: str = ""
    """The path of the fault: at, above or below the selected path."""


def select(values: Values, path: str) -> Selection:
    """Return the value at `path`.

    >>> select(Values({"q07_history": {"A": {"loss": [30.0, 21.5]}}}, {}), "q07_history.A.loss[-1]").value
    21.5
    """
    name, keys, index = split_path(path)
    faults = [fault for fault in values.faults.items() if _overlap(fault[0], name, keys)]
    if faults:
        # A missing part may be filled from the student's own run, and a doubtful one decided by a person, but not if
        # another part is malformed.
        fault_path, fault = min(faults, key=lambda one: _TOLERABLE.get(one[1].code, 0))
        return Selection(path, "malformed", fault=fault, fault_path=fault_path)
    if name not in values.given:
        return Selection(path, "missing")
    value, place = values.given[name], name
    for key in keys:
        place = f"{place}.{key}"
        if not isinstance(value, dict) or key not in value:
            return Selection(path, "malformed", fault=ABSENT, fault_path=place)
        value = value[key]
    if index is not None:
        if not isinstance(value, list) or not -len(value) <= index < len(value):
            return Selection(path, "malformed", fault=ABSENT, fault_path=path)
        value = value[index]
    return Selection(path, "given", value=value)


def sound_part(values: Values, path: str) -> JSON:
    """Return the valid parts of the value at `path`, None if there are none."""
    name, keys, _ = split_path(path)
    value = values.given.get(name)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _overlap(fault_path: str, name: str, keys: tuple[str, ...]) -> bool:
    """Return whether one path contains the other. Indices are ignored: a list with a fault is faulty as a whole."""
    steps = (name, *keys)
    faulty = tuple(_STEP.findall(fault_path))
    common = min(len(steps), len(faulty))
    return steps[:common] == faulty[:common]
