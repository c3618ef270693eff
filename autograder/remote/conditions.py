"""What has to be equal on two machines so that a notebook computes the same on both."""

from __future__ import annotations

import dataclasses
import hashlib
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ConfigDict

from autograder import __version__
from autograder.installed import installed_versions
from autograder.orders import instructions


@dataclasses.dataclass(frozen=True, slots=True)
class MachineConditions:
    """The software, processor and data sets of a machine.

    `instructions` are the instruction sets by which numerical libraries choose their code, `data` is the SHA-256 of
    each data set's file by its name.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    autograder: str
    versions: dict[str, str]
    python: str
    platform: str
    instructions: str
    data: dict[str, str]


def conditions_here(data_home: Path, files: Iterable[str]) -> MachineConditions:
    """Return the conditions of this machine.

    Args:
        data_home: The folder that holds `datasets`.
        files: The names of the data sets' files below it.
    """
    return MachineConditions(
        autograder=__version__,
        versions=installed_versions(),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        instructions=instructions(),
        data={name: _digest(data_home / "datasets" / name) for name in sorted(files)},
    )


def differences(here: MachineConditions, there: MachineConditions) -> tuple[str, ...]:
    """Describe what differs on another machine, one clause per difference; empty if notebooks compute the same there.

    >>> here = MachineConditions("1", {"keras": "3"}, "3.11.2", "Linux x86_64", "avx2", {})
    >>> differences(here, dataclasses.replace(here, python="3.13.1"))
    ('Python 3.13.1 instead of 3.11.2',)
    """
    return tuple(_differences(here, there))


def _differences(here: MachineConditions, there: MachineConditions) -> Iterator[str]:
    for name, ours, theirs in (
        ("cnn-autograder", here.autograder, there.autograder),
        ("Python", here.python, there.python),
        *((name, version, there.versions.get(name, "none")) for name, version in here.versions.items()),
    ):
        if ours != theirs:
            yield f"{name} {theirs} instead of {ours}"
    if here.platform != there.platform:
        yield f"{there.platform} instead of {here.platform}"
    if here.instructions != there.instructions:
        yield f"a processor with {there.instructions or 'no known instructions'} instead of {here.instructions}"
    for name, sha256 in here.data.items():
        if there.data.get(name) != sha256:
            yield f"another {name}" if there.data.get(name) else f"no {name}"


def _digest(path: Path) -> str:
    """Return a file's SHA-256; empty if it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
