"""Confere o seu notebook antes da entrega. Check your notebook before you hand it in.

No notebook, as células que usam `own_check` fazem isso. Um arquivo salvo: `python -m own_check notebook.ipynb`.
In the notebook, the cells that use `own_check` do it. A saved file: `python -m own_check notebook.ipynb`.

It checks the form of the answers and compares the trainings with what the statement asks for. It knows no answer.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping
from typing import Any

from .answer_form import form_lines, plain
from .check_words import WORDS
from .observing import observe
from .stated_trainings import training_lines

REQUEST = pathlib.Path(__file__).with_name("request.json")
"""What is asked for: the language, the form of each answer, and what the statement says of each training."""

_EVIDENCE = "application/vnd.autograder.evidence+json"


def watch() -> None:
    """Observe the trainings of Keras from now on; numbers and random states stay as they are."""
    request = _request()
    if request is not None and request["trainings"]:
        observe()


def report(variables: Mapping[str, Any]) -> None:
    """Print what is missing, what has the wrong form, and which trainings differ from the statement.

    Args:
        variables: The notebook's variables: `globals()`.
    """
    request = _request()
    words = WORDS["pt-BR" if request is None else request["language"]]
    lines = [words["title"]]
    if request is None:
        lines.append(words["no_form"])
    else:
        values = {name: plain(variables.get(name)) for shapes in request["questions"].values() for name in shapes}
        lines += form_lines(request["questions"], values, words)
        lines += training_lines(request["trainings"], values, words)
    print("\n".join([*lines, words["no_promise"]]))


def check_file(path: str) -> bool:
    """Print the same of a saved notebook, as far as its last cell kept the values; return whether nothing is wrong."""
    request = _request()
    words = WORDS["pt-BR" if request is None else request["language"]]
    values = _kept_values(path)
    if request is None or values is None:
        print(words["no_form" if request is None else "not_kept"])
        return False
    lines = form_lines(request["questions"], values, words)
    last = [words["file_only"]] if request["trainings"] else []
    print("\n".join([words["title"], *lines, *last, words["no_promise"]]))
    return len(lines) == 1


def _request() -> dict[str, Any] | None:
    try:
        request: dict[str, Any] = json.loads(REQUEST.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return request


def _kept_values(path: str) -> dict[str, Any] | None:
    """Return the values that the last cell of a saved notebook kept; None if there are none."""
    try:
        cells = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        kept = [output["data"][_EVIDENCE]["variables"] for output in outputs if _EVIDENCE in output.get("data", {})]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return kept[-1] if kept and isinstance(kept[-1], dict) else None
