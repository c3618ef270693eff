"""Check whether the reference runs support the key, and whether they reproduce the published figures."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from autograder.assignment import Assignment
from autograder.audit.reproduction import Reproduction, reproduce
from autograder.errors import ConfigurationError
from autograder.gradebook import ClassIdentity
from autograder.grading import observe
from autograder.grading.key_audit import KeyAudit, Mark, audit_keys
from autograder.records import Language
from autograder.reference import read_runs
from autograder.rubric import read_document
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.interval import Interval


@dataclasses.dataclass(frozen=True, slots=True)
class KeptWeight:
    """Why an item of numbers keeps its points although its intervals accept a known mistake, by language."""

    place: str
    points: float
    because: dict[Language, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """The audit of all questions with claims by the runs on one kind of data.

    `policy` is what the rubric does with a letter that a student's own numbers support better than the key, `kept` the
    items that state a reason for their weight. `stale` describes how many of the runs are stale and why; empty if none
    is.
    """

    data: str
    keys: tuple[KeyAudit, ...] = ()
    figures: tuple[Reproduction, ...] = ()
    stale: str = ""
    policy: str = "review"
    kept: tuple[KeptWeight, ...] = ()

    @property
    def mark(self) -> Mark:
        """The worst mark of all keys; `holds` if no option has claims."""
        marks = {key.mark for key in self.keys}
        return "fails" if "fails" in marks else "weak" if "weak" in marks else "holds"

    @property
    def passed(self) -> bool:
        """Whether no key fails."""
        return self.mark != "fails"


def audit(assignment: Assignment, data: str) -> Audit:
    """Check keys and published figures on every reference run on `real` or `practice` data.

    If no option has claims and there are no published figures, no run is needed.

    Raises:
        ConfigurationError: There are no runs, or `reference/published.yml` is wrong.
    """
    key_spec = assignment.specification.key_spec
    # Published figures never come from practice data.
    published = _published(assignment.reference("published.yml")) if data == "real" else {}
    items = {
        f"{name}.{item_name}": item
        for name, question in key_spec.questions.items()
        for item_name, item in question.items.items()
    }
    kept_weights = tuple(
        KeptWeight(place, item.points, dict(item.because))
        for place, item in items.items()
        if isinstance(item, Interval) and item.because
    )
    if not published and not any(isinstance(item, Choice) and item.claims for item in items.values()):
        return Audit(data, kept=kept_weights)
    kept = read_runs(assignment.runs_folder(data))
    runs = tuple(observe(run.evidence, key_spec) for run in kept)
    return Audit(
        data=data,
        keys=audit_keys(key_spec, runs),
        figures=reproduce(published, key_spec, assignment.baseline(data), runs),
        stale=assignment.stale(kept, data),
        policy=key_spec.policy.defensible,
        kept=kept_weights,
    )


def audit_changed_keys(assignment: Assignment, known: ClassIdentity | None) -> Audit:
    """Check the keys alone, if the rubric changed since a class was graded: a corrected key may be a wrong one.

    Nothing is found where there are no reference runs to ask.

    Args:
        assignment: Today's rubric.
        known: Under what the class was graded; None if it has no grades.
    """
    key_spec = assignment.specification.key_spec
    data = "real" if known is None else known.data
    changed = known is not None and known.rubric_sha256 != key_spec.digest
    items = (item for question in key_spec.questions.values() for item in question.items.values())
    if not changed or not any(isinstance(item, Choice) and item.claims for item in items):
        return Audit(data)
    runs = tuple(observe(run.evidence, key_spec) for run in assignment.kept_runs(data))
    return Audit(data, keys=audit_keys(key_spec, runs) if runs else ())


def _published(path: Path) -> dict[str, str]:
    """Read the published figures as printed; an assignment need not have any."""
    if not path.exists():
        return {}
    document = read_document(path)
    faults = [f"{'.'.join(map(str, fault.keys))}: {fault.what}" for fault in document.faults]
    faults += [
        f"{name}: write the figure in quotes, with the digits that were printed"
        for name, figure in document.data.items()
        if not isinstance(figure, str)
    ]
    if faults:
        raise ConfigurationError("is not a table of published figures", str(path), faults=tuple(faults))
    return dict(document.data)
