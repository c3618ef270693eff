"""What the items of a rubric are worth after cancellations, and which questions and items are cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.rubric.item import Cancellation
from autograder.rubric.model import Question

WHO_GETS_POINTS: Final[Mapping[Cancellation, str]] = MappingProxyType(
    {
        "full_points": "everybody gets the points",
        "no_points": "nobody gets the points",
        "excluded": "the other items share the points",
    }
)
"""Each way of cancelling in the instructor's words."""


def worth(questions: Mapping[str, Question]) -> dict[str, float]:
    """Return the points of each item, by its place (`q07.recipe_a`).

    The points of excluded items are shared out among the others in proportion, so the sum is that of the rubric.
    """
    whole = sum(item.points for question in questions.values() for item in question.items.values())
    left = sum(
        item.points
        for question in questions.values()
        for item in question.items.values()
        if question.cancellation_of(item) != "excluded"
    )
    factor = whole / left if left and left != whole else 1.0
    return {
        f"{question_name}.{item_name}": 0.0
        if question.cancellation_of(item) == "excluded"
        else float(item.points * factor)
        for question_name, question in questions.items()
        for item_name, item in question.items.items()
    }


def cancelled_items(questions: Mapping[str, Question]) -> dict[str, Cancellation]:
    """Return how each cancelled item is cancelled, by its place (`q07.recipe_a`)."""
    return {
        f"{question_name}.{item_name}": cancelled
        for question_name, question in questions.items()
        for item_name, item in question.items.items()
        if (cancelled := question.cancellation_of(item)) is not None
    }


def cancelled_parts(questions: Mapping[str, Question]) -> dict[str, Cancellation]:
    """Return what is cancelled: a whole question (`q07`) if all of its items are, in one way; else the items."""
    items = cancelled_items(questions)
    found: dict[str, Cancellation] = {}
    for name, question in questions.items():
        of_question = {place: items[place] for item in question.items if (place := f"{name}.{item}") in items}
        alike = set(of_question.values())
        if len(of_question) == len(question.items) and len(alike) == 1:
            found[name] = alike.pop()
        else:
            found |= of_question
    return found
