"""The half of `grading.yml` that may enter a sandbox: names, shapes, limits.

Nothing in it can be traced back to an answer.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from autograder.spec.paths import Strict
from autograder.spec.shapes import Shape

VariableName = Annotated[str, Field(pattern=r"^q\d\d_[a-z][a-z0-9_]*$")]


class Limits(Strict):
    """What an execution may use."""

    cell_seconds: PositiveFloat
    notebook_seconds: PositiveFloat
    memory_mebibytes: PositiveInt
    processes: PositiveInt
    output_mebibytes: PositiveInt
    files_mebibytes: PositiveInt
    evidence_mebibytes: PositiveInt
    orders: PositiveInt = 600
    training_seconds: PositiveFloat = 2400
    order_parameters: PositiveInt = 5_000_000
    order_mebibytes: PositiveInt = 256


class RunSpec(Strict):
    """The part of a specification that may enter a sandbox: which variables to watch, and the limits."""

    assignment: str
    variables: dict[VariableName, Shape]
    limits: Limits

    @property
    def digest(self) -> str:
        """SHA-256 of the whole: two runs under equal digests are comparable."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
