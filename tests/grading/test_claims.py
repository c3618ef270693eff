import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from autograder.grading.option_support import describe, weigh
from autograder.records import Values
from autograder.rubric.checks.choice import Choice
from autograder.rubric.claims import Claim

CLAIMS = TypeAdapter(Claim)
NUMBERS = {"1": 10.0, "2": 20.0, "4": 20.0, "8": 40.0}
GAP = {"gap": ["q08_mse.8", "q08_mse.1"]}
FINITE = st.floats(-1e6, 1e6)


def choice(claim):
    """Return a choice whose first option makes one claim, and whose second makes a claim that always holds."""
    always = {"claim": "near", "value": 1, "target": 1, "relative": 0.1}
    claims = {"a": (CLAIMS.validate_python(claim),), "b": (CLAIMS.validate_python(always),)}
    return Choice(points=1, check="choice", value="q08_answer", key="a", claims=claims)


def holds(claim, **given):
    """Return whether a claim holds for values, None if undecidable."""
    supports = weigh(choice(claim), Values(given, {}))
    return None if supports is None else supports["a"].held[0]


@pytest.mark.parametrize(
    ("claim", "formula", "expected"),
    [
        ({"claim": "less", "left": "q08_mse.1", "right": "q08_mse.2"}, "1 < 2", True),
        ({"claim": "less", "left": "q08_mse.2", "right": "q08_mse.4"}, "2 < 4", False),
        ({"claim": "less", "left": "q08_mse.1", "right": "q08_mse.2", "factor": 0.5}, "1 < 0.5 · 2", False),
        ({"claim": "less", "left": 0.5, "right": "q08_mse.1"}, "0.5 < 1", True),
        (
            {
                "claim": "less",
                "left": {"gap": ["q08_mse.8", "q08_mse.1"]},
                "right": {"gap": ["q08_mse.1", "q08_mse.8"]},
            },
            "|8 - 1| < |1 - 8|",
            False,
        ),
        ({"claim": "less", "left": GAP, "right": 30.1}, "|8 - 1| < 30.1", True),
        ({"claim": "near", "value": "q08_mse.1", "target": 9.1, "relative": 0.1}, "1 = 9.1 ± 10 %", True),
        ({"claim": "near", "value": "q08_mse.1", "target": 9.0, "relative": 0.1}, "1 = 9 ± 10 %", False),
        ({"claim": "near", "value": "q08_mse.1", "target": 8.0, "relative": 0.25}, "1 = 8 ± 25 %", True),
        ({"claim": "near", "value": "q08_mse.1", "target": -8.0, "relative": 0.25}, "1 = -8 ± 25 %", False),
        (
            {"claim": "extreme", "key": "4", "numbers": "q08_mse", "which": "smallest", "count": 2},
            "4 among the 2 smallest of q08_mse",
            True,
        ),
        (
            {"claim": "extreme", "key": "2", "numbers": "q08_mse", "which": "largest", "count": 1},
            "2 among the 1 largest of q08_mse",
            False,
        ),
        (
            {"claim": "extreme", "key": "2", "numbers": "q08_mse", "which": "largest", "count": 2},
            "2 among the 2 largest of q08_mse",
            True,
        ),
    ],
)
def test_a_claim_holds_or_does_not(claim, formula, expected):
    """Each kind of claim, at and beside its limit; equal numbers are extremes together."""
    assert holds(claim, q08_mse=NUMBERS) is expected
    assert describe(CLAIMS.validate_python(claim)) == formula


def test_a_formula_leaves_out_the_name_of_the_question_alone():
    """What tells two networks apart stays."""
    claim = {"claim": "less", "left": "q07_history.B.loss[-1]", "right": "q07_history.A.loss[-1]"}
    assert describe(CLAIMS.validate_python(claim)) == "B.loss[-1] < A.loss[-1]"


@pytest.mark.parametrize("given", [{}, {"q08_mse": {"1": 10.0}}])
def test_a_number_that_is_lacking_decides_nothing(given):
    """Neither for an option nor against it."""
    assert holds({"claim": "less", "left": "q08_mse.1", "right": "q08_mse.2"}, **given) is None


def test_a_choice_without_claims_is_not_weighed():
    """There is nothing to compare with numbers."""
    plain = Choice(points=1, check="choice", value="q02_answer", key="c")
    assert weigh(plain, Values({"q08_mse": NUMBERS}, {})) is None


@given(FINITE, FINITE)
def test_one_number_is_not_less_than_another_both_ways(one, other):
    """A claim and its reverse never hold at once."""
    mse = {"1": one, "2": other}
    forth = holds({"claim": "less", "left": "q08_mse.1", "right": "q08_mse.2"}, q08_mse=mse)
    back = holds({"claim": "less", "left": "q08_mse.2", "right": "q08_mse.1"}, q08_mse=mse)
    assert not (forth and back)
    assert forth or back or one == other
