"""Tables, sets, lists of pairs and wrapped values in the shapes of answers: the payload and the evidence together."""

from __future__ import annotations

import array
import collections
import dataclasses
import enum
import json
import types
import typing
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from autograder.evidence import conform
from autograder.evidence.value_forms import words_of
from autograder.payload.values import plain
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, WordsShape

NUMBER = NumberShape(type="number")
THREE = NumbersShape(type="numbers", length=3)
LETTER = LetterShape(type="letter", options="abcd")
WORDS = WordsShape(type="words", words=("squared", "zero_one", "hinge"), length=3)
LOSSES = MapShape(type="map", keys=("squared", "hinge"), of=NUMBER)
EXAMPLES = MapShape(type="map", keys=("squared", "hinge"), of=THREE)
ERRORS = MapShape(type="map", keys=("2", "4"), of=NUMBER)
TABLE = pd.DataFrame({"squared": [1.0, 2.0, 3.0], "hinge": [4.0, 5.0, 6.0]})
MEANS = pd.Series({"squared": 0.1, "zero_one": 0.2, "hinge": 0.4})
ORDER = ["squared", "zero_one", "hinge"]


class Losses(typing.NamedTuple):
    """Two losses."""

    squared: object
    hinge: object


@dataclasses.dataclass
class Answer:
    """An answer with its reason."""

    letter: str
    why: object = None


class Option(enum.Enum):
    """Options, by text and numbered."""

    FIRST = "a"
    C = 3
    B = "d"


class Loss(enum.Enum):
    """Losses that are only numbered, with one exception."""

    SQUARED = 1
    ZERO_ONE = 2
    MARGIN = "hinge"


def doubted(value, shape):
    """Tell whether a person has to decide on a value."""
    kept, faults = conform("q", plain(value, 10**6), shape)
    assert kept is None
    return {fault.code for fault in faults.values()} == {"value.doubtful"}


def read(value, shape):
    """Return what evidence keeps of a notebook's value, which must have no fault."""
    kept, faults = conform("q", plain(value, 10**6), shape)
    assert faults == {}
    return kept


@pytest.mark.parametrize(
    "value",
    [["c"], ("c",), {"c"}, frozenset({"c"}), np.array("c"), np.array([["c"]]), np.str_("c"), b"c", np.bytes_(b"c"),
     np.array([b"c"]), pd.Series(["c"]), pd.Index(["c"]), np.array(["c"], object), bytearray(b"c"), Option.C,
     [Option.C], pd.Categorical(["c"]), pd.DataFrame({"answer": ["c"]}), {"q": "c"}.values(), collections.deque("c"),
     [[["c"]]], types.SimpleNamespace(answer="c"), typing.NamedTuple("Answer", [("letter", str)])("c")],
)  # fmt: skip
def test_one_letter_in_a_container_is_that_letter(value):
    """A list, a set, an array or a column of one element says what its element says."""
    assert read(value, LETTER) == "c"


@pytest.mark.parametrize(
    "value",
    [[0.5], np.array([[0.5]]), {0.5}, pd.Series([0.5]), pd.Series({"mse": 0.5}), Fraction(1, 2), Decimal("0.5"),
     np.longdouble(0.5), np.array(0.5), "0,5", np.array(["0.5"]), array.array("d", [0.5]), [[0.5]],
     np.float16(0.5), enum.Enum("Error", {"MSE": 0.5}).MSE, pd.array([0.5]), np.matrix([[0.5]])],
)  # fmt: skip
def test_one_number_in_a_container_is_that_number(value):
    """Arrays of one element, exact fractions and numbers as text are numbers."""
    assert read(value, NUMBER) == 0.5


@pytest.mark.parametrize(
    "value",
    [np.array([[1], [2], [3]]), np.array([[1, 2, 3]]), pd.Series([1, 2, 3]), pd.Series([1, 2, 3], index=[7, 0, 2]),
     pd.DataFrame({"p": [1, 2, 3]}), {"p": [1, 2, 3]}, collections.deque([1, 2, 3]), {"x": 1, "y": 2, "z": 3}.values(),
     np.array([1, 2, 3], object), np.array([1, 2, 3], np.longdouble), pd.Series(["1", "2", "3"]), range(1, 4),
     array.array("h", [1, 2, 3]), memoryview(array.array("h", [1, 2, 3])), pd.array([1, 2, 3]), np.matrix([1, 2, 3]),
     typing.NamedTuple("Three", [("x", int), ("y", int), ("z", int)])(1, 2, 3), pd.Categorical([1, 2, 3]),
     [enum.Enum("E", {"A": 1}).A, 2, 3],
     pd.DataFrame([[1, 2, 3]]), pd.DataFrame([[1, 2, 3]], columns=list("pqr")), [[[1, 2, 3]]], [[[1], [2], [3]]]],
)  # fmt: skip
def test_a_column_of_numbers_is_a_list_of_numbers(value):
    """Column and row vectors, columns of tables, views and arrays of objects hold a list."""
    assert read(value, THREE) == [1, 2, 3]


@pytest.mark.parametrize(
    "value",
    [MEANS.sort_values().index, MEANS.sort_values().index.array, MEANS.index.to_list(), MEANS.to_dict().keys(),
     pd.Series(ORDER), sorted(MEANS.to_dict().items(), key=lambda item: item[1]), ["Squared", "zero-one", "'hinge'"],
     pd.Categorical(ORDER), [["squared"], ["zero_one"], ["hinge"]], np.array([ORDER]), [[ORDER]],
     sorted(zip(MEANS, MEANS.index, strict=True)), MEANS.to_dict().items()],
)  # fmt: skip
def test_words_are_read_from_an_index_and_from_sorted_items(value):
    """What pandas and `sorted` give where an order of names is asked for is that order."""
    assert read(value, WORDS) == ORDER


@pytest.mark.parametrize(
    "value",
    [TABLE.mean(), TABLE.mean().to_frame(), TABLE.mean().to_frame().T, TABLE.mean().reset_index(),
     [("squared", 2), ("hinge", 5)], {"squared": 2, "hinge": 5}.items(), [{"squared": 2, "hinge": 5}],
     {" Squared": 2, "HINGE": [5]}, collections.Counter(squared=2, hinge=5)],
)  # fmt: skip
def test_a_table_with_the_keys_is_a_dictionary(value):
    """Labels may be in the rows, in the columns or beside the values; other spellings of a key are that key."""
    assert read(value, LOSSES) == {"squared": 2, "hinge": 5}


@pytest.mark.parametrize("value", [TABLE, TABLE.T, {"squared": TABLE["squared"], "hinge": TABLE[["hinge"]]}])
def test_a_table_of_examples_is_a_dictionary_of_lists(value):
    """A frame has one list per column, or per row if the rows have the keys."""
    assert read(value, EXAMPLES) == {"squared": [1, 2, 3], "hinge": [4, 5, 6]}


@pytest.mark.parametrize(
    "value",
    [{2.0: 1, 4.0: 2}, {"2.0": 1, "4.0": 2}, {np.float64(2): 1, np.int64(4): 2}, pd.Series({2: 1.0, 4: 2.0}),
     pd.DataFrame({"mse": [1.0, 2.0]}, index=[2, 4]), pd.DataFrame({"batch": [2, 4], "mse": [1.0, 2.0]})],
)  # fmt: skip
def test_whole_numbers_are_keys_however_they_are_stored(value):
    """2, 2.0 and "2" name the same batch size, in dictionaries and in tables."""
    assert read(value, ERRORS) == {"2": 1, "4": 2}


@pytest.mark.parametrize(
    ("value", "shape"),
    [(pd.concat([MEANS, MEANS]), LOSSES), ({"two": 1}, ERRORS), ({"Squared": 1, "SQUARED": 2, "hinge": 3}, LOSSES)],
)  # fmt: skip
def test_labels_that_fit_twice_are_not_chosen_from(value, shape):
    """Of two values for one key none is taken."""
    kept, faults = conform("q", plain(value, 10**6), shape)
    assert faults
    assert "squared" not in (kept or {})


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (pd.Series([7, 9, 8], index=[2, 0, 1]), THREE), (pd.Series([1, 2, 2, 3, 3, 3]).value_counts(), THREE),
        ([("p", 1), ("q", 2), ("r", 3)], THREE), ({"p": 1, "q": 2, "r": 3}.items(), THREE),
        (pd.DataFrame(np.eye(3)), THREE), ({"k=2": 1, "k=4": 2}, ERRORS), ({"batch_2": 1, "batch_4": 2}, ERRORS),
        (pd.DataFrame([[1, 2], [3, 4]], index=["squared", "hinge"], columns=["hinge", "squared"]), LOSSES),
    ],
)  # fmt: skip
def test_what_may_be_meant_in_another_order_is_left_to_a_person(value, shape):
    """Counts by frequency, labelled numbers, and keys within other words are neither read nor lost."""
    kept, faults = conform("q", plain(value, 10**6), shape)
    assert (kept, [fault.code for fault in faults.values()]) == (None, ["value.doubtful"])


def test_numbers_that_only_count_the_columns_are_no_keys():
    """A table with the keys in its rows has columns 0, 1, 2, …, some of which are keys as well."""
    shape = MapShape(type="map", keys=("2", "4"), of=THREE)
    assert read(pd.DataFrame([[1, 2, 3], [4, 5, 6]], index=[2, 4]), shape) == {"2": [1, 2, 3], "4": [4, 5, 6]}
    assert read(pd.DataFrame({2: [2, 4], "mse": [1.0, 2.0]}), ERRORS) == {"2": 1, "4": 2}


def test_two_keys_of_one_spelling_do_not_share_a_value():
    """A label that is a key is that key's; another spelling goes to one key at most."""
    shape = MapShape(type="map", keys=("A", "a"), of=NUMBER)
    for labels in ({"a": 1}, {"a ": 1}):
        assert len(conform("q", plain(labels, 1000), shape)[0]) == 1
    assert conform("q", {"a": 1}, shape)[0] == {"a": 1}


def test_an_object_with_the_keys_as_fields_is_a_dictionary():
    """Named tuples, data classes and namespaces are read by the names of their fields."""
    expected = {"squared": 0.1, "hinge": 0.4}
    of_class = dataclasses.make_dataclass("Of", ["squared", "hinge"])(0.1, 0.4)
    for value in (Losses(0.1, 0.4), of_class, types.SimpleNamespace(hinge=0.4, squared=0.1)):
        assert read(value, LOSSES) == expected
    assert read({Loss.SQUARED: 0.1, Loss.MARGIN: 0.4}, MapShape(type="map", keys=("1", "hinge"), of=NUMBER)) is not None
    assert read({"A": Losses([1, 2, 3], [4, 5, 6])}["A"], EXAMPLES) == {"squared": [1, 2, 3], "hinge": [4, 5, 6]}


def test_members_of_enums_stand_for_their_text_or_their_name():
    """A letter or a word is a member's text, or its name where it is only numbered; a number is its value."""
    assert read(Option.FIRST, LETTER) == "a"
    assert read([Loss.SQUARED, Loss.ZERO_ONE, Loss.MARGIN], WORDS) == ORDER
    assert read([Loss.SQUARED, Loss.ZERO_ONE, 3], THREE) == [1, 2, 3]
    assert doubted(Option.B, LETTER)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (iter("c"), LETTER), ((one for one in "c"), LETTER), (map(float, [1, 2, 3]), THREE), (iter([0.5]), NUMBER),
        (zip(ORDER, range(3), strict=True), WORDS), (zip(("squared", "hinge"), (1, 2), strict=True), LOSSES),
        ([iter([1]), 2, 3], THREE), ({"squared": iter([1]), "hinge": iter([2])}, LOSSES), (Answer("c", "why"), LETTER),
        (Losses("c", "d"), LETTER), (Losses(1, 2), NUMBER), ({"c", "d"}, LETTER), ({1, 2, 3}, THREE),
        (set(ORDER), WORDS), ({"loss": [1, 2, 3], "mae": [4, 5, 6]}, THREE),
        (json.dumps({"squared": 1, "hinge": 2}), LOSSES),
        (types.SimpleNamespace(letter="c", other="d"), LETTER), (Answer("c"), LOSSES), ("12 epochs", NUMBER),
    ],
)  # fmt: skip
def test_what_a_person_could_read_in_several_ways_is_left_to_one(value, shape):
    """Iterators that were not read, objects with several fields, sets where order matters, and text: none is a zero."""
    assert doubted(value, shape)


@pytest.mark.parametrize(
    "value",
    [
        {"$record": [["one", "hinge"], ["other", "squared"]]},
        {"$series": [["0", "hinge"], ["1", "squared"]]},
        [["hinge", 1], ["squared", 2]],
        [[1, "hinge"], [2, "squared"]],
    ],
)
def test_words_of_a_table_or_of_pairs_are_words(value):
    """The fields of an object, the rows of a series, and pairs with a number are read in their order."""
    assert words_of(value) == ["hinge", "squared"]


@pytest.mark.parametrize(
    "value",
    [
        {"$record": [["one", "hinge"], ["other", 2]]},
        {"$series": [["hinge", 1], ["squared", 2]]},
        {"$set": ["hinge", "squared"]},
        {"hinge": 1, "squared": 2},
        "hinge",
    ],
)
def test_what_has_no_order_or_no_words_is_no_list_of_words(value):
    """Numbers among the fields, labels and sets are left to a person."""
    assert words_of(value) is None


@pytest.mark.parametrize(
    "pairs", [[["hinge", "x"], ["squared", "y"]], [[1, 2], [3, 4]], [["hinge", 1], [2, "squared"]]]
)
def test_pairs_of_anything_else_are_left_as_they_are(pairs):
    """Two texts, two numbers, or a text first here and second there."""
    assert words_of(pairs) == pairs
