"""Item analysis and its kin, against pingouin, scipy and sums worked by hand."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from autograder.statistics import correlation, histogram, item_rest, prediction_ellipsoid, proportion, reliability

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pingouin = pytest.importorskip("pingouin", exc_type=ImportError)


def points(students, items, seed=0):
    """Return points of students of differing strength on items of differing difficulty."""
    generator = np.random.default_rng(seed)
    strength = generator.normal(size=(students, 1))
    return np.round(1 / (1 + np.exp(-strength - generator.normal(size=(students, items)))), 1)


@pytest.mark.parametrize(("students", "items", "seed"), [(10, 5, 1), (40, 10, 2), (200, 31, 3)])
def test_alpha_and_its_interval_are_pingouins(students, items, seed):
    """To the digits that pingouin gives."""
    table = points(students, items, seed)
    alpha, (low, high) = pingouin.cronbach_alpha(data=pd.DataFrame(table))
    found = reliability(table).alpha
    assert found.value == pytest.approx(alpha, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1.1e-3)


def test_alpha_worked_by_hand():
    """Three students, two items: variances 1 and 1, of the total 3; alpha is 2 (1 - 2/3), the error the root of 1."""
    found = reliability([[1, 2], [2, 1], [3, 3]])
    assert found.alpha.value == pytest.approx(2 / 3)
    assert found.error == pytest.approx(1.0)
    assert found.without == (None, None)


@pytest.mark.parametrize(("students", "seed"), [(30, 1), (60, 2), (500, 3)])
def test_discrimination_and_its_interval_are_pingouins(students, seed):
    """Item against the rest of the total, with Fisher's interval."""
    table = points(students, 6, seed)
    rest = table.sum(axis=1) - table[:, 2]
    row = pingouin.corr(table[:, 2], rest).iloc[0]
    found = item_rest(table, 2)
    assert found.value == pytest.approx(row["r"], abs=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(row["CI95"]), abs=6e-3)


def test_discrimination_worked_by_hand():
    """Item 1, 0, 1, 0 against the rest 3, 1, 2, 0: covariance 1 over the root of 1 times 5."""
    found = item_rest([[1, 3], [0, 1], [1, 2], [0, 0]], 0)
    assert found.value == pytest.approx(2 / math.sqrt(5))


def test_the_item_itself_is_not_in_the_rest():
    """Against a rest without spread nothing is defined, whatever the item adds to the total."""
    assert item_rest([[0, 1], [1, 1], [0, 1]], 0) is None


def test_a_small_class_has_a_bootstrap_interval_as_wide_as_scipys():
    """The same percentile interval, from resamples of its own."""
    table = points(15, 5, 7)
    rest = table.sum(axis=1) - table[:, 0]
    found = item_rest(table, 0)
    theirs = stats.bootstrap(
        (table[:, 0], rest), lambda x, y: stats.pearsonr(x, y).statistic, paired=True, vectorized=False,
        method="percentile", n_resamples=2000, rng=np.random.default_rng(5),
    ).confidence_interval  # fmt: skip
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.05)
    assert item_rest(table, 0) == found


@pytest.mark.parametrize("table", [[], [[1, 2]], [[1, 2], [2, 1]], [[1, 1], [1, 1], [1, 1]], [[1], [2], [3]]], ids=str)
def test_what_is_undefined_is_none_and_not_zero(table):
    """No students, too few of them, no spread, one item."""
    found = reliability(table)
    assert (found.alpha, found.error) == (None, None)
    assert set(found.without) <= {None}
    assert item_rest(table, 0) is None


def test_a_perfect_correlation_has_no_interval_of_fishers():
    """Its transform is infinite there."""
    found = correlation(range(40), range(40))
    assert (found.value, found.low, found.high) == (pytest.approx(1.0), None, None)


def test_an_interval_is_undefined_where_most_resamples_have_no_correlation():
    """Of 27 resamples of these three pairs 15 are constant on one side; the value itself is defined."""
    found = correlation([1, 1, 0], [0, 1, 1])
    assert (found.value, found.low, found.high) == (pytest.approx(-0.5), None, None)


def test_an_interval_stands_on_the_resamples_that_have_a_correlation():
    """Of 27 resamples 9 are constant, the others are told."""
    found = correlation([1, 1, 0], [2, 1, 0])
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(("pairs", "fishers"), [(29, False), (30, True)])
def test_from_thirty_pairs_on_the_interval_is_fishers(pairs, fishers):
    """tanh(artanh(r) ± 1.96 / √(n - 3)), and something else below."""
    generator = np.random.default_rng(4)
    one = generator.normal(size=pairs)
    found = correlation(one, one + generator.normal(size=pairs))
    reach = stats.norm.ppf(0.975) / math.sqrt(pairs - 3)
    bounds = tuple(math.tanh(math.atanh(found.value) + sign * reach) for sign in (-1, 1))
    assert ((found.low, found.high) == pytest.approx(bounds, abs=1e-12)) is fishers


@pytest.mark.parametrize("pairs", [([], []), ([1.0], [1.0]), ([1.0, 2.0], [1.0, 2.0]), ([1, 2, 3], [5, 5, 5])], ids=str)
def test_a_correlation_of_too_few_or_of_none_that_differ_is_undefined(pairs):
    """Two points always lie on a line."""
    assert correlation(*pairs) is None


def test_the_ellipsoid_holds_the_share_of_runs_that_it_names():
    """Of ten thousand further runs of two numbers that hang together."""
    generator = np.random.default_rng(1)
    spread = [[1.0, 0.9], [0.9, 1.0]]
    inside = []
    for _ in range(200):
        region = prediction_ellipsoid(generator.multivariate_normal([0, 0], spread, size=20), 0.95)
        inside += [region.distance(one) <= 1 for one in generator.multivariate_normal([0, 0], spread, size=50)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.01)


def test_the_ellipsoid_sees_numbers_that_do_not_belong_together():
    """Each of them is well within its own range."""
    generator = np.random.default_rng(2)
    region = prediction_ellipsoid(generator.multivariate_normal([0, 0], [[1.0, 0.99], [0.99, 1.0]], size=44), 0.99)
    assert region.distance([1.5, 1.5]) < 1 < region.distance([1.0, -1.0])


def test_the_limit_of_one_number_is_that_of_a_prediction_interval():
    """Student's t at one number: t² (1 + 1/n)."""
    runs = [[1.0], [2.0], [4.0], [5.0], [8.0]]
    region = prediction_ellipsoid(runs, 0.95)
    assert region.limit == pytest.approx(stats.t.ppf(0.975, 4) ** 2 * (1 + 1 / 5))


def test_the_smallest_number_of_runs_that_has_an_ellipsoid():
    """Two more than there are numbers; its center is the mean, and the distance there is none."""
    runs = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [2.0, 3.0]]
    region = prediction_ellipsoid(runs, 0.9)
    assert (region.runs, region.center.tolist()) == (4, [0.75, 1.0])
    assert region.distance([0.75, 1.0]) == 0
    assert prediction_ellipsoid(runs[:3], 0.9) is None


def test_a_distance_is_the_mahalanobis_distance_as_a_share_of_the_limit():
    """Independent numbers of variances 1 and 4: (1/1)² + (2/2)² = 2."""
    runs = [[1, 0], [-1, 0], [0, 2], [0, -2], [1, 2], [-1, -2], [1, -2], [-1, 2]]
    region = prediction_ellipsoid(runs, 0.95)
    one, other = np.var(runs, axis=0, ddof=1)
    assert region.distance([1, 2]) * region.limit == pytest.approx(1 / one + 4 / other)


@pytest.mark.parametrize("runs", [[], [[1, 2]], [[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]], ids=str)
def test_too_few_runs_or_none_that_differ_give_no_ellipsoid(runs):
    """Numbers on one line have no region around them."""
    assert prediction_ellipsoid(runs, 0.95) is None


def test_a_histogram_counts_everybody_once():
    """The top counts with the last bar, and what lies outside with the outermost."""
    bars = histogram([-1, 0, 0.5, 9.99, 10, 12], top=10, bars=20)
    assert sum(bar.count for bar in bars) == 6
    assert (bars[0].count, bars[1].count, bars[-1].count) == (2, 1, 3)


def test_the_bars_of_a_histogram_lie_side_by_side():
    """Each begins where the one before it ends; a number on a border counts with the bar that begins there."""
    bars = histogram([2.0, 3.99, 4.0], top=8, bars=4)
    assert [(bar.low, bar.high, bar.count) for bar in bars] == [(0, 2, 0), (2, 4, 2), (4, 6, 1), (6, 8, 0)]


def test_alpha_without_an_item_is_the_alpha_of_the_others():
    """Each in its own place."""
    table = points(25, 4, 6)
    found = reliability(table)
    for item in range(4):
        rest = np.delete(table, item, axis=1)
        assert found.without[item] == pytest.approx(reliability(rest).alpha.value)
    assert found.error == pytest.approx(table.sum(axis=1).std(ddof=1) * math.sqrt(1 - found.alpha.value))


@pytest.mark.parametrize("factor", [1, 0.1, 1 / 3])
def test_items_that_agree_wholly_leave_no_error(factor):
    """Rounding must not make the root of a negative number of it."""
    found = reliability([[factor * row] * 3 for row in (1, 0, 2, 5)])
    assert found.alpha.value == pytest.approx(1)
    assert found.error == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize(("count", "trials"), [(0, 1), (1, 1), (9, 20), (0, 40), (48, 49), (54, 54)])
def test_the_interval_of_a_share_is_scipys(count, trials):
    """Exact after Clopper and Pearson, none and all included."""
    found = proportion(count, trials)
    low, high = stats.binomtest(count, trials).proportion_ci(0.95, method="exact")
    assert found.value == count / trials
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_no_trial_has_no_share():
    """Nothing was tried, so nothing is known."""
    assert proportion(0, 0) is None
