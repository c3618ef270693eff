"""Write evidence as a notebook of plain literals, which Otter can execute without running a student's code.

Each watched variable is assigned a literal in its own cell; `_evidence` holds the rest (the journal, the faults, the
saved values) as JSON text. Each value occurs only once, so that Otter's tests judge what they see.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

from autograder.errors import UsageError
from autograder.otter.notebooks import make_notebook
from autograder.records import JSON, Evidence, RunVerdict, from_json, to_json

EVIDENCE_NAME = "_evidence"
DATA_NAME = "_data"
"""Names the baseline that the values are compared with: that of `real` or of `practice` data."""
_TITLE = "Values that a sandbox collected. Nothing here was written by a student, and nothing here computes."


def values_notebook(evidence: Evidence, data: str = "real") -> NotebookNode:
    """Return a notebook of literals that holds all of `evidence`; equal evidence gives equal notebooks.

    Args:
        evidence: What a sandbox collected.
        data: `real` or `practice`: the data sets that the notebook ran on.

    Raises:
        UsageError: The run failed because of the grader, so Otter could only give a false zero.
    """
    if evidence.run_verdict is RunVerdict.INTERNAL:
        raise UsageError(
            f"the run ended INTERNAL, which is no grade: {evidence.run_detail}",
            evidence.student,
            "grade the submission again",
        )
    given = evidence.executed.given
    rest = dataclasses.replace(evidence, executed=dataclasses.replace(evidence.executed, given={}))
    sources = [_assignment(name, given[name]) for name in sorted(given)]
    sources.append("\n".join((_assignment(DATA_NAME, data), _assignment(EVIDENCE_NAME, to_json(rest)))))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return make_notebook(_TITLE, sources, {"kernelspec": kernel})


def read_values(notebook: NotebookNode) -> dict[str, JSON]:
    """Return the variables of a values notebook without executing it.

    Raises:
        UsageError: A cell holds anything but assignments of literals to names.
    """
    values: dict[str, JSON] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for statement in ast.parse(cell.source).body:
                try:
                    name, value = _read_assignment(statement)
                except ValueError as error:
                    place = f"cell {cell.id}, line {statement.lineno}"
                    raise UsageError("not an assignment of a literal", place, "make the notebook anew") from error
                values[name] = value
    return values


def evidence_of(environment: Mapping[str, object], names: Iterable[str]) -> Evidence:
    """Restore evidence from the variables of a values notebook.

    Args:
        environment: The variables after the notebook ran.
        names: The variables that the rubric watches; any other is ignored.

    Raises:
        UsageError: The notebook is not a values notebook: it holds no evidence.
    """
    text = environment.get(EVIDENCE_NAME)
    if not isinstance(text, str):
        raise UsageError(f"the notebook holds no {EVIDENCE_NAME}", remedy="score a notebook that values_notebook made")
    rest = from_json(Evidence, text)
    given = {name: environment[name] for name in names if name in environment}
    return dataclasses.replace(rest, executed=dataclasses.replace(rest.executed, given=given))


def _assignment(name: str, value: JSON) -> str:
    # `!a` writes JSON values exactly as Python literals on one line: no student's text can end a string early, start
    # a magic, or inject a line.
    return f"{name} = {value!a}"


def _read_assignment(statement: ast.stmt) -> tuple[str, JSON]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
    raise ValueError(type(statement).__name__)
