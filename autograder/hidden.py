"""What the hidden tests call: ask our rubric about one item of the evidence in a values notebook.

It runs in the kernel of `otter run`, or in our own process when Otter's test files are run there; never beside a
student's code. Otter knows passed and failed alone. So only a student's fault is an `AssertionError`; any other
exception is ours, and whoever reads the score takes it for no grade. Rubric and baseline are read once a process.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import AutograderError, ConfigurationError
from autograder.grading import REVIEW_PENDING, Baseline, grade, load_baseline
from autograder.otter_bridge import ASSIGNMENT_FOLDER, ASSIGNMENT_NAME, DATA_NAME, evidence_of
from autograder.records import Evidence, Finding, Grade, Reason, Verdict, from_json, to_json
from autograder.report import is_for_student, sentence
from autograder.spec import Specification, load

ASSIGNMENT_VARIABLE = "AUTOGRADER_ASSIGNMENT"
"""Names the folder of `grading.yml`, for a zip that does not carry it."""

_LONGEST_MESSAGE = 500
_TELLING = ("hints", "full")


def ask(question: str, item: str, environment: Mapping[str, object]) -> None:
    """Return if an item of `environment` passes.

    Args:
        question: The question's name, as in `grading.yml`.
        item: The item's name, likewise.
        environment: The variables of an executed values notebook.

    Raises:
        AssertionError: The student did not earn the item; the message says why.
        AutograderError: We could not judge it.
    """
    try:
        finding, message = _finding(question, item, environment)
    except (AssertionError, SystemExit) as error:
        # Otter would take the one for the student's failure, and the other would end the kernel.
        raise AutograderError(f"judging broke: {type(error).__name__}: {error}", f"{question}.{item}") from error
    if finding.verdict is Verdict.INTERNAL:
        raise AutograderError(message, f"{question}.{item}", "this is no grade; grade the submission again")
    if finding.verdict is not Verdict.PASS:
        raise AssertionError(message)


def _finding(question: str, item: str, environment: Mapping[str, object]) -> tuple[Finding, str]:
    folder = assignment_folder(environment)
    specification = _specification(folder)
    evidence = evidence_of(environment, specification.run_spec.variables)
    given = _grade(folder, str(environment.get(DATA_NAME, "real")), to_json(evidence))
    for finding in given.findings:
        if (finding.question, finding.item) == (question, item):
            return finding, _message(finding, given, specification.policy.feedback)
    raise ConfigurationError("grading.yml has no such item", f"{question}.{item}", "run `autograder build` again")


def assignment_folder(environment: Mapping[str, object]) -> Path:
    """Find the rubric: where the caller says, where the operator says, or beside the tests as the zip has it."""
    named = environment.get(ASSIGNMENT_NAME) or os.environ.get(ASSIGNMENT_VARIABLE)
    return Path(str(named)) if named else Path("..", "source", ASSIGNMENT_FOLDER).resolve()


@functools.cache
def _specification(folder: Path) -> Specification:
    return load(folder / "grading.yml")


@functools.cache
def _baseline(folder: Path, data: str) -> Baseline:
    return load_baseline(folder / _specification(folder).assignment.reference / data)


@functools.lru_cache(maxsize=1)
def _grade(folder: Path, data: str, evidence: str) -> Grade:
    """Grade once for all items. Evidence goes by its text, as that is what a cache can compare."""
    return grade(from_json(Evidence, evidence), _specification(folder).key_spec, _baseline(folder, data))


def _message(finding: Finding, given: Grade, feedback: str) -> str:
    """Say a finding in one line, and no more of it than the policy lets a student see; our own faults in full."""
    if finding.verdict is Verdict.INTERNAL:
        reasons = list(finding.reasons)
    else:
        # That a person will look is no hint at an answer: it is said under every policy.
        reasons = [reason for reason in finding.reasons if _may_be_said(reason, feedback)]
    sentences = [sentence(reason, given.language, reveal=feedback == "full") for reason in reasons]
    # On one line, so that a student's text in it cannot look like a report of Otter's.
    return " ".join(" ".join([f"{finding.verdict}:", *sentences]).split())[:_LONGEST_MESSAGE].rstrip(":")


def _may_be_said(reason: Reason, feedback: str) -> bool:
    return is_for_student(reason) and (feedback in _TELLING or reason.code == REVIEW_PENDING)
