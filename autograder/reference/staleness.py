"""Find stale runs: those made with another solution, other data or other versions than today's."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from autograder.reference.basis import Basis, deciding_versions


class KeptRun(Protocol):
    """A stored run of the solved notebook, with its basis."""

    @property
    def seed(self) -> int | None:
        """The requested seed; None for the notebook's own."""

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that were run; empty for all."""

    @property
    def versions(self) -> dict[str, str]:
        """The versions by package."""

    @property
    def basis(self) -> Basis | None:
        """The run's basis; None in old files."""


@dataclasses.dataclass(frozen=True, slots=True)
class Today:
    """The inputs of a run made now: a basis by seed and questions, and the versions."""

    basis: Callable[[int | None, tuple[str, ...]], Basis]
    versions: Mapping[str, str]

    def changes(self, run: KeptRun) -> tuple[str, ...]:
        """Return what changed since a run was made, in a few words each; empty if nothing relevant did."""
        return (*self.changes_of_basis(run), *self.changes_of_versions(run))

    def changes_of_basis(self, run: KeptRun) -> tuple[str, ...]:
        """Return the changes of the solution and the data."""
        was, now = run.basis, self.basis(run.seed, run.questions)
        if was is None:
            return ("it is not known which solution made them",)
        changed = []
        if was.code != now.code:
            changed.append("the solution changed")
        if was.seed != now.seed:
            changed.append(f"the notebook's seed is {now.seed} and was {was.seed}")
        if was.data != now.data:
            changed.append("the data sets changed")
        return tuple(changed)

    def changes_of_versions(self, run: KeptRun) -> tuple[str, ...]:
        """Return the changed versions of the deciding packages."""
        here = deciding_versions(self.versions)
        return tuple(
            f"{name} is {here.get(name, 'not installed')} here and was {version}"
            for name, version in deciding_versions(run.versions).items()
            if here.get(name) != version
        )


def tell_stale(changes: Iterable[tuple[str, ...]], data: str) -> str:
    """Return in one clause how many runs are stale, and why; empty if none is.

    Args:
        changes: For each run, the changes since it was made (see `Today`).
        data: The kind of data of the runs.
    """
    per_run = list(changes)
    stale = sum(map(bool, per_run))
    if not stale:
        return ""
    counts = collections.Counter(change for of_run in per_run for change in of_run)
    why = "; ".join(f"{change} ({count})" if count < stale else change for change, count in counts.items())
    return f"{stale} of {len(per_run)} reference runs on {data} data are stale: {why}"
