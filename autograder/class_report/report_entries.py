"""The class report's data of one student: a few kilobytes of a submission whose evidence may take megabytes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping

from autograder.grading import select
from autograder.records import Evidence, Grade, Job, Run, Usage, Values
from autograder.report import QuestionScore, chosen_letters, question_scores
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec


@dataclasses.dataclass(frozen=True, slots=True)
class ReportEntry:
    """One student's grade that counts, and the parts of the evidence that are compared within the class.

    `letters` are the chosen options by item (`q07.answer`). `obtained` and `saved` are the trained numbers by path, of
    our execution and of the student's own. `evidence_sha256` and `code_sha256` identify the submitted values and code;
    they are empty if there are none. `usage` is None if the run is not known.
    """

    grade: Grade
    letters: Mapping[str, str]
    obtained: Mapping[str, float]
    saved: Mapping[str, float]
    evidence_sha256: str
    code_sha256: str
    fingerprints: frozenset[int]
    usage: Usage | None

    @property
    def student(self) -> str:
        """The student's name."""
        return self.grade.student

    def score(self, question: str) -> QuestionScore | None:
        """Return the result of one question; None if the grade has no item of it."""
        return next((score for score in question_scores(self.grade) if score.question == question), None)

    def says(self, place: str, codes: Collection[str]) -> bool:
        """Return whether one of these codes is among the reasons and flags of an item."""
        return any(
            one.code in codes
            for finding in self.grade.findings
            if finding.place == place
            for one in (*finding.reasons, *finding.flags)
        )

    @property
    def is_decided(self) -> bool:
        """Whether the points are final: there is a grade, and nothing is pending."""
        return self.grade.points is not None and not self.grade.pending

    @property
    def processor_seconds(self) -> float | None:
        """The submission's cost: its own process and its new trainings together."""
        return None if self.usage is None else self.usage.cpu_seconds + self.usage.training_cpu_seconds


def make_entry(
    grade: Grade,
    evidence: Evidence,
    key_spec: KeySpec,
    job: Job | None = None,
    run: Run | None = None,
    fingerprints: frozenset[int] = frozenset(),
) -> ReportEntry:
    """Extract from a submission what the class report needs.

    Args:
        grade: The grade that counts, after people's decisions.
        evidence: The evidence of the graded notebook.
        key_spec: The rubric.
        job: The notebook; None if unknown, and then its code is not compared.
        run: Its last execution.
        fingerprints: The fingerprints of its code (see `CodeComparer`).
    """
    given = evidence.executed.given
    return ReportEntry(
        grade,
        chosen_letters(key_spec.questions, evidence),
        dict(_numbers(evidence.executed, key_spec)),
        dict(_numbers(evidence.claimed, key_spec)),
        _sha256(json.dumps(given, sort_keys=True)) if given else "",
        _sha256("\0".join(cell.source.strip() for cell in job.cells)) if job is not None and given else "",
        fingerprints,
        None if run is None else run.usage,
    )


def _numbers(values: Values, key_spec: KeySpec) -> Iterator[tuple[str, float]]:
    for question in key_spec.questions.values():
        for item in question.items.values():
            for path in item.values if isinstance(item, Interval) else ():
                found = select(values, path)
                if found.state == "given":
                    yield path, float(found.value)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
