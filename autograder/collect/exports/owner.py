"""Whose a submission is, as the level says that the instructor named."""

from __future__ import annotations

import dataclasses

from autograder.collect.naming import student_name


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """A student, or several who handed in together, with the platform's own number for them."""

    student: str
    platform_id: str = ""
    late: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """What the name of one file or folder in an export says: whose it is, and what the student called the file.

    `ends` is where the part of the name that the platform wrote about the student ends: behind it, everything may be
    the student's own.
    """

    owner: Owner
    file: str
    ends: int


def numbered(name: str, number: str, *, late: bool = False) -> Owner:
    """Return an owner called by name and number: two of the same name stay two."""
    return Owner(student_name(f"{name} ({number})"), student_name(number), late)
