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
from autograder.records import ABSENT, JSON, Detail, to_json
from autograder.report import in_english
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape

NUMBER = NumberShape(type="number")
TWO = NumbersShape(type="numbers", length=2)
LETTER = LetterShape(type="letter", options="abcd")
WORDS = WordsShape(type="words", words=("squared", "hinge", "zero_one"), length=2)
ERRORS = MapShape(type="map", keys=("2", "4"), of=NUMBER)
HISTORY = MapShape(type="map", keys=("A", "B"), of=MapShape(type="map", keys=("loss", "mae"), of=TWO))
SHAPES: dict[str, Shape] = {
    "number": NUMBER, "numbers": TWO, "letter": LETTER, "words": WORDS, "errors": ERRORS, "history": HISTORY,
}  # fmt: skip


def unsupported(code: str, **fields: str) -> JSON:
    """Return what the payload writes in the place of a value that it cannot write."""
    return {"$unsupported": {"code": f"unsupported.{code}", "fields": fields}}


ELLIPSIS = unsupported("class", name="ellipsis", module="builtins")

BLANKS = [None, "", " \n", [], {}, [None, ""], {"A": None, "B": {}}, ELLIPSIS, [ELLIPSIS] * 2]  # fmt: skip


def refusal(value: JSON, shape: Shape) -> str:
    """Return the one fault of a value of which nothing is kept."""
    kept, faults = conform("q", value, shape)
    assert kept is None
    [(path, reason)] = faults.items()
    assert path == "q"
    return in_english(reason)


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
        ("\u0430", "'\u0430' (Unicode's CYRILLIC SMALL LETTER A) where one of the letters a, b, c, d is due"),
        ("\u0410", "'\u0430' (Unicode's CYRILLIC SMALL LETTER A) where one of the letters a, b, c, d is due"),
        ("4", "'4' where one of the letters a, b, c, d is due"),
        ("\u202ed", "'�d' where one of the letters a, b, c, d is due"),
        (4, "a number where one of the letters a, b, c, d is due"),
        ({"verdict": "PASS"}, "a dictionary where one of the letters a, b, c, d is due"),
        (True, "True where one of the letters a, b, c, d is due"),
        (
            unsupported("class", name="S", module="__main__"),
            "an object of class S (__main__) where one of the letters a, b, c, d is due",
        ),
        ({"$unsupported": {}}, "a value that cannot be read where one of the letters a, b, c, d is due"),
    ],
)
def test_what_is_no_letter_is_refused(value, reason):
    """Another character, a look-alike, a number or a lying subclass never counts, and the reason says why."""
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
        (math.nan, "not finite where a number is due"),
        (math.inf, "not finite where a number is due"),
        (-math.inf, "not finite where a number is due"),
        (10**400, "too large where a number is due"),
        (-(10**400), "too large where a number is due"),
        (1e101, "too large where a number is due"),
        (unsupported("not_finite"), "not a finite number where a number is due"),
        (unsupported("array", dtype="\x1b[2J\n" + "x" * 99), "an array of �[2J�" + "x" * 99 + " where a number is due"),
        *(
            (forged, "a value that cannot be read where a number is due")
            for forged in (
                {"$unsupported": "not a finite number"},
                unsupported("swirl"),
                unsupported("array"),
                unsupported("array", dtype="object", name="S"),
                {"$unsupported": {"code": "unsupported.array", "fields": {"dtype": 1}}},
                {"$unsupported": {"code": "limit.memory", "fields": {"mebibytes": 1}}},
            )
        ),
    ],
)
def test_what_is_no_number_is_refused(value, reason):
    """True is no 1, text is no number, and what is not finite or absurdly large is none either."""
    assert refusal(value, NUMBER) == reason


def test_numbers_in_a_list_may_be_text():
    """Batch sizes taken from a dictionary with text keys are sizes, and so is any text that is plainly a number."""
    assert conform("q", ["2", "0,5"], TWO) == ([2, 0.5], {})


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("ad", LETTER), ("a d", LETTER), ("d" + " " * 100 + "e", LETTER), (["a", "d"], LETTER), ({"d": 1}, LETTER),
        ({"$set": ["a", "d"]}, LETTER), ("the last one", LETTER),
        ("85%", NUMBER), ("1.234", NUMBER), ([1.0, 2.0], NUMBER), ({"loss": 1, "mae": 2}, NUMBER),
        ({"0": 1, "1": 2}, TWO), ("1 and 2", TWO), ([[1, 2], 2], TWO), ([True, False], TWO), ({"$set": [1, 2]}, TWO),
        (["1.234", 2], TWO),
        (["hinge", "log"], WORDS), ("hinge, squared", WORDS), ({"hinge": 1, "squared": 2}, WORDS),
        ({"$series": [["hinge", 1], ["squared", 2]]}, WORDS),
        ([1, 2], ERRORS), ({"$frame": [["x", [1, 2]], ["y", [3, 4]]]}, ERRORS),
    ],
)  # fmt: skip
def test_what_can_be_read_in_several_ways_is_doubtful(value, shape):
    """Nothing is kept, and the fault says that a person must look: neither a silent zero nor a silent guess."""
    kept, faults = conform("q", value, shape)
    assert kept is None
    assert [fault.code for fault in faults.values()] == ["value.doubtful"]


@pytest.mark.parametrize(
    ("value", "shape", "found", "due"),
    [
        ("ad", LETTER, "'ad'", "one of the letters a, b, c, d"),
        ({"$set": ["a", "d"]}, LETTER, "a set", "one of the letters a, b, c, d"),
        ({"$record": [["x", "a"], ["y", "z"]]}, LETTER, "an object with fields", "one of the letters a, b, c, d"),
        ({"$series": [["x", 1], ["y", 2]]}, LETTER, "a table", "one of the letters a, b, c, d"),
        (["hinge", "log"], WORDS, "'log'", "one of squared, hinge, zero_one"),
        ({"x": "hinge"}, WORDS, "a dictionary", "a list of 2 words"),
        (unsupported("iterator", name="map"), TWO, "an iterator (map, not consumed by the grader)",
         "a list of 2 numbers"),
        ([1, 2], ERRORS, "a list", "a dictionary"),
    ],
)  # fmt: skip
def test_a_doubt_says_what_was_found_and_what_is_due(value, shape, found, due):
    """Whoever decides sees both."""
    assert refusal(value, shape) == f"{found} where {due} is due, which can be read in more than one way"


def test_a_dictionary_without_any_of_the_words_is_no_list_of_them():
    """Only where a word is among keys or values may it be meant as the list."""
    assert refusal({"x": 1}, WORDS) == "a dictionary where a list of 2 words is due"


def test_a_plain_fault_beside_a_doubtful_one_is_the_fault():
    """An element that no person could read makes the list malformed, whatever else is in it."""
    _, faults = conform("q", ["1.234", None], TWO)
    assert in_english(faults["q"]) == "[1] is nothing where a number is due (and 1 more like it)"


def test_a_value_of_a_module_that_is_not_installed_was_never_given():
    """The answer is missing here, and may be replaced by the one that the student's own run saved."""
    missing = unsupported("absent_module", module="torch")
    assert conform("q", missing, NUMBER) == (None, {})
    assert conform("q", {"2": missing, "4": 1}, ERRORS) == ({"4": 1}, {"q.2": ABSENT})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1], "1 numbers where 2 are due"),
        ([0.5] * 1_000_000, "1,000,000 numbers where 2 are due"),
        ("two", "'two' where a list of 2 numbers is due, which can be read in more than one way"),
        (12, "a number where a list of 2 numbers is due"),
        ([True, True], "[0] is True where a number is due (and 1 more like it)"),
        ([1, True], "[1] is True where a number is due"),
        ([1, None], "[1] is nothing where a number is due"),
        ([1, ELLIPSIS], "[1] is nothing where a number is due"),
        ([math.nan, "two"], "[0] is not finite where a number is due (and 1 more like it)"),
        (
            unsupported("class", name="DataFrame", module="pandas"),
            "an object of class DataFrame (pandas) where a list of 2 numbers is due",
        ),
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
        (["hinge", 1], "[1] is a number where a word is due"),
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
        ([1, 2, 3], "a list where a dictionary is due"),
        ("{}", "text where a dictionary is due"),
        ({"two": 1, "four": 2}, "none of the keys 2, 4 is present; found two, four"),
        (
            unsupported("same_keys", key="2") | {"2": 1},
            "a dictionary with two keys that read '2' where a dictionary is due",
        ),
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
    assert faults == {"q07_history.B.loss": Detail.of("value.number_count", count=20, due=2)}


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
    assert faults == {"q.B": ABSENT}


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
    | st.sampled_from(["d", "(a)", "hinge", "squared", ELLIPSIS, {"$unsupported": 1}]),
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
        assert in_english(reason).isprintable()
        assert len(in_english(reason)) < 300
        json.loads(to_json(reason))
    json.dumps(kept, allow_nan=False)


@given(st.data())
def test_a_right_value_passes_unchanged(data):
    """What has the shape already is kept as it is."""
    numbers = st.lists(st.floats(-1e6, 1e6) | st.integers(-9, 9), min_size=2, max_size=2).filter(bool)
    history = st.fixed_dictionaries({"loss": numbers, "mae": numbers})
    value = data.draw(st.fixed_dictionaries({"A": history, "B": history}))
    assert conform("q", value, HISTORY) == (value, {})
