"""Find the submissions in the given paths, their owners, and those that have to be refused.

A submission is a notebook given by name, a notebook in a folder (named after its student), or a folder with one
notebook in it (the folder is named after the student); each may be a zip instead. In a learning platform's export, the
platform's names identify the owners.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection as Names
from collections.abc import Sequence
from pathlib import Path

from autograder.collect.choosing import Chosen, choose
from autograder.collect.exports import Export
from autograder.collect.levels import open_levels
from autograder.collect.notebook import mentions_any, parse_notebook
from autograder.collect.sources import NotSubmission, SubmissionSource, find_sources
from autograder.records import Detail, Job, Refusal, SubmissionError, collation_key


@dataclasses.dataclass(frozen=True, slots=True)
class Collection:
    """What was found, each part sorted by name."""

    jobs: tuple[Job, ...]
    refused: tuple[Refusal, ...]
    not_submissions: tuple[NotSubmission, ...] = ()
    """What is not a submission, or is beside the chosen notebook, for the instructor to check."""


def collect(
    paths: Sequence[Path], assignment_name: str, variables: Names[str] = (), export: Export = "auto"
) -> Collection:
    """Find and read the submissions in some files and folders.

    Args:
        paths: Notebooks, zips, folders of them, folders of students' folders, or exports of a learning platform.
        assignment_name: A notebook that still has the assignment's own name does not name its student; then its
            folder's name does.
        variables: The assignment's variables. A notebook whose code has none of them is refused as a different one; if
            this is empty, every notebook is accepted.
        export: The kind of each folder and zip in `paths`, unless it is to be detected.

    Raises:
        UsageError: A path does not exist, or a folder has no notebook or is not the given kind of export.
        SubmissionError: The list of Gradescope's export cannot be read.
    """
    by_student: defaultdict[str, list[SubmissionSource]] = defaultdict(list)
    jobs: list[Job] = []
    refused: list[Refusal] = []
    lines: dict[NotSubmission, None] = {}
    with open_levels(paths, assignment_name, export) as levels:
        for level in levels:
            for found in find_sources(level):
                if isinstance(found, SubmissionSource):
                    by_student[found.owner.student].append(found)
                else:
                    lines[found] = None
        for student in sorted(by_student, key=collation_key):
            chosen = choose(by_student.pop(student), assignment_name)
            lines.update(dict.fromkeys(chosen.passed_over))
            outcome = _read(chosen, assignment_name, variables)
            if isinstance(outcome, Job):
                jobs.append(outcome)
            else:
                refused.append(outcome)
    return Collection(tuple(jobs), tuple(refused), tuple(sorted(lines, key=lambda line: collation_key(line.source))))


def _read(chosen: Chosen, assignment_name: str, variables: Names[str]) -> Job | Refusal:
    owner, entry = chosen.owner, chosen.entry
    fault = entry.fault
    if fault is None:
        try:
            job = parse_notebook(entry.read(), entry.source, owner.student)
        except SubmissionError as error:
            fault = error.fault
        else:
            if not variables or mentions_any(job, variables):
                return dataclasses.replace(job, account=owner.account, days_late=owner.days_late)
            fault = Detail.of("refused.another_notebook", assignment=assignment_name)
    return Refusal(owner.student, entry.source, fault, owner.account)
