"""Run → Evidence: the only place where what a sandbox said is judged fit to be graded.

It iterates over the variables that the rubric declares and never over those that arrived. A student's fault
becomes a line in the evidence; nothing that a sandbox says can raise here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from autograder.errors import WireError
from autograder.evidence.journal import admit_evaluations, admit_figures, admit_loops, admit_trainings
from autograder.evidence.shapes import conform
from autograder.evidence.wording import shown, shown_lines
from autograder.records import JSON, CellOutcome, Evidence, Job, Run, Values
from autograder.spec.run_spec import RunSpec
from autograder.spec.shapes import Shape
from autograder.wire import parse_json

MAXIMUM_FAULTS = 50
_CLAIM_VERSION = 1
_LONGEST_DETAIL = 2_000
_LONGEST_ERROR = 500
_LONGEST_FAULT = 300


def examine(job: Job, run: Run, run_spec: RunSpec) -> Evidence:
    """Check everything that a run brought, and keep what grading may rely on.

    Args:
        job: What was executed; its `claimed` text is as hostile as the run is.
        run: What the sandbox said.
        run_spec: Which variables are due, and in what shapes.
    """
    claimed, claim_faults = _claim(job.claimed, run_spec.variables)
    trainings, training_faults = admit_trainings(run.trainings)
    evaluations, evaluation_faults = admit_evaluations(run.evaluations, trainings)
    figures, figure_faults = admit_figures(run.figures)
    loops, loop_faults = admit_loops(run.loops)
    return Evidence(
        job_id=job.id,
        student=job.student,
        language=job.language,
        notebook_sha256=job.notebook_sha256,
        run_verdict=run.verdict,
        run_detail=shown_lines(run.detail, _LONGEST_DETAIL),
        executed=_values(run.values, run_spec.variables),
        claimed=claimed,
        trainings=trainings,
        evaluations=evaluations,
        figures=figures,
        cells=tuple(map(_cell, run.cells)),
        faults=_few(
            [
                *(shown(fault, _LONGEST_FAULT) for fault in run.faults),
                *training_faults,
                *evaluation_faults,
                *loop_faults,
                *figure_faults,
                *claim_faults,
            ]
        ),
        loops=loops,
    )


def _values(given: Mapping[str, JSON], shapes: Mapping[str, Shape]) -> Values:
    fit: dict[str, JSON] = {}
    faults: dict[str, str] = {}
    for name, shape in shapes.items():
        value, reasons = conform(name, given.get(name), shape)
        if value is not None:
            fit[name] = value
        faults |= reasons
    return Values(fit, faults)


def _claim(text: str | None, shapes: Mapping[str, Shape]) -> tuple[Values, list[str]]:
    """Examine the values that the notebook's own last cell had stored in its output."""
    variables, fault = claimed_variables(text)
    return (Values({}, {}), [fault]) if fault else (_values(variables, shapes), [])


def claimed_variables(text: str | None) -> tuple[dict[str, JSON], str]:
    """Return what the notebook's own last cell had found in the variables, and why its record cannot be read."""
    if text is None:
        return {}, ""
    try:
        bundle = parse_json(text)
    except WireError as error:
        return {}, f"the notebook's own record of its values was refused: {shown(error, 200)}"
    version = bundle.get("version") if isinstance(bundle, dict) else None
    if version is not None and (isinstance(version, bool) or version != _CLAIM_VERSION):
        return {}, f"the notebook's own record of its values has version {shown(version)}, not {_CLAIM_VERSION}"
    variables = bundle.get("variables") if version is not None else None
    if not isinstance(variables, dict):
        return {}, "the notebook's own record of its values has not the form that it was given"
    return variables, ""


def _cell(outcome: CellOutcome) -> CellOutcome:
    # A comparison with NaN is false, so that what is not a number ends as zero.
    seconds = outcome.seconds if 0 <= outcome.seconds < math.inf else 0.0
    return dataclasses.replace(outcome, seconds=seconds, error=shown_lines(outcome.error, _LONGEST_ERROR))


def _few(faults: list[str]) -> tuple[str, ...]:
    more = len(faults) - MAXIMUM_FAULTS
    return (*faults[:MAXIMUM_FAULTS], f"and {more:,} more") if more > 0 else tuple(faults)
