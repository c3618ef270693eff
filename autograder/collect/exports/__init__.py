"""Know a learning platform's export by the names at its top, and tell from them whose each submission is.

    Gradescope   submission_<id>/…                  submission_metadata.yml says whose
    Canvas       <name>_[LATE_]<user>_<attachment>_<file>
    Moodle       <Full Name>_<id>_assignsubmission_file/…   or the same as the beginning of a file's name

A student is named with the platform's number, in brackets: two of the same name stay two, and the number finds the row
that the grade belongs to. Names below the top are a student's own and say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from autograder.collect.exports import canvas, moodle
from autograder.collect.exports.gradescope import METADATA, WRAPPER, read_owners
from autograder.collect.exports.owner import Claim, Owner
from autograder.collect.file_kinds import is_notebook, is_zip

__all__ = ["METADATA", "WRAPPER", "Claim", "Export", "Owner", "claims_of", "moodle", "read_owners", "recognise"]

Export = Literal["auto", "canvas", "moodle", "gradescope", "folder"]
"""What the instructor says that a class is: an export of a platform, or a folder of notebooks or of folders."""

Named = Literal["canvas", "moodle"]
"""The platforms that say in each name whose it is."""

_CLAIM: Mapping[Named, Callable[[str], Claim | None]] = {"moodle": moodle.claim, "canvas": canvas.claim}


def claims_of(names: Iterable[str], platform: Named) -> Mapping[str, Claim]:
    """Return what those names say that have a platform's form."""
    return {name: found for name in names if (found := _CLAIM[platform](name))}


def recognise(names: Iterable[str]) -> tuple[Named | None, Mapping[str, Claim]]:
    """Find out whose export the names at a level are, and return what those say that have its form; None if it is none.

    Each name counts for the platform whose part of it ends first, since a student chooses how it goes on, and the
    platform of most names has it. The form of Canvas's is also that of `ana_2026_1_cnn.ipynb`: there it must hold for
    half of what could be notebooks, and its numbers must tell people apart.
    """
    names = tuple(names)
    ours: dict[Named, dict[str, Claim]] = {platform: {} for platform in _CLAIM}
    for name in names:
        found = {platform: one for platform, read in _CLAIM.items() if (one := read(name))}
        if found:
            nearest = min(found, key=lambda platform: found[platform].ends)
            ours[nearest][name] = found[nearest]
    platform, claims = max(ours.items(), key=lambda entry: len(entry[1]))
    work = sum(is_notebook(name) or is_zip(name) for name in names)
    by_chance = platform == "canvas" and (2 * len(claims) < work or not canvas.tells_apart(tuple(claims.values())))
    return (None, {}) if by_chance or not claims else (platform, claims)
