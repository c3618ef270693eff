"""Know a learning platform's export by the names at its top, and tell from them whose each submission is.

    Gradescope   submission_<id>/…                  submission_metadata.yml says whose
    Canvas       <name>_[LATE_]<user>_<attachment>_<file>
    Moodle       <Full Name>_<id>_assignsubmission_file/…   or the same as the beginning of a file's name

A student is named with the platform's number, in brackets: two of the same name stay two, and the number finds the row
that the grade belongs to. Names below the top are a student's own and say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from autograder.collect.exports import canvas, gradescope, moodle
from autograder.collect.exports.gradescope import METADATA, WRAPPER, read_owners
from autograder.collect.exports.owner import Claim, Owner
from autograder.collect.file_kinds import is_notebook, is_zip

__all__ = ["METADATA", "WRAPPER", "Claim", "Export", "Owner", "Platform", "claims_in", "moodle", "read_owners"]

Platform = Literal["canvas", "moodle", "gradescope"]
Export = Literal["auto", "canvas", "moodle", "gradescope", "folder"]
"""What the instructor says that a class is: an export of a platform, or a folder of notebooks or of folders."""


def claims_in(names: Iterable[str], export: Export) -> tuple[Platform | None, Mapping[str, Claim]]:
    """Return whose export these names are, and what those say that have its form; none if it is none.

    Args:
        names: The files and folders at the top.
        export: `canvas` or `moodle` to read them as such, `auto` to find out.

    Each name counts for the platform whose part of it ends first, since a student chooses how it goes on, and the
    platform of most names has it. The form of Canvas's is also that of `ana_2026_1.ipynb`: there it must hold for half
    of what could be notebooks, and its numbers must tell people apart.
    """
    names = tuple(names)
    if export != "auto":
        read = {"canvas": canvas.claim, "moodle": moodle.claim}[export]
        return export, {name: found for name in names if (found := read(name))}
    ours: dict[Platform, dict[str, Claim]] = {"moodle": {}, "canvas": {}}
    for name in names:
        found = [(one.ends, platform, one) for platform, one in _claims(name)]
        if found:
            _, platform, one = min(found, key=lambda entry: entry[0])
            ours[platform][name] = one
    platform, claims = max(ours.items(), key=lambda entry: len(entry[1]))
    if platform == "canvas":
        work = sum(is_notebook(name) or is_zip(name) for name in names)
        if 2 * len(claims) < work or not canvas.tells_apart(tuple(claims.values())):
            return None, {}
    return (platform, claims) if claims else (None, {})


def _claims(name: str) -> Iterable[tuple[Platform, Claim]]:
    for platform, one in (("moodle", moodle.claim(name)), ("canvas", canvas.claim(name))):
        if one is not None:
            yield platform, one  # type: ignore[misc]
