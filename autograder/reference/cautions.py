"""Warnings about a baseline: other versions, or too few runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.reference.baseline import Baseline
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec


def cautions(baseline: Baseline, key_spec: KeySpec, running: Mapping[str, str]) -> Iterator[str]:
    """Yield one line per warning, each with its remedy.

    Args:
        baseline: The baseline that grades will be compared with.
        key_spec: The rubric.
        running: The versions that are installed here, by package.
    """
    others = [
        f"{name} {version}, here it is {running.get(name, 'missing')}"
        for name, version in baseline.versions.items()
        if running.get(name) != version
    ]
    if others:
        yield (
            f"the baseline on {baseline.data} data was made with {'; '.join(others)}: trained numbers may be "
            "different now, and everything is trained anew, as known trainings hold for one version only "
            "(install those versions, or run `autograder calibrate` again)"
        )
    minimum = key_spec.policy.tolerance.minimum_runs
    # Questions with the same number of runs are calibrated together: the cells of one may use another's names.
    short: dict[int, list[str]] = {}
    for name, question in key_spec.questions.items():
        counts = [baseline.fewest_runs(item) for item in question.items.values() if isinstance(item, Interval)]
        if counts and min(counts) < minimum:
            short.setdefault(min(counts), []).append(name)
    for count, names in short.items():
        yield (
            f"{', '.join(names)}: {count} reference runs on {baseline.data} data where the policy asks for {minimum}: "
            "intervals have a fixed width beyond them "
            f"(autograder calibrate --only {','.join(names)} --seeds 1-{minimum})"
        )
