import copy
import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading import grade, summarise
from autograder.records import (
    ABSENT,
    CellOutcome,
    DataSummary,
    Detail,
    Grade,
    Reason,
    RunVerdict,
    Values,
    Verdict,
    from_json,
    to_json,
)
from autograder.reference import build_baseline


def policy(key_spec, claimed):
    """Return the rubric under another policy for saved values."""
    return key_spec.model_copy(update={"policy": key_spec.policy.model_copy(update={"claimed": claimed})})


def codes(reasons):
    """Return the codes alone."""
    return [reason.code for reason in reasons]


def test_everything_right_earns_every_point(make_evidence, key_spec, baseline):
    """A correct submission passes every item, and its points add up to exactly 10."""
    given_grade = grade(make_evidence(), key_spec, baseline)
    assert [found for found in given_grade.findings if found.verdict is not Verdict.PASS] == []
    assert given_grade.points == given_grade.points_possible == 10.0
    assert given_grade.flags == ()
    assert not any(found.flags for found in given_grade.findings)


def test_nothing_at_all_earns_nothing(make_evidence, key_spec, baseline):
    """A blank notebook misses every item, which is a grade of 0, not a missing grade."""
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
    """A fault above, at or below a path makes its item MALFORMED, with place and reason."""
    found = find(grade(make_evidence(faults={fault: Detail("found.text")}), key_spec, baseline), "q07.errors_b")
    assert (found.verdict, found.points) == (Verdict.MALFORMED, 0.0)
    assert [(reason.code, reason.subject, reason.found) for reason in found.reasons] == [
        ("value.malformed", fault, Detail("found.text"))
    ]


def test_a_value_with_several_readings_waits_for_a_person(make_evidence, key_spec, baseline, find):
    """The reasons name each such value and what it may mean; beside a plain fault it is malformed like that one."""
    unclear = Detail.of("value.doubtful", found=Detail("found.text"), due=Detail("due.number"))
    faults = {"q07_history.B.loss": unclear, "q07_history.B.mae": unclear}
    found = find(grade(make_evidence(faults=faults), key_spec, baseline), "q07.errors_b")
    assert (found.verdict, found.points) == (Verdict.REVIEW, 0.0)
    assert [(reason.code, reason.subject, reason.found) for reason in found.reasons] == [
        *(("value.doubtful", path, unclear) for path in faults),
        ("review.pending", "", ""),
    ]
    faults["q07_history.B.mae"] = Detail("found.text")
    found = find(grade(make_evidence(faults=faults), key_spec, baseline), "q07.errors_b")
    assert found.verdict is Verdict.MALFORMED


def test_a_fault_elsewhere_does_not_spread(make_evidence, key_spec, baseline, find):
    """A fault in one history does not affect items on the other one."""
    given_grade = grade(make_evidence(faults={"q07_history.B.loss": Detail("found.text")}), key_spec, baseline)
    assert find(given_grade, "q07.errors_a").verdict is Verdict.PASS


def test_a_missing_variable_is_named_once(make_evidence, key_spec, baseline, find):
    """An item with many paths into one missing variable reports it once."""
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
    """A flag for review tells the instructor whether the saved value would pass."""
    evidence = make_evidence(given={"q05_answer": None}, claimed={"q05_answer": letter})
    (flag,) = find(grade(evidence, key_spec, baseline), "q05.answer").flags
    assert (flag.code, flag.found) == ("claimed.review", would)


def test_claimed_values_do_not_mend_malformed_ones(make_evidence, key_spec, baseline, find):
    """A saved value replaces a missing value, never a malformed one."""
    evidence = make_evidence(
        given={"q05_answer": None},
        faults={"q05_answer": Detail.of("error", error="another letter")},
        claimed={"q05_answer": "c"},
    )
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q05.answer")
    assert found.verdict is Verdict.MALFORMED


def holed(make_evidence, **more):
    """Return evidence with question 10's second network interrupted, and the numbers of the student's own run."""
    right = make_evidence().executed.given
    names = ("q10_params", "q10_history", "q10_scores")
    return make_evidence(
        given={name: {"inception": right[name]["inception"]} for name in names},
        faults={f"{name}.resnet": ABSENT for name in names} | more,
        claimed={name: right[name] for name in names},
    )


@pytest.mark.parametrize(("claimed_policy", "verdict"), [("accept", "PASS"), ("review", "MALFORMED")])
def test_claimed_values_fill_holes(make_evidence, key_spec, baseline, find, claimed_policy, verdict):
    """What our own time limit left half filled is compared with the student's own run, as is what it left empty."""
    found = grade(holed(make_evidence), policy(key_spec, claimed_policy), baseline)
    for place in ("q10.params", "q10.losses", "q10.accuracies"):
        assert find(found, place).verdict == verdict
        assert codes(find(found, place).flags)[-1].startswith("claimed.")


def test_what_our_run_gave_is_not_replaced_by_what_fills_a_hole(make_evidence, key_spec, baseline, find):
    """A wrong number of the execution stays wrong, whatever the notebook had said before."""
    right = make_evidence().executed.given["q08_mse"]
    evidence = make_evidence(
        given={"q08_mse": {size: error for size, error in right.items() if size != "2"} | {"4": -1.0}},
        faults={"q08_mse.2": ABSENT},
        claimed={"q08_mse": right},
    )
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q08.errors")
    assert (found.verdict, [reason.subject for reason in found.reasons]) == (Verdict.FAIL, ["q08_mse.4"])


def test_a_whole_value_is_filled_part_by_part(make_evidence, key_spec, baseline, find):
    """Where an item compares a whole dictionary, a wrong number of the execution in it stays wrong as well."""
    evidence = holed(make_evidence)
    wrong = dict(evidence.executed.given) | {"q10_params": {"inception": 1}}
    evidence = dataclasses.replace(evidence, executed=Values(wrong, dict(evidence.executed.faults)))
    assert find(grade(evidence, policy(key_spec, "accept"), baseline), "q10.params").verdict is Verdict.FAIL


def test_a_whole_value_that_our_run_never_gave_is_the_students_own(make_evidence, key_spec, baseline, find):
    """Where the execution ended before a dictionary was assigned, all of it comes from the notebook's own run."""
    claimed = {"q10_params": make_evidence().executed.given["q10_params"]}
    evidence = make_evidence(given={"q10_params": None}, claimed=claimed)
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q10.params")
    assert (found.verdict, codes(found.flags)) == (Verdict.PASS, ["claimed.accepted"])


def test_a_hole_beside_a_wrong_form_is_not_filled(make_evidence, key_spec, baseline, find):
    """Who handed in something else in the same item is not helped by what the notebook had said before."""
    evidence = holed(make_evidence, **{"q10_params.inception": Detail.of("error", error="text where a number is due")})
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q10.params")
    assert (found.verdict, found.flags) == (Verdict.MALFORMED, ())


def test_a_cell_that_we_interrupted_is_flagged(make_evidence, key_spec, baseline):
    """A completed run may have lost an answer to the time limit: the instructor is told in which cell."""
    cells = (CellOutcome(0, "ok"), CellOutcome(7, "timeout"))
    flags = grade(dataclasses.replace(make_evidence(), cells=cells), key_spec, baseline).flags
    assert [(flag.code, flag.subject) for flag in flags] == [("cell.timeout", "8")]


def test_blocks_of_ones_own_are_for_a_person_to_look_into(make_evidence, key_spec, baseline, find):
    """The use of layers within a custom class is not observed: the points are pending, with a flag."""
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
    """Saved histories earn no recipe and no figure under any policy, as nothing was observed here."""
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
    """A pair based on another machine's numbers passes with them, flagged, unless the policy rejects these."""
    own = {**make_evidence().executed.given["q08_mse"], "32": 20.5}
    evidence = make_evidence(given={"q08_best": [32, 4]}, claimed={"q08_mse": own, "q08_best": [4, 32]})
    found = find(grade(evidence, policy(key_spec, claimed_policy), baseline), "q08.best")
    assert (found.verdict.value, codes(found.flags)) == expected
    assert {flag.subject for flag in found.flags} <= {"q08_mse"}


def test_saved_numbers_that_no_training_gives_help_no_pair(make_evidence, key_spec, baseline, find):
    """Whatever is written into an output would otherwise justify any pair."""
    own = {**make_evidence().executed.given["q08_mse"], "32": 15.0}
    evidence = make_evidence(given={"q08_best": [32, 4]}, claimed={"q08_mse": own})
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q08.best")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_saved_numbers_that_vary_nowhere_help_no_order(make_evidence, key_spec, baseline, find):
    """Losses from a formula are the same on every machine: other ones in an output explain nothing."""
    losses = make_evidence().executed.given["q01_losses"]
    order = sorted(losses, key=losses.get, reverse=True)
    forged = dict(zip(order, sorted(losses.values()), strict=True))
    evidence = make_evidence(given={"q01_order": order}, claimed={"q01_losses": forged})
    found = find(grade(evidence, policy(key_spec, "accept"), baseline), "q01.own_order")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_a_pair_that_fits_neither_run_fails(make_evidence, key_spec, baseline, find):
    """A pair that fits neither the executed nor the saved numbers fails without a flag."""
    evidence = make_evidence(given={"q08_best": [128, 256]}, claimed=make_evidence().executed.given)
    found = find(grade(evidence, key_spec, baseline), "q08.best")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_a_wrong_letter_that_was_right_at_home_is_flagged(make_evidence, key_spec, baseline, find):
    """The executed letter is judged; a flag tells the instructor that the saved one was right."""
    evidence = make_evidence(given={"q08_answer": "b"}, claimed={"q08_answer": "a"})
    found = find(grade(evidence, key_spec, baseline), "q08.answer")
    assert (found.verdict, found.flags) == (Verdict.FAIL, (Reason("claimed.differs", "q08_answer", "a"),))


def test_a_letter_that_was_wrong_at_home_as_well_is_just_wrong(make_evidence, key_spec, baseline, find):
    """Another wrong letter among the saved values, or none, is no reason to look."""
    for claimed in ({"q08_answer": "c"}, {}):
        evidence = make_evidence(given={"q08_answer": "b"}, claimed=claimed)
        found = find(grade(evidence, key_spec, baseline), "q08.answer")
        assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_an_unfinished_run_is_graded_as_far_as_it_came(make_evidence, key_spec, baseline, find):
    """A run that was killed keeps the points of earlier values, and the grade says that it was killed."""
    evidence = make_evidence(
        given={"q10_answer": None},
        run_verdict=RunVerdict.TIMEOUT,
        run_detail=Detail.of("time.notebook", seconds=2400.0),
    )
    given_grade = grade(evidence, key_spec, baseline)
    assert given_grade.points == 9.7
    assert [(flag.code, flag.subject) for flag in given_grade.flags] == [("run.incomplete", "TIMEOUT")]


def test_our_own_failure_gives_no_grade(make_evidence, key_spec, baseline):
    """A run that failed because of the grader is INTERNAL in every item, without points instead of zero."""
    given_grade = grade(
        make_evidence(run_verdict=RunVerdict.INTERNAL, run_detail=Detail.of("error", error="disk full")),
        key_spec,
        baseline,
    )
    assert {found.verdict for found in given_grade.findings} == {Verdict.INTERNAL}
    assert given_grade.points is None


def test_a_baseline_that_lacks_a_number_gives_no_grade(make_evidence, key_spec, make_run, find):
    """Without a reference number the item is INTERNAL and there is no grade; other items are still judged."""
    run = make_run(1)
    values = {path: number for path, number in run.summary.values.items() if not path.startswith("q08_mse.64")}
    lacking = build_baseline(
        "real", [dataclasses.replace(run, summary=dataclasses.replace(run.summary, values=values))]
    )
    given_grade = grade(make_evidence(), key_spec, lacking)
    found = find(given_grade, "q08.errors")
    assert (found.verdict, codes(found.reasons)) == (Verdict.INTERNAL, ["internal.baseline"])
    assert "q08_mse.64" in str(found.reasons[0].found)
    assert find(given_grade, "q08.answer").verdict is Verdict.PASS
    assert given_grade.points is None


def test_a_check_that_raises_gives_no_grade(make_evidence, key_spec, baseline, find):
    """Evidence that should have been rejected leads to INTERNAL, not to a zero or a crash."""
    given_grade = grade(make_evidence(given={"q03_losses": {"cross_entropy": "x", "squared": 0.8}}), key_spec, baseline)
    found = find(given_grade, "q03.losses")
    assert (found.verdict, codes(found.reasons)) == (Verdict.INTERNAL, ["internal.error"])
    assert given_grade.points is None


def test_reasons_are_bounded(make_evidence, key_spec, baseline):
    """An item names at most ten faults."""
    wrong = dict.fromkeys(make_evidence().executed.given["q08_mse"], -1.0)
    evidence = make_evidence(
        given={"q08_mse": wrong}, trained={number: {"seed": None, "epochs": number} for number in range(1, 13)}
    )
    assert max(len(found.reasons) for found in grade(evidence, key_spec, baseline).findings) <= 10


def dead_fields(training):
    """Return the fields of a training whose output relu died: a constant loss above the variance."""
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
    """A dead network under a correct recipe keeps the points of its numbers, flagged."""
    found = find(grade(dead_evidence(make_evidence), key_spec, baseline), "q08.errors")
    assert (found.verdict, found.points) == (Verdict.PASS, 0.2)
    assert [(flag.code, flag.subject) for flag in found.flags] == [("network.dead", "q08_mse.4")]


def test_a_dead_network_under_a_wrong_recipe_fails(make_evidence, key_spec, baseline, find):
    """The same numbers from a training that is not as requested fail, as the mistake may be the cause."""
    found = find(grade(dead_evidence(make_evidence, seed=None), key_spec, baseline), "q08.errors")
    assert (found.verdict, codes(found.reasons)) == (Verdict.FAIL, ["interval.outside"])


def test_a_dead_network_excuses_its_own_number_alone(make_evidence, key_spec, baseline, find):
    """Another number outside its interval still fails the item."""
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
    """With two runs the fallback factor decides, and the finding states the number of runs."""
    few = build_baseline("real", [make_run(1), make_run(2)])
    found = find(grade(make_evidence(), key_spec, few), "q10.losses")
    assert found.verdict is Verdict.PASS
    assert [(flag.code, flag.found, flag.expected) for flag in found.flags] == [("interval.few_runs", "2", "8")]


def with_policy(key_spec, **fields):
    """Return the rubric under a changed policy."""
    return key_spec.model_copy(update={"policy": key_spec.policy.model_copy(update=fields)})


CONTRARY = {"2": 40.0, "4": 38.0, "8": 23.0, "16": 22.0, "32": 20.0, "64": 20.5, "128": 30.0, "256": 35.0}
UNDECIDED = {"2": 40.0, "4": 10.0, "8": 23.0, "16": 24.0, "32": 11.0, "64": 25.0, "128": 30.0, "256": 41.0}
UNSUPPORTED = {"2": 41.0, "4": 28.0, "8": 19.0, "16": 22.0, "32": 40.0, "64": 20.0, "128": 30.0, "256": 35.0}


def contrary(make_evidence, errors=CONTRARY, **overrides):
    """Return evidence of a correctly trained q08 whose numbers support option c, with the letter c."""
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
    [("review", "FAIL", 1), ("accept", "PASS", 1), ("own_numbers", "PASS", 1), ("reject", "FAIL", 0)],
)
def test_a_letter_that_ones_own_trainings_bear_out_follows_the_policy(
    make_evidence, key_spec, baseline, find, defensible, verdict, flags
):
    """These numbers fully support option c and none of the key's claims: a person should look."""
    rubric = with_policy(key_spec, defensible=defensible)
    found = find(grade(contrary(make_evidence), rubric, baseline), "q08.answer")
    assert found.verdict == verdict
    assert [(flag.code, flag.subject, flag.found, flag.expected) for flag in found.flags] == [
        ("choice.defensible", "q08_answer", "c (4/4)", "a (0/4)")
    ] * flags


def test_a_letter_that_nothing_bears_out_is_wrong(make_evidence, key_spec, baseline, find):
    """Another letter on numbers that support the key is not defensible, whatever the policy."""
    rubric = with_policy(key_spec, defensible="accept")
    found = find(grade(make_evidence(given={"q08_answer": "c"}), rubric, baseline), "q08.answer")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


def test_a_letter_that_is_borne_out_as_well_as_the_key_is_wrong(make_evidence, key_spec, baseline, find):
    """Two of four claims hold for either: that is no reason to doubt the key."""
    rubric = with_policy(key_spec, defensible="accept")
    found = find(grade(contrary(make_evidence, UNDECIDED), rubric, baseline), "q08.answer")
    assert (found.verdict, found.flags) == (Verdict.FAIL, ())


@pytest.mark.parametrize(
    ("errors", "letter", "verdict"),
    [
        pytest.param(UNDECIDED, "c", "PASS", id="as well as the key"),
        pytest.param(UNDECIDED, "b", "FAIL", id="less than the key"),
        pytest.param(CONTRARY, "c", "PASS", id="better than the key"),
        pytest.param(CONTRARY, "d", "PASS", id="better than the key, though not best"),
        pytest.param(UNSUPPORTED, "b", "FAIL", id="nothing for either"),
    ],
)
def test_own_numbers_decide_between_letters_that_they_support_alike(
    make_evidence, key_spec, baseline, find, errors, letter, verdict
):
    """Under `own_numbers` a tie with the key is enough; support by no claim at all is none."""
    evidence = contrary(make_evidence, errors)
    evidence.executed.given["q08_answer"] = letter
    rubric = with_policy(key_spec, defensible="own_numbers")
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict == verdict


@pytest.mark.parametrize("policy", ["accept", "own_numbers"])
def test_guesses_beside_wrong_or_typed_numbers_gain_nothing(make_evidence, key_spec, baseline, find, policy):
    """The most generous policies ask for the same proof."""
    rubric = with_policy(key_spec, defensible=policy)
    wrong = contrary(make_evidence, trained={4: {"epochs": 30}})
    typed = dataclasses.replace(contrary(make_evidence), evaluations=())
    reported = contrary(make_evidence, trained={4: {"attested": False}})
    for evidence in (wrong, typed, reported):
        assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is not Verdict.PASS


def test_numbers_of_a_wrong_training_defend_nothing(make_evidence, key_spec, baseline, find):
    """The recipe comes first: numbers of another training say nothing about this exercise."""
    rubric = with_policy(key_spec, defensible="accept")
    evidence = contrary(make_evidence, trained={4: {"epochs": 30}})
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL


def test_typed_numbers_defend_nothing(make_evidence, key_spec, baseline, find):
    """Numbers that no training gave do not support a letter."""
    rubric = with_policy(key_spec, defensible="accept")
    evidence = dataclasses.replace(contrary(make_evidence), evaluations=())
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL


def test_the_students_own_run_may_defend_a_letter(make_evidence, key_spec, baseline, find):
    """Saved numbers count only if trainings as requested could have given them."""
    rubric = with_policy(key_spec, defensible="accept")
    claimed = {"q08_mse": contrary(make_evidence).executed.given["q08_mse"]}
    evidence = make_evidence(given={"q08_answer": "c"}, claimed=claimed)
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL
    wide = rubric.policy.tolerance.model_copy(update={"minimum_runs": 1000, "fallback_log": 3.0})
    found = find(grade(evidence, with_policy(rubric, tolerance=wide), baseline), "q08.answer")
    assert (found.verdict, codes(found.flags)) == (Verdict.PASS, ["choice.defensible"])


def test_saved_numbers_of_which_one_lacks_defend_nothing(make_evidence, key_spec, baseline, find):
    """What was left out may be what would have shown that no training as asked gave the others."""
    wide = key_spec.policy.tolerance.model_copy(update={"minimum_runs": 1000, "fallback_log": 3.0})
    rubric = with_policy(key_spec, defensible="accept", tolerance=wide)
    errors = contrary(make_evidence).executed.given["q08_mse"]
    claimed = {"q08_mse": {size: error for size, error in errors.items() if size != "8"}}
    evidence = make_evidence(given={"q08_answer": "c"}, claimed=claimed)
    assert find(grade(evidence, rubric, baseline), "q08.answer").verdict is Verdict.FAIL


@settings(deadline=None, max_examples=60)
@given(step=st.floats(0, 50), further=st.floats(0, 50), sign=st.sampled_from([-1, 1]), index=st.integers(0, 9))
def test_moving_away_from_the_key_never_raises_the_mark(make_evidence, key_spec, baseline, step, further, sign, index):
    """A number further from the reference never earns more."""
    probabilities = make_evidence().executed.given["q01_probabilities"]
    points = []
    for distance in (step * 1e-3, (step + further) * 1e-3):
        moved = [value + sign * distance * (place == index) for place, value in enumerate(probabilities)]
        points.append(grade(make_evidence(given={"q01_probabilities": moved}), key_spec, baseline).points)
    assert points[0] >= points[1]


@settings(deadline=None, max_examples=60)
@given(step=st.floats(0, 5), further=st.floats(0, 5), sign=st.sampled_from([-1, 1]))
def test_moving_away_from_the_runs_never_raises_the_mark(make_evidence, key_spec, baseline, step, further, sign):
    """A test error further from the reference runs' never earns more."""
    center = baseline.interval(
        "q08_mse.32", key_spec.questions["q08"].items["errors"], key_spec.policy.tolerance
    ).center
    points = []
    for factor in (step, step + further):
        errors = {**make_evidence().executed.given["q08_mse"], "32": center * 2 ** (sign * factor)}
        found = grade(make_evidence(given={"q08_mse": errors}), key_spec, baseline).findings
        points.append(sum(one.points for one in found if one.item == "errors" and one.question == "q08"))
    assert points[0] >= points[1]


def test_every_break_of_a_reference_run_with_its_rubric_is_a_fault(make_evidence, key_spec):
    """Of any recipe, not of the last alone; and a malformed number hides no other number."""
    wrong = {1: {"epochs": 20}, 12: {"batch_size": 7}}
    summary = summarise(make_evidence(trained=wrong, faults={"q08_mse.2": Detail("found.text")}), key_spec)
    for place in ("q07.recipe_a: recipe.epochs", "q10.recipe_resnet: recipe.batch_size", "q08_mse.2: found.text"):
        assert any(fault.startswith(place) for fault in summary.faults), (place, summary.faults)
    assert "q08_mse.2" not in summary.values
    assert {"q08_mse.4", "q08_mse.256", "q10_scores.resnet.test[0]"} <= summary.values.keys()
    assert summarise(make_evidence(), key_spec).faults == ()
