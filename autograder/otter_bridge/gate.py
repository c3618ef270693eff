"""The gate of a build: what must hold before an assignment may reach a student."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from autograder.otter_bridge.assign import Assigned, students_files
from autograder.otter_bridge.leaks import (
    Leak,
    find_figures,
    find_hidden_tests,
    find_keys,
    find_outputs,
    find_solutions,
    solution_lines,
)
from autograder.otter_bridge.notebooks import read_notebook
from autograder.otter_bridge.passages import Passage, passages_of_file
from autograder.otter_bridge.score import OtterScore, public_points, score_in_process
from autograder.otter_bridge.values_notebook import values_notebook
from autograder.records import Evidence, Language
from autograder.spec.model import Specification

_LEAKS_SHOWN = 5
_FAILED = "Test case failed"
_TOLERANCE = 1e-4
"""Otter rounds a question's points to five decimals."""


@dataclasses.dataclass(frozen=True, slots=True)
class BuildCheck:
    """One thing that must hold, whether it does, and what was seen."""

    name: str
    passed: bool
    detail: str


@dataclasses.dataclass(frozen=True, slots=True)
class BuildReport:
    """Every check of a build."""

    checks: tuple[BuildCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed; a report without checks did not."""
        return bool(self.checks) and all(check.passed for check in self.checks)


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """One language of a build: its master, what came of it, and the evidence of running both notebooks.

    `solution` is the evidence of the solved notebook, `blank` that of the student's as it is handed out.
    """

    master: Path
    assigned: Assigned
    solution: Evidence
    blank: Evidence


Seen = tuple[bool, str]


def check_build(
    specification: Specification,
    trials: Mapping[Language, Trial],
    hidden_tests: Path,
    students_zip: Path,
    assignment: Path,
    data: str = "real",
) -> BuildReport:
    """Check a whole build and report every check; nothing is raised, as a check that breaks has failed.

    Args:
        specification: The rubric.
        trials: One for each language.
        hidden_tests: The folder that `write_hidden_tests` filled.
        students_zip: What `write_students_zip` wrote.
        assignment: The folder of `grading.yml`.
        data: `real` or `practice`, whichever the notebooks of the trials ran on.
    """
    checks: list[BuildCheck] = []

    def check(name: str, look: Callable[[], Seen]) -> None:
        try:
            passed, detail = look()
        except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever broke, the build may not go out)
            passed, detail = False, f"{type(error).__name__}: {error}"
        checks.append(BuildCheck(name, passed, detail))

    def score(evidence: Evidence) -> OtterScore:
        return score_in_process(values_notebook(evidence, data), hidden_tests, assignment)

    for language, trial in trials.items():
        for name, look in _looks(specification, trial, score).items():
            check(f"{language}: {name}", look)
    check("all: the zip holds what was searched", lambda: _same_files(students_zip, specification, trials))
    return BuildReport(tuple(checks))


def _looks(
    specification: Specification, trial: Trial, score: Callable[[Evidence], OtterScore]
) -> dict[str, Callable[[], Seen]]:
    """Name everything that is looked at in one language, and how."""
    points = specification.assignment.points
    looks: dict[str, Callable[[], Seen]] = {
        "points possible": lambda: _possible(score(trial.blank), specification),
        "the solution earns all": lambda: _earns(score(trial.solution), points),
        "a blank notebook earns nothing": lambda: _earns(score(trial.blank), 0),
        "public tests and rubric agree": lambda: _agree(trial.assigned, specification),
    }
    return looks | {
        f"no {what} for students": lambda find=find: _none(find(_passages(trial), trial, specification))
        for what, find in _SEARCHES.items()
    }


def _possible(score: OtterScore, specification: Specification) -> Seen:
    expected = {
        name: sum(item.points for item in question.items.values()) for name, question in specification.questions.items()
    }
    missing = sorted(expected.keys() ^ score.questions.keys())
    whole = abs(score.points_possible - specification.assignment.points) < _TOLERANCE
    detail = (
        f"{score.points_possible:g} of {specification.assignment.points:g} points, {len(score.questions)} questions"
    )
    return whole and not missing, detail + (f"; not in both: {', '.join(missing)}" if missing else "")


def _earns(score: OtterScore, points: float) -> Seen:
    if score.points is None:
        return False, "no grade, by our own fault: " + _outputs(score, score.questions)
    passed = abs(score.points - points) < _TOLERANCE
    # For the solution a question with a failure is of interest, for a blank notebook one with a success.
    odd = [name for name, earned in score.questions.items() if (_FAILED in score.outputs[name] if points else earned)]
    return passed, f"{score.points:g} points" + ("" if passed else ": " + _outputs(score, odd))


def _outputs(score: OtterScore, names: Iterable[str]) -> str:
    return "\n".join(score.outputs[name] for name in names)


def _passages(trial: Trial) -> tuple[Passage, ...]:
    folder = trial.assigned.student_folder
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return tuple(passage for file in files for passage in passages_of_file(file))


def _solutions(passages: Sequence[Passage], trial: Trial, _: Specification) -> Iterator[Leak]:
    return find_solutions(passages, solution_lines(read_notebook(trial.master)))


_SEARCHES: Mapping[str, Callable[[Sequence[Passage], Trial, Specification], Iterator[Leak]]] = MappingProxyType(
    {
        "solution": _solutions,
        "key": lambda passages, _, specification: find_keys(passages, specification.questions),
        "reference figure": lambda passages, _, specification: find_figures(passages, specification.questions),
        "hidden test": lambda passages, _, __: find_hidden_tests(passages),
        "output": lambda passages, _, __: find_outputs(passages),
    }
)


def _none(leaks: Iterable[Leak]) -> Seen:
    found = [str(leak) for leak in leaks]
    more = f"; and {len(found) - _LEAKS_SHOWN} more" if len(found) > _LEAKS_SHOWN else ""
    return not found, "; ".join(found[:_LEAKS_SHOWN]) + more


def _agree(assigned: Assigned, specification: Specification) -> Seen:
    """Compare the public tests' questions and points, which a student sees, with the rubric's."""
    faults = []
    shown = public_points(assigned.public_tests, assigned.student_notebook)
    for name, points in shown.items():
        question = specification.questions.get(name)
        if question is None:
            faults.append(f"{name} is no question of grading.yml")
        elif abs(points - sum(item.points for item in question.items.values())) > _TOLERANCE:
            faults.append(f"{name} is worth {points:g} in the notebook")
    return not faults, "; ".join(faults) or f"{len(shown)} questions with public tests"


def _same_files(students_zip: Path, specification: Specification, trials: Mapping[Language, Trial]) -> Seen:
    builds = {language: trial.assigned for language, trial in trials.items()}
    searched = students_files(specification.assignment.name, builds)
    with zipfile.ZipFile(students_zip) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    odd = sorted(name for name in searched.keys() | zipped.keys() if searched.get(name) != zipped.get(name))
    return not odd, "; ".join(odd[:_LEAKS_SHOWN]) or f"{len(zipped)} files"
