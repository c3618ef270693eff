"""The seed of a notebook: the integer assigned in its cell tagged `parameters`."""

from __future__ import annotations

import ast
import dataclasses
from typing import Final

from autograder.records import Job

USUAL_NAME: Final = "SEED"
"""The name of the seed if the cell assigns several numbers."""


@dataclasses.dataclass(frozen=True, slots=True)
class Seed:
    """The variable that holds the seed, its value in the notebook, and the cell's text around that value."""

    name: str
    value: int
    before: str
    after: str


def find_seed(job: Job) -> Seed | None:
    """Return the seed that a notebook sets; None if no cell is tagged, or the tagged cell sets none."""
    source = next((cell.source for cell in job.cells if cell.index == job.parameters_cell), "")
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return None
    found = [seed for statement in statements if (seed := _seed_of(statement, source)) is not None]
    if len(found) > 1:
        found = [seed for seed in found if seed.name.upper() == USUAL_NAME]
    return found[0] if len(found) == 1 else None


def _seed_of(statement: ast.stmt, source: str) -> Seed | None:
    """Return the seed in a statement like `SEED = 21`."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(number)) as value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=int(number)) as value):
            pass
        case _:
            return None
    if isinstance(number, bool) or value.end_col_offset is None:
        return None
    lines = source.splitlines(keepends=True)
    line = lines[value.lineno - 1].encode()
    before = "".join(lines[: value.lineno - 1]) + line[: value.col_offset].decode()
    after = line[value.end_col_offset :].decode() + "".join(lines[value.lineno :])
    return Seed(name, number, before, after)
