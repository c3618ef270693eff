"""The identity of a class: the assignment, its rules, and the data of its notebooks."""

from __future__ import annotations

import dataclasses
from typing import Literal, get_args

DataKind = Literal["real", "practice"]
DATA_KINDS = frozenset(get_args(DataKind))


@dataclasses.dataclass(frozen=True, slots=True)
class ClassIdentity:
    """What all grades of a class have in common.

    `versions` are those of the packages that decide a notebook's numbers, `variables` what executions watch: each
    variable with its shape as JSON.
    """

    assignment: str
    data: DataKind
    rubric_sha256: str
    baseline_sha256: str
    versions: dict[str, str]
    variables: dict[str, str]

    def conflict(self, other: ClassIdentity) -> str:
        """Return why grades of another identity cannot be added to this class; empty if they can."""
        if self.assignment != other.assignment:
            return f"these results are of the assignment {self.assignment}, not of {other.assignment}"
        if self.data != other.data:
            return f"these results are of {self.data} data, not of {other.data} data"
        unwatched = [name for name, shape in other.variables.items() if self.variables.get(name) != shape]
        if unwatched:
            # In the stored evidence, every student's answer would be missing.
            return f"these notebooks were executed before the rubric asked for {', '.join(unwatched)} in this form"
        return ""

    def changed_rules(self, other: ClassIdentity) -> str:
        """Return which rules differ; empty if none."""
        rules = {
            "the rubric": self.rubric_sha256 != other.rubric_sha256,
            "the baseline": self.baseline_sha256 != other.baseline_sha256,
        }
        return " and ".join(rule for rule, differs in rules.items() if differs)

    def changed_versions(self, other: ClassIdentity) -> str:
        """Return the packages with other versions: `keras 3.12.0, was 3.11.3`."""
        return ", ".join(
            f"{name} {version}, was {self.versions.get(name, 'not there')}"
            for name, version in other.versions.items()
            if self.versions.get(name) != version
        )
