"""Values against shapes: what passes, what is refused and in which words, and that nothing else gets through."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.evidence import conform
from autograder.evidence.shapes import LARGEST_NUMBER
from autograder.records import JSON
from autograder.spec.shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape

NUMBER = NumberShape(type="number")
TWO = NumbersShape(type="numbers", length=2)
LETTER = LetterShape(type="letter", options="abcd")
WORDS = WordsShape(type="words", words=("squared", "hinge", "zero_one"), length=2)
ERRORS = MapShape(type="map", keys=("2", "4"), of=NUMBER)
HISTORY = MapShape(type="map", keys=("A", "B"), of=MapShape(type="map", keys=("loss", "mae"), of=TWO))
SHAPES: dict[str, Shape] = {
    "number": NUMBER, "numbers": TWO, "letter": LETTER, "words": WORDS, "errors": ERRORS, "history": HISTORY,
}  # fmt: skip

BLANKS = [None, "", " \n", [], {}, [None, ""], {"A": None, "B": {}}, {"$unsupported": "ellipsis"},
          {"$unsupported": "a ellipsis of builtins"}, [{"$unsupported": "ellipsis"}] * 2]  # fmt: skip


def refusal(value: JSON, shape: Shape) -> str:
    """Return the one fault of a value of which nothing is kept."""
    kept, faults = conform("q", value, shape)
    assert kept is None
    [(path, reason)] = faults.items()
    assert path == "q"
    return reason


@pytest.mark.parametrize(
    "written", ["d", "D", "d ", "\td\n", "(d)", "( D )", "d)", "d.", "(d", "\uff44", "\uff24", "\u249f"]
)
def test_a_letter_is_read_however_it_was_written(written):
    """Case, blanks, brackets, full width and the like do not change an answer."""
    assert conform("q", written, LETTER) == ("d", {})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("e", "'e' where one of the letters a, b, c, d is due"),
        ("ad", "'ad' where one of the letters a, b, c, d is due"),
        ("a d", "'a d' where one of the letters a, b, c, d is due"),
        ("letra d", "'letra d' where one of the letters a, b, c, d is due"),
        ("\u0430", "'\u0430', CYRILLIC SMALL LETTER A, where one of the letters a, b, c, d is due"),
        ("\u0410", "'\u0430', CYRILLIC SMALL LETTER A, where one of the letters a, b, c, d is due"),
        ("4", "'4' where one of the letters a, b, c, d is due"),
        ("\u202ed", "'�d' where one of the letters a, b, c, d is due"),
        ("d" + " " * 100 + "e", "'d" + " " * 58 + "…' where one of the letters a, b, c, d is due"),
        (["d"], "a list where one of the letters a, b, c, d is due"),
        ({"d": 1}, "a dictionary where one of the letters a, b, c, d is due"),
        (4, "a number where one of the letters a, b, c, d is due"),
        (True, "True where one of the letters a, b, c, d is due"),
        ({"$unsupported": "a S of __main__"}, "a S of __main__ where one of the letters a, b, c, d is due"),
        ({"$unsupported": {}}, "{} where one of the letters a, b, c, d is due"),
    ],
)
def test_what_is_no_letter_is_refused(value, reason):
    """A second letter, a look-alike, a list or a lying subclass never count as an answer, and the reason says why."""
    assert refusal(value, LETTER) == reason


@pytest.mark.parametrize("value", [0, -3, 1.5, -0.0, 1e-300, 2**62, LARGEST_NUMBER])
def test_a_number_stays_what_it_is(value):
    """Whole numbers stay whole and fractions stay exact."""
    kept, faults = conform("q", value, NUMBER)
    assert faults == {}
    assert type(kept) is type(value)
    assert math.copysign(1, kept) == math.copysign(1, value)
    assert kept == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "True where a number is due"),
        (False, "False where a number is due"),
        ("1", "text where a number is due"),
        ([1.0], "a list where a number is due"),
        ({"real": 1}, "a dictionary where a number is due"),
        (math.nan, "not finite where a number is due"),
        (math.inf, "not finite where a number is due"),
        (-math.inf, "not finite where a number is due"),
        (10**400, "too large where a number is due"),
        (-(10**400), "too large where a number is due"),
        (1e101, "too large where a number is due"),
        ({"$unsupported": "not a finite number"}, "not a finite number where a number is due"),
        ({"$unsupported": "a complex of builtins"}, "a complex of builtins where a number is due"),
        ({"$unsupported": "\x1b[2J\n" + "x" * 99}, "�[2J�" + "x" * 54 + "… where a number is due"),
    ],
)
def test_what_is_no_number_is_refused(value, reason):
    """True is no 1, text is no number, and what is not finite or absurdly large is none either."""
    assert refusal(value, NUMBER) == reason


def test_whole_numbers_in_a_list_may_be_text():
    """Batch sizes taken from a dictionary with text keys are sizes; what else is text is none."""
    sizes = NumbersShape(type="numbers", length=2)
    assert conform("q", ["2", 4], sizes) == ([2, 4], {})
    for text in ("2.5", "-2", " 2", "٢", "1e3", ""):
        assert conform("q", [text, 4], sizes)[0] is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1], "1 numbers where 2 are due"),
        ([0.5] * 1_000_000, "1,000,000 numbers where 2 are due"),
        ({"0": 1, "1": 2}, "a dictionary where a list of 2 numbers is due"),
        ("12", "text where a list of 2 numbers is due"),
        (12, "a number where a list of 2 numbers is due"),
        ([1, True], "[1] is True where a number is due"),
        ([1, None], "[1] is nothing where a number is due"),
        ([1, {"$unsupported": "ellipsis"}], "[1] is nothing where a number is due"),
        ([math.nan, "two"], "[0] is not finite where a number is due (and 1 more like it)"),
        ([[1, 2], 2], "[0] is a list where a number is due"),
        ({"$unsupported": "a DataFrame of pandas"}, "a DataFrame of pandas where a list of 2 numbers is due"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused_whole(value, reason):
    """A list with one bad element is no series: leaving it out would shift the others."""
    assert refusal(value, TWO) == reason


@pytest.mark.parametrize("value", [["hinge", "squared"], [" Hinge", "SQUARED\n"]])
def test_words_are_read_in_their_order(value):
    """Case and blanks do not change a word."""
    assert conform("q", value, WORDS) == (["hinge", "squared"], {})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (["hinge"], "1 words where 2 are due"),
        (["hinge", "hinge"], "hinge occurs twice"),
        (["hinge", "log"], "[1] is 'log' where one of squared, hinge, zero_one is due"),
        (["hinge", 1], "[1] is a number where a word is due"),
        ("hinge, squared", "text where a list of 2 words is due"),
        ({"hinge": 1}, "a dictionary where a list of 2 words is due"),
    ],
)
def test_what_are_no_words_is_refused(value, reason):
    """One word repeated would stand in any order there is, so each counts once."""
    assert refusal(value, WORDS) == reason


def test_a_map_keeps_what_is_due_and_ignores_the_rest():
    """A history with more metrics than asked for is a good one."""
    assert conform("q", {"4": 2.5, "2": 1, "8": "x"}, ERRORS) == ({"2": 1, "4": 2.5}, {})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1, 2], "a list where a dictionary is due"),
        ("{}", "text where a dictionary is due"),
        ({"2.0": 1, "4.0": 2}, "none of the keys 2, 4 is there; found 2.0, 4.0"),
        ({"$unsupported": "two keys read '2'", "2": 1}, "two keys read '2' where a dictionary is due"),
    ],
)
def test_what_is_no_map_is_refused(value, reason):
    """A list where a dictionary is due, or keys of another spelling, are told as such."""
    assert refusal(value, ERRORS) == reason


def test_a_faulty_part_does_not_cost_the_rest():
    """A broken series of one network leaves the other network's, and its own other series, gradable."""
    value = {"A": {"loss": [1, 2], "mae": [3, 4]}, "B": {"loss": [1] * 20, "mae": [5, 6]}}
    kept, faults = conform("q07_history", value, HISTORY)
    assert kept == {"A": {"loss": [1, 2], "mae": [3, 4]}, "B": {"mae": [5, 6]}}
    assert faults == {"q07_history.B.loss": "20 numbers where 2 are due"}


def test_a_map_with_nothing_good_in_it_is_all_faults():
    """Each part is named; nothing is kept."""
    kept, faults = conform("q", {"A": {"loss": 1, "mae": "x"}}, HISTORY)
    assert kept is None
    assert set(faults) == {"q.A.loss", "q.A.mae", "q.B"}


@pytest.mark.parametrize("hole", BLANKS, ids=str)
def test_a_hole_in_an_answer_is_named(hole):
    """Where a part was filled in, an unfilled one is a fault at its place."""
    kept, faults = conform("q", {"A": {"loss": [1, 2], "mae": [3, 4]}, "B": hole}, HISTORY)
    assert kept == {"A": {"loss": [1, 2], "mae": [3, 4]}}
    assert faults == {"q.B": "is not there"}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("blank", BLANKS, ids=str)
def test_a_scaffold_left_blank_is_missing_and_not_wrong(blank, shape):
    """Nothing answered is nothing to complain of."""
    assert conform("q", blank, shape) == (None, {})


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**90, max_value=10**120)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["d", "(a)", "hinge", "squared", {"$unsupported": "ellipsis"}, {"$unsupported": 1}]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(["A", "B", "loss", "mae", "2", "4", "$unsupported"]), inner
        )
    ),
    max_leaves=12,
)


def fits(value: Any, shape: Shape) -> bool:
    """Tell independently of the code under test whether a value is what grading may rely on."""
    match shape:
        case NumberShape():
            return type(value) in (int, float) and abs(value) <= LARGEST_NUMBER
        case NumbersShape(length=length):
            return type(value) is list and len(value) == length and all(fits(each, NUMBER) for each in value)
        case LetterShape(options=options):
            return type(value) is str and len(value) == 1 and value in options
        case WordsShape(words=words, length=length):
            return type(value) is list and len(value) == len(set(value)) == length and set(value) <= set(words)
        case MapShape(keys=keys, of=inner):
            return type(value) is dict and value != {} and all(k in keys and fits(v, inner) for k, v in value.items())


@given(value=ANY_JSON, name=st.sampled_from(sorted(SHAPES)))
def test_whatever_arrives_only_what_fits_is_kept(value, name):
    """For any JSON: nothing raises, what is kept has the shape, what is lost has a reason that can be shown."""
    kept, faults = conform(name, value, SHAPES[name])
    assert kept is None or fits(kept, SHAPES[name])
    for path, reason in faults.items():
        assert path == name or path.startswith(f"{name}.")
        assert reason.isprintable()
        assert len(reason) < 300
    json.dumps([kept, faults], allow_nan=False)


@given(st.data())
def test_a_right_value_passes_unchanged(data):
    """What has the shape already is kept as it is."""
    numbers = st.lists(st.floats(-1e6, 1e6) | st.integers(-9, 9), min_size=2, max_size=2).filter(bool)
    history = st.fixed_dictionaries({"loss": numbers, "mae": numbers})
    value = data.draw(st.fixed_dictionaries({"A": history, "B": history}))
    assert conform("q", value, HISTORY) == (value, {})
