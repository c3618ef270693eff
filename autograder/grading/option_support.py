"""How far a set of numbers supports each option of a question, claim by claim.

The key audit computes this for every reference run, grading for a student whose letter differs from the key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from autograder.grading.select import select
from autograder.records import JSON, Values
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.recipe import Recipe
from autograder.rubric.claims import Claim, Extreme, Gap, Less, Near, Quantity, claim_paths
from autograder.rubric.message import plain
from autograder.rubric.model import Question
from autograder.rubric.paths import is_within


@dataclasses.dataclass(frozen=True, slots=True)
class OptionSupport:
    """One option, and which of its claims hold."""

    option: str
    held: tuple[bool, ...]

    @property
    def share(self) -> float:
        """The share of claims that hold; all claims weigh the same."""
        return sum(self.held) / len(self.held)

    def __str__(self) -> str:
        return f"{self.option} ({sum(self.held)}/{len(self.held)})"


def weigh(item: Choice, values: Values) -> dict[str, OptionSupport] | None:
    """Return the support of each option by these numbers; None if a number is missing or the item has no claims."""
    numbers: dict[str, JSON] = {}
    for path in claimed_paths(item):
        selection = select(values, path)
        if selection.state != "given":
            return None
        numbers[path] = selection.value
    if not item.claims:
        return None
    return {
        letter: OptionSupport(letter, tuple(_holds(claim, numbers) for claim in claims))
        for letter, claims in item.claims.items()
    }


def is_defended(policy: str, letter: str, item: Choice, support: Mapping[str, OptionSupport]) -> bool:
    """Return whether numbers that support the options like this defend a letter against the key.

    Under `own_numbers` it is enough that they support it as well as the key, if they support it at all.
    """
    of_letter, of_key = support[letter].share, support[item.key].share
    return of_letter > of_key or (policy == "own_numbers" and of_letter == of_key > 0)


def may_be_defended(question: Question, item: Choice) -> bool:
    """Return whether numbers of a question can ever defend a letter: a recipe proves them, or its items judge them all.

    Numbers that are judged in another question prove nothing here.
    """
    if any(isinstance(one, Recipe) for one in question.items.values()):
        return True
    judged = {path for one in question.items.values() if one.measured for path in one.paths}
    return all(any(is_within(one, path) or is_within(path, one) for path in judged) for one in claimed_paths(item))


def claimed_paths(item: Choice) -> set[str]:
    """Return the paths of all numbers that the options speak of."""
    return {path for claims in item.claims.values() for claim in claims for path in claim_paths(claim)}


def describe(claim: Claim) -> str:
    """Write a claim as a formula.

    >>> describe(Less(claim="less", left="q07_history.B.loss[-1]", right="q07_history.A.loss[-1]", factor=0.5))
    'B.loss[-1] < 0.5 · A.loss[-1]'
    """
    match claim:
        case Less():
            factor = "" if claim.factor == 1 else f"{plain(claim.factor)} · "
            return f"{_describe(claim.left)} < {factor}{_describe(claim.right)}"
        case Near():
            return f"{_describe(claim.value)} = {plain(claim.target)} ± {plain(100 * claim.relative)} %"
        case Extreme():
            return f"{claim.key} among the {claim.count} {claim.which} of {claim.numbers}"


def _holds(claim: Claim, numbers: dict[str, JSON]) -> bool:
    match claim:
        case Less():
            return _value(claim.left, numbers) < claim.factor * _value(claim.right, numbers)
        case Near():
            return abs(_value(claim.value, numbers) - claim.target) <= claim.relative * abs(claim.target)
        case Extreme():
            of_all: dict[str, float] = numbers[claim.numbers]
            sign = 1 if claim.which == "smallest" else -1
            # Equal numbers are all extremes: a student may name any of them.
            before = sum(sign * number < sign * of_all[claim.key] for number in of_all.values())
            return before < claim.count


def _value(quantity: Quantity, numbers: dict[str, JSON]) -> float:
    match quantity:
        case Gap():
            one, other = (float(numbers[path]) for path in quantity.gap)
            return abs(one - other)
        case str():
            return float(numbers[quantity])
        case _:
            return quantity


def _describe(quantity: Quantity) -> str:
    match quantity:
        case Gap():
            return f"|{' - '.join(map(_describe, quantity.gap))}|"
        case str():
            # The question's name is redundant for a reader.
            return quantity.partition(".")[2] or quantity
        case _:
            return plain(quantity)
