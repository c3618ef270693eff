"""A share with its exact confidence interval, which stays honest for few trials and for shares of 0 or 1."""

from __future__ import annotations

from scipy.special import betaincinv

from autograder.statistics.estimates import CONFIDENCE, Estimate


def proportion(count: int, trials: int) -> Estimate | None:
    """Return the share of successes with its Clopper-Pearson interval; None without a trial.

    >>> proportion(0, 1)
    Estimate(value=0.0, low=0.0, high=0.975)
    """
    if not trials:
        return None
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(count, trials - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, trials - count, 1 - tail)) if count < trials else 1.0
    return Estimate(count / trials, low, high)
