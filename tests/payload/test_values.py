import array
import collections
import dataclasses
import enum
import itertools
import json
import math
import random
import types
import typing
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from autograder.payload.stand_ins import StandIn
from autograder.payload.values import plain
from autograder.records import VOCABULARY, admit_detail
from autograder.wire import parse_json

LARGE = 10**6


class Word(str):
    """Equal to everything."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


class Number(float):
    """A float that says another value of itself."""

    def __float__(self) -> float:
        return 42.0


class Liar(type):
    """A metaclass that wants to be taken for any type."""

    def __eq__(cls, other: object) -> bool:
        raise AssertionError("the encoder asked a student's metaclass")

    def __hash__(cls) -> int:
        raise AssertionError("the encoder asked a student's metaclass")

    @property
    def __name__(cls) -> str:
        raise AssertionError("the encoder asked a student's metaclass")


class Hostile(metaclass=Liar):
    """Fails a test that touches it."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"the encoder read {name}")


class Color(enum.IntEnum):
    """An int by inheritance."""

    RED = 1


class Option(enum.Enum):
    """Options by text."""

    C = "c"


class Losses(typing.NamedTuple):
    """Two losses."""

    squared: float
    hinge: float


@dataclasses.dataclass
class Answer:
    """An answer that shows another letter than it stores."""

    letter: str

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"the encoder read {name}")


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    """An answer without a dictionary."""

    letter: str


class Shown(Losses):
    """A named tuple that shows other values than it stores."""

    __slots__ = ()

    def __iter__(self) -> object:
        return iter((9, 9))


class Named(tuple):
    """A tuple that calls itself a named one, and shows other values."""

    __slots__ = ()
    _fields = ("a",)

    def __iter__(self) -> object:
        return iter((9,))


class Faked:
    """An object that only says that it is a data class."""

    __dataclass_fields__: typing.ClassVar[dict] = {"letter": None}

    @property
    def letter(self) -> str:
        """Show a letter that is not stored."""
        return "c"


class Covered(enum.Enum):
    """A member that shows another dictionary than its own."""

    C = "c"

    @property
    def __dict__(self) -> dict:  # type: ignore[override]
        return {"_name_": "D", "_value_": "d"}


class Mapping(dict):
    """A dict that shows other items."""

    def items(self):
        """Show something else."""
        return [("answer", "right")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="none"),
        pytest.param(True, True, id="bool"),
        pytest.param(-0.0, -0.0, id="negative zero"),
        pytest.param((1, [2.5, "ç"]), [1, [2.5, "ç"]], id="tuple"),
        pytest.param(range(3), [0, 1, 2], id="range"),
        pytest.param({2: 1, "a": 2, 4.0: 3}, {"2": 1, "a": 2, "4": 3}, id="whole keys"),
        pytest.param(Fraction(1, 2), 0.5, id="fraction"),
        pytest.param(Decimal("0.5"), 0.5, id="decimal"),
        pytest.param(np.longdouble(0.5), 0.5, id="long double"),
        pytest.param(b"d", "d", id="bytes"),
        pytest.param(bytearray(b"d"), "d", id="bytearray"),
        pytest.param(array.array("d", [0.5, 1]), [0.5, 1.0], id="array of the standard library"),
        pytest.param(memoryview(np.array([[1, 2]])), [[1, 2]], id="view of memory"),
        pytest.param(np.matrix([[1, 2]]), [[1, 2]], id="matrix"),
        pytest.param(np.longlong(3), 3, id="long long"),
        pytest.param(pd.array([1, 2]), [1, 2], id="whole numbers of pandas"),
        pytest.param(pd.Categorical(["b", "a"]), ["b", "a"], id="categories"),
        pytest.param(Option.C, {"$member": ["C", "c"]}, id="enum"),
        pytest.param(Color.RED, {"$member": ["RED", 1]}, id="enum of numbers"),
        pytest.param({Option.C: 1, Color.RED: 2}, {"c": 1, "1": 2}, id="keys of enums"),
        pytest.param(Losses(0.5, 1), {"$record": [["squared", 0.5], ["hinge", 1]]}, id="named tuple"),
        pytest.param(Answer("c"), {"$record": [["letter", "c"]]}, id="data class"),
        pytest.param(Slotted("c"), {"$record": [["letter", "c"]]}, id="data class with slots"),
        pytest.param(types.SimpleNamespace(a=1), {"$record": [["a", 1]]}, id="namespace"),
        pytest.param({2, 1}, {"$set": [1, 2]}, id="set"),
        pytest.param({"a": 1}.keys(), ["a"], id="view"),
        pytest.param(np.array([0.5, "d"], object), [0.5, "d"], id="array of objects"),
        pytest.param(pd.Series({"a": 0.5}), {"$series": [["a", 0.5]]}, id="a labelled column"),
        pytest.param(
            pd.DataFrame({"p": [1], "q": [2]}, index=["a"]),
            {"$frame": [["p", {"$series": [["a", 1]]}], ["q", {"$series": [["a", 2]]}]]},
            id="a table",
        ),
        pytest.param({np.int64(2): np.float32(0.5)}, {"2": 0.5}, id="numpy key and scalar"),
        pytest.param(collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}, id="ordered"),
        pytest.param(collections.defaultdict(list, a=[1]), {"a": [1]}, id="default"),
        pytest.param(np.array([[1, 2]], np.uint8), [[1, 2]], id="array"),
        pytest.param(np.array(3.5), 3.5, id="array of no dimension"),
        pytest.param(np.array(["a", "b"]), ["a", "b"], id="array of words"),
        pytest.param(np.True_, True, id="numpy bool"),
        pytest.param(np.str_("d"), "d", id="numpy text"),
        pytest.param(pd.Series([0.5, 1.5]), [0.5, 1.5], id="a column of a table"),
        pytest.param(pd.Series({2: 22.5, 4: 19.1, 8: 30.0}).nsmallest(2).index, [4, 2], id="names of a column"),
    ],
)
def test_plain_values_are_said_as_they_are(value, expected):
    """Numbers, text, lists and dictionaries of Python and NumPy arrive as JSON has them, types and signs kept."""
    said = plain(value, LARGE)
    assert repr(said) == repr(expected)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(float("nan"), id="nan"),
        pytest.param(math.inf, id="inf"),
        pytest.param(1j, id="complex"),
        pytest.param(b"\xff", id="bytes that are no text"),
        pytest.param(Decimal("sNaN"), id="a decimal that is no number"),
        pytest.param(Fraction(10**400), id="a fraction that no float holds"),
        pytest.param(StandIn("torch.tensor"), id="a module that is not installed"),
        pytest.param(10**400, id="endless integer"),
        pytest.param("\ud800", id="half a character"),
        pytest.param(range(10**30), id="a range longer than a list can be"),
        pytest.param({"a": [range(-(10**30), 0)]}, id="such a range within"),
        pytest.param(Word("d"), id="str subclass"),
        pytest.param(Number(1.0), id="float subclass"),
        pytest.param(Covered.C, id="enum with a dictionary of its own"),
        pytest.param(Shown(1, 2), id="named tuple that shows others"),
        pytest.param(Named([1]), id="tuple that calls itself a named one"),
        pytest.param(Faked(), id="object that calls itself a data class"),
        pytest.param({Covered.C: 1}, id="key that shows others"),
        pytest.param(Mapping(a=1), id="dict subclass"),
        pytest.param(len, id="function"),
        pytest.param(Hostile(), id="hostile"),
        pytest.param(np.array([1j]), id="complex array"),
        pytest.param(np.ma.array([1]), id="array subclass"),
        pytest.param({(1, 2): 3}, id="tuple key"),
        pytest.param({True: 3}, id="bool key"),
        pytest.param({Word("a"): 3}, id="subclass key"),
        pytest.param({2: 1, "2": 1}, id="two keys of one name"),
        pytest.param({"\ud800": 1}, id="half a character in a key"),
    ],
)
def test_what_is_not_plain_gets_a_short_reason(value):
    """No value is guessed at and nothing of the student's own is called: a reason stands in its place."""
    said = plain(value, LARGE)
    assert list(said) == ["$unsupported"]
    assert admit_detail(said["$unsupported"], VOCABULARY) is not None


def test_a_fault_inside_leaves_the_rest():
    """One bad number spoils its own place alone."""
    said = plain({"A": {"loss": [1.0, math.nan]}, "B": 2}, LARGE)
    assert said == {"A": {"loss": [1.0, {"$unsupported": {"code": "unsupported.not_finite", "fields": {}}}]}, "B": 2}


def too_large(limit):
    """Return what stands in the place of a value of more bytes than that."""
    return {"$unsupported": {"code": "unsupported.bytes", "fields": {"bytes": limit}}}


def test_an_object_in_an_array_or_a_table_spoils_its_own_place():
    """Arrays and columns of objects are read element by element, and nothing of an element is called."""
    array = np.empty(2, object)
    array[:] = 1
    array[1] = Hostile()
    assert plain(array, LARGE)[0] == 1
    [[_, column]] = plain(pd.DataFrame({"a": [2, object()]}), LARGE)["$frame"]
    assert column[0] == 2
    assert list(column[1]) == ["$unsupported"]


def test_a_value_that_holds_itself_ends():
    """Nesting without end is cut off at a depth that a frame can carry."""
    endless: list[object] = []
    endless.append(endless)
    assert parse_json(json.dumps(plain(endless, LARGE)))[0][0]
    assert "unsupported.nesting" in repr(plain(endless, LARGE))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("é" * 300, id="text that grows"),
        pytest.param([0.5] * 1000, id="list"),
        pytest.param(np.zeros(10**8, np.int8), id="array"),
        pytest.param(range(10**12), id="range"),
        pytest.param([[[]] * 40] * 40, id="empty lists"),
    ],
)
def test_a_large_value_is_left_before_it_is_built(value):
    """Over the limit nothing but the limit is said."""
    assert plain(value, 1000) == too_large(1000)


def test_what_is_said_is_never_longer_than_allowed():
    """The count of bytes is no less than the JSON that travels, for random nests of everything plain."""
    generator = random.Random(5)  # noqa: S311 (repeatable on purpose)

    def nest(depth: int) -> object:
        kind = generator.randrange(6 if depth else 4)
        if kind == 4:
            return [nest(depth - 1) for _ in range(generator.randrange(5))]
        if kind == 5:
            return {generator.choice(["a", "é", 3, "x" * 20]): nest(depth - 1) for _ in range(generator.randrange(4))}
        return [generator.random(), generator.randrange(-(10**9), 10**9), "café" * generator.randrange(9), None][kind]

    for _ in range(300):
        value = nest(4)
        text = json.dumps(plain(value, LARGE), separators=(",", ":"))
        assert plain(value, len(text) - 1) == too_large(len(text) - 1)


@pytest.mark.parametrize(
    "value",
    [(one for one in [1]), map(str, [1]), zip([1], [2], strict=True), iter([1]), iter({}.values()), reversed([1]),
     enumerate([1]), itertools.chain([1]), itertools.islice([1], 1)],
)  # fmt: skip
def test_an_iterator_is_named_and_not_consumed(value):
    """What gives its values once still has them afterwards, and its reason says that it is an iterator."""
    said = plain(value, LARGE)["$unsupported"]
    assert said["code"] == "unsupported.iterator"
    assert admit_detail(said, VOCABULARY) is not None
    assert len(list(value)) <= 1
    assert list(value) == []


def test_an_iterator_still_has_its_values():
    """A later cell of the notebook finds everything that a generator had."""
    value = (one for one in "abc")
    plain({"a": [value]}, LARGE)
    assert list(value) == ["a", "b", "c"]


def test_a_view_of_much_memory_is_left_before_it_is_built():
    """A view of an array is as large as its array."""
    assert plain(memoryview(np.zeros(10**8, np.int8)), 1000) == too_large(1000)
