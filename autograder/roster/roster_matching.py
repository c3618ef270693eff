"""Match submissions with the people on the course list: by platform number, then by identifier, name or group.

An ambiguous match is no match: a wrong guess would give one student another's marks.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping, Sequence

from autograder.records import Account, Person, Roster, folded

_NUMBER_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_CACHED_NAMES = 2**14

Index = dict[str, dict[Person, None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """The owners of a submission: one person, or a whole group. `candidates` are the possible owners if unclear."""

    people: tuple[Person, ...] = ()
    candidates: tuple[Person, ...] = ()


class Directory:
    """An index of the course list by every identifier, name and group.

    Args:
        roster: The course list; with None, nobody is found.
    """

    def __init__(self, roster: Roster | None) -> None:
        self._by_canvas: Index = {}
        self._by_moodle: Index = {}
        self._by_identifier: Index = {}
        self._by_name: Index = {}
        self._by_group: Index = {}
        for person in roster.people if roster else ():
            for index, keys in (
                (self._by_canvas, (person.canvas,)),
                (self._by_moodle, (person.moodle,)),
                (self._by_identifier, map(str.casefold, person.identifiers)),
                (self._by_name, name_forms(person.name)),
                (self._by_group, (_letters_of(person.group),)),
            ):
                for key in filter(None, keys):
                    index.setdefault(key, {})[person] = None

    def match(self, student: str, account: Account) -> Match:
        """Return the owners of a submission.

        Args:
            student: The student's name in the gradebook: a person's, a group's, or an identifier.
            account: The student's identifiers on the platform.
        """
        name = bare_name(student)
        group = tuple(self._by_group.get(_letters_of(name), ()))
        by_number = [self._holders(account, keys) for keys in account.keys]
        if by_number and all(len(holders) == 1 for holders in by_number):
            people = tuple(dict.fromkeys(person for [person] in by_number))
            if account.platform == "gradescope" or len(people) > 1 or is_name_of(people[0].name, name):
                return Match(people)
            # A group's hand-in has the number of the member who sent it (Canvas), or one of its own (Moodle).
            return Match(group) if group else Match(candidates=people)
        if any(len(holders) > 1 for holders in by_number):
            return Match(candidates=tuple(dict.fromkeys(person for holders in by_number for person in holders)))
        named = self._named(name, account)
        if len(named) == 1 and not group:
            return Match(named)
        if group and not named:
            return Match(group)
        return Match(candidates=tuple(dict.fromkeys([*named, *group])))

    def _named(self, name: str, account: Account) -> tuple[Person, ...]:
        found = dict.fromkeys(person for form in name_forms(name) for person in self._by_name.get(form, ()))
        found |= self._by_identifier.get(name.casefold(), {})
        # A number of the platform's own that belongs to somebody else on the list is not overruled by a name.
        return tuple(person for person in found if not _contradicts(account, person))

    def _holders(self, account: Account, keys: Sequence[str]) -> dict[Person, None]:
        if account.platform == "canvas":
            return self._by_canvas.get(keys[0], {})
        if account.platform == "moodle":
            return self._by_moodle.get(keys[0], {})
        found: dict[Person, None] = {}
        for key in keys:
            found |= self._by_identifier.get(key.casefold(), {})
        return found


def match_roster(accounts: Mapping[str, Account], roster: Roster) -> dict[str, Match]:
    """Return the owners of each student's submission, by the student's name in the gradebook."""
    directory = Directory(roster)
    return {student: directory.match(student, account) for student, account in accounts.items()}


def bare_name(student: str) -> str:
    """Return a name without the number that a platform's export adds in brackets."""
    return _NUMBER_IN_BRACKETS.sub("", student)


def is_name_of(listed: str, written: str) -> bool:
    """Tell whether two ways of writing a name may be the same person's: `Lima, Ana`, `Ana Lima` and Canvas's `limaana`.

    >>> is_name_of("Lima, Ana", "ana lima"), is_name_of("Lima, Ana", "limaana"), is_name_of("Ana Lima", "Lia Mana")
    (True, True, False)
    """
    return not name_forms(listed).isdisjoint(name_forms(written))


@functools.lru_cache(_CACHED_NAMES)
def name_forms(name: str) -> frozenset[str]:
    """Return the letters of a name, in its order and with the last name before the others or behind them."""
    last, comma, first = name.partition(",")
    words = _words(name)
    forms = {"".join(words)}
    if comma:
        forms.add("".join([*_words(first), *_words(last)]))
    # Canvas writes the sortable name: by default, the last word before the others.
    elif len(words) > 1:
        forms.add("".join([words[-1], *words[:-1]]))
    return frozenset(forms) - {""}


@functools.lru_cache(_CACHED_NAMES)
def _letters_of(name: str) -> str:
    """Return a name's letters and digits in their order, which is what Canvas leaves of a group's."""
    return "".join(_words(name))


def _words(text: str) -> list[str]:
    return [word for part in folded(text).split() if (word := "".join(filter(str.isalnum, part)))]


def _contradicts(account: Account, person: Person) -> bool:
    known = {"canvas": person.canvas, "moodle": person.moodle}.get(account.platform, "")
    return bool(known) and bool(account.ids) and known not in account.ids
