"""A parsed rubric with everything that belongs to it: baseline, known trainings, justifications, secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.errors import ConfigurationError
from autograder.gradebook import ClassIdentity, DataKind
from autograder.installed import installed_versions
from autograder.orders import OrderStore
from autograder.records import Language, spoken_language
from autograder.reference import (
    Baseline,
    KeptRun,
    Recorded,
    Today,
    baseline_for,
    cautions,
    history_bands,
    read_runs,
    tell_stale,
)
from autograder.report import (
    Cause,
    Justifications,
    OptionTexts,
    ReferenceNumbers,
    read_causes,
    read_justifications,
    read_option_texts,
)
from autograder.rubric import Specification, load
from autograder.rubric.data_manifest import Manifest
from autograder.solution import Plan, Solution, open_solution


@dataclasses.dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment: its rubric's file, the file's content, and the folders that it names.

    The rubric may have any file name; other modules use `rubric`.
    """

    rubric: Path
    specification: Specification

    @property
    def folder(self) -> Path:
        """Return the rubric's folder, to which the paths in it are relative."""
        return self.rubric.parent

    def reference(self, data: str) -> Path:
        """Return the folder with the reference runs, baseline and known trainings on `real` or `practice` data."""
        return self.folder / self.specification.assignment.reference / data

    def runs_folder(self, data: str) -> Path:
        """Return the folder of the reference runs, one file per run."""
        return self.reference(data) / "runs"

    @property
    def data(self) -> Manifest:
        """Return the data files that the notebooks read."""
        return self.specification.assignment.data

    @property
    def secrets(self) -> tuple[Path, ...]:
        """Return the folders that contain answers: the rubric's own and those that it names."""
        named = self.specification.assignment
        places = (self.folder / place for place in (named.reference, *named.notebooks.values()))
        outside = (path for path in places if path.exists() and not path.resolve().is_relative_to(self.folder))
        return (self.folder, *outside)

    def known_trainings(self, data: str) -> OrderStore:
        """Return the store of the reference's own orders, whose results are known."""
        return OrderStore(self.reference(data) / "trainings")

    def baseline(self, data: str) -> Baseline:
        """Return the baseline; an empty one if nothing in the rubric depends on reference runs.

        Raises:
            ConfigurationError: It is missing, or was changed after `autograder calibrate` wrote it.
        """
        return baseline_for(self.specification.key_spec, self.reference(data), data)

    def justifications(self) -> Justifications:
        """Return why each option is right or wrong, if there is such a file and the policy shows it on pages.

        Raises:
            ConfigurationError: The file is invalid.
        """
        if self.specification.policy.feedback != "full":
            return {}
        return read_justifications(self.folder / self.specification.assignment.reference, self.specification.questions)

    def kept_runs(self, data: str) -> tuple[Recorded, ...]:
        """Return the stored reference runs; empty if they are not on this machine, as grading alone does not need them.

        Raises:
            ConfigurationError: A file is not a reference run.
        """
        folder = self.runs_folder(data)
        return read_runs(folder) if any(folder.glob("*.json")) else ()

    def option_texts(self, language: Language) -> OptionTexts:
        """Return the text of each option in a language of pages, if a master notebook of it is available."""
        notebooks = self.specification.assignment.notebooks
        tags = [tag for tag in notebooks if spoken_language(tag) == language]
        return read_option_texts(self.folder / notebooks[tags[0]]) if tags else {}

    def causes(self, data: str) -> tuple[Cause, ...]:
        """Return the known mistakes by the marks that they lead to on this data.

        Raises:
            ConfigurationError: The file is invalid.
        """
        return read_causes(self.reference(data))

    def reference_numbers(self, data: str) -> ReferenceNumbers:
        """Return what pages with full feedback plot: trained numbers and learning curves of the reference runs.

        Raises:
            ConfigurationError: There is no baseline, or a file is not a reference run.
        """
        baseline, key_spec = self.baseline(data), self.specification.key_spec
        return ReferenceNumbers(baseline.numbers(), history_bands(key_spec, baseline, self.kept_runs(data)))

    def cautions(self, data: str) -> tuple[str, ...]:
        """Return the warnings about the baseline on this data.

        Raises:
            ConfigurationError: The baseline is missing, or was changed after it was written.
        """
        baseline = self.baseline(data)
        found = tuple(cautions(baseline, self.specification.key_spec, installed_versions()))
        stale = self.stale_solution(baseline)
        return (*found, f"{stale} (autograder calibrate --renew)") if stale else found

    @property
    def has_solution(self) -> bool:
        """Whether the solved notebook is available; on machines that only grade, it is not."""
        first = next(iter(self.specification.assignment.notebooks.values()), None)
        return first is not None and (self.folder / first).is_file()

    def solution(self) -> Solution:
        """Read the solved notebook that the reference runs execute: the first one that the rubric names.

        Raises:
            ConfigurationError: `grading.yml` names none.
            SubmissionError: It cannot be read.
        """
        notebooks = self.specification.assignment.notebooks
        if not notebooks:
            raise ConfigurationError(
                "names no master notebook", "assignment.notebooks", "the first one is the reference"
            )
        return open_solution(self.folder / next(iter(notebooks.values())))

    def data_sums(self, data: str) -> Mapping[str, str]:
        """Return the SHA-256 of each data set's file by name; practice data are generated and have none."""
        return {name: file.sha256 for name, file in self.data.items()} if data == "real" else {}

    def today(self, data: str) -> Today:
        """Return the inputs that reference runs would have if they were made now.

        Raises:
            ConfigurationError: See `solution`.
            SubmissionError: See `solution`.
        """
        solution, sums = self.solution(), self.data_sums(data)
        return Today(lambda seed, questions: solution.basis(Plan(seed, questions), sums), installed_versions())

    def stale(self, runs: Iterable[KeptRun], data: str) -> str:
        """Describe how many runs are stale and why; empty if none is, or if the solved notebook is not available."""
        return tell_stale(map(self.today(data).changes, runs), data) if self.has_solution else ""

    def stale_solution(self, baseline: Baseline) -> str:
        """Describe how many runs of a baseline come from another solution or other data than today's; likewise."""
        if not self.has_solution:
            return ""
        return tell_stale(map(self.today(baseline.data).changes_of_basis, baseline.runs), baseline.data)

    def identity(self, data: DataKind, baseline: Baseline) -> ClassIdentity:
        """Return the identity of a class graded now: rubric, baseline and data."""
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
    """Read an assignment's rubric, usually `grading.yml`.

    Raises:
        ConfigurationError: The file is missing or invalid; the error lists every fault.
    """
    if not path.is_file():
        raise ConfigurationError("there is no such file", where=str(path), remedy="name the rubric with --config FILE")
    return Assignment(path.resolve(), load(path))
