"""A submission that cannot be read: the error where it is found, and the record until its student hands in another."""

from __future__ import annotations

import dataclasses

from autograder.errors import AutograderError
from autograder.records.account import UNKNOWN, Account
from autograder.records.detail import Detail


class SubmissionError(AutograderError):
    """A submission cannot be read at all; the batch goes on without it.

    Args:
        fault: Why, with a code that begins with `refused.`; `report` knows its sentence and the remedy.
        where: The file or folder; empty if there is none.
    """

    def __init__(self, fault: Detail, where: str = "") -> None:
        super().__init__(str(fault), where)
        # `args` is what pickle calls the class with: it must name every parameter.
        self.args = (fault, where)
        self.fault = fault


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """The student, the source, and why it cannot be graded (see `SubmissionError.fault`)."""

    student: str
    source: str
    fault: Detail
    account: Account = UNKNOWN
    """See `Job.account`."""
