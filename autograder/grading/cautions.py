"""Warnings about a baseline: it was made with other versions, or of too few runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.grading.baseline import Baseline
from autograder.spec.items import Interval
from autograder.spec.model import KeySpec


def cautions(baseline: Baseline, key_spec: KeySpec, running: Mapping[str, str]) -> Iterator[str]:
    """Yield one line per warning, each with its remedy.

    Args:
        baseline: What grades are to be held against.
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
            f"the baseline on {baseline.data} data was made with {'; '.join(others)}: trained numbers may lie "
            "elsewhere now, and everything is trained, as known trainings hold for one version "
            "(install those versions, or run `autograder calibrate` anew)"
        )
    minimum = key_spec.policy.tolerance.minimum_runs
    # Questions that are as short of runs go together: the cells of one may use what those of another define.
    short: dict[int, list[str]] = {}
    for name, question in key_spec.questions.items():
        counts = [baseline.fewest_runs(item) for item in question.items.values() if isinstance(item, Interval)]
        if counts and min(counts) < minimum:
            short.setdefault(min(counts), []).append(name)
    for count, names in short.items():
        yield (
            f"{', '.join(names)}: {count} reference runs on {baseline.data} data where the policy asks for {minimum}: "
            "intervals reach a fixed factor beyond them "
            f"(autograder calibrate --only {','.join(names)} --seeds 1-{minimum})"
        )
