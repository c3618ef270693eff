"""Ask of the reference runs whether they bear out the key, and whether they reproduce the published figures."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import ConfigurationError
from autograder.grading import ENOUGH, KeyAudit, Reproduction, audit_keys, observe, reproduce
from autograder.reference_runs import read_runs
from autograder.spec import read_document


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """What the runs on one kind of data say of every question that they can speak of."""

    data: str
    keys: tuple[KeyAudit, ...]
    figures: tuple[Reproduction, ...]

    @property
    def passed(self) -> bool:
        """Whether every key is the best-supported option; an audit of nothing did not pass."""
        return bool(self.keys) and all(audit.upheld for audit in self.keys)


def audit(assignment: Assignment, data: str) -> Audit:
    """Hold keys and published figures against every reference run on `real` or `practice` data.

    Raises:
        ConfigurationError: There are no runs, or `reference/published.yml` is wrong.
    """
    key_spec = assignment.specification.key_spec
    runs = tuple(observe(run.evidence, key_spec) for run in read_runs(assignment.runs_folder(data)))
    # Practice data are other data: what was published was never of them.
    published = _published(assignment.reference("published.yml")) if data == "real" else {}
    return Audit(
        data=data,
        keys=audit_keys(key_spec, runs),
        figures=reproduce(published, key_spec, assignment.baseline(data), runs),
    )


def warnings(found: Audit) -> tuple[str, ...]:
    """Return what an instructor should know: which keys are not upheld, and which not in nearly every run."""
    lines = []
    for key in found.keys:
        if not key.upheld:
            best = max(key.options, key=lambda option: option.support)
            lines.append(
                f"{key.question}: the runs bear out option {best.option} ({best.support:.0%}) rather than the key "
                f"{key.key} ({key.of_key.support:.0%}): mend the key, the question or its claims"
            )
        elif key.best_share < ENOUGH:
            lines.append(
                f"{key.question}: the key {key.key} is the best-supported option in {key.of_key.alone} of {key.runs} "
                f"runs ({key.best_share:.0%}; {ENOUGH:.0%} are wished for): a student's own run may tell another story"
            )
    return tuple(lines)


def _published(path: Path) -> dict[str, str]:
    """Read the figures as they were printed; an assignment need not have any."""
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
        raise ConfigurationError("is no table of published figures", str(path), faults=tuple(faults))
    return dict(document.data)
