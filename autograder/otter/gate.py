"""The gate of a build: the checks that must pass before an assignment is released."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from autograder.otter.assign import Assigned, students_files
from autograder.otter.leaks import (
    Leak,
    find_figures,
    find_hidden_tests,
    find_keys,
    find_outputs,
    find_solutions,
    solution_lines,
)
from autograder.otter.notebooks import read_notebook
from autograder.otter.passages import Passage, passages_of_file
from autograder.otter.score import OtterScore, public_points, score_in_process
from autograder.otter.standard_cells import missing_cells
from autograder.otter.values_notebook import values_notebook
from autograder.records import Evidence
from autograder.rubric.cancellation import WHO_GETS_POINTS, cancelled_items, worth
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import Specification

_LEAKS_SHOWN = 5
_FAILED = "Test case failed"
_TOLERANCE = 1e-4
"""Otter rounds a question's points to five decimals."""


@dataclasses.dataclass(frozen=True, slots=True)
class BuildCheck:
    """One check, whether it passed, and its details; `weak` if it passed with a warning."""

    name: str
    passed: bool
    detail: str
    weak: bool = False

    @property
    def mark(self) -> Literal["holds", "weak", "fails"]:
        """How the check is shown."""
        if not self.passed:
            return "fails"
        return "weak" if self.weak else "holds"


@dataclasses.dataclass(frozen=True, slots=True)
class BuildReport:
    """Every check of a build."""

    checks: tuple[BuildCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed; false without checks."""
        return bool(self.checks) and all(check.passed for check in self.checks)


@dataclasses.dataclass(frozen=True, slots=True)
class LanguageBuild:
    """One language of a build: its master, its output, and the evidence from both notebooks.

    `solution` is the evidence of the solved notebook, `blank` that of the unanswered student notebook.
    """

    master: Path
    assigned: Assigned
    solution: Evidence
    blank: Evidence


Seen = tuple[bool, str]


def check_build(
    specification: Specification,
    trials: Mapping[str, LanguageBuild],
    hidden_tests: Path,
    students_zip: Path,
    rubric: Path,
    data: str = "real",
) -> BuildReport:
    """Run all checks of a build. Nothing is raised: a check that raises has failed.

    Args:
        specification: The rubric.
        trials: One for each language.
        hidden_tests: The folder written by `write_hidden_tests`.
        students_zip: The zip written by `write_students_zip`.
        rubric: The file that `specification` was read from.
        data: `real` or `practice`: the data that the notebooks ran on.
    """
    checks: list[BuildCheck] = []

    def check(name: str, look: Callable[[], Seen]) -> None:
        try:
            passed, detail = look()
        except (Exception, SystemExit) as error:  # noqa: BLE001 (a broken check must stop the build)
            passed, detail = False, f"{type(error).__name__}: {error}"
        checks.append(BuildCheck(name, passed, detail))

    def score(evidence: Evidence) -> OtterScore:
        return score_in_process(values_notebook(evidence, data), hidden_tests, rubric)

    for language, trial in trials.items():
        for name, look in _looks(specification, trial, score).items():
            check(f"{language}: {name}", look)
    check("all: the zip holds what was searched", lambda: _same_files(students_zip, specification, trials))
    return BuildReport(tuple(checks))


def _looks(
    specification: Specification, trial: LanguageBuild, score: Callable[[Evidence], OtterScore]
) -> dict[str, Callable[[], Seen]]:
    """Return the checks of one language by name."""
    everybody, most = _range_of_points(specification)
    looks: dict[str, Callable[[], Seen]] = {
        "points possible": lambda: _possible(score(trial.blank), specification),
        "the solution earns all": lambda: _earns(score(trial.solution), most, solved=True),
        "a blank notebook earns nothing": lambda: _earns(score(trial.blank), everybody, solved=False),
        "public tests and rubric agree": lambda: _agree(trial.assigned, specification),
        "the notebook has what it needs": lambda: _is_whole(trial.assigned, specification),
    }
    return looks | {
        f"no {what} for students": lambda find=find: _none(find(_passages(trial), trial, specification))
        for what, find in _SEARCHES.items()
    }


def _range_of_points(specification: Specification) -> tuple[float, float]:
    """Return the points that everybody gets for cancelled items, and the most that a notebook can earn."""
    points, cancelled = worth(specification.questions), cancelled_items(specification.questions)
    by_way = {way: sum(points[place] for place, one in cancelled.items() if one == way) for way in WHO_GETS_POINTS}
    return by_way["full_points"], sum(points.values()) - by_way["no_points"]


def _possible(score: OtterScore, specification: Specification) -> Seen:
    points = worth(specification.questions)
    expected = {place.partition(".")[0] for place, possible in points.items() if possible}
    missing = sorted(expected ^ score.questions.keys())
    whole = abs(score.points_possible - specification.assignment.points) < _TOLERANCE
    detail = (
        f"{score.points_possible:g} of {specification.assignment.points:g} points, {len(score.questions)} questions"
    )
    return whole and not missing, detail + (f"; not in both: {', '.join(missing)}" if missing else "")


def _earns(score: OtterScore, points: float, *, solved: bool) -> Seen:
    if score.points is None:
        return False, "no grade because of the grader: " + _outputs(score, score.questions)
    passed = abs(score.points - points) < _TOLERANCE
    # For the solution, show questions with a failure; for a blank notebook, those with a success.
    odd = [name for name, earned in score.questions.items() if (_FAILED in score.outputs[name] if solved else earned)]
    return passed, f"{score.points:g} points" + ("" if passed else ": " + _outputs(score, odd))


def _outputs(score: OtterScore, names: Iterable[str]) -> str:
    return "\n".join(score.outputs[name] for name in names)


def _passages(trial: LanguageBuild) -> tuple[Passage, ...]:
    folder = trial.assigned.student_folder
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return tuple(passage for file in files for passage in passages_of_file(file))


def _solutions(passages: Sequence[Passage], trial: LanguageBuild, _: Specification) -> Iterator[Leak]:
    return find_solutions(passages, solution_lines(read_notebook(trial.master)))


_SEARCHES: Mapping[str, Callable[[Sequence[Passage], LanguageBuild, Specification], Iterator[Leak]]] = MappingProxyType(
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
    """Compare the questions and points of the public tests, which students see, with the rubric's."""
    faults = []
    shown = public_points(assigned.public_tests, assigned.student_notebook)
    for name, points in shown.items():
        question = specification.questions.get(name)
        if question is None:
            faults.append(f"{name} is not a question of the rubric")
        elif abs(points - sum(item.points for item in question.items.values())) > _TOLERANCE:
            faults.append(f"{name} is worth {points:g} in the notebook")
    return not faults, "; ".join(faults) or f"{len(shown)} questions with public tests"


def _is_whole(assigned: Assigned, specification: Specification) -> Seen:
    """Check for the cells besides the questions that a notebook needs to be graded properly."""
    items = (item for question in specification.questions.values() for item in question.items.values())
    missing = missing_cells(
        read_notebook(assigned.student_notebook),
        specification.run_spec.variables,
        seeded=any(isinstance(item, Interval) for item in items),
    )
    return not missing, "; ".join(missing) or "checks, seed and summary"


def _same_files(students_zip: Path, specification: Specification, trials: Mapping[str, LanguageBuild]) -> Seen:
    builds = {language: trial.assigned for language, trial in trials.items()}
    searched = students_files(specification.assignment.name, builds)
    with zipfile.ZipFile(students_zip) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    odd = sorted(name for name in searched.keys() | zipped.keys() if searched.get(name) != zipped.get(name))
    return not odd, "; ".join(odd[:_LEAKS_SHOWN]) or f"{len(zipped)} files"
