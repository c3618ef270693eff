"""Called by the hidden tests: judge one item on the evidence in a values notebook.

It runs in the kernel of `otter run`, or in our own process when Otter's test files are run there, but never together
with a student's code. Otter only distinguishes passed from failed. So a student's mistake is an `AssertionError`; any
other exception is the grader's fault and means that there is no grade. Rubric and baseline are read once per process.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from autograder.assignment import Assignment, open_assignment
from autograder.errors import AutograderError, ConfigurationError
from autograder.grading import grade
from autograder.otter import DATA_NAME, RUBRIC_MEMBER, RUBRIC_NAME, evidence_of
from autograder.records import Evidence, Finding, Grade, Reason, Verdict, from_json, to_json
from autograder.reference import Baseline
from autograder.report import is_for_student, sentence
from autograder.rubric import codes

RUBRIC_VARIABLE = "AUTOGRADER_RUBRIC"
"""Environment variable with the rubric's path, for a zip without the rubric."""

_LONGEST_MESSAGE = 500
_TELLING = ("hints", "full")
_TOLD_ALWAYS = frozenset({codes.REVIEW_PENDING, *codes.CANCELLED.values()})


def ask(question: str, item: str, environment: Mapping[str, object]) -> None:
    """Return if an item of `environment` passes, or is cancelled and everybody gets its points.

    Args:
        question: The question's name, as in the rubric.
        item: The item's name, likewise.
        environment: The variables of an executed values notebook.

    Raises:
        AssertionError: The student did not earn the item; the message states why.
        AutograderError: It could not be judged.
    """
    try:
        finding, message = _finding(question, item, environment)
    except (AssertionError, SystemExit) as error:
        # Otter would count an AssertionError as the student's failure, and SystemExit would end the kernel.
        raise AutograderError(f"judging failed: {type(error).__name__}: {error}", f"{question}.{item}") from error
    if finding.verdict is Verdict.INTERNAL:
        raise AutograderError(message, f"{question}.{item}", "this is not a grade; grade the submission again")
    if finding.verdict is Verdict.CANCELLED and finding.points:
        return
    if finding.verdict is not Verdict.PASS:
        raise AssertionError(message)


def _finding(question: str, item: str, environment: Mapping[str, object]) -> tuple[Finding, str]:
    rubric = rubric_file(environment)
    specification = _assignment(rubric).specification
    evidence = evidence_of(environment, specification.run_spec.variables)
    given = _grade(rubric, str(environment.get(DATA_NAME, "real")), to_json(evidence))
    for finding in given.findings:
        if (finding.question, finding.item) == (question, item):
            return finding, _message(finding, given, specification.policy.feedback)
    raise ConfigurationError("the rubric has no such item", f"{question}.{item}", "run `autograder build` again")


def rubric_file(environment: Mapping[str, object]) -> Path:
    """Find the rubric: given by the caller, by the environment variable, or beside the tests as in the zip."""
    named = environment.get(RUBRIC_NAME) or os.environ.get(RUBRIC_VARIABLE)
    return Path(str(named)) if named else Path("..", "source", RUBRIC_MEMBER).resolve()


@functools.cache
def _assignment(rubric: Path) -> Assignment:
    return open_assignment(rubric)


@functools.cache
def _baseline(rubric: Path, data: str) -> Baseline:
    return _assignment(rubric).baseline(data)


@functools.lru_cache(maxsize=1)
def _grade(rubric: Path, data: str, evidence: str) -> Grade:
    """Grade all items once. Evidence is passed as text, so that the cache can compare it."""
    return grade(from_json(Evidence, evidence), _assignment(rubric).specification.key_spec, _baseline(rubric, data))


def _message(finding: Finding, given: Grade, feedback: str) -> str:
    """Describe a finding in one line, as far as the policy allows; the grader's faults in full."""
    if finding.verdict is Verdict.INTERNAL:
        reasons = list(finding.reasons)
    else:
        # A pending review and a cancelled item reveal no answer, so they are reported under every policy.
        reasons = [reason for reason in finding.reasons if _may_be_said(reason, feedback)]
    sentences = [sentence(reason, given.language, reveal=feedback == "full") for reason in reasons]
    # On one line, so that a student's text cannot imitate an Otter report.
    return " ".join(" ".join([f"{finding.verdict}:", *sentences]).split())[:_LONGEST_MESSAGE].rstrip(":")


def _may_be_said(reason: Reason, feedback: str) -> bool:
    return is_for_student(reason) and (feedback in _TELLING or reason.code in _TOLD_ALWAYS)
