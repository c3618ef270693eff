"""A submission that cannot be graded, as it is told, kept and shown until its student hands in another."""

from __future__ import annotations

import dataclasses

from autograder.errors import SubmissionError


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Whose submission it is, where it stands, what is wrong with it and what mends it."""

    student: str
    source: str
    what: str
    remedy: str
    platform_id: str = ""
    """See `Job.platform_id`."""

    def __str__(self) -> str:
        return str(SubmissionError(self.what, self.source, self.remedy))
