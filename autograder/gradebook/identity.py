"""What makes the grades of a folder those of one class: the assignment, its rules, and the data that notebooks saw."""

from __future__ import annotations

import dataclasses
from typing import Literal, get_args

DataKind = Literal["real", "practice"]
DATA_KINDS = frozenset(get_args(DataKind))


@dataclasses.dataclass(frozen=True, slots=True)
class ClassIdentity:
    """Under what a class is graded.

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
        """Say what keeps grades of another kind out of this class for good; nothing where nothing does."""
        if self.assignment != other.assignment:
            return f"these results are of the assignment {self.assignment}, not of {other.assignment}"
        if self.data != other.data:
            return f"these results are of {self.data} data, not of {other.data} data"
        unwatched = [name for name, shape in other.variables.items() if self.variables.get(name) != shape]
        if unwatched:
            # Graded from what is kept, everybody's answer would be missing.
            return f"these notebooks were executed before the rubric asked for {', '.join(unwatched)} in this form"
        return ""

    def changed_rules(self, other: ClassIdentity) -> str:
        """Name the rules by which grades differ; nothing where they are the same."""
        rules = {
            "the rubric": self.rubric_sha256 != other.rubric_sha256,
            "the baseline": self.baseline_sha256 != other.baseline_sha256,
        }
        return " and ".join(rule for rule, differs in rules.items() if differs)

    def changed_versions(self, other: ClassIdentity) -> str:
        """Name the packages of other versions: `keras 3.12.0, was 3.11.3`."""
        return ", ".join(
            f"{name} {version}, was {self.versions.get(name, 'not there')}"
            for name, version in other.versions.items()
            if self.versions.get(name) != version
        )
