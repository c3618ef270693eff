# ruff: noqa: T201 (a script's part: printing is its purpose)
"""The places of `grade_as_gradescope.py`: containers of the project's image, or plain folders as root."""

import contextlib
import dataclasses
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from autograder.child_process import find_program, python_command, run
from autograder.datasets import DataHome
from autograder.errors import EnvironmentFault
from autograder.sandbox.docker import IMAGE, IMAGE_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
SYSTEM_PYTHON = Path("/usr/bin/python3")

Grade = Callable[[Path], str]
"""Grade what lies in a folder laid out as `/autograder`, and return what the grader printed."""


# The image's grader and ours print it, because two images of one version need not contain the same code.
_DIGEST = """
import autograder, hashlib, pathlib
total = hashlib.sha256()
for path in sorted(pathlib.Path(autograder.__file__).parent.rglob("*.py")):
    total.update(path.name.encode() + path.read_bytes())
print(total.hexdigest())
"""
_PROBE = """
from autograder.sandbox import memory_of_machine
print(memory_of_machine() >> 20)
print(pathlib.Path("/shown/word").read_text())
"""
_PROBE_MEBIBYTES = 512


@dataclasses.dataclass(frozen=True)
class HandedIn:
    """A class, with a folder per student, and its assignment: the rubric, and the output of `autograder build`."""

    submissions: Mapping[str, Path]
    rubric: Path
    data: DataHome
    archive: Path
    source: Path


@dataclasses.dataclass(frozen=True)
class Size:
    """A container's share of the machine."""

    mebibytes: int
    processors: float


def choose_place(asked: str) -> str:
    """Choose where to grade, and print what was chosen and why."""
    lacking = image_is_lacking() if asked == "auto" else ""
    place = asked if asked != "auto" else "tree" if lacking else "image"
    print(f"graded in {f'the image {image()}' if place == 'image' else 'a plain folder tree'}", flush=True)
    if lacking:
        print(f"the image is not to be had: {lacking}", flush=True)
    return place


@functools.cache
def image_is_lacking() -> str:
    """Return why no container of this code's image can be started here; empty if one can."""
    client = find_program("docker")
    if client is None or _run(client, "version").returncode:
        return "no Docker engine answers"
    if _run(client, "image", "inspect", image()).returncode:
        return f"there is no {image()} (make image)"
    with tempfile.TemporaryDirectory(prefix="shown-") as folder:
        word = Path(folder) / "word"
        word.write_text(folder, encoding="utf-8")
        word.chmod(0o600)
        options = ["--rm", "--network=none", f"--memory={_PROBE_MEBIBYTES}m", f"--volume={folder}:/shown:ro"]
        code = _DIGEST + _PROBE
        there = _run(client, "run", *options, image(), *python_command("-c", code, python="/opt/autograder/bin/python"))
    if not there.stdout:
        return f"a container does not start: {there.stderr.strip()[:300]}"
    here = _run(*python_command("-c", _DIGEST))
    if not there.stdout.startswith(here.stdout):
        return f"{image()} holds other code than this (make image)"
    if there.stdout.split()[1:2] != [str(_PROBE_MEBIBYTES)]:
        return "the engine does not limit memory"
    # An engine on another machine, or one whose root is another user, cannot mount our folders.
    return "" if there.stdout.endswith(f"{folder}\n") else "the engine's containers cannot read what is mounted"


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return run(command, environment=dict(os.environ), capture_output=True, text=True)


def image() -> str:
    """Return the image to use."""
    return os.environ.get(IMAGE_VARIABLE) or IMAGE


def in_image(handed_in: HandedIn, size: Size, mark: str) -> Grade:
    """Return a function that grades in one container each; the environment contains a secret as well."""
    options = [f"--volume={handed_in.source}:/autograder/source:ro", f"--env=COURSE_TOKEN={mark}"]
    options += [f"--cpus={size.processors}", f"--memory={size.mebibytes}m", f"--memory-swap={size.mebibytes}m"]
    if handed_in.data.kind == "practice":
        options.append(f"--volume={handed_in.data.path / 'datasets'}:/autograder/keras/datasets:ro")
    # Besides the project's own options: another network than the default, a grader under development.
    options += os.environ.get("TRIAL_DOCKER_OPTIONS", "").split()

    def grade(folder: Path) -> str:
        own = [f"--volume={path}:/autograder/{path.name}" for path in sorted(folder.iterdir())]
        command = [find_program("docker"), "run", "--rm", *own, *options, image()]
        done = run(command, environment=dict(os.environ), capture_output=True, text=True, errors="replace")
        return done.stdout + done.stderr

    return grade


def in_tree(handed_in: HandedIn, work: Path, mark: str) -> Grade:
    """Lay out what set-up would leave, with the packages of this environment, and return what grades there.

    Raises:
        EnvironmentFault: We are not root, or there is no Python that serves.
    """
    if os.geteuid():
        raise EnvironmentFault("only root can grade as another user", remedy="sudo make gradescope")
    root = work / "autograder"
    lay_out_tree(root, handed_in.archive, handed_in.data.path)
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "run_autograder").chmod(0o755)

    def grade(folder: Path) -> str:
        for path in folder.iterdir():
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                shutil.rmtree(root / path.name)
            run(["/bin/cp", "-a", path, root], check=True)
        environment = {**os.environ, "COURSE_TOKEN": mark}
        command = [root / "run_autograder"]
        done = run(command, folder=root, environment=environment, capture_output=True, text=True, errors="replace")
        shutil.copytree(root / "results", folder / "results", dirs_exist_ok=True)
        return done.stdout + done.stderr

    return grade


def lay_out_tree(root: Path, archive: Path, data: Path) -> Path:
    """Lay out what set-up leaves of a zip, with the packages of this environment; return where the grader's own lie.

    Raises:
        EnvironmentFault: No Python here is for everybody, or it is of another version.
    """
    made = (
        _run(*python_command("-m", "venv", "--without-pip", str(root / "venv"), python=str(SYSTEM_PYTHON)))
        if SYSTEM_PYTHON.exists()
        else None
    )
    if made is None or made.returncode:
        raise EnvironmentFault(f"{SYSTEM_PYTHON} makes no virtual environment that everybody may read")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(root / "source")
    packages = next((root / "venv").glob("lib/python3*/site-packages"))
    with zipfile.ZipFile(next((root / "source" / "wheels").glob("cnn_autograder-*.whl"))) as wheel:
        wheel.extractall(packages)
    shutil.rmtree(root / "source" / "wheels")
    ours = next(Path(entry) for entry in sys.path if Path(entry).name == "site-packages")
    if ours.parent.name != packages.parent.name:
        raise EnvironmentFault(f"{SYSTEM_PYTHON} is {packages.parent.name}, and ours {ours.parent.name}")
    # A line in a .pth adds a folder; .pth files in it, such as our own editable installation, are not followed.
    (packages / "packages.pth").write_text(f"{ours}\n", encoding="utf-8")
    shutil.copytree(data / "datasets", root / "keras" / "datasets")
    run(["/bin/chmod", "-R", "go-rwx", root / "source", packages / "autograder"], check=True)
    return packages
