"""What each remedy for a weak key does, counted on the reference runs: whom it helps, and what it gives away.

A student who answers by their own numbers picks an option that these support best. Each reference run stands for one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

from autograder.grading.option_support import OptionSupport, is_defended
from autograder.rubric.checks.choice import Choice

Way = Literal["reject", "review", "accept", "own_numbers", "accepted"]
"""A value of `policy.defensible`, or `accepted`: another letter is accepted from everybody."""


@dataclasses.dataclass(frozen=True, slots=True)
class Remedy:
    """What becomes of students who answer by their own numbers, as counts of runs that add up to all of them.

    `right`: every option that the run supports best earns the points. `tied`: only some of them do. `flagged`: none
    does, but a person is told. `wrong`: none does. `guessed` is the share of wrong letters that would earn the points
    if they were answered without looking, over all runs. `letter` is the accepted one of `accepted`.
    """

    way: Way
    right: int
    tied: int
    flagged: int
    wrong: int
    guessed: float
    letter: str = ""


def remedies(
    item: Choice, runs: Sequence[Mapping[str, OptionSupport]], *, defensible: bool = True
) -> tuple[Remedy, ...]:
    """Return what each remedy does, from the least to the most generous; nothing without runs.

    Args:
        item: The question's choice.
        runs: The support of every option by each healthy run.
        defensible: Whether numbers can ever defend a letter of this question (`may_be_defended`); if not, the values
            of `policy.defensible` are all alike, and `reject` alone is told.
    """
    ways: tuple[Way, ...] = ("reject", "review", "accept", "own_numbers") if defensible else ("reject",)
    found = [_remedy(way, item, item.right_letters, runs) for way in ways]
    other = _next_best(item, runs)
    if other:
        found.append(dataclasses.replace(_remedy("accepted", item, (*item.right_letters, other), runs), letter=other))
    return tuple(found) if runs else ()


def _remedy(way: Way, item: Choice, right: Sequence[str], runs: Sequence[Mapping[str, OptionSupport]]) -> Remedy:
    outcomes = []
    guessed = []
    for support in runs:
        earning = {
            letter
            for letter in support
            if letter in right or (way in {"accept", "own_numbers"} and is_defended(way, letter, item, support))
        }
        outcomes.append(_outcome(leading(support), earning))
        others = [letter for letter in support if letter not in item.right_letters]
        guessed.append(sum(letter in earning for letter in others) / max(1, len(others)))
    lost = outcomes.count("wrong")
    return Remedy(
        way,
        right=outcomes.count("right"),
        tied=outcomes.count("tied"),
        flagged=lost if way == "review" else 0,
        wrong=0 if way == "review" else lost,
        guessed=sum(guessed) / max(1, len(guessed)),
    )


def _outcome(best: set[str], earning: set[str]) -> Literal["right", "tied", "wrong"]:
    if best <= earning:
        return "right"
    return "wrong" if best.isdisjoint(earning) else "tied"


def leading(support: Mapping[str, OptionSupport]) -> set[str]:
    """Return the options that a run supports best."""
    most = max(one.share for one in support.values())
    return {letter for letter, one in support.items() if one.share == most}


def _next_best(item: Choice, runs: Sequence[Mapping[str, OptionSupport]]) -> str:
    """Return the letter besides those that are right which leads in most runs, the first of equals; empty if none."""
    led = {
        letter: sum(letter in leading(support) for support in runs)
        for letter in item.claims
        if letter not in item.right_letters
    }
    best = max(led, key=lambda letter: led[letter], default="")
    return best if best and led[best] else ""
