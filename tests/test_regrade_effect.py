"""What a regrading is said to do to a class."""

import dataclasses

from autograder.records import Comparison, Finding, Grade, Reason, RunVerdict, Verdict
from autograder.regrade_effect import EffectTally, is_noticeable


def graded(student, *points):
    """Return a grade with so many points for each item; None: a fault of ours left the grade open."""
    findings = tuple(
        Finding(f"item_{number}", "q01", Verdict.INTERNAL if one is None else Verdict.PASS, one or 0.0, 1.0)
        for number, one in enumerate(points)
    )
    total = None if None in points else float(sum(points))
    return Grade("j", student, "en", "n", RunVerdict.COMPLETE, None, total, 2.0, findings, (), "r", "b", "real")


def test_mean_median_items_and_students():
    """The largest change comes first, whichever its sign; items that stay are not listed."""
    tally = EffectTally()
    tally.add(graded("Ana", 1, 1), graded("Ana", 0.5, 1))
    tally.add(graded("Bia", 0, 1), graded("Bia", 1, 1))
    tally.add(graded("Caio", 1, 0), graded("Caio", 1, 0))
    found = tally.effect()
    assert found.students == 3
    assert (found.before.mean, found.before.median) == (4 / 3, 1.0)
    assert (found.after.mean, found.after.median) == (4.5 / 3, 1.5)
    assert [(one.after.student, one.difference) for one in found.changes] == [("Bia", 1.0), ("Ana", -0.5)]
    [item] = found.items
    assert (item.place, item.gain, item.lose) == ("q01.item_0", 1, 1)
    assert (item.mean_before, item.mean_after) == (2 / 3, 2.5 / 3)


def test_whoever_had_no_grade_comes_first_and_is_in_no_difference():
    """From no grade to one is not from zero."""
    tally = EffectTally()
    tally.add(graded("Ana", 0, 0), graded("Ana", 1, 1))
    tally.add(graded("Bia", None, 1), graded("Bia", 1, 1))
    tally.add(None, graded("Caio", 1, 0))
    found = tally.effect()
    assert [(one.after.student, one.difference) for one in found.changes] == [
        ("Bia", None), ("Caio", None), ("Ana", 2.0)]  # fmt: skip
    assert (found.before.mean, found.after.mean) == (0.0, 5 / 3)


def test_an_empty_class_has_no_mean():
    """Nothing is divided by nothing."""
    found = EffectTally().effect()
    assert (found.students, found.before.mean, found.after.median, found.changes) == (0, None, None, ())


def test_an_item_that_the_rubric_no_longer_has_is_listed():
    """With no mean afterwards, and who lost by it."""
    tally = EffectTally()
    tally.add(graded("Ana", 1, 1), graded("Ana", 1))
    [item] = tally.effect().items
    assert (item.place, item.mean_before, item.mean_after, item.lose) == ("q01.item_1", 1.0, None, 1)


def test_what_no_reader_can_see_is_no_change():
    """Another rubric's digest, or points and intervals that differ in their last digits; anything else is one."""
    before = graded("Ana", 1.0, 0.3)
    interval = Comparison("q01_loss", 1.0, 0.5, 2.0, 43, 0, "tolerance interval")
    first = dataclasses.replace(before.findings[0], comparisons=(interval,))
    before = dataclasses.replace(before, findings=(first, before.findings[1]))

    def after(**changes):
        return dataclasses.replace(before, findings=(dataclasses.replace(first, **changes), before.findings[1]))

    hardly = dataclasses.replace(interval, lower=0.5 * (1 + 1e-12))
    tally = EffectTally()
    for same in (
        before,
        dataclasses.replace(before, rubric_sha256="other", baseline_sha256="another"),
        dataclasses.replace(before, points=before.points + 1e-12),
        after(points=1 - 1e-12, comparisons=(hardly,)),
    ):
        assert not is_noticeable(before, same)
        tally.add(before, same)
    assert (tally.effect().changes, tally.effect().items) == ((), ())
    for other in (
        after(points=0.99),
        after(verdict=Verdict.REVIEW),
        after(reasons=(Reason("value.missing", "q01_loss"),)),
        after(comparisons=(dataclasses.replace(interval, lower=0.51),)),
        dataclasses.replace(before, points=None),
    ):
        assert is_noticeable(before, other)
