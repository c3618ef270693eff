"""Determine the owner of everything at the level that the instructor named, or why it is not a submission.

The content of a submission never decides whose it is. Everything at the level is accounted for: either as a source,
which leads to a grade or a refusal, or as a line that explains why it is not a submission.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from autograder.collect.exports import (
    METADATA,
    Export,
    Named,
    Owner,
    StatedOwner,
    read_owners,
    recognise,
    stated_owners,
)
from autograder.collect.file_kinds import (
    could_be_hand_in,
    is_checkpoint,
    is_copy_of_own_name,
    is_notebook,
    is_other_archive,
    is_own_name,
    person_part,
    speaks_of_all,
)
from autograder.collect.listing import Entry, Listing, list_archive
from autograder.collect.naming import readable, student_name
from autograder.errors import UsageError
from autograder.records import Detail, SubmissionError

_PLATFORM_NAMES: Mapping[Named, str] = {"canvas": "Canvas", "moodle": "Moodle"}


@dataclasses.dataclass(frozen=True, slots=True)
class SubmissionSource:
    """One file or folder of a student, or all files of one submission in an export.

    `place` names it in messages. `fault` says why nothing in it can be graded. `perhaps_a_class`: if it contains more
    than one notebook, the instructor may have named a class.
    """

    owner: Owner
    place: str
    entries: tuple[Entry, ...] = ()
    fault: Detail | None = None
    perhaps_a_class: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class NotSubmission:
    """A file or folder that is not a submission, and why."""

    source: str
    why: str

    def __str__(self) -> str:
        return f"{self.source}: {self.why}"


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """A listing of what the instructor named, and how to read it.

    `container` names the student of a notebook that has the assignment's own name. `named` means that the instructor
    named these files and folders individually, so none of them is a class.
    """

    listing: Listing
    container: str
    assignment_name: str
    export: Export = "auto"
    named: bool = False

    def place(self, name: str) -> str:
        """Return a name of the top level for messages."""
        return str(Path(self.listing.source) / readable(Path(name)))


def find_sources(level: Level) -> list[SubmissionSource | NotSubmission]:
    """Return everything at a level with its owner.

    Raises:
        UsageError: It is not the export given by --export, or Gradescope's list is none.
        SubmissionError: Gradescope's list cannot be read.
    """
    by_name: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in level.listing.entries:
        by_name[entry.parts[0]].append(entry)
    if _is_gradescope(level):
        return list(_gradescope(level, by_name))
    if level.export == "gradescope":
        raise UsageError(f"there is no {METADATA}", level.listing.source, "name the folder that holds it")
    platform, owners = _stated_owners(level)
    if platform is None:
        return list(_folder(level, by_name))
    if not owners:
        what = f"no name in it has the form of an export of {_PLATFORM_NAMES[platform]}"
        raise UsageError(what, level.listing.source, "name the folder or the zip of the export itself")
    return list(_by_owner(level, by_name, owners, _PLATFORM_NAMES[platform]))


def is_export(level: Level) -> bool:
    """Return whether a level is a platform's export."""
    return _is_gradescope(level) or _stated_owners(level)[0] is not None


def _stated_owners(level: Level) -> tuple[Named | None, Mapping[str, StatedOwner]]:
    if level.export == "auto":
        return recognise(level.listing.names)
    if level.export in {"canvas", "moodle"}:
        return level.export, stated_owners(level.listing.names, level.export)
    return None, {}


def _is_gradescope(level: Level) -> bool:
    """Recognise a Gradescope export by the list at its top level."""
    listing = level.listing
    return level.export in {"auto", "gradescope"} and METADATA in listing.names and METADATA not in listing.folders


def _gradescope(level: Level, by_name: Mapping[str, list[Entry]]) -> Iterator[SubmissionSource | NotSubmission]:
    place = level.place(METADATA)
    [listed] = by_name[METADATA]
    if listed.fault:
        raise SubmissionError(listed.fault, place)
    owners = read_owners(listed.read(), place)
    for name, owner in owners.items():
        if name in level.listing.names:
            yield SubmissionSource(owner, level.place(name), tuple(by_name.get(name, ())))
        else:
            yield SubmissionSource(owner, level.place(name), fault=Detail("refused.not_exported"))
    for name in level.listing.names:
        if name != METADATA and name not in owners:
            yield from _unowned(level, name, by_name, Detail("refused.unlisted"))


def _by_owner(
    level: Level, by_name: Mapping[str, list[Entry]], owners: Mapping[str, StatedOwner], platform: str
) -> Iterator[SubmissionSource | NotSubmission]:
    """Group what an export has of each student: files, text entries, pages with an address."""
    together: defaultdict[str, list[Entry]] = defaultdict(list)
    first: dict[str, str] = {}
    days_late: defaultdict[str, int] = defaultdict(int)
    for name, stated in owners.items():
        student = stated.owner.student
        first.setdefault(student, name)
        days_late[student] = max(days_late[student], stated.owner.days_late)
        bare = name not in level.listing.folders and stated.file
        together[student] += (
            dataclasses.replace(entry, parts=(stated.file,)) if bare else entry for entry in by_name.get(name, ())
        )
    for student, entries in together.items():
        owner = dataclasses.replace(owners[first[student]].owner, days_late=days_late[student])
        yield SubmissionSource(owner, level.place(first[student]), tuple(entries))
    for name in level.listing.names:
        if name not in owners:
            yield from _unowned(level, name, by_name, Detail.of("refused.no_export_name", platform=platform))


def _unowned(
    level: Level, name: str, by_name: Mapping[str, list[Entry]], why: Detail
) -> Iterator[SubmissionSource | NotSubmission]:
    entries = by_name.get(name, [])
    passed_over = _is_no_submission(level, name, entries)
    if passed_over is not None:
        yield from passed_over
    else:
        owner = Owner(student_name(name if name in level.listing.folders else person_part(name)))
        yield SubmissionSource(owner, level.place(name), fault=why)


def _folder(level: Level, by_name: Mapping[str, list[Entry]]) -> Iterator[SubmissionSource | NotSubmission]:
    """Read a folder of notebooks or folders named by student."""
    listing = level.listing
    is_alone = len(listing.names) == 1
    is_asked_for = level.named and is_alone
    perhaps_a_class = level.named or is_alone
    for name in listing.names:
        entries = by_name.get(name, [])
        place = level.place(name)
        if name not in listing.folders:
            passed_over = None if is_asked_for else _is_no_submission(level, name, entries)
            if passed_over is not None:
                yield from passed_over
                continue
            yield SubmissionSource(Owner(_owner(level, name)), place, tuple(entries), perhaps_a_class=perhaps_a_class)
            if is_asked_for and any(entry.unzip and _holds_other_work(entry) for entry in entries):
                yield NotSubmission(place, "taken for one student's: if it is a class, add --export folder")
        elif _looks_like_export(entries):
            yield SubmissionSource(Owner(student_name(name)), place, fault=Detail("refused.a_class"))
        elif is_asked_for or not any(map(is_notebook, listing.names)) or _is_work(name, entries):
            # Among folders only, one without a notebook belongs to a student who handed in something else, or nothing.
            yield SubmissionSource(Owner(student_name(name)), place, tuple(entries), perhaps_a_class=perhaps_a_class)
        else:
            yield NotSubmission(place, "a folder without a notebook, beside notebooks")


def _holds_other_work(packed: Entry) -> bool:
    """Return whether a zip contains, besides its notebook, files that could be submissions, as a class's would."""
    try:
        inside = list_archive(packed.unzip()) if packed.unzip and not packed.fault else None
    except SubmissionError:
        # It is refused where it is read.
        return False
    names = () if inside is None else (name for name in inside.names if name not in inside.folders)
    return any(could_be_hand_in(name) and not is_notebook(name) for name in names)


def _looks_like_export(entries: list[Entry]) -> bool:
    """Recognise an export one level below the named folder, which would look like one student with many notebooks."""
    _, owners = recognise({entry.parts[1] for entry in entries if len(entry.parts) > 1})
    return len({stated.owner.student for stated in owners.values()}) > 1


def _owner(level: Level, name: str) -> str:
    own = is_own_name(name, level.assignment_name) or is_copy_of_own_name(name, level.assignment_name)
    return student_name(level.container if own else person_part(name))


def _is_work(name: str, entries: list[Entry]) -> bool:
    """Return whether a folder may be a student's submission."""
    if any(entry.is_notebook or entry.unzip or entry.fault or is_other_archive(entry.name) for entry in entries):
        return True
    return not speaks_of_all(name) and any(could_be_hand_in(entry.name) for entry in entries)


def _is_no_submission(level: Level, name: str, entries: list[Entry]) -> list[NotSubmission] | None:
    """Return the lines about something that is not a submission, possibly none; None if it could be one."""
    place = level.place(name)
    if name in level.listing.folders:
        return None if _is_work(name, entries) else [NotSubmission(place, "a folder without a notebook")]
    if is_checkpoint(name) and f"{person_part(name)}.ipynb" in level.listing.names:
        return []
    if not could_be_hand_in(name):
        return [NotSubmission(place, "not a kind of file in which notebooks are handed in")]
    if any(entry.unzip and _repeats(entry, level.listing) for entry in entries):
        return [NotSubmission(place, "a zip of what is beside it")]
    return None


def _repeats(packed: Entry, listing: Listing) -> bool:
    """Return whether a zip contains only what is also beside it: a class was unpacked and its zip left there."""
    try:
        inside = list_archive(packed.unzip()).entries if packed.unzip and not packed.fault else ()
        for around in ((), (PurePath(packed.name).stem,)):
            twins = [(entry, listing.by_place.get((*around, *entry.parts))) for entry in inside]
            if twins and all(twin and (not one.is_notebook or one.read() == twin.read()) for one, twin in twins):
                return True
    except SubmissionError:
        # The zip is broken; it is refused where it is read.
        pass
    return False
