"""The layout of Gradescope's container, and whether its content fits this version of the grader."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

from autograder import __version__
from autograder.assignment import Assignment, open_assignment
from autograder.datasets import DataHome, find_real, keras_home
from autograder.errors import ConfigurationError, EnvironmentFault
from autograder.otter import RUBRIC_MEMBER
from autograder.rubric.data_manifest import Manifest

SETTINGS = "settings.json"
_REMEDY_BUILD = "run `autograder build` again and upload the new zip"


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """The folders under `/autograder`, or under another root."""

    root: Path

    @property
    def source(self) -> Path:
        """The content of the zip, accessible to root only."""
        return self.root / "source"

    @property
    def tests(self) -> Path:
        """The hidden tests."""
        return self.source / "tests"

    @property
    def submission(self) -> Path:
        """The student's submission."""
        return self.root / "submission"

    @property
    def results(self) -> Path:
        """The file that Gradescope reads."""
        return self.root / "results" / "results.json"

    @property
    def metadata(self) -> Path:
        """The submission's student, time, due date and earlier submissions."""
        return self.root / "submission_metadata.json"

    @property
    def private(self) -> tuple[Path, ...]:
        """Folders that students' code may neither read nor change."""
        return tuple(
            path for path in (self.source, self.submission, self.results.parent, self.metadata) if path.exists()
        )

    def close(self) -> None:
        """Restrict private folders to root where possible; read-only mounts are only checked later."""
        for path in self.private:
            if path.stat().st_mode & 0o077:
                try:
                    path.chmod(0o700 if path.is_dir() else 0o600)
                except OSError as error:
                    raise EnvironmentFault(
                        f"students' code could read this, and it cannot be closed: {error.strerror}",
                        os.fspath(path),
                        f"chmod -R go-rwx {path}, before it is mounted",
                    ) from error

    def open_assignment(self) -> Assignment:
        """Read the rubric from the zip.

        Raises:
            ConfigurationError: It is missing, or the zip was built by another version.
        """
        built_by = self._settings()["version"]
        if built_by != __version__:
            raise ConfigurationError(
                f"the zip was built by version {built_by}, and the grader here is {__version__}",
                str(self.source),
                _REMEDY_BUILD,
            )
        if not any(self.tests.glob("*.py")):
            raise ConfigurationError("the zip holds no hidden tests", str(self.tests), _REMEDY_BUILD)
        return open_assignment(self.source / RUBRIC_MEMBER)

    def find_data(self, manifest: Manifest) -> DataHome:
        """Find the data sets that set-up installed; nothing is fetched while a student waits.

        Raises:
            EnvironmentFault: They are missing.
        """
        home = self.root / "keras" if (self.root / "keras").is_dir() else keras_home()
        if self._settings()["data"] == "practice" and (home / "datasets").is_dir():
            return DataHome("practice", home)
        real, faults = find_real(manifest, home)
        if real is None:
            raise EnvironmentFault(
                f"the data sets are not in this container: {faults[0]}",
                remedy="build the zip with --datasets FOLDER, or let setup.sh fetch them",
            )
        return real

    def _settings(self) -> dict[str, str]:
        try:
            settings: dict[str, str] = json.loads((self.source / SETTINGS).read_text(encoding="utf-8"))
            return {name: settings[name] for name in ("version", "data")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                "this zip was not made by `autograder build`", str(self.source / SETTINGS), _REMEDY_BUILD
            ) from error
