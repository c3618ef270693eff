"""A submission that cannot be graded, recorded until its student hands in another."""

from __future__ import annotations

import dataclasses

from autograder.errors import SubmissionError
from autograder.records.account import UNKNOWN, Account


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """The student, the source, the fault and the remedy."""

    student: str
    source: str
    what: str
    remedy: str
    account: Account = UNKNOWN
    """See `Job.account`."""

    def __str__(self) -> str:
        return str(SubmissionError(self.what, self.source, self.remedy))
