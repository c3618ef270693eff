"""The part of `grading.yml` that may enter a sandbox: names, shapes, limits.

Nothing in it reveals an answer.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from autograder.rubric.paths import Strict
from autograder.rubric.variable_shapes import Shape

VariableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Limits(Strict):
    """The limits on an execution."""

    cell_seconds: PositiveFloat
    """The time limit for one cell, in seconds."""
    notebook_seconds: PositiveFloat
    """The time limit for the whole notebook, in seconds, not counting the time waiting for trainings."""
    memory_mebibytes: PositiveInt
    """The memory limit, in MiB."""
    processes: PositiveInt
    """The most processes and threads at once."""
    output_mebibytes: PositiveInt
    """The most output that the notebook may print, in MiB."""
    files_mebibytes: PositiveInt
    """The most that it may write to files, in MiB."""
    evidence_mebibytes: PositiveInt
    """The total size of all its values, in MiB."""
    orders: PositiveInt = 600
    """The most trainings, evaluations and predictions that it may order."""
    training_seconds: PositiveFloat = 2400
    """The time limit for all its trainings together, in seconds."""
    order_parameters: PositiveInt = 5_000_000
    """The most parameters of an ordered network."""
    order_mebibytes: PositiveInt = 256
    """The total size of the arrays of one order, in MiB."""


class RunSpec(Strict):
    """The part of a specification that may enter a sandbox: which variables to watch, and the limits."""

    assignment: str
    variables: dict[VariableName, Shape]
    limits: Limits

    @property
    def digest(self) -> str:
        """The SHA-256 of the whole: runs with equal digests are comparable."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
