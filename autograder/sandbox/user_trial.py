"""Test what the student user can do on this machine, as that user and before any notebook runs.

Secret folders are closed as a whole: nothing in them may be read, written or traversed, except on the way to what the
notebook needs. Copies of files with answers may be anywhere, so the machine is searched for them.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import stat
import subprocess
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from autograder.child_process import NOWHERE, python_command, run
from autograder.errors import EnvironmentFault
from autograder.sandbox.student_users import SHARED_FOLDERS

COPIES = (
    "*[!a-z]grading*.y*ml*",
    "*gradebook*.sqlite*",
    "*justifications*.y*ml*",
    "*autograder*.zip*",
    "*/reference*/baseline*.json*",
)
"""Lower-case patterns for paths of files with answers, and of their backups."""

_SECONDS = 300.0
_MOST_LISTED = 5
_REMEDY_UNREADABLE = "make Python, its packages and the data sets readable by everyone, outside of any home folder"

# Runs as the notebook's user, with the standard library only.
_TRIAL = """
import fnmatch, json, os, re, sys
asked = json.load(sys.stdin)
said = {"unreadable": [], "open": [], "copies": [], "writable": [], "changeable": []}
for path in asked["due"]:
    for folder, folders, files in os.walk(path):
        for name in [folder] + [os.path.join(folder, name) for name in files]:
            if not os.access(name, os.R_OK):
                said["unreadable"].append(name)
    if not os.access(path, os.R_OK):
        said["unreadable"].append(path)
for path, passage in asked["secret"]:
    uses = (os.R_OK, os.W_OK) if passage or not os.path.isdir(path) else (os.R_OK, os.W_OK, os.X_OK)
    if any(os.access(path, use) for use in uses):
        said["open"].append(path)
copies = re.compile("|".join(map(fnmatch.translate, asked["copies"]))) if asked["copies"] else None
apart = {"/proc", "/sys", "/dev", *asked["known"]}
for folder, folders, files in os.walk("/") if copies else ():
    if os.access(folder, os.W_OK | os.X_OK):
        said["writable"].append(folder)
    if {"HEAD", "objects", "refs"} <= {*folders, *files} and os.access(os.path.join(folder, "HEAD"), os.R_OK):
        said["copies"].append(folder)
    folders[:] = [name for name in folders if os.path.join(folder, name) not in apart]
    for name in files:
        path = os.path.join(folder, name)
        if copies.match(path.casefold()) and os.access(path, os.R_OK):
            said["copies"].append(path)
        elif os.access(path, os.W_OK) and os.path.isfile(path) and not os.path.islink(path):
            said["changeable"].append(path)
print(json.dumps(said))
"""


@dataclasses.dataclass(frozen=True, slots=True)
class UserTrial:
    """A test of the student user's access.

    Attributes:
        due: What the notebook must be able to read.
        needed: Paths that may be inside a secret folder although they must be accessible: Python, the data sets.
        secrets: Secret files, and folders with everything in them.
        search: Search the machine for copies of answers, and for places where files could be left.
    """

    due: Sequence[Path]
    needed: Sequence[Path]
    secrets: Sequence[Path]
    search: bool

    def run(self, become: Sequence[str], home: Path) -> tuple[str, ...]:
        """Run the test, and return the folders in which the user could leave files, besides the usual ones.

        Args:
            become: The command prefix that runs a command as the student user.
            home: The user's home folder.

        Raises:
            EnvironmentFault: The user can do too little or too much.
        """
        needed = [path.resolve() for path in self.needed]
        secrets = {place for path in self.secrets for place in _closed(path.resolve(), needed)}
        asked = {
            "due": [os.fspath(path) for path in self.due],
            "secret": sorted((os.fspath(path), passage) for path, passage in secrets),
            "copies": COPIES if self.search else (),
            "known": [os.fspath(path) for path in needed],
        }
        try:
            trial = run(
                [*become, *python_command("-S", "-c", _TRIAL)],
                folder=NOWHERE,
                environment={},
                input=json.dumps(asked),
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise EnvironmentFault(f"the student user's file search did not finish in {_SECONDS:g} s") from error
        if trial.returncode:
            last_line = (trial.stderr.strip().splitlines() or [f"status {trial.returncode}"])[-1][:300]
            raise EnvironmentFault(f"the student user cannot work here: {last_line}", remedy=_REMEDY_UNREADABLE)
        findings: dict[str, list[str]] = json.loads(trial.stdout)
        _raise_for_findings(findings, {os.fspath(path) for path, passage in secrets if passage})
        cleaned = (*SHARED_FOLDERS, home)
        writable = findings["writable"]
        return tuple(path for path in writable if not any(Path(path).is_relative_to(one) for one in cleaned))


def _closed(path: Path, needed: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield each path to close for a secret, and whether it must stay traversable for something needed below it."""
    if path in needed:
        return
    if not any(one.is_relative_to(path) for one in needed):
        yield path, False
        return
    yield path, True
    for entry in sorted(path.iterdir()):
        if not entry.is_symlink():
            yield from _closed(entry, needed)


def _raise_for_findings(findings: dict[str, list[str]], passages: Container[str]) -> None:
    if findings["unreadable"]:
        what = f"the student user cannot work here: may not read {findings['unreadable'][0]}"
        raise EnvironmentFault(what, remedy=_REMEDY_UNREADABLE)
    if findings["open"]:
        # A folder may be traversable without being listable.
        passed = [path for path in findings["open"] if path in passages]
        remedy = f"chmod go=x {_quoted(passed)}" if passed else f"chmod -R go-rwx {_quoted(findings['open'])}"
        raise EnvironmentFault("students' code could read or change this", _shortened(findings["open"]), remedy)
    if findings["copies"]:
        raise EnvironmentFault(
            f"students' code could read {len(findings['copies'])} files that may hold answers",
            _shortened(findings["copies"]),
            f"chmod -R go-rwx {_quoted(_outermost(findings['copies']))}",
        )
    if findings["changeable"]:
        raise EnvironmentFault(
            "students' code could leave messages for later students in this",
            _shortened(findings["changeable"]),
            f"chmod o-w {_quoted(findings['changeable'])}",
        )


def _outermost(paths: Sequence[str]) -> list[str]:
    """Return the folders to close so that no file is readable; in a world-writable folder, the file itself."""
    places = {Path(path) if _is_for_everybody(Path(path).parent) else Path(path).parent for path in paths}
    return sorted(str(place) for place in places if places.isdisjoint(place.parents))


def _is_for_everybody(folder: Path) -> bool:
    if folder == Path("/"):
        return True
    try:
        return bool(folder.stat().st_mode & stat.S_IWOTH)
    except FileNotFoundError:
        # Another process has removed the folder since the search.
        return False


def _shortened(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_MOST_LISTED]) + (", …" if len(paths) > _MOST_LISTED else "")


def _quoted(paths: Sequence[str]) -> str:
    return shlex.join(paths[:_MOST_LISTED])
