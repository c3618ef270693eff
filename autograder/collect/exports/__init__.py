"""Recognise a learning platform's export by the names at its top level, and read the owners from them.

    Gradescope   submission_<id>/…                  submission_metadata.yml names the owners
    Canvas       <name>_[LATE_]<user>_<attachment>_<file>
    Moodle       <Full Name>_<id>_assignsubmission_file/…   or as a prefix of a file's name

A student is named with the platform's number in brackets, so that namesakes stay distinct and the grade's row can be
found. Names below the top level were chosen by students and are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from autograder.collect.exports import canvas, moodle
from autograder.collect.exports.gradescope import METADATA, WRAPPER, read_owners
from autograder.collect.exports.owner import Owner, StatedOwner
from autograder.collect.file_kinds import is_notebook, is_zip

__all__ = [
    "METADATA", "WRAPPER", "Export", "Owner", "StatedOwner", "moodle", "read_owners", "recognise", "stated_owners",
]  # fmt: skip

Export = Literal["auto", "canvas", "moodle", "gradescope", "folder"]
"""The instructor's choice: a platform's export, or a folder of notebooks or of folders."""

Named = Literal["canvas", "moodle"]
"""The platforms whose exports name the owner in each file or folder name."""

_READ: Mapping[Named, Callable[[str], StatedOwner | None]] = {
    "moodle": moodle.stated_owner,
    "canvas": canvas.stated_owner,
}


def stated_owners(names: Iterable[str], platform: Named) -> Mapping[str, StatedOwner]:
    """Return the owners stated by the names that have a platform's form."""
    return {name: found for name in names if (found := _READ[platform](name))}


def recognise(names: Iterable[str]) -> tuple[Named | None, Mapping[str, StatedOwner]]:
    """Detect the platform of a level's names, and return the owners that they state; None if it is not an export.

    Each name counts for the platform whose part of it ends first, since a student chooses the rest, and the platform
    with most names wins. Canvas's form also fits `ana_2026_1_cnn.ipynb`. So for Canvas at least half of the possible
    notebooks must have it, and their numbers must distinguish people.
    """
    names = tuple(names)
    ours: dict[Named, dict[str, StatedOwner]] = {platform: {} for platform in _READ}
    for name in names:
        found = {platform: one for platform, read in _READ.items() if (one := read(name))}
        if found:
            nearest = min(found, key=lambda platform: found[platform].ends)
            ours[nearest][name] = found[nearest]
    platform, owners = max(ours.items(), key=lambda entry: len(entry[1]))
    work = sum(is_notebook(name) or is_zip(name) for name in names)
    by_chance = platform == "canvas" and (2 * len(owners) < work or not canvas.tells_apart(tuple(owners.values())))
    return (None, {}) if by_chance or not owners else (platform, owners)
