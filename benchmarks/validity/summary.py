"""Summarise the bench in words, and in shares with their confidence intervals."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from judge import Judged

from autograder.statistics import proportion

HONEST_DUE = 0.98
MUTANTS_DUE = 0.95


def print_summary(judged: Sequence[Judged], crossed: Sequence[Judged]) -> bool:
    """Print every run that went wrong, then the shares; return whether both are high enough."""
    honest = [one for one in judged if one.honest]
    mutants = [one for one in judged if not one.honest]
    for one in [*judged, *crossed]:
        if one.lost:
            sys.stdout.write(f"{one.name}: lost without cause: {', '.join(one.lost)}\n")
        if one.kept:
            sys.stdout.write(f"{one.name}: escaped: {', '.join(one.kept)}\n")
    sys.stdout.write(f"dead networks among the honest: {sum(one.dead for one in honest)}\n")
    return all(
        [
            _share("honest solutions that keep every point", honest, HONEST_DUE),
            _share("mutants that lose in the right items and nowhere else", mutants, MUTANTS_DUE),
            _share("reference runs that keep every point under a baseline of the others", crossed, HONEST_DUE),
        ]
    )


def _share(what: str, judged: Sequence[Judged], due: float) -> bool:
    """Print one share with its exact (Clopper-Pearson) interval."""
    right, runs = sum(one.right for one in judged), len(judged)
    found = proportion(right, runs)
    if found is None:
        sys.stdout.write(f"{what}: none was run\n")
        return True
    sys.stdout.write(
        f"{what}: {right} of {runs}, {found.value:.1%} "
        f"(95 % confidence: {found.low:.1%} to {found.high:.1%}; due: {due:.0%})\n"
    )
    return found.value >= due
