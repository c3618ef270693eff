import pytest
from judging import Given, passes

from autograder.records import Reason
from autograder.rubric.checks.choice import Choice


@pytest.mark.parametrize(("letter", "expected"), [("d", True), ("a", False)])
def test_choice(letter, expected):
    """The key's letter passes and no other."""
    assert passes(Choice(points=1, check="choice", value="q01_answer", key="d").judge([letter], Given())) is expected


def test_a_wrong_letter_is_told_with_the_right_one_which_is_for_the_instructor():
    """Whether a student reads the key is up to the policy, so the reason is not public."""
    (reason,) = Choice(points=1, check="choice", value="q01_answer", key="d").judge(["a"], Given()).reasons
    assert reason == Reason("choice.wrong", "q01_answer", "a", "d", public=False)
