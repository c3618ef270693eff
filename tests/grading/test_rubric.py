import copy
import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading import build_baseline, grade, summarise
from autograder.records import (
    NOT_THERE,
    CellOutcome,
    DataSummary,
    Grade,
    RunVerdict,
    Values,
    Verdict,
    from_json,
    to_json,
)


def policy(key_spec, claimed):
    """Return the rubric under another policy for claimed values."""
    return key_spec.model_copy(update={"policy": key_spec.policy.model_copy(update={"claimed": claimed})})


def codes(reasons):
    """Return the codes alone."""
    return [reason.code for reason in reasons]


def test_everything_right_earns_every_point(make_evidence, key_spec, baseline):
    """A right submission passes every item, and its points add up to exactly 10."""
    given_grade = grade(make_evidence(), key_spec, baseline)
    assert [found for found in given_grade.findings if found.verdict is not Verdict.PASS] == []
    assert given_grade.points == given_grade.points_possible == 10.0
    assert given_grade.flags == ()
    assert not any(found.flags for found in given_grade.findings)


def test_nothing_at_all_earns_nothing(make_evidence, key_spec, baseline):
    """A blank notebook misses every item, and that is a grade of 0, not the lack of one."""
    blank = make_evidence(executed=Values({}, {}), trainings=(), evaluations=(), figures=())
    given_grade = grade(blank, key_spec, baseline)
    assert {found.verdict for found in given_grade.findings} == {Verdict.MISSING}
    assert given_grade.points == 0.0


def test_a_grade_names_what_it_was_given_under(make_evidence, key_spec, baseline):
    """A grade carries the digests of its rubric and baseline, and survives JSON."""
    given_grade = grade(make_evidence(), key_spec, baseline)
    assert (given_grade.rubric_sha256, given_grade.baseline_sha256) == (key_spec.digest, baseline.digest)
    assert given_grade.data == "practice"
    assert from_json(Grade, to_json(given_grade)) == given_grade


def test_grading_is_deterministic(make_evidence, key_spec, baseline):
    """The same evidence gives the same grade, byte for byte."""
    evidence = make_evidence(given={"q01_answer": "a"}, trained={1: {"epochs": 20}})
    assert to_json(grade(evidence, key_spec, baseline)) == to_json(grade(evidence, key_spec, baseline))


@pytest.mark.parametrize("fault", ["q07_history", "q07_history.B", "q07_history.B.loss", "q07_history.B.loss[3]"])
def test_a_fault_anywhere_on_the_path_is_malformed(make_evidence, key_spec, baseline, find, fault):
    """A fault above, at or below a path makes its item MALFORMED, and says where and what."""
    found = find(grade(make_evidence(faults={fault: "is text"}), key_spec, baseline), "q07.errors_b")
    assert (found.verdict, found.points) == (Verdict.MALFORMED, 0.0)
    assert [(reason.code, reason.subject, reason.found) for reason in found.reasons] == [
        ("value.malformed", fault, "is text")
    ]


def test_a_fault_elsewhere_does_not_spread(make_evidence, key_spec, baseline, find):
    """A fault in one history leaves the items on the other one alone."""
    given_grade = grade(make_evidence(faults={"q07_history.B.loss": "is text"}), key_spec, baseline)
    assert find(given_grade, "q07.errors_a").verdict is Verdict.PASS


def test_a_missing_variable_is_named_once(make_evidence, key_spec, baseline, find):
    """An item with many paths into one missing variable says so once."""
    found = find(grade(make_evidence(given={"q08_mse": None}), key_spec, baseline), "q08.errors")
    assert found.verdict is Verdict.MISSING
    assert [(reason.code, reason.subject) for reason in found.reasons] == [("value.missing", "q08_mse")]


@pytest.mark.parametrize("claimed_policy", ["accept", "review", "reject"])
def test_claimed_letters_follow_the_policy(make_evidence, key_spec, baseline, find, claimed_policy):
    """A letter that only the student's own run gave earns its point under `accept` alone."""
    evidence = make_evidence(given={"q05_answer": None}, claimed={"q05_answer": "c"})
    found = find(grade(evidence, policy(key_spec, claimed_policy), baseline), "q05.answer")
    expected = {
        "accept": (Verdict.PASS, 1.0, ["claimed.accepted"]),
        "review": (Verdict.MISSING, 0.0, ["claimed.review"]),
        "reject": (Verdict.MISSING, 0.0, []),
    }
    assert (found.verdict, found.points, codes(found.flags)) == expected[claimed_policy]


@pytest.mark.parametrize(("letter", "would"), [("c", "PASS"), ("b", "FAIL")])
def test_a_review_says_what_it_is_about(make_evidence, key_spec, baseline, find, letter, would):
    """A flag for review tells the instructor whether the claimed value would pass."""
    evidence = make_evidence(given={"q05_answer": None}, claimed={"q05_answer": letter})
    (flag,) = find(grade(evidence, key_spec, baseline), "q05.answer").flags
    assert (flag.code, flag.found) == ("claimed.review", would)


def test_claimed_values_do_not_mend_malformed_ones(make_evidence, key_spec, baseline, find):
    """A claimed value stands in for a missing value, never for a malformed one."""
    evidence = make_evidence(
        given={"q05_answer": None}, faults={"q05_answer": "two letters"}, claimed={"q05_answer": "c"}
    )
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q05.answer")
    assert found.verdict is Verdict.MALFORMED


def holed(make_evidence, **more):
    """Return evidence whose second network of question 10 was cut off, and the numbers of the student's own run."""
    right = make_evidence().executed.given
    names = ("q10_params", "q10_history", "q10_scores")
    return make_evidence(
        given={name: {"inception": right[name]["inception"]} for name in names},
        faults={f"{name}.resnet": NOT_THERE for name in names} | more,
        claimed={name: right[name] for name in names},
    )


@pytest.mark.parametrize(("claimed_policy", "verdict"), [("accept", "PASS"), ("review", "MALFORMED")])
def test_claimed_values_fill_holes(make_evidence, key_spec, baseline, find, claimed_policy, verdict):
    """What our own time limit left half filled is held against the student's own run, as what it left empty is."""
    found = grade(holed(make_evidence), policy(key_spec, claimed_policy), baseline)
    for place in ("q10.params", "q10.losses", "q10.accuracies"):
        assert find(found, place).verdict == verdict
        assert codes(find(found, place).flags)[-1].startswith("claimed.")


def test_a_hole_beside_a_wrong_form_is_not_filled(make_evidence, key_spec, baseline, find):
    """Who handed in something else in the same item is not helped by what the notebook had said before."""
    evidence = holed(make_evidence, **{"q10_params.inception": "text where a number is due"})
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q10.params")
    assert (found.verdict, found.flags) == (Verdict.MALFORMED, ())


def test_a_cell_that_we_interrupted_is_flagged(make_evidence, key_spec, baseline):
    """A run that ended well may have lost an answer to the time limit: the instructor learns in which cell."""
    cells = (CellOutcome(0, "ok"), CellOutcome(7, "timeout"))
    flags = grade(dataclasses.replace(make_evidence(), cells=cells), key_spec, baseline).flags
    assert [(flag.code, flag.subject) for flag in flags] == [("cell.timeout", "8")]


def test_blocks_of_ones_own_are_for_a_person_to_look_into(make_evidence, key_spec, baseline, find):
    """Layers within a class of the notebook's are not seen in use: the points are pending, and it is flagged."""
    (right,) = [one for one in make_evidence().trainings if one.number == 12]
    inside = tuple(
        dataclasses.replace(layer, settings={**layer.settings, "activation": "linear", "within": "ResidualBlock"})
        for layer in right.layers
        if layer.kind == "Conv2D"
    )
    found = find(grade(make_evidence(trained={12: {"layers": inside}}), key_spec, baseline), "q10.recipe_resnet")
    assert (found.verdict, codes(found.reasons)) == (Verdict.REVIEW, ["recipe.layers", "review.pending"])
    assert [(flag.code, flag.found) for flag in found.flags] == [("recipe.opaque", "ResidualBlock")]


def test_data_that_are_not_seen_are_for_a_person_to_look_into(make_evidence, key_spec, baseline, find):
    """A pipeline's data are not said to be wrong: they could not be compared, and the points are pending."""
    unseen = DataSummary((), 0.0, 0.0, 0.0, 0.0, ())
    found = find(grade(make_evidence(trained={1: {"inputs": unseen}}), key_spec, baseline), "q07.recipe_a")
    assert (found.verdict, codes(found.reasons)) == (Verdict.REVIEW, ["recipe.data.unseen", "review.pending"])
    assert codes(found.flags) == ["recipe.unseen"]


def test_recipes_and_figures_are_never_claimed(make_evidence, key_spec, baseline, find):
    """Claimed histories earn no recipe and no figure, under any policy: nothing happened here."""
    right = make_evidence()
    evidence = make_evidence(
        given={"q10_history": None}, claimed=right.executed.given, trainings=(), evaluations=(), figures=right.figures
    )
    given_grade = grade(evidence, policy(key_spec, "accept"), baseline)
    for place in ("q10.recipe_inception", "q10.recipe_resnet", "q10.figure"):
        assert find(given_grade, place).verdict is Verdict.MISSING
    assert find(given_grade, "q10.losses").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("claimed_policy", "expected"),
    [("accept", ("PASS", ["claimed.used"])), ("review", ("PASS", ["claimed.used"])), ("reject", ("FAIL", []))],
)
def test_best_and_worst_may_fit_the_students_own_run(make_evidence, key_spec, baseline, find, claimed_policy, expected):
    """A pair read off another machine's numbers passes with them, flagged, unless the policy rejects these."""
    own = {**make_evidence().executed.given["q08_mse"], "32": 15.0}
    evidence = make_evidence(given={"q08_best": [32, 4]}, claimed={"q08_mse": own, "q08_best": [4, 32]})
    found = find(grade(evidence, policy(key_spec, claimed_policy), baseline), "q08.best")
    assert (found.verdict.value, codes(found.flags)) == expected


def test_a_pair_that_fits_neither_run_fails(make_evidence, key_spec, baseline, find):
    """A pair that neither the executed nor the claimed numbers bear out fails without a flag."""
    evidence = make_evidence(given={"q08_best": [128, 256]}, claimed=make_evidence().executed.given)
    found = find(grade(evidence, key_spec, baseline), "q08.best")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_a_wrong_letter_that_was_right_at_home_is_flagged(make_evidence, key_spec, baseline, find):
    """The executed letter is judged; that the claimed one was right is for the instructor to see."""
    evidence = make_evidence(given={"q08_answer": "b"}, claimed={"q08_answer": "a"})
    found = find(grade(evidence, key_spec, baseline), "q08.answer")
    assert (found.verdict, codes(found.flags)) == (Verdict.FAIL, ["claimed.differs"])


def test_an_unfinished_run_is_graded_as_far_as_it_came(make_evidence, key_spec, baseline, find):
    """A run that was killed keeps the points of what it had flushed, and the grade says that it was killed."""
    evidence = make_evidence(given={"q10_answer": None}, run_verdict=RunVerdict.TIMEOUT, run_detail="2400 s")
    given_grade = grade(evidence, key_spec, baseline)
    assert given_grade.points == 9.7
    assert [(flag.code, flag.subject) for flag in given_grade.flags] == [("run.incomplete", "TIMEOUT")]


def test_our_own_failure_gives_no_grade(make_evidence, key_spec, baseline):
    """A run that we broke is INTERNAL in every item and has no points, rather than none of them."""
    given_grade = grade(make_evidence(run_verdict=RunVerdict.INTERNAL, run_detail="disk full"), key_spec, baseline)
    assert {found.verdict for found in given_grade.findings} == {Verdict.INTERNAL}
    assert given_grade.points is None


def test_a_baseline_that_lacks_a_number_gives_no_grade(make_evidence, key_spec, make_run, find):
    """Without a reference number the item is INTERNAL, the grade void, and the other items still judged."""
    run = make_run(1)
    values = {path: number for path, number in run.summary.values.items() if not path.startswith("q08_mse.64")}
    lacking = build_baseline(
        "real", [dataclasses.replace(run, summary=dataclasses.replace(run.summary, values=values))]
    )
    given_grade = grade(make_evidence(), key_spec, lacking)
    found = find(given_grade, "q08.errors")
    assert (found.verdict, codes(found.reasons)) == (Verdict.INTERNAL, ["internal.baseline"])
    assert "q08_mse.64" in found.reasons[0].found
    assert find(given_grade, "q08.answer").verdict is Verdict.PASS
    assert given_grade.points is None


def test_a_check_that_raises_gives_no_grade(make_evidence, key_spec, baseline, find):
    """What evidence should never have let through ends as INTERNAL, not as a student's zero or a crash."""
    given_grade = grade(make_evidence(given={"q03_losses": {"cross_entropy": "x", "squared": 0.8}}), key_spec, baseline)
    found = find(given_grade, "q03.losses")
    assert (found.verdict, codes(found.reasons)) == (Verdict.INTERNAL, ["internal.error"])
    assert given_grade.points is None


def test_reasons_are_bounded(make_evidence, key_spec, baseline):
    """However much is wrong, an item names at most ten faults."""
    wrong = dict.fromkeys(make_evidence().executed.given["q08_mse"], -1.0)
    evidence = make_evidence(
        given={"q08_mse": wrong}, trained={number: {"seed": None, "epochs": number} for number in range(1, 13)}
    )
    assert max(len(found.reasons) for found in grade(evidence, key_spec, baseline).findings) <= 10


def dead_fields(training):
    """Return the fields of a training whose output relu died: a loss that stands still above the variance."""
    return {"history": {**training.history, "loss": (586.16,) * training.epochs}}


def dead_evidence(make_evidence, **fields):
    """Return evidence whose q08 network for batches of 4 died."""
    (training,) = [training for training in make_evidence().trainings if training.number == 4]
    right = make_evidence()
    errors = {**right.executed.given["q08_mse"], "4": 615.86}
    evaluations = tuple(
        dataclasses.replace(evaluation, results={"loss": 615.86}) if evaluation.training == 4 else evaluation
        for evaluation in right.evaluations
    )
    return make_evidence(
        given={"q08_mse": errors}, evaluations=evaluations, trained={4: {**dead_fields(training), **fields}}
    )


def test_an_unlucky_seed_costs_nothing(make_evidence, key_spec, baseline, find):
    """A dead network under a right recipe keeps the points of its numbers, flagged."""
    found = find(grade(dead_evidence(make_evidence), key_spec, baseline), "q08.errors")
    assert (found.verdict, found.points) == (Verdict.PASS, 0.2)
    assert [(flag.code, flag.subject) for flag in found.flags] == [("network.dead", "q08_mse.4")]


def test_a_dead_network_under_a_wrong_recipe_fails(make_evidence, key_spec, baseline, find):
    """The same numbers from a training that is not as asked fail: the death may be the mistake's own."""
    found = find(grade(dead_evidence(make_evidence, seed=None), key_spec, baseline), "q08.errors")
    assert (found.verdict, codes(found.reasons)) == (Verdict.FAIL, ["interval.outside"])


def test_a_dead_network_excuses_its_own_number_alone(make_evidence, key_spec, baseline, find):
    """Another number outside its interval fails the item all the same."""
    evidence = dead_evidence(make_evidence)
    values = copy.deepcopy(evidence.executed.given)
    values["q08_mse"]["16"] = 500.0
    found = find(grade(dataclasses.replace(evidence, executed=Values(values, {})), key_spec, baseline), "q08.errors")
    assert [reason.subject for reason in found.reasons] == ["q08_mse.16"]
    assert codes(found.flags) == ["network.dead"]


def test_a_letter_read_off_dead_networks_is_flagged(make_evidence, key_spec, baseline, find):
    """A wrong letter under an unlucky seed is for a person to look at; a right one is right."""
    evidence = dead_evidence(make_evidence)
    assert find(grade(evidence, key_spec, baseline), "q08.answer").flags == ()
    values = Values({**evidence.executed.given, "q08_answer": "b"}, {})
    found = find(grade(dataclasses.replace(evidence, executed=values), key_spec, baseline), "q08.answer")
    assert (found.verdict, codes(found.flags)) == (Verdict.FAIL, ["choice.dead"])


def test_dead_runs_stay_out_of_the_tolerances(make_evidence, key_spec, make_run):
    """A dead reference network widens no interval, and the baseline counts it."""
    dead = dataclasses.replace(make_run(99), summary=summarise(dead_evidence(make_evidence), key_spec))
    healthy = [make_run(seed) for seed in range(10)]
    tolerance = key_spec.policy.tolerance
    with_dead = build_baseline("real", [*healthy, dead])
    without = build_baseline("real", healthy)
    path, item = "q08_mse.4", key_spec.questions["q08"].items["errors"]
    narrowed = dataclasses.replace(with_dead.interval(path, item, tolerance), dead=0)
    assert narrowed == without.interval(path, item, tolerance)
    assert (with_dead.dead_runs(path), with_dead.dead_runs("q08_mse.2")) == (1, 0)


def test_too_few_reference_runs_are_flagged(make_evidence, key_spec, make_run, find):
    """With two runs the fallback factor decides, and the finding says on how little it stands."""
    few = build_baseline("real", [make_run(1), make_run(2)])
    found = find(grade(make_evidence(), key_spec, few), "q10.losses")
    assert found.verdict is Verdict.PASS
    assert [(flag.code, flag.found, flag.expected) for flag in found.flags] == [("interval.few_runs", "2", "8")]


def with_policy(key_spec, **fields):
    """Return the rubric under a changed policy."""
    return key_spec.model_copy(update={"policy": key_spec.policy.model_copy(update=fields)})


def contrary(make_evidence, **overrides):
    """Return evidence of a rightly trained q08 whose numbers bear out option c, and whose letter is c."""
    errors = {"2": 40.0, "4": 38.0, "8": 23.0, "16": 22.0, "32": 20.0, "64": 20.5, "128": 30.0, "256": 35.0}
    right = make_evidence()
    evaluations = tuple(
        dataclasses.replace(evaluation, results={"loss": errors[str(2 ** (evaluation.training - 2))]})
        if evaluation.training in range(3, 11)
        else evaluation
        for evaluation in right.evaluations
    )
    given = {"q08_mse": errors, "q08_best": [32, 64], "q08_worst": [2, 4], "q08_answer": "c"}
    return make_evidence(given=given, evaluations=evaluations, **overrides)


@pytest.mark.parametrize(
    ("defensible", "verdict", "flags"),
    [("review", "FAIL", 1), ("accept", "PASS", 1), ("reject", "FAIL", 0)],
)
def test_a_letter_that_ones_own_trainings_bear_out_follows_the_policy(
    make_evidence, key_spec, baseline, find, defensible, verdict, flags
):
    """Option c holds in full on these numbers and the key's in none of its claims: a person should look."""
    rubric = with_policy(key_spec, defensible=defensible)
    found = find(grade(contrary(make_evidence), rubric, baseline), "q08.answer")
    assert found.verdict == verdict
    assert [(flag.code, flag.found, flag.expected) for flag in found.flags] == [
        ("choice.defensible", "c (4/4)", "a (0/4)")
    ] * flags


def test_a_letter_that_nothing_bears_out_is_wrong(make_evidence, key_spec, baseline, find):
    """Another letter on numbers that bear out the key is not defensible, whatever the policy."""
    rubric = with_policy(key_spec, defensible="accept")
    found = find(grade(make_evidence(given={"q08_answer": "c"}), rubric, baseline), "q08.answer")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_numbers_of_a_wrong_training_defend_nothing(make_evidence, key_spec, baseline, find):
    """The recipe comes first: what another training gave says nothing of this exercise."""
    rubric = with_policy(key_spec, defensible="accept")
    evidence = contrary(make_evidence, trained={4: {"epochs": 30}})
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL


def test_typed_numbers_defend_nothing(make_evidence, key_spec, baseline, find):
    """Numbers that no training gave are no evidence for a letter."""
    rubric = with_policy(key_spec, defensible="accept")
    evidence = dataclasses.replace(contrary(make_evidence), evaluations=())
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL


def test_the_students_own_run_may_defend_a_letter(make_evidence, key_spec, baseline, find):
    """Claimed numbers count where trainings as asked could have given them, and nowhere else."""
    rubric = with_policy(key_spec, defensible="accept")
    claimed = {"q08_mse": contrary(make_evidence).executed.given["q08_mse"]}
    evidence = make_evidence(given={"q08_answer": "c"}, claimed=claimed)
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL
    wide = rubric.policy.tolerance.model_copy(update={"minimum_runs": 1000, "fallback_log": 3.0})
    found = find(grade(evidence, with_policy(rubric, tolerance=wide), baseline), "q08.answer")
    assert (found.verdict, codes(found.flags)) == (Verdict.PASS, ["choice.defensible"])


@settings(deadline=None, max_examples=60)
@given(step=st.floats(0, 50), further=st.floats(0, 50), sign=st.sampled_from([-1, 1]), index=st.integers(0, 9))
def test_moving_away_from_the_key_never_raises_the_mark(make_evidence, key_spec, baseline, step, further, sign, index):
    """A number that is further from the reference than another never earns more."""
    probabilities = make_evidence().executed.given["q01_probabilities"]
    points = []
    for distance in (step * 1e-3, (step + further) * 1e-3):
        moved = [value + sign * distance * (place == index) for place, value in enumerate(probabilities)]
        points.append(grade(make_evidence(given={"q01_probabilities": moved}), key_spec, baseline).points)
    assert points[0] >= points[1]


@settings(deadline=None, max_examples=60)
@given(step=st.floats(0, 5), further=st.floats(0, 5), sign=st.sampled_from([-1, 1]))
def test_moving_away_from_the_runs_never_raises_the_mark(make_evidence, key_spec, baseline, step, further, sign):
    """A test error that is further from the reference runs' than another never earns more."""
    center = baseline.interval(
        "q08_mse.32", key_spec.questions["q08"].items["errors"], key_spec.policy.tolerance
    ).center
    points = []
    for factor in (step, step + further):
        errors = {**make_evidence().executed.given["q08_mse"], "32": center * 2 ** (sign * factor)}
        found = grade(make_evidence(given={"q08_mse": errors}), key_spec, baseline).findings
        points.append(sum(one.points for one in found if one.item == "errors" and one.question == "q08"))
    assert points[0] >= points[1]
