"""What a student's user can do on this machine, tried as that user before any notebook runs.

Whole folders are secret: none of them may be read, written or passed through, but on the way to what the notebook
needs. Copies of what holds answers may lie anywhere, so the machine is searched for them.
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
"""Paths of files that hold answers, and of their backups, in small letters."""

_SECONDS = 300.0
_MOST_SAID = 5
_REMEDY_UNREADABLE = "let everybody read Python, its packages and the data sets, which must not lie in a home folder"

# Run as the notebook's user, from the standard library alone.
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
class Trial:
    """What is to be tried.

    Attributes:
        due: What the notebook must be able to read.
        needed: Folders that a secret one may hold all the same: Python, the data sets.
        secrets: Files, and folders with all that is in them.
        search: Look for copies of answers on the whole machine, and for places where files could be left.
    """

    due: Sequence[Path]
    needed: Sequence[Path]
    secrets: Sequence[Path]
    search: bool

    def run(self, become: Sequence[str], home: Path) -> tuple[str, ...]:
        """Try it, and return the folders in which the user could leave files beside those of every machine.

        Args:
            become: The command that makes a process the student's user and runs what stands behind it.
            home: The user's own folder.

        Raises:
            EnvironmentFault: It can do too little or too much.
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
            raise EnvironmentFault(f"a student's user was still looking around after {_SECONDS:g} s") from error
        if trial.returncode:
            last_line = (trial.stderr.strip().splitlines() or [f"status {trial.returncode}"])[-1][:300]
            raise EnvironmentFault(f"a student's user cannot work here: {last_line}", remedy=_REMEDY_UNREADABLE)
        said: dict[str, list[str]] = json.loads(trial.stdout)
        _refuse(said, {os.fspath(path) for path, passage in secrets if passage})
        cleaned = (*SHARED_FOLDERS, home)
        return tuple(path for path in said["writable"] if not any(Path(path).is_relative_to(one) for one in cleaned))


def _closed(path: Path, needed: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield what must be closed for a secret to be, and whether it may be passed through to what is needed below it."""
    if path in needed:
        return
    if not any(one.is_relative_to(path) for one in needed):
        yield path, False
        return
    yield path, True
    for entry in sorted(path.iterdir()):
        if not entry.is_symlink():
            yield from _closed(entry, needed)


def _refuse(said: dict[str, list[str]], passages: Container[str]) -> None:
    if said["unreadable"]:
        what = f"a student's user cannot work here: may not read {said['unreadable'][0]}"
        raise EnvironmentFault(what, remedy=_REMEDY_UNREADABLE)
    if said["open"]:
        # Who must pass through a folder may do so without listing it.
        passed = [path for path in said["open"] if path in passages]
        remedy = f"chmod go=x {_quoted(passed)}" if passed else f"chmod -R go-rwx {_quoted(said['open'])}"
        raise EnvironmentFault("students' code could read or change this", _shortened(said["open"]), remedy)
    if said["copies"]:
        raise EnvironmentFault(
            f"students' code could read what may hold answers, {len(said['copies'])} in all",
            _shortened(said["copies"]),
            f"chmod -R go-rwx {_quoted(_outermost(said['copies']))}",
        )
    if said["changeable"]:
        raise EnvironmentFault(
            "a student could leave word for the next one in this",
            _shortened(said["changeable"]),
            f"chmod o-w {_quoted(said['changeable'])}",
        )


def _outermost(paths: Sequence[str]) -> list[str]:
    """Return the folders to close so that none of the files can be read; in a folder for everybody, the file itself."""
    places = {Path(path) if _is_for_everybody(Path(path).parent) else Path(path).parent for path in paths}
    return sorted(str(place) for place in places if places.isdisjoint(place.parents))


def _is_for_everybody(folder: Path) -> bool:
    if folder == Path("/"):
        return True
    try:
        return bool(folder.stat().st_mode & stat.S_IWOTH)
    except FileNotFoundError:
        # Somebody has removed it since it was found.
        return False


def _shortened(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_MOST_SAID]) + (", …" if len(paths) > _MOST_SAID else "")


def _quoted(paths: Sequence[str]) -> str:
    return shlex.join(paths[:_MOST_SAID])
