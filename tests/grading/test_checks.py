import math

import pytest

from autograder.grading import checks
from autograder.grading.tolerance import Interval as Bounds
from autograder.records import Comparison, Figure, Verdict
from autograder.spec.items import Choice, Close, Drawing, Equal, Interval, OwnExtremes, OwnOrder

NAN, INFINITY = float("nan"), float("inf")


def passes(outcome):
    """Tell whether an outcome is PASS; a FAIL must say why."""
    assert (outcome.verdict is Verdict.PASS) == (outcome.reasons == ())
    return outcome.verdict is Verdict.PASS


def codes(outcome):
    """Return the codes of an outcome's reasons."""
    return [reason.code for reason in outcome.reasons]


def a_close(expected, absolute=0.01):
    """Build a `close` item."""
    return Close(points=1, check="close", value="q03_losses", expected=expected, absolute=absolute)


def an_equal(expected):
    """Build an `equal` item."""
    return Equal(points=1, check="equal", value="q08_epochs", expected=expected)


@pytest.mark.parametrize(("letter", "expected"), [("d", True), ("a", False)])
def test_choice(letter, expected):
    """The key's letter passes and no other."""
    assert passes(checks.choice(Choice(points=1, check="choice", value="q01_answer", key="d"), letter)) is expected


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(
    ("distance", "expected"), [(0.0, True), (0.0099, True), (0.01, True), (0.010001, False), (9.0, False)]
)
def test_close_at_the_bound(sign, distance, expected):
    """A number at the bound passes, one just outside fails, on both sides."""
    assert passes(checks.close(a_close(1.6094), 1.6094 + sign * distance)) is expected


@pytest.mark.parametrize("number", [NAN, INFINITY, -INFINITY])
@pytest.mark.parametrize("expected", [[1.0, 2.0], [1.0, NAN], [1.0, INFINITY]])
def test_close_never_passes_what_is_not_finite(number, expected):
    """NaN and infinity never pass, not even against themselves."""
    assert not passes(checks.close(a_close(expected), [1.0, number]))


@pytest.mark.parametrize("obtained", [[], [1.0], [1.0, 2.0, 3.0], 1.0])
def test_close_wants_as_many_numbers(obtained):
    """Another number of numbers is a fault of its own, and nothing is cut to fit."""
    assert codes(checks.close(a_close([1.0, 2.0]), obtained)) == ["close.shape"]


def test_close_walks_the_expected_keys():
    """A lacking key fails; a key too many does not matter."""
    item = a_close({"squared": 0.8, "hinge": [1.0]})
    assert passes(checks.close(item, {"squared": 0.8, "hinge": [1.0], "more": 5}))
    assert not passes(checks.close(item, {"squared": 0.8}))
    assert not passes(checks.close(item, {}))


def test_close_names_the_worst_number():
    """Of several numbers outside, the finding names the one furthest off, with its place."""
    (reason,) = checks.close(a_close({"hinge": [1.0, 2.0, 3.0]}), {"hinge": [1.5, 4.0, 3.5]}).reasons
    assert (reason.subject, reason.found, reason.expected) == ("q03_losses.hinge[1]", "4", "2")
    assert not reason.public


@pytest.mark.parametrize(
    ("expected", "obtained", "equal"),
    [
        pytest.param(10, 10.0, True, id="numbers compare as numbers"),
        pytest.param({"2": 10}, {"2": 10, "4": 11}, True, id="more keys"),
        pytest.param({"2": 10}, {"2": 10.5}, False, id="another number"),
        pytest.param({"2": 10}, {}, False, id="a lacking key"),
        pytest.param(["a", "b"], ["a", "b"], True, id="the same order"),
        pytest.param(["a", "b"], ["b", "a"], False, id="another order"),
        pytest.param(["a", "b"], ["a"], False, id="shorter"),
        pytest.param(10, NAN, False, id="nan"),
        pytest.param(NAN, NAN, False, id="nan against nan"),
    ],
)
def test_equal(expected, obtained, equal):
    """Exactly the expected value passes."""
    assert passes(checks.equal(an_equal(expected), obtained)) is equal


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["b", "a", "c"], True),
        (["b", "c", "a"], True),
        (["a", "b", "c"], False),
        (["c", "a", "b"], False),
        (["b", "b", "a"], False),
        (["b", "a"], False),
    ],
)
def test_own_order(names, expected):
    """Smallest first by the student's own numbers; the equal ones, a and c, in any order; each name once."""
    item = OwnOrder(points=1, check="own_order", value="q01_order", numbers="q01_losses")
    assert passes(checks.own_order(item, names, {"a": 2.0, "b": 1.0, "c": 2.0})) is expected


@pytest.mark.parametrize(
    ("which", "keys", "expected"),
    [
        ("smallest", [2, 4], True),
        ("smallest", [4, 2], True),
        ("smallest", [4.0, 8.0], True),
        ("smallest", [2, 8], False),
        ("smallest", [4, 4], False),
        ("smallest", [4, 5], False),
        ("smallest", [4, NAN], False),
        ("largest", [16, 2], True),
        ("largest", [16, 8], True),
        ("largest", [16, 4], False),
    ],
)
def test_own_extremes(which, keys, expected):
    """The two extreme keys in any order; 2 and 8 have equal numbers and may swap; each key once."""
    item = OwnExtremes(points=1, check="own_extremes", value="q08_best", numbers="q08_mse", which=which)
    numbers = {"2": 20.0, "4": 10.0, "8": 20.0, "16": 30.0}
    assert passes(checks.own_extremes(item, keys, numbers)) is expected


def an_interval(scale="log", offset=0.0):
    """Build an `interval` item on one number."""
    return Interval(points=1, check="interval", scale=scale, values=("q08_mse.2",), offset=offset)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (10.0, True),
        (20.0, True),
        (40.0, True),
        (math.nextafter(10.0, 0), False),
        (math.nextafter(40.0, 99), False),
        (0.0, False),
        (-15.0, False),
        (NAN, False),
        (INFINITY, False),
    ],
)
def test_interval(number, expected):
    """Both bounds belong to the interval; just outside, below zero, NaN and infinity fail."""
    bounds = Bounds(10.0, 40.0, 20.0, 12, 1, "tolerance interval")
    outcome = checks.interval(an_interval(), [number], lambda _: bounds, 8)
    assert passes(outcome) is expected
    assert outcome.flags == ()


def test_every_number_is_told_with_its_interval():
    """Passed or not, the outcome says what each number was held against, and on how many runs that stands."""
    bounds = {
        "q08_mse.2": Bounds(10.0, 40.0, 20.0, 12, 1, "tolerance interval"),
        "q08_mse.4": Bounds(5.0, 20.0, 10.0, 3, 0, "fallback"),
    }
    item = Interval(points=1, check="interval", scale="log", values=("q08_mse.2", "q08_mse.4"))
    outcome = checks.interval(item, [21.0, 50.0], bounds.__getitem__, 8)
    assert outcome.comparisons == (
        Comparison("q08_mse.2", 21.0, 10.0, 40.0, 12, 1, "tolerance interval"),
        Comparison("q08_mse.4", 50.0, 5.0, 20.0, 3, 0, "fallback"),
    )


@pytest.mark.parametrize(("number", "expected"), [(-0.001, False), (-0.0009, True), (0.0, True), (0.02, False)])
def test_interval_with_an_offset(number, expected):
    """A loss of zero to three digits can pass; at minus the offset the scale ends."""
    bounds = Bounds(-0.002, 0.01, 0.0005, 12, 1, "tolerance interval")
    assert passes(checks.interval(an_interval(offset=1e-3), [number], lambda _: bounds, 8)) is expected


@pytest.mark.parametrize(("number", "expected"), [(1.0, True), (1.0005, False), (0.95, False), (NAN, False)])
def test_interval_of_accuracies(number, expected):
    """A perfect accuracy passes, one above 1 never, even where the bound lies above it."""
    bounds = Bounds(0.98, 1.001, 0.999, 12, 1, "tolerance interval")
    assert passes(checks.interval(an_interval("logit", 1e-3), [number], lambda _: bounds, 8)) is expected


def test_interval_hides_its_bounds():
    """The expected interval is for the instructor, and for a student only if the policy says so."""
    bounds = Bounds(10.0, 40.0, 20.0, 12, 1, "tolerance interval")
    (reason,) = checks.interval(an_interval(), [50.0], lambda _: bounds, 8).reasons
    assert (reason.subject, reason.found, reason.expected, reason.public) == ("q08_mse.2", "50", "10 to 40", False)


CURVES = Drawing(points=1, check="figure", curves=("q10_history.a.loss", "q10_history.b.loss"))
FIRST, SECOND = [2.3, 1.1, 0.5], [2.2, 0.9, 0.0005]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        pytest.param([[FIRST, SECOND]], [], id="both"),
        pytest.param([[], [SECOND, [1.0], FIRST]], [], id="both, among others"),
        pytest.param([[[x * 1.0009 for x in FIRST], SECOND]], [], id="within rounding"),
        pytest.param([[[x * 1.0011 for x in FIRST], SECOND]], ["figure.curve"], id="outside rounding"),
        pytest.param([[FIRST[:-1], SECOND]], ["figure.curve"], id="a point short"),
        pytest.param([[[2.3, None, 0.5], SECOND]], ["figure.curve"], id="a gap"),
        pytest.param([[[2.3, NAN, 0.5], SECOND]], ["figure.curve"], id="nan"),
        pytest.param([[FIRST], [SECOND]], ["figure.apart"], id="in two figures"),
        pytest.param([[[1.0]]], ["figure.curve", "figure.curve"], id="something else"),
        pytest.param([[]], ["figure.none"], id="no line"),
        pytest.param([], ["figure.none"], id="no figure"),
    ],
)
def test_figure(figures, expected):
    """One figure must show both of the student's own series, point by point."""
    drawn = [Figure(1, tuple(tuple(line) for line in lines)) for lines in figures]
    assert codes(checks.figure(CURVES, [FIRST, SECOND], drawn)) == expected
