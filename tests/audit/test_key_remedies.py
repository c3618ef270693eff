"""What each remedy does for a weak key: counts on runs that support the key, another letter, or both alike."""

import dataclasses

import pytest

from autograder.grading import observe
from autograder.grading.key_audit import audit_keys
from autograder.grading.key_remedies import remedies
from autograder.grading.option_support import may_be_defended
from autograder.records import Values
from autograder.rubric.checks.recipe import Recipe

KEY = {"2": 22.0, "4": 19.0, "8": 23.0, "16": 20.0, "32": 24.0, "64": 25.0, "128": 30.0, "256": 40.0}
TIED = {"2": 27.0, "4": 19.0, "8": 22.0, "16": 23.0, "32": 24.0, "64": 25.0, "128": 20.0, "256": 30.0}  # a and d
OTHER = {"2": 40.0, "4": 38.0, "8": 23.0, "16": 22.0, "32": 20.0, "64": 20.5, "128": 30.0, "256": 35.0}  # c alone


def remedies_by(key_spec, evidence, runs):
    """Return the remedies of question 8 by runs with these errors."""
    values = [Values({**evidence.executed.given, "q08_mse": errors}, {}) for errors in runs]
    observed = [observe(dataclasses.replace(evidence, executed=one), key_spec) for one in values]
    return next(audit.remedies for audit in audit_keys(key_spec, observed) if audit.question == "q08")


@pytest.fixture
def found(key_spec, scattered):
    """The remedies by five runs: two for the key, two tied, one for another letter."""
    return {one.way: one for one in remedies_by(key_spec, scattered(1), (KEY, KEY, TIED, TIED, OTHER))}


def test_each_remedy_helps_whom_it_names(found):
    """Strict policies leave the tied and the contrary runs, the generous ones take them in."""
    counts = {way: (one.right, one.tied, one.flagged, one.wrong) for way, one in found.items()}
    assert counts == {
        "reject": (2, 2, 0, 1),
        "review": (2, 2, 1, 0),
        "accept": (3, 2, 0, 0),
        "own_numbers": (5, 0, 0, 0),
        "accepted": (4, 0, 0, 1),
    }
    assert found["accepted"].letter == "d"


def test_each_remedy_has_its_price(found):
    """Wrong letters that earn: none, those that a run supports better or as well, or always one of three."""
    price = {way: round(one.guessed, 3) for way, one in found.items()}
    # By OTHER's run every other letter is better than the key; the two tied ones support d as well.
    assert price["reject"] == price["review"] == 0
    assert price["accept"] == pytest.approx(1 / 5, abs=1e-3)
    assert price["own_numbers"] == pytest.approx((1 + 1 / 3 + 1 / 3) / 5, abs=1e-3)
    assert price["accepted"] == pytest.approx(1 / 3, abs=1e-3)


def test_a_steady_key_needs_no_remedy(key_spec, scattered):
    """Every policy judges all right if every run supports the key alone, and no other letter leads anywhere."""
    item = key_spec.questions["q08"].items["answer"]
    steady = remedies_by(key_spec, scattered(1), [KEY])
    assert [(one.way, one.right, one.guessed) for one in steady] == [
        (way, 1, 0.0) for way in ("reject", "review", "accept", "own_numbers")
    ]
    assert remedies(item, []) == ()


def test_numbers_of_another_question_defend_nobody(key_spec, scattered):
    """Without a recipe, and with the numbers judged elsewhere, `policy.defensible` changes nothing."""
    question = key_spec.questions["q08"]
    item = question.items["answer"]
    assert may_be_defended(question, item)
    items = {name: one for name, one in question.items.items() if not isinstance(one, Recipe)}
    assert may_be_defended(question.model_copy(update={"items": items}), item), "the interval judges all the numbers"
    elsewhere = question.model_copy(update={"items": {"answer": item}})
    assert not may_be_defended(elsewhere, item)
    rubric = key_spec.model_copy(update={"questions": {**key_spec.questions, "q08": elsewhere}})
    assert [one.way for one in remedies_by(rubric, scattered(1), (KEY, OTHER))] == ["reject", "accepted"]
