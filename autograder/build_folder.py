"""Where a build lies: hidden until it has passed the gate, readable by its owner alone, one assignment to a folder."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder import __version__
from autograder.errors import EnvironmentFault, UsageError
from autograder.otter import RUBRIC_MEMBER, BuildReport

_ZIP_END = "-autograder.zip"
_IN_THE_IMAGE = ("wheels/", "datasets/", "requirements.txt", "packages.txt", "setup.sh", "install.sh")

_LAST_LAYER = """\
# An assignment as the last layer of the image that serves all of them: docker build -t NAME .
FROM cnn-autograder:{version}
COPY source /autograder/source
RUN chmod -R go-rwx /autograder/source
"""
_FETCH_DATA = f"""\
# What the image has is not fetched again.
RUN autograder data --fetch --config /autograder/source/{RUBRIC_MEMBER} && chmod -R a+rX $KERAS_HOME
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Built:
    """The result of a build, and whether it may be released."""

    students_zip: Path
    autograder_zip: Path
    source: Path
    report: BuildReport


def autograder_zip_in(folder: Path, name: str) -> Path:
    """Return the path of an assignment's zip for Gradescope in an output folder."""
    return folder / "autograder" / f"{name}{_ZIP_END}"


@contextlib.contextmanager
def unchecked_folder(folder: Path, name: str) -> Iterator[Path]:
    """Give a hidden folder inside the output folder, where a build stays until it has passed the gate.

    It is removed at the end: a build that did not pass leaves nothing that could be handed out by mistake.

    Args:
        folder: The output folder.
        name: The assignment's name.

    Raises:
        UsageError: The output folder holds the build of another assignment, which this one would replace in part.
        EnvironmentFault: The folder cannot be made, or cannot be closed to others.
    """
    others = {*folder.glob(f"autograder/*{_ZIP_END}")} - {autograder_zip_in(folder, name)}
    if others:
        other = min(others).name.removesuffix(_ZIP_END)
        raise UsageError(f"holds the build of {other}", str(folder), f"name another folder, such as --out dist/{name}")
    close(folder)
    with tempfile.TemporaryDirectory(prefix=".unchecked-", dir=folder) as hidden:
        yield Path(hidden)


def release(built: Built, unchecked: Path, folder: Path) -> Built:
    """Move a build that passed the gate to the output folder, where it replaces an earlier one."""
    for part in sorted(unchecked.iterdir()):
        place = folder / part.name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        part.rename(place)
    students_zip, autograder_zip, source = (
        folder / path.relative_to(unchecked) for path in (built.students_zip, built.autograder_zip, built.source)
    )
    return Built(students_zip, autograder_zip, source, built.report)


def close(folder: Path, *parts: Path) -> None:
    """Restrict a folder, and everything in some of its parts, to the owner, whatever the umask: they contain the key.

    Raises:
        EnvironmentFault: The permissions cannot be changed.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for path in (within for part in parts for within in (part, *part.rglob("*"))):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)
    except OSError as error:
        raise EnvironmentFault(
            f"other users could read the build: {error.strerror}",
            str(error.filename),
            "build into a folder of your own",
        ) from error


def unpack_for_root(archive: Path, folder: Path, *, fetch_data: bool = False) -> None:
    """Unpack the zip as in a container, readable by its owner only, to be mounted or added to an image.

    Data sets and packages are omitted: the image has the packages, and its last layer fetches the data sets if asked.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            if not name.startswith(_IN_THE_IMAGE):
                source.extract(name, folder)
    last_layer = _LAST_LAYER.format(version=__version__) + (_FETCH_DATA if fetch_data else "")
    (folder.parent / "Dockerfile").write_text(last_layer, encoding="utf-8")
