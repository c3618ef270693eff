import pytest
from judging import Given

from autograder.records import Figure, Reason
from autograder.rubric.checks.figure import Drawing

NAN = float("nan")


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
    reasons = CURVES.judge([FIRST, SECOND], Given(figures=drawn)).reasons
    assert [reason.code for reason in reasons] == expected
    assert all(reason.public for reason in reasons)


def test_a_curve_that_is_not_drawn_is_named_for_the_student():
    """Which one, and no other: the student's own numbers reveal nothing of the key."""
    drawn = [Figure(1, (tuple(SECOND),))]
    assert CURVES.judge([FIRST, SECOND], Given(figures=drawn)).reasons == (
        Reason("figure.curve", "q10_history.a.loss", public=True),
    )
