"""Match marks with user numbers, for platforms that take marks by user instead of a sheet."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence

from autograder.export.marks import Mark
from autograder.export.outcome import Held
from autograder.records import Person, Roster
from autograder.roster import Directory


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """A mark and the user's number; `by_list`: the number comes from the course list."""

    mark: Mark
    number: str
    by_list: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Recipients:
    """The marks to send, those that are held, and the students without a known user."""

    users: tuple[User, ...]
    held: tuple[Held, ...]
    unmatched: tuple[Held, ...]


def find_recipients(
    marks: Sequence[Mark], roster: Roster | None, number_of: Callable[[Person], str], *, canvas_numbers: bool
) -> Recipients:
    """Find the user of each mark; if two marks have the same user, neither is sent.

    Args:
        marks: The class's.
        roster: The course list.
        number_of: Returns a person's number on the platform by the course list; empty if unknown.
        canvas_numbers: Whether user numbers from Canvas's exports may be used as well.
    """
    found: list[User] = []
    unmatched: list[Held] = []
    directory = Directory(roster)
    for mark in marks:
        match = directory.match(mark.student, mark.account)
        numbers = [number_of(person) for person in match.people]
        by_list = any(numbers)
        if canvas_numbers and mark.account.platform == "canvas" and not by_list and len(match.people) <= 1:
            # A group's submission carries the number of one member only.
            numbers = list(mark.account.ids)
        found += [User(mark, number, by_list) for number in numbers if number]
        if match.candidates:
            what = f"may be any of {len(match.candidates)} people on the course list"
            unmatched.append(Held(mark.student, what))
        elif not numbers or not all(numbers):
            unmatched.append(Held(mark.student, "no number for this platform is known (course list: --roster)"))
    matches = Counter(user.number for user in found)
    unmatched += [
        Held(user.mark.student, f"user {user.number} has {matches[user.number]} marks")
        for user in found
        if matches[user.number] > 1
    ]
    alone = [user for user in found if matches[user.number] == 1]
    held = [Held(user.mark.student, user.mark.held) for user in alone if user.mark.held]
    return Recipients(tuple(user for user in alone if not user.mark.held), tuple(held), tuple(unmatched))
