"""Which notebooks there are in the paths that were given, whose each is, and which cannot be taken.

A submission is a notebook given by name, a notebook in a folder (the file's name is the student's), or a folder
with one notebook in it (the folder's name is); each may be a zip instead. Of a learning platform's export, its own
names say whose each is.
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
from autograder.collect.sources import NotSubmission, Source, find_sources
from autograder.errors import SubmissionError
from autograder.records import Job, Refusal, collation_key


@dataclasses.dataclass(frozen=True, slots=True)
class Collection:
    """What was found, each part in the order of names."""

    jobs: tuple[Job, ...]
    refused: tuple[Refusal, ...]
    not_submissions: tuple[NotSubmission, ...] = ()
    """What is nobody's hand-in, or beside the notebook that is taken: for the instructor to look over."""


def collect(
    paths: Sequence[Path], assignment_name: str, variables: Names[str] = (), export: Export = "auto"
) -> Collection:
    """Find and read the submissions in some files and folders.

    Args:
        paths: Notebooks, zips, folders of them, folders of students' folders, or exports of a learning platform.
        assignment_name: A notebook that still has the assignment's own name does not say whose it is: then its
            folder's name does.
        variables: The assignment's. A notebook whose code names none of them is refused as another one; none, and
            every notebook is taken.
        export: What each folder and zip in `paths` is, where it should not be found out.

    Raises:
        UsageError: A path does not exist, or a folder holds no notebook at all, or is not the export it is said to be.
    """
    by_student: defaultdict[str, list[Source]] = defaultdict(list)
    jobs: list[Job] = []
    refused: list[Refusal] = []
    lines: dict[NotSubmission, None] = {}
    with open_levels(paths, assignment_name, export) as levels:
        for level in levels:
            for found in find_sources(level):
                if isinstance(found, Source):
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
    fault, remedy = entry.fault, entry.remedy
    if not fault:
        try:
            job = parse_notebook(entry.read(), entry.source, owner.student)
        except SubmissionError as error:
            fault, remedy = error.what, error.remedy
        else:
            if not variables or mentions_any(job, variables):
                return dataclasses.replace(job, platform_id=owner.platform_id, late=owner.late)
            fault = "is another notebook: its code names none of the assignment's variables"
            remedy = f"is it the one of {assignment_name}? if not, hand in that one"
    return Refusal(owner.student, entry.source, fault, remedy, owner.platform_id)
