"""Cancelled questions and items in a rubric: what the others are worth then, and what contradicts itself."""

import pytest
from small_rubric import faults_of, read

from autograder.rubric.cancellation import cancelled_parts, worth

QUIZ = """\
questions:
  one:
    {question}
    variables:
      one_answer: {{type: letter, options: abcd}}
      one_share: {{type: number}}
    items:
      answer: {{points: 0.6, check: choice, value: one_answer, key: b{answer}}}
      share: {{points: 0.4, check: close, value: one_share, expected: 0.5, absolute: 0.1, requires: []{share}}}
  two:
    variables:
      two_answer: {{type: letter, options: abcd}}
    items:
      answer: {{points: 1, check: choice, value: two_answer, key: a{two}}}
"""


def quiz(question="", answer="", share="", two=""):
    """Return the quiz with further keys at a question or at items."""
    return QUIZ.format(question=question, answer=answer, share=share, two=two)


@pytest.mark.parametrize("way", ["full_points", "no_points"])
def test_points_stay_where_they_are(tmp_path, way):
    """A cancelled item keeps its points in the total, whoever gets them."""
    found = read(tmp_path, quiz(answer=f", cancelled: {way}"))
    assert worth(found.questions) == {"one.answer": 0.6, "one.share": 0.4, "two.answer": 1.0}
    assert cancelled_parts(found.questions) == {"one.answer": way}


def test_the_points_of_an_excluded_item_are_shared_out(tmp_path):
    """In proportion: 0.6 of 2 go to 0.4 and 1, and the total stays."""
    found = worth(read(tmp_path, quiz(answer=", cancelled: excluded")).questions)
    assert found["one.answer"] == 0
    assert (found["one.share"], found["two.answer"]) == (pytest.approx(0.4 * 2 / 1.4), pytest.approx(2 / 1.4))
    assert sum(found.values()) == pytest.approx(2)


def test_a_cancelled_question_is_each_of_its_items(tmp_path):
    """And it is named as a whole, also where its items are cancelled one by one."""
    whole = read(tmp_path, quiz(question="cancelled: full_points"))
    one_by_one = read(tmp_path, quiz(answer=", cancelled: full_points", share=", cancelled: full_points"))
    assert cancelled_parts(whole.questions) == cancelled_parts(one_by_one.questions) == {"one": "full_points"}


def test_items_cancelled_in_different_ways_are_named_apart(tmp_path):
    """Nobody could say of the question who gets its points."""
    found = read(tmp_path, quiz(answer=", cancelled: full_points", share=", cancelled: no_points"))
    assert cancelled_parts(found.questions) == {"one.answer": "full_points", "one.share": "no_points"}


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        pytest.param(
            {"answer": ", cancelled: full"},
            "cancelled: 'full' where one of full_points, no_points, excluded is due",
            id="misspelt",
        ),
        pytest.param(
            {"answer": ", cancelled: true"},
            "cancelled: true where one of full_points, no_points, excluded is due",
            id="yes",
        ),
        pytest.param({"answer": ", canceled: excluded"}, "canceled: unknown key; did you mean cancelled?", id="key"),
        pytest.param(
            {"question": "cancelled: full_points", "answer": ", cancelled: no_points"},
            "cancelled: the whole question is cancelled already; only one of the two may stand",
            id="twice",
        ),
        pytest.param(
            {"question": "cancelled: full_points", "answer": ", accepted: [c]"},
            "accepted: has no effect, since the item is cancelled; only one of the two may stand",
            id="accepted in a cancelled question",
        ),
        pytest.param(
            {"answer": ", accepted: [b, e]"},
            "accepted[1]: e is not among the options of one_answer: a, b, c, d",
            id="no option",
        ),
        pytest.param({"answer": ", accepted: [c, c]"}, "accepted[1]: names c twice", id="letter twice"),
        pytest.param({"answer": ", accepted: c"}, "accepted: 'c' where a list is due", id="no list"),
        pytest.param(
            {"question": "cancelled: excluded", "two": ", cancelled: excluded"},
            "questions: every item with points is excluded: no item is left to share their points",
            id="nothing left",
        ),
    ],
)
def test_what_contradicts_itself_is_one_line(tmp_path, keys, line):
    """It names the key and what is due."""
    [found] = faults_of(tmp_path, quiz(**keys))
    assert found.endswith(line)
