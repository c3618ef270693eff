"""Run → Evidence: the only place that decides which of a sandbox's reports may be graded.

It iterates over the variables that the rubric declares, never over those that arrived. A student's mistake becomes a
line in the evidence; no message from a sandbox can raise an exception here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from autograder.errors import WireError
from autograder.evidence.admission import admit_evaluations, admit_figures, admit_loops, admit_trainings
from autograder.evidence.shapes import conform
from autograder.records import JSON, CellOutcome, Detail, Evidence, Job, Run, Values, shown, shown_lines
from autograder.rubric.run_spec import RunSpec
from autograder.rubric.variable_shapes import Shape
from autograder.wire import parse_json

MAXIMUM_FAULTS = 50
_CLAIM_VERSION = 1
_LONGEST_ERROR = 500


def examine(job: Job, run: Run, run_spec: RunSpec) -> Evidence:
    """Check everything that a run reported, and keep what grading may rely on.

    Args:
        job: The job that was executed; its `claimed` text is as untrusted as the run.
        run: What the sandbox reported.
        run_spec: The expected variables and their shapes.
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
        run_detail=None if run.detail is None else run.detail.inert(_LONGEST_ERROR),
        executed=_values(run.values, run_spec.variables),
        claimed=claimed,
        trainings=trainings,
        evaluations=evaluations,
        figures=figures,
        cells=tuple(map(_cell, run.cells)),
        faults=_few(
            [
                *(fault.inert() for fault in run.faults),
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
    faults: dict[str, Detail] = {}
    for name, shape in shapes.items():
        value, found = conform(name, given.get(name), shape)
        if value is not None:
            fit[name] = value
        faults |= found
    return Values(fit, faults)


def _claim(text: str | None, shapes: Mapping[str, Shape]) -> tuple[Values, list[Detail]]:
    """Check the values that the student's own run saved in the output of the last cell."""
    variables, fault = claimed_variables(text)
    return (Values({}, {}), [fault]) if fault is not None else (_values(variables, shapes), [])


def claimed_variables(text: str | None) -> tuple[dict[str, JSON], Detail | None]:
    """Return the variables that the student's own run saved in the last cell, or why they cannot be read."""
    if text is None:
        return {}, None
    try:
        bundle = parse_json(text)
    except WireError as error:
        return {}, Detail.of("claim.unreadable", error=shown(error, 200))
    version = bundle.get("version") if isinstance(bundle, dict) else None
    if version is not None and (isinstance(version, bool) or version != _CLAIM_VERSION):
        return {}, Detail.of("claim.version", version=shown(version), due=_CLAIM_VERSION)
    variables = bundle.get("variables") if version is not None else None
    if not isinstance(variables, dict):
        return {}, Detail("claim.form")
    return variables, None


def _cell(outcome: CellOutcome) -> CellOutcome:
    # Comparisons with NaN are false, so NaN becomes 0.
    seconds = outcome.seconds if 0 <= outcome.seconds < math.inf else 0.0
    detail = None if outcome.detail is None else outcome.detail.inert(_LONGEST_ERROR)
    error = shown_lines(outcome.error, _LONGEST_ERROR)
    remarks = tuple(remark.inert(_LONGEST_ERROR) for remark in outcome.remarks)
    return dataclasses.replace(outcome, seconds=seconds, error=error, detail=detail, remarks=remarks)


def _few(faults: list[Detail]) -> tuple[Detail, ...]:
    more = len(faults) - MAXIMUM_FAULTS
    return (*faults[:MAXIMUM_FAULTS], Detail.of("journal.and_more", more=more)) if more > 0 else tuple(faults)
