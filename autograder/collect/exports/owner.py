"""The owner of a submission, as stated by the level that the instructor named."""

from __future__ import annotations

import dataclasses

from autograder.collect.naming import student_name
from autograder.records import UNKNOWN, Account, Platform


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """A student or group, their identifiers on the platform, and how many days late they submitted."""

    student: str
    account: Account = UNKNOWN
    days_late: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class StatedOwner:
    """What the name of a file or folder in an export states: its owner, and the student's own file name.

    `ends` is the index where the platform's part of the name ends; the student may have chosen everything after it.
    """

    owner: Owner
    file: str
    ends: int


def numbered(name: str, number: str, platform: Platform, days_late: int = 0) -> Owner:
    """Return an owner named with name and number, so that namesakes stay distinct."""
    return Owner(student_name(f"{name} ({number})"), Account(platform, (student_name(number),)), days_late)
