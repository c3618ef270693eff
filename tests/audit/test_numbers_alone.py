"""Both error rates of items of numbers, on runs of our own making."""

import math

import pytest
from judging import Given, passes
from small_rubric import read

from autograder.audit import MistakenRun, numbers_alone
from autograder.reference import Baseline, ReferenceRun, RunSummary

QUESTIONS = """\
questions:
  q01:
    variables:
      q01_errors: {type: map, keys: [few, many], of: {type: number}}
      q01_share: {type: number}
    items:
      errors: {points: 1, check: interval, scale: log, values: [q01_errors.few, q01_errors.many]}
      share: {points: 1, check: interval, scale: logit, offset: 1.0e-3, values: [q01_share]}
"""
FEW, MANY, SHARE = "q01_errors.few", "q01_errors.many", "q01_share"
BOTH = frozenset({"q01.errors", "q01.share"})


@pytest.fixture
def key_spec(tmp_path):
    """Read a rubric with an item of two errors and an item of one accuracy."""
    return read(tmp_path, QUESTIONS).key_spec


def summary(few, many, share, dead=()):
    """Return the numbers of a run; None where the run has no valid number."""
    values = {FEW: few, MANY: many, SHARE: share}
    return RunSummary({path: number for path, number in values.items() if number is not None}, dead)


def baseline(*runs):
    """Return a baseline of these runs."""
    return Baseline(
        1, "real", tuple(ReferenceRun(seed, {}, "any", 1, 1.0, run) for seed, run in enumerate(runs, start=1)), {}
    )


def right(seed):
    """Return a right run: errors within a tenth of 20 and 5, and an accuracy between 0.88 and 0.92."""
    turn = math.sin(seed)
    return summary(20 * (1 + 0.1 * turn), 5 * (1 - 0.1 * turn), 0.9 + 0.02 * turn)


REFERENCE = tuple(right(seed) for seed in range(12))


def examined(key_spec, honest=(), mistaken=(), reference=REFERENCE):
    """Return what was found by item."""
    return {one.place: one for one in numbers_alone(key_spec, baseline(*reference), honest, mistaken)}


def test_right_runs_are_inside(key_spec):
    """Neither reference runs nor other right runs are rejected, and each kind is counted for itself."""
    found = examined(key_spec, [right(seed) for seed in range(50, 55)])
    for item in found.values():
        assert (item.left_out.rejected(), item.left_out.runs, item.left_out.dead) == (0, 12, 0)
        assert (item.honest.rejected(), item.honest.runs, item.honest.dead) == (0, 5, 0)


def test_a_reference_run_is_judged_by_the_others_alone(key_spec):
    """A run whose own number widens its interval enough to hold it is still rejected by the intervals of the others."""
    far = summary(45, 5, 0.9)
    found = examined(key_spec, [far], reference=(*REFERENCE, far))["q01.errors"]
    assert (found.left_out.rejected(), found.left_out.runs) == (1, 13)
    assert found.honest.rejected() == 0


def test_dead_networks_are_no_rejections(key_spec):
    """A run that is dead in all of an item's networks is counted apart; of one that is partly dead the rest counts."""
    honest = [
        summary(586, 586, 0.9, dead=(FEW, MANY)),
        summary(586, 5, 0.9, dead=(FEW,)),
        summary(586, 50, 0.9, dead=(FEW,)),
    ]
    found = examined(key_spec, honest)["q01.errors"].honest
    assert (found.rejected(), found.runs, found.dead) == (1, 2, 1)


def test_a_run_of_other_questions_does_not_count(key_spec):
    """It has none of the item's numbers; a run that has only some of them is rejected."""
    found = examined(key_spec, [summary(None, None, 0.9), summary(20, None, 0.9)])
    assert (found["q01.errors"].honest.rejected(), found["q01.errors"].honest.runs) == (1, 1)
    assert (found["q01.share"].honest.rejected(), found["q01.share"].honest.runs) == (0, 2)


def test_a_mistake_counts_for_the_items_that_it_changes(key_spec):
    """Another item's numbers are right, and their acceptance is no error."""
    mistaken = [MistakenRun("no scaling", frozenset({"q01.share"}), summary(20, 5, 0.5))]
    found = examined(key_spec, mistaken=mistaken)
    assert found["q01.errors"].mistakes == ()
    assert [mistake.name for mistake in found["q01.share"].mistakes] == ["no scaling"]
    assert (found["q01.share"].accepted(), found["q01.share"].mistaken_runs) == (0, 1)


def test_the_nearest_mistake_comes_first(key_spec):
    """By the share of its runs that are accepted, then by its distance from the middle."""
    mistaken = [
        MistakenRun("swapped", BOTH, summary(5, 20, 0.1)),
        MistakenRun("sometimes", BOTH, summary(20, 5, 0.9)),
        MistakenRun("sometimes", BOTH, summary(40, 5, 0.5)),
        MistakenRun("near", BOTH, summary(21, 5, 0.91)),
        MistakenRun("always", BOTH, summary(22, 5, 0.93)),
    ]
    found = examined(key_spec, mistaken=mistaken)["q01.errors"]
    assert [mistake.name for mistake in found.mistakes] == ["near", "always", "sometimes", "swapped"]
    assert [(mistake.accepted(), mistake.runs) for mistake in found.mistakes] == [(1, 1), (1, 1), (1, 2), (0, 1)]
    assert (found.accepted(), found.mistaken_runs) == (3, 5)


def test_one_number_outside_is_enough(key_spec):
    """The item rejects a run that one of its numbers rejects, and each number says what it would accept alone."""
    mistaken = [MistakenRun("many only", BOTH, summary(20, 50, 0.9))]
    found = examined(key_spec, mistaken=mistaken)["q01.errors"]
    assert (found.accepted(), found.accepted_by(FEW), found.accepted_by(MANY)) == (0, 1, 0)


@pytest.mark.parametrize("wrong", [None, math.nan, math.inf, -1.0])
def test_an_invalid_number_is_never_accepted(key_spec, wrong):
    """A number that is missing or invalid on the scale is infinitely far away."""
    found = examined(key_spec, mistaken=[MistakenRun("wrong", BOTH, summary(20, wrong, wrong))])
    for item in found.values():
        assert item.accepted() == 0
        assert item.mistakes[0].farthest == math.inf


def test_narrower_intervals_reject_more_and_accept_less(key_spec):
    """Both rates move with the width, each in its own direction."""
    mistaken = [MistakenRun("a bit high", BOTH, summary(20 * factor, 5, 0.9)) for factor in (1.01, 1.1, 1.2, 1.3, 2)]
    found = examined(key_spec, mistaken=mistaken)["q01.errors"]
    widths = (2.0, 1.0, 0.5, 0.25, 0.0)
    rejected, accepted = ([count(width) for width in widths] for count in (found.left_out.rejected, found.accepted))
    assert rejected == sorted(rejected)
    assert accepted == sorted(accepted, reverse=True)
    assert (rejected[-1], accepted[-1]) == (12, 0)
    assert accepted[0] > accepted[2] > 0


@pytest.mark.parametrize("share", [0.0, 0.7, 0.8, 0.83, 0.9, 0.97, 0.99, 1.0, 1.005])
@pytest.mark.parametrize("few", [0.0, 10, 14, 15, 20, 25, 27, 28, 30])
def test_what_is_accepted_passes_the_check(key_spec, few, share):
    """The rates speak of the same decision as the marks."""
    given = {"q01.errors": [few, 5.0], "q01.share": [share]}
    found = examined(key_spec, mistaken=[MistakenRun("any", BOTH, summary(few, 5.0, share))])
    for name, item in key_spec.questions["q01"].items.items():
        bounds = {path: baseline(*REFERENCE).interval(path, item, key_spec.policy.tolerance) for path in item.values}
        outcome = item.judge(given[f"q01.{name}"], Given(bounds_by_path=bounds))
        assert bool(found[f"q01.{name}"].accepted()) == passes(outcome)


def test_without_reference_numbers_there_is_no_rate(key_spec):
    """An item for which no run has numbers is left out; a single run cannot be left out of anything."""
    assert set(examined(key_spec, reference=[summary(None, None, 0.9)])) == {"q01.share"}
    assert examined(key_spec, reference=[right(1)])["q01.errors"].left_out.runs == 0
