"""Say of everything at the level that the instructor named whose it is, or why it is no submission.

What lies inside a submission never decides whose it is. Everything at the level is answered for: as a source, which
ends in a grade or a refusal, or as a line that says that it is no submission.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from autograder.collect.exports import METADATA, Claim, Export, Named, Owner, claims_of, read_owners, recognise
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
from autograder.errors import SubmissionError, UsageError

_PLATFORM_NAMES: Mapping[Named, str] = {"canvas": "Canvas", "moodle": "Moodle"}
_IF_A_CLASS = "keep one; if this is a class, name it alone, or add --export folder, or the platform's"
_BY_ITSELF = "if it is a hand-in, grade it by itself: autograder grade, and its path"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """One file or folder of a student's, or all that an export has of one hand-in.

    `place` names it to people. `fault` says why nothing in it can be graded, `hint` what may be meant if it holds more
    than one notebook.
    """

    owner: Owner
    place: str
    entries: tuple[Entry, ...] = ()
    fault: str = ""
    remedy: str = ""
    hint: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class NotSubmission:
    """A file or a folder that is nobody's hand-in, and why it is taken for that."""

    source: str
    why: str

    def __str__(self) -> str:
        return f"{self.source}: {self.why}"


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """A listing of what the instructor named, and how to read it.

    `container` is the name that a notebook with the assignment's own name is called by. `named`: each of these files
    and folders was named by itself, so that none of them is a class.
    """

    listing: Listing
    container: str
    assignment_name: str
    export: Export = "auto"
    named: bool = False

    def place(self, name: str) -> str:
        """Name what stands at the top to people."""
        return str(Path(self.listing.source) / readable(Path(name)))


def find_sources(level: Level) -> list[Source | NotSubmission]:
    """Return whose everything at a level is.

    Raises:
        UsageError: It is not the export that the instructor says it is, or Gradescope's list cannot be read.
    """
    by_name: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in level.listing.entries:
        by_name[entry.parts[0]].append(entry)
    if _is_gradescope(level):
        return list(_gradescope(level, by_name))
    if level.export == "gradescope":
        raise UsageError(f"there is no {METADATA}", level.listing.source, "name the folder that holds it")
    platform, claims = _claims(level)
    if platform is None:
        return list(_folder(level, by_name))
    if not claims:
        what = f"no name in it has the form of an export of {_PLATFORM_NAMES[platform]}"
        raise UsageError(what, level.listing.source, "name the folder or the zip of the export itself")
    return list(_claimed(level, by_name, claims, _PLATFORM_NAMES[platform]))


def is_export(level: Level) -> bool:
    """Tell a platform's export from a folder."""
    return _is_gradescope(level) or _claims(level)[0] is not None


def _claims(level: Level) -> tuple[Named | None, Mapping[str, Claim]]:
    if level.export == "auto":
        return recognise(level.listing.names)
    if level.export in {"canvas", "moodle"}:
        return level.export, claims_of(level.listing.names, level.export)
    return None, {}


def _is_gradescope(level: Level) -> bool:
    """Tell an export of Gradescope by the list that stands at its top."""
    listing = level.listing
    return level.export in {"auto", "gradescope"} and METADATA in listing.names and METADATA not in listing.folders


def _gradescope(level: Level, by_name: Mapping[str, list[Entry]]) -> Iterator[Source | NotSubmission]:
    place = level.place(METADATA)
    [listed] = by_name[METADATA]
    if listed.fault:
        raise UsageError(listed.fault, place, listed.remedy)
    try:
        content = listed.read()
    except SubmissionError as error:
        raise UsageError(error.what, place, "download the export again") from error
    owners = read_owners(content, place)
    for name, owner in owners.items():
        if name in level.listing.names:
            yield Source(owner, level.place(name), tuple(by_name.get(name, ())))
        else:
            what = "is in Gradescope's list, but not in the export"
            yield Source(owner, level.place(name), fault=what, remedy="download the export again")
    for name in level.listing.names:
        if name != METADATA and name not in owners:
            yield from _unclaimed(level, name, by_name, "is not in Gradescope's list")


def _claimed(
    level: Level, by_name: Mapping[str, list[Entry]], claims: Mapping[str, Claim], platform: str
) -> Iterator[Source | NotSubmission]:
    """Take all that an export has of one student for one hand-in: files, a text, a page with an address."""
    together: defaultdict[str, list[Entry]] = defaultdict(list)
    first: dict[str, str] = {}
    late: set[str] = set()
    for name, claim in claims.items():
        student = claim.owner.student
        first.setdefault(student, name)
        if claim.owner.late:
            late.add(student)
        bare = name not in level.listing.folders and claim.file
        together[student] += (
            dataclasses.replace(entry, parts=(claim.file,)) if bare else entry for entry in by_name.get(name, ())
        )
    for student, entries in together.items():
        owner = dataclasses.replace(claims[first[student]].owner, late=student in late)
        yield Source(owner, level.place(first[student]), tuple(entries))
    for name in level.listing.names:
        if name not in claims:
            yield from _unclaimed(level, name, by_name, f"has no name that {platform} gives to a hand-in")


def _unclaimed(
    level: Level, name: str, by_name: Mapping[str, list[Entry]], why: str
) -> Iterator[Source | NotSubmission]:
    entries = by_name.get(name, [])
    passed_over = _is_no_submission(level, name, entries)
    if passed_over is not None:
        yield from passed_over
    else:
        owner = Owner(student_name(name if name in level.listing.folders else person_part(name)))
        yield Source(owner, level.place(name), fault=why, remedy=_BY_ITSELF)


def _folder(level: Level, by_name: Mapping[str, list[Entry]]) -> Iterator[Source | NotSubmission]:
    """Read a folder of notebooks named by student, of folders named by student, or of both."""
    listing = level.listing
    is_alone = len(listing.names) == 1
    is_asked_for = level.named and is_alone
    hint = _IF_A_CLASS if level.named or is_alone else ""
    for name in listing.names:
        entries = by_name.get(name, [])
        place = level.place(name)
        if name not in listing.folders:
            passed_over = None if is_asked_for else _is_no_submission(level, name, entries)
            if passed_over is not None:
                yield from passed_over
                continue
            yield Source(Owner(_owner(level, name)), place, tuple(entries), hint=hint)
            if is_asked_for and any(entry.unzip and _holds_other_work(entry) for entry in entries):
                yield NotSubmission(place, "taken for one student's: if it is a class, add --export folder")
        elif _looks_like_export(entries):
            what = "looks like the export of a class, not like one student's folder"
            yield Source(Owner(student_name(name)), place, fault=what, remedy="name it alone")
        elif is_asked_for or not any(map(is_notebook, listing.names)) or _is_work(name, entries):
            # Among folders alone, one without a notebook is a student who handed in something else, or nothing.
            yield Source(Owner(student_name(name)), place, tuple(entries), hint=hint)
        else:
            yield NotSubmission(place, "a folder without a notebook, beside notebooks")


def _holds_other_work(packed: Entry) -> bool:
    """Tell whether a zip holds, beside its notebook, more that could be a hand-in, as a class's would."""
    try:
        inside = list_archive(packed.unzip()) if packed.unzip and not packed.fault else None
    except SubmissionError:
        # It is refused where it is read.
        return False
    names = () if inside is None else (name for name in inside.names if name not in inside.folders)
    return any(could_be_hand_in(name) and not is_notebook(name) for name in names)


def _looks_like_export(entries: list[Entry]) -> bool:
    """Tell an export that lies a level below the one that was named, which would be one student with many notebooks."""
    _, claims = recognise({entry.parts[1] for entry in entries if len(entry.parts) > 1})
    return len({claim.owner.student for claim in claims.values()}) > 1


def _owner(level: Level, name: str) -> str:
    own = is_own_name(name, level.assignment_name) or is_copy_of_own_name(name, level.assignment_name)
    return student_name(level.container if own else person_part(name))


def _is_work(name: str, entries: list[Entry]) -> bool:
    """Tell whether a folder may be somebody's hand-in."""
    if any(entry.is_notebook or entry.unzip or entry.fault or is_other_archive(entry.name) for entry in entries):
        return True
    return not speaks_of_all(name) and any(could_be_hand_in(entry.name) for entry in entries)


def _is_no_submission(level: Level, name: str, entries: list[Entry]) -> list[NotSubmission] | None:
    """Return the lines on what is nobody's hand-in, none for what needs no word; None if it could be somebody's."""
    place = level.place(name)
    if name in level.listing.folders:
        return None if _is_work(name, entries) else [NotSubmission(place, "a folder without a notebook")]
    if is_checkpoint(name) and f"{person_part(name)}.ipynb" in level.listing.names:
        return []
    if not could_be_hand_in(name):
        return [NotSubmission(place, "no kind of file that a notebook is handed in as")]
    if any(entry.unzip and _repeats(entry, level.listing) for entry in entries):
        return [NotSubmission(place, "a zip that repeats what lies beside it")]
    return None


def _repeats(packed: Entry, listing: Listing) -> bool:
    """Tell the zip that a class or a folder came in and that was left beside it."""
    try:
        inside = list_archive(packed.unzip()).entries if packed.unzip and not packed.fault else ()
        for around in ((), (PurePath(packed.name).stem,)):
            twins = [(entry, listing.by_place.get((*around, *entry.parts))) for entry in inside]
            if twins and all(twin and (not one.is_notebook or one.read() == twin.read()) for one, twin in twins):
                return True
    except SubmissionError:
        # Broken, or none of ours: it is refused where it is read.
        pass
    return False
