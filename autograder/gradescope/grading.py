"""Grade the submission in the container, and write a results.json whatever happens.

Problems that students can fix are reported to students in the results' `output`; those that instructors can fix, to
instructors in the container's own output. Each is one line.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

from autograder import __version__
from autograder.assignment import Assignment
from autograder.collect import mentions_any
from autograder.errors import AutograderError, ConfigurationError, EnvironmentFault
from autograder.evidence import examine
from autograder.gradescope.layout import Layout
from autograder.gradescope.messages import WORDINGS, not_graded
from autograder.gradescope.metadata import Metadata, read_metadata
from autograder.gradescope.results_json import run_line, weighed, with_grade, without_grade, write_results
from autograder.gradescope.room import LEAST_MEBIBYTES, RECOMMENDED_MEBIBYTES, Room, measure_room
from autograder.gradescope.submission import read_submission
from autograder.otter import score_in_process, values_notebook
from autograder.pipeline import GradingSession, open_session
from autograder.records import JSON, Evidence, Grade, Job, Run, SubmissionError, to_json
from autograder.report import raised_flags, refusal_line, refusal_text, sentence, why_no_grade

_SAME_POINTS = 1e-4
"""Otter rounds a question's points to five decimals."""


def grade_submission(layout: Layout, seconds: float, sandbox: str = "uid") -> None:
    """Grade the submission and write the results.

    Args:
        layout: The container's folders.
        seconds: The time limit.
        sandbox: The sandbox's backend.
    """
    began = time.monotonic()
    try:
        layout.results.parent.mkdir(parents=True, exist_ok=True)
        results = _grade(layout, began, seconds, sandbox)
    except SubmissionError as error:
        _tell_instructor(f"refused: {refusal_line(error, 'en')}")
        results = without_grade(refusal_text(error.fault), time.monotonic() - began)
    except AutograderError as error:
        _tell_instructor(f"not graded: {error}")
        results = without_grade(not_graded(), time.monotonic() - began)
    except Exception as error:  # noqa: BLE001 (a bug means no grade, but never a missing file)
        traceback.print_exc()
        _tell_instructor(f"not graded because of a fault in the grader: {type(error).__name__}: {error}")
        results = without_grade(not_graded(), time.monotonic() - began)
    write_results(layout.results, results)


def _grade(layout: Layout, began: float, seconds: float, sandbox: str) -> dict[str, JSON]:
    layout.close()
    assignment = layout.open_assignment()
    metadata = read_metadata(layout.metadata)
    specification = assignment.specification
    handed_out = {Path(name).name for name in specification.assignment.notebooks.values()}
    job = read_submission(layout.submission, handed_out, f"submission-{metadata.submission or 'unknown'}")
    room = measure_room(seconds - (time.monotonic() - began))
    if room.mebibytes < LEAST_MEBIBYTES:
        raise EnvironmentFault(
            f"this container is too small: {room.mebibytes} MiB are left to a notebook, and TensorFlow takes "
            f"{LEAST_MEBIBYTES}",
            remedy=f"choose a container of {RECOMMENDED_MEBIBYTES} MiB in the autograder's settings on Gradescope",
        )
    session, run, evidence = _execute(layout, assignment, job, room, sandbox)
    met = room.met_by(run, specification.limits)
    if met:
        remedy = "choose a larger container or a longer time limit on Gradescope, or use `autograder grade`"
        raise EnvironmentFault(met, remedy=remedy)
    grade = _judge(layout, session, evidence)
    return _report(session, metadata, job, (run, evidence, grade), time.monotonic() - began)


def _execute(
    layout: Layout, assignment: Assignment, job: Job, room: Room, sandbox: str
) -> tuple[GradingSession, Run, Evidence]:
    specification = assignment.specification
    tight = dataclasses.replace(
        assignment,
        specification=specification.model_copy(update={"limits": room.fit(specification.run_spec).limits}),
    )
    # World-readable files belong to the image; everything else is closed above.
    with open_session(
        tight, layout.find_data(assignment.data), sandbox, secrets=layout.private, search=False
    ) as session:
        run = session.sandbox.run(job)
    return session, run, examine(job, run, specification.run_spec)


def _judge(layout: Layout, session: GradingSession, evidence: Evidence) -> Grade:
    """Grade the evidence by the rubric and by Otter's hidden tests; if they differ, there is no grade."""
    grade = session.judge(evidence)
    if grade.points is None:
        raise EnvironmentFault(f"the run or an item failed because of the grader: {why_no_grade(grade)}")
    score = score_in_process(values_notebook(evidence, session.data.kind), layout.tests, session.assignment.rubric)
    if score.points is None or abs(score.points - grade.points) > _SAME_POINTS:
        raise ConfigurationError(
            f"the hidden tests give {score.points}, and the rubric {grade.points}",
            str(layout.tests),
            "run `autograder build` again: the zip's tests are not those of its rubric",
        )
    return grade


def _report(
    session: GradingSession,
    metadata: Metadata,
    job: Job,
    outcome: tuple[Run, Evidence, Grade],
    seconds: float,
) -> dict[str, JSON]:
    run, evidence, grade = outcome
    specification = session.assignment.specification
    wording = WORDINGS[grade.language]
    points = 0.0 if grade.points is None else grade.points
    score, notes = weighed(points, grade.points_possible, specification.release, metadata, wording)
    lines = [run_line(grade, wording)]
    if not mentions_any(job, specification.run_spec.variables):
        lines.insert(0, wording.another_assignment.format(assignment=specification.assignment.name))
        _tell_instructor("the notebook names no variable of this assignment: it may belong to another one")
    for raised in raised_flags(grade):
        flag = sentence(raised.flag, grade.language, reveal=False)
        _tell_instructor(f"flag: {raised.place}: {flag}" if raised.place else f"flag: {flag}")
    extra = _extra(run, evidence, grade, metadata)
    return with_grade(grade, specification, score, (*lines, *notes), seconds, extra)


def _extra(run: Run, evidence: Evidence, grade: Grade, metadata: Metadata) -> Mapping[str, JSON]:
    """Return data that make a grade traceable; Gradescope hides them and passes them to later submissions."""
    return {
        "evidence_sha256": hashlib.sha256(to_json(evidence).encode()).hexdigest(),
        "notebook_sha256": grade.notebook_sha256,
        "rubric_sha256": grade.rubric_sha256,
        "baseline_sha256": grade.baseline_sha256,
        "data": grade.data,
        "points_before_policy": grade.points,
        "days_late": metadata.days_late,
        "members": metadata.members,
        "run": grade.run_verdict.value,
        "usage": dataclasses.asdict(run.usage),
        "versions": {"cnn-autograder": __version__, **run.versions},
    }


def _tell_instructor(line: str) -> None:
    """Print a line that only the instructor sees."""
    print(f"instructor: {line}", file=sys.stderr, flush=True)  # noqa: T201 (the container's output is the only channel)
