"""Judge whether a run got the right marks."""

from __future__ import annotations

import dataclasses

from bank import Trial

from autograder.assignment import Assignment
from autograder.grading import grade
from autograder.records import Finding, Grade, Verdict
from autograder.reference import Baseline, Recorded, build_baseline, read_runs
from autograder.rubric import KeySpec


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """One run with its marks: items `lost` or `kept` by mistake."""

    name: str
    honest: bool
    lost: tuple[str, ...]
    kept: tuple[str, ...]
    dead: bool

    @property
    def right(self) -> bool:
        """Whether exactly the right items failed."""
        return not self.lost and not self.kept


def judge_trial(trial: Trial, recorded: Recorded, key_spec: KeySpec, baseline: Baseline) -> Judged:
    """Grade a run and compare its verdicts with the expected ones; only questions that were run count."""
    given = grade(recorded.evidence, key_spec, baseline)
    findings = {_place(one): one for one in given.findings if one.question in trial.questions}
    failed = {place for place, one in findings.items() if one.verdict is not Verdict.PASS}
    return Judged(
        name=trial.name,
        honest=trial.honest,
        lost=tuple(sorted(failed - trial.fails - trial.may)),
        kept=tuple(sorted(trial.fails - failed)),
        dead=_has_dead(given),
    )


def left_out_one_by_one(assignment: Assignment, data: str) -> tuple[Judged, ...]:
    """Grade each reference run by a baseline of all others: a check for question 10, whose runs take long."""
    key_spec = assignment.specification.key_spec
    recorded = read_runs(assignment.runs_folder(data))
    runs = assignment.baseline(data).runs
    everything = assignment.baseline(data).trainings
    judged = []
    for index, one in enumerate(recorded):
        others = dataclasses.replace(
            build_baseline(data, [run for place, run in enumerate(runs) if place != index]), trainings=everything
        )
        judged.append(_without(one, others, key_spec))
    return tuple(judged)


def _without(recorded: Recorded, others: Baseline, key_spec: KeySpec) -> Judged:
    given = grade(recorded.evidence, key_spec, others)
    names = recorded.questions or tuple(key_spec.questions)
    lost = [_place(one) for one in given.findings if one.question in names and one.verdict is not Verdict.PASS]
    seed = "own seed" if recorded.seed is None else f"seed {recorded.seed}"
    name = f"{seed}, {', '.join(recorded.questions) or 'all'}"
    return Judged(name, honest=True, lost=tuple(lost), kept=(), dead=_has_dead(given))


def _place(finding: Finding) -> str:
    return f"{finding.question}.{finding.item}"


def _has_dead(given: Grade) -> bool:
    return any(flag.code == "network.dead" for finding in given.findings for flag in finding.flags)
