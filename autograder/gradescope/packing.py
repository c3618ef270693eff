"""The files in the zip besides rubric and tests: the grader's wheel, its pinned packages, scripts, data sets."""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from pathlib import Path

from autograder import __version__
from autograder.child_process import python_command, run
from autograder.datasets import DataHome
from autograder.errors import BuildError
from autograder.gradescope.layout import SETTINGS
from autograder.gradescope.room import RECOMMENDED_MEBIBYTES
from autograder.rubric.data_manifest import Manifest
from autograder.rubric.release import Release

_FILES = Path(__file__).resolve().parent / "files"
_PROJECT = Path(__file__).resolve().parents[2]
_AT_THE_ROOT = ("setup.sh", "install.sh", "run_autograder", "run_otter.py")
_WHEEL_SECONDS = 120


def container_files(release: Release, manifest: Manifest, data: DataHome, *, carry_data: bool) -> dict[str, bytes]:
    """Return the files that set up a container, by name in the zip.

    Args:
        release: Holds the container's time limit.
        manifest: The assignment's data files; no others are packed.
        data: The data sets that the assignment is graded on.
        carry_data: Put the data sets into the zip instead of letting set-up fetch them. Practice data, which cannot be
            fetched, are always packed.

    Raises:
        BuildError: The grader's wheel cannot be built.
    """
    settings = {
        "version": __version__,
        "data": data.kind,
        "time_limit_minutes": release.time_limit_minutes,
        "recommended_mebibytes": RECOMMENDED_MEBIBYTES,
    }
    members = {name: (_FILES / name).read_bytes() for name in _AT_THE_ROOT}
    members[SETTINGS] = json.dumps(settings, indent=2).encode()
    members |= grader_files()
    if carry_data or data.kind == "practice":
        folder = data.path / "datasets"
        members |= {f"datasets/{name}": (folder / name).read_bytes() for name in manifest}
    return members


def grader_files() -> dict[str, bytes]:
    """Return the grader's wheel, and the pinned list of the packages that it needs.

    Raises:
        BuildError: This is not a checkout of the project, or the wheel cannot be built.
    """
    project, pins = _PROJECT / "pyproject.toml", _PROJECT / "requirements.txt"
    if not (project.is_file() and pins.is_file()):
        raise BuildError("only the project's own folder can build its wheel", str(_PROJECT), "clone it and build there")
    needed = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    with tempfile.TemporaryDirectory(prefix="autograder-wheel-") as folder:
        command = python_command("-m", "hatchling", "build", "-t", "wheel", "-d", folder)
        done = run(command, folder=_PROJECT, capture_output=True, text=True, timeout=_WHEEL_SECONDS)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise BuildError(f"the grader's wheel cannot be built: {reason}", str(_PROJECT), "make setup")
        wheel = {f"wheels/{wheels[0].name}": wheels[0].read_bytes()}
    return wheel | {
        "packages.txt": "".join(f"{line}\n" for line in needed).encode(),
        "requirements.txt": _pins_alone(pins.read_text(encoding="utf-8")).encode(),
    }


def _pins_alone(text: str) -> str:
    """Remove comments, which name the development environment."""
    return re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)
