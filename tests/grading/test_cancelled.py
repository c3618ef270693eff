"""Grades under a rubric with cancelled items and several accepted letters."""

import dataclasses

import pytest

from autograder.grading import grade, observe
from autograder.grading.key_audit import audit_keys
from autograder.records import RunVerdict, Values, Verdict
from autograder.reference import build_baseline


def changed(key_spec, place, **fields):
    """Return the rubric with other fields of an item (`q02.answer`) or a question (`q02`)."""
    name, _, item = place.partition(".")
    question = key_spec.questions[name]
    if item:
        items = {**question.items, item: question.items[item].model_copy(update=fields)}
        question = question.model_copy(update={"items": items})
    else:
        question = question.model_copy(update=fields)
    return key_spec.model_copy(update={"questions": {**key_spec.questions, name: question}})


@pytest.fixture
def blank(make_evidence):
    """Make the evidence of a notebook without any answer."""
    return make_evidence(executed=Values({}, {}), trainings=(), evaluations=(), figures=())


@pytest.mark.parametrize(
    ("way", "right", "nothing", "possible"),
    [("full_points", 10.0, 1.0, 1.0), ("no_points", 9.0, 0.0, 1.0), ("excluded", 10.0, 0.0, 0.0)],
)
def test_a_cancelled_question_is_the_same_for_everybody(
    make_evidence, key_spec, baseline, find, blank, way, right, nothing, possible
):
    """Right, wrong or empty: the item is CANCELLED, and the total of the assignment stays 10."""
    rubric = changed(key_spec, "q02", cancelled=way)
    wrong = make_evidence(given={"q02_answer": "a"})
    graded = [grade(evidence, rubric, baseline) for evidence in (make_evidence(), wrong, blank)]
    assert [one.points for one in graded] == [right, right, nothing]
    assert {one.points_possible for one in graded} == {10.0}
    for one in graded:
        found = find(one, "q02.answer")
        assert (found.verdict, found.points_possible) == (Verdict.CANCELLED, possible)
        assert [reason.code for reason in found.reasons] == [f"cancelled.{way}"]


def test_cancelling_mends_a_check_that_fails_by_our_fault(make_evidence, key_spec, find):
    """A number without a baseline leaves no grade; with its items cancelled there is one."""
    nothing = build_baseline("practice", ())
    assert grade(make_evidence(), key_spec, nothing).points is None
    rubric = key_spec
    for name in ("q07", "q08", "q10"):
        rubric = changed(rubric, name, cancelled="full_points")
    given = grade(make_evidence(), rubric, nothing)
    assert (given.points, find(given, "q07.errors_a").verdict) == (10.0, Verdict.CANCELLED)


def test_a_run_that_failed_by_our_fault_stays_without_a_grade(make_evidence, key_spec, baseline):
    """Cancelling one question says nothing about the others."""
    broken = dataclasses.replace(make_evidence(), run_verdict=RunVerdict.INTERNAL)
    assert grade(broken, changed(key_spec, "q02", cancelled="full_points"), baseline).points is None


def test_a_letter_requires_no_numbers_of_a_cancelled_item(make_evidence, key_spec, baseline, find):
    """What was wrong with the item may be why its numbers are missing."""
    without = make_evidence(given={"q03_losses": None})
    assert find(grade(without, key_spec, baseline), "q03.answer").verdict is Verdict.FAIL
    rubric = changed(key_spec, "q03.losses", cancelled="no_points")
    assert find(grade(without, rubric, baseline), "q03.answer").verdict is Verdict.PASS


def test_each_accepted_letter_earns_the_points_and_no_other(make_evidence, key_spec, baseline, find):
    """The key keeps its points, and the reason for the others names all that are accepted."""
    rubric = changed(key_spec, "q02.answer", accepted=("b",))
    verdicts = {}
    for letter in "abcd":
        found = find(grade(make_evidence(given={"q02_answer": letter}), rubric, baseline), "q02.answer")
        verdicts[letter] = found.verdict
    assert verdicts == {"a": Verdict.FAIL, "b": Verdict.PASS, "c": Verdict.PASS, "d": Verdict.FAIL}
    assert [(reason.code, reason.found, reason.expected) for reason in found.reasons] == [
        ("choice.not_accepted", "d", "c, b")
    ]


def test_an_accepted_letter_requires_the_same_numbers(make_evidence, key_spec, baseline, find):
    """A letter alone earns nothing, whichever it is."""
    rubric = changed(key_spec, "q03.answer", accepted=("b",))
    alone = make_evidence(given={"q03_losses": None, "q03_answer": "b"})
    assert find(grade(alone, rubric, baseline), "q03.answer").verdict is Verdict.FAIL
    beside = make_evidence(given={"q03_answer": "b"})
    assert find(grade(beside, rubric, baseline), "q03.answer").verdict is Verdict.PASS


def test_an_accepted_letter_is_neither_flagged_nor_taken_for_wrong(make_evidence, key_spec, baseline, find):
    """It needs no defence."""
    rubric = changed(key_spec, "q08.answer", accepted=tuple("abcd"))
    for letter in "abcd":
        found = find(grade(make_evidence(given={"q08_answer": letter}), rubric, baseline), "q08.answer")
        assert (found.verdict, found.flags) == (Verdict.PASS, ())


def test_another_weight_changes_the_points_alone(make_evidence, key_spec, baseline):
    """A re-weighted pair of items keeps the total, and each verdict."""
    rubric = changed(changed(key_spec, "q01.answer", points=0.1), "q01.order", points=0.2)
    wrong = make_evidence(given={"q01_answer": "a"})
    before, after = grade(wrong, key_spec, baseline), grade(wrong, rubric, baseline)
    assert [one.verdict for one in before.findings] == [one.verdict for one in after.findings]
    assert (before.points, after.points, after.points_possible) == (9.8, 9.9, 10.0)


def test_the_audit_takes_any_accepted_letter_for_the_key(key_spec, make_evidence):
    """Runs that bear out an accepted letter uphold the rubric; a cancelled question is not audited."""
    errors = {"2": 40.0, "4": 38.0, "8": 23.0, "16": 22.0, "32": 20.0, "64": 20.5, "128": 30.0, "256": 35.0}
    run = make_evidence(given={"q08_mse": errors})

    def audited(rubric):
        return next((one for one in audit_keys(rubric, [observe(run, rubric)]) if one.question == "q08"), None)

    assert not audited(key_spec).upheld
    accepted = audited(changed(key_spec, "q08.answer", accepted=("c",)))
    assert (accepted.upheld, accepted.led, accepted.best_share) == (True, 1, 1.0)
    assert audited(changed(key_spec, "q08", cancelled="full_points")) is None
