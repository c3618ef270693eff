"""What a sandbox promises, and what it asks of the store of known trainings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from autograder.records import JSON, Job, Run

Observe = Callable[[str, int, int], None]
"""Called with a job's id, the number of cells that have ended, and the number of cells in all."""


def ignore_progress(job_id: str, done: int, total: int) -> None:
    """Observe nothing."""


class Sandbox(Protocol):
    """Executes notebooks where they can harm nobody and see nothing that they may not."""

    @property
    def name(self) -> str:
        """The backend's name, as a Run tells it."""
        ...

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """Execute a notebook; a Run comes of it whatever the notebook does."""
        ...


class KnownTrainings(Protocol):
    """Results of trainings by fingerprint. It stands outside every sandbox; only trusted runs write to it."""

    def get(self, fingerprint: str) -> JSON | None:
        """Return what is known of a training, None if nothing is."""
        ...

    def put(self, fingerprint: str, result: JSON) -> None:
        """Keep what came of a training."""
        ...
