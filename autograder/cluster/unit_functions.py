"""What a worker is asked to do: functions of this module, with JSON text in and JSON text out.

Dask sends the name of such a function and the text, so that no object of ours travels. They never raise: an exception
would travel as an object.
"""

from __future__ import annotations

import json

from autograder.errors import AutograderError
from autograder.remote import Unit, Workplace, fault_text, result_text

_NOT_OURS = "it was not started by `autograder worker`"


class _Here:
    """The workplace of this process; Dask calls functions, so it cannot be handed over."""

    workplace: Workplace | None = None


def offer(workplace: Workplace | None) -> None:
    """Set where this process executes units; None for a process that executes none."""
    _Here.workplace = workplace


def execute_text(sha256: str, text: str) -> str:
    """Execute the unit of a text; return the text of its result, or of why there is none.

    Args:
        sha256: The digest of the unit, for an answer that cannot be mistaken for another's.
        text: See `Unit.text`.
    """
    if _Here.workplace is None:
        return fault_text(sha256, _NOT_OURS)
    try:
        unit = Unit.parse(text)
        run, conditions = _Here.workplace.execute(unit)
        return result_text(unit, conditions, run)
    except AutograderError as error:
        return fault_text(sha256, " ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 (it must not travel)
        return fault_text(sha256, f"{type(error).__name__}: {' '.join(str(error).split())}")


def prepare_text(text: str) -> str:
    """Open the sandbox for the unit of a text, and return `{"fault": …}`: empty if this machine can execute it."""
    if _Here.workplace is None:
        return json.dumps({"fault": _NOT_OURS})
    try:
        _Here.workplace.prepare(Unit.parse(text))
    except AutograderError as error:
        return json.dumps({"fault": " ".join(str(error).split())})
    except Exception as error:  # noqa: BLE001 (likewise)
        return json.dumps({"fault": f"{type(error).__name__}: {' '.join(str(error).split())}"})
    return json.dumps({"fault": ""})
