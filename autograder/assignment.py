"""A `grading.yml` that was read, and what belongs to it: baseline, known trainings, justifications, secrets."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from pathlib import Path

from autograder.errors import ConfigurationError
from autograder.gradebook import ClassIdentity, DataKind
from autograder.grading import DECIDING_PACKAGES, Baseline, cautions, load_baseline
from autograder.orders import OrderStore
from autograder.report import Justifications, read_justifications
from autograder.spec import Specification, load


@dataclasses.dataclass(frozen=True, slots=True)
class Assignment:
    """A `grading.yml` that was read, and the folders it speaks of."""

    folder: Path
    specification: Specification

    def reference(self, data: str) -> Path:
        """Return the folder with the reference runs, baseline and known trainings on `real` or `practice` data."""
        return self.folder / self.specification.assignment.reference / data

    def runs_folder(self, data: str) -> Path:
        """Return where the reference runs are kept, one file per run."""
        return self.reference(data) / "runs"

    @property
    def secrets(self) -> tuple[Path, ...]:
        """Return the folders that hold answers: the rubric's with all that is in it, and those that it names."""
        named = self.specification.assignment
        places = (self.folder / place for place in (named.reference, *named.notebooks.values()))
        outside = (path for path in places if path.exists() and not path.resolve().is_relative_to(self.folder))
        return (self.folder, *outside)

    def known_trainings(self, data: str) -> OrderStore:
        """Return the store of the reference's own orders, whose results are known."""
        return OrderStore(self.reference(data) / "trainings")

    def baseline(self, data: str) -> Baseline:
        """Return what the reference runs gave.

        Raises:
            ConfigurationError: There is none, or it was changed since `autograder calibrate` wrote it.
        """
        return load_baseline(self.reference(data))

    def justifications(self) -> Justifications:
        """Return why each option is right or wrong, where there is such a file and the policy lets pages say it.

        Raises:
            ConfigurationError: The file is wrong.
        """
        if self.specification.policy.feedback != "full":
            return {}
        return read_justifications(self.folder / self.specification.assignment.reference, self.specification.questions)

    def cautions(self, data: str) -> tuple[str, ...]:
        """Return the warnings about the baseline on this data.

        Raises:
            ConfigurationError: There is no baseline, or it was changed since it was written.
        """
        return tuple(cautions(self.baseline(data), self.specification.key_spec, installed_versions()))

    def identity(self, data: DataKind, baseline: Baseline) -> ClassIdentity:
        """Return the rubric, baseline and data that a class is graded under today."""
        specification = self.specification
        return ClassIdentity(
            assignment=specification.assignment.name,
            data=data,
            rubric_sha256=specification.key_spec.digest,
            baseline_sha256=baseline.digest,
            versions=installed_versions(),
            variables={name: shape.model_dump_json() for name, shape in specification.run_spec.variables.items()},
        )


def open_assignment(path: Path) -> Assignment:
    """Read `grading.yml`.

    Raises:
        ConfigurationError: It is not there or wrong; every fault is named.
    """
    if not path.is_file():
        raise ConfigurationError("there is no such file", where=str(path), remedy="name it with --config grading.yml")
    return Assignment(path.resolve().parent, load(path))


def installed_versions() -> dict[str, str]:
    """Return the versions of the packages that decide what a notebook computes."""
    return {name: importlib.metadata.version(name) for name in DECIDING_PACKAGES}
