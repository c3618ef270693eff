"""The course list (roster): everybody who takes the course, as the instructor's file says it."""

from __future__ import annotations

import dataclasses
from collections import Counter

from autograder.records.names import folded


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """One person on the course list. Fields that the list does not have are empty, or None.

    Args:
        name: The full name.
        identifiers: Student number, login, e-mail address: anything that identifies one person, on any platform.
        canvas: The user's number on Canvas.
        moodle: The participant's number on Moodle, which differs between assignments.
        lti: The user id that an LTI platform gives to its tools.
        group: The group with which this person hands in.
        section: The section of the course.
        days_late: How many days late this person's submission is, if the instructor says so.
    """

    name: str
    identifiers: tuple[str, ...] = ()
    canvas: str = ""
    moodle: str = ""
    lti: str = ""
    group: str = ""
    section: str = ""
    days_late: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Roster:
    """Everybody on the course list, in its order."""

    people: tuple[Person, ...] = ()

    def label(self, person: Person) -> str:
        """Return the name for tables, with an identifier behind it if several people have that name."""
        counts = Counter(folded(one.name) for one in self.people)
        known = next(filter(None, (*person.identifiers, person.canvas, person.moodle, person.lti)), "")
        if counts[folded(person.name)] == 1 or not known:
            return person.name
        return f"{person.name} ({known})"
