import pytest

from autograder.audit.reproduction import reproduce, rounding_range
from autograder.errors import ConfigurationError
from autograder.grading import observe


@pytest.mark.parametrize(
    ("figure", "expected"),
    [("21", (20.5, 21.5)), ("0.000", (-0.0005, 0.0005)), ("129.76", (129.755, 129.765)), ("1.000", (0.9995, 1.0005))],
)
def test_digits_say_how_far_a_figure_was_rounded(figure, expected):
    """A figure represents every number that rounds to it."""
    assert rounding_range(figure) == pytest.approx(expected)


@pytest.mark.parametrize("figure", ["", "much", "NaN", "Infinity", "1,5"])
def test_what_is_no_figure_is_refused(figure):
    """The line says how to write one."""
    with pytest.raises(ConfigurationError, match="as it was printed, in quotes"):
        rounding_range(figure)


def test_a_figure_is_held_against_interval_or_runs(key_spec, baseline, scattered):
    """Graded numbers have an interval, others only the runs; figures that no run gave are left out."""
    published = {
        "q07_history.A.loss[-1]": "21",
        "q08_mse.2": "500",
        "q10_scores.resnet.train[1]": "1.000",
        "q09_x": "1",
    }
    runs = [scattered(seed) for seed in range(12)]
    rows = {row.path: row for row in reproduce(published, key_spec, baseline, [observe(run, key_spec) for run in runs])}
    assert list(rows) == ["q07_history.A.loss[-1]", "q08_mse.2", "q10_scores.resnet.train[1]"]
    assert [row.reproduced for row in rows.values()] == [True, False, True]
    assert rows["q07_history.A.loss[-1]"].lower < 21 < rows["q07_history.A.loss[-1]"].upper
    assert rows["q10_scores.resnet.train[1]"].lower is None
    assert len(rows["q08_mse.2"].numbers) == 12
