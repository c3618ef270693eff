"""How often the reference runs support each option of a question."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.grading import KeyAudit, Observed, audit_keys
from autograder.reference import Baseline, Recorded
from autograder.rubric.model import KeySpec


def reference_support(key_spec: KeySpec, baseline: Baseline, runs: Iterable[Recorded]) -> tuple[KeyAudit, ...]:
    """Check every option that makes claims against the stored reference runs.

    Dead networks are taken from the baseline, which was made from the same runs.
    """
    dead = {(run.seed, run.questions): run.summary.dead for run in baseline.runs}
    observed = [Observed(run.evidence, dead.get((run.seed, run.questions), ())) for run in runs]
    return audit_keys(key_spec, observed) if observed else ()
