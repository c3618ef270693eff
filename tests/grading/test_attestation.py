"""The worth of unproven trainings and numbers; honest ways of training keep every point."""

import dataclasses

import pytest

from autograder.grading import grade
from autograder.records import DataSummary, Detail, Evaluation, Layer, Loop, Values, Verdict
from autograder.report import raised_flags

UNSEEN = DataSummary((), 0.0, 0.0, 0.0, 0.0, ())
OWN_WEIGHTS = Detail.of("initial.kernel_bounds", layer="Dense")
TRAINED = {
    "q07.recipe_a", "q07.recipe_b", "q07.errors_a", "q07.errors_b", "q07.answer",
    "q08.recipe", "q08.errors", "q08.best", "q08.worst", "q08.answer",
    "q10.recipe_inception", "q10.recipe_resnet", "q10.losses", "q10.accuracies", "q10.figure", "q10.answer",
}  # fmt: skip
"""Every item that stands on a training."""


def under(key_spec, **fields):
    """Return the rubric under a changed policy."""
    return key_spec.model_copy(update={"policy": key_spec.policy.model_copy(update=fields)})


def verdicts(given):
    """Return the verdict of each item that depends on a training."""
    found = {f"{one.question}.{one.item}": one for one in given.findings}
    return {place: found[place].verdict for place in TRAINED}


def trained_points(given):
    """Return the points earned by items that depend on a training."""
    return sum(one.points for one in given.findings if f"{one.question}.{one.item}" in TRAINED)


def each(records, **fields):
    """Return records with fields replaced in every one of them."""
    return tuple(dataclasses.replace(one, **fields) for one in records)


def claimed_journal(right, **fields):
    """Return evidence whose whole journal is unattested."""
    trainings = each(right.trainings, attested=False, **fields)
    return dataclasses.replace(right, trainings=trainings, evaluations=each(right.evaluations, attested=False))


def with_training(right, number, **fields):
    """Return evidence with fields of one training replaced."""
    trainings = tuple(dataclasses.replace(one, **fields) if one.number == number else one for one in right.trainings)
    return dataclasses.replace(right, trainings=trainings)


FORGED = {
    "a pasted journal": claimed_journal,
    "said to be replayed": lambda right: claimed_journal(right, replayed=True),
    "that took no time": lambda right: claimed_journal(right, seconds=0.0),
    "of another cell": lambda right: claimed_journal(right, cell=99),
    "with made-up digests": lambda right: claimed_journal(right, starts_at="0" * 64, ends_at="f" * 64),
    "without evaluations": lambda right: dataclasses.replace(claimed_journal(right), evaluations=()),
    "that goes on from nothing": lambda right: claimed_journal(right, resumes=True, continues=None),
    "of another optimizer": lambda right: claimed_journal(right, optimizer="SGD"),
    "with a huge epsilon": lambda right: claimed_journal(right, optimizer_settings={"epsilon": 1e9}),
    "of frozen layers": lambda right: claimed_journal(right, options=("trainable=False",)),
    "of weights of one's own": lambda right: claimed_journal(right, initial_values=OWN_WEIGHTS),
    "of one batch an epoch": lambda right: claimed_journal(right, options=("max_steps_per_epoch=1",)),
    "of unseen data": lambda right: claimed_journal(right, inputs=UNSEEN, targets=UNSEEN),
    "of unseen batches": lambda right: claimed_journal(right, batch_size=0),
    "of an own class": lambda right: claimed_journal(right, layers=(Layer("Net of __main__", {}),)),
    "of layers in an own block": lambda right: claimed_journal(right, layers=(Layer("Dense", {"within": "Net"}),)),
    "without any layer": lambda right: claimed_journal(right, layers=()),
    "without a seed": lambda right: claimed_journal(right, seed=None),
    "each after another": lambda right: dataclasses.replace(
        right,
        trainings=tuple(
            dataclasses.replace(one, attested=False, continues=one.number - 1 or None) for one in right.trainings
        ),
    ),
    "no journal at all": lambda right: dataclasses.replace(right, trainings=(), evaluations=()),
    "evaluations of a network that was not trained": lambda right: dataclasses.replace(
        right, trainings=(), evaluations=each(right.evaluations, training=None)
    ),
    "predictions of no training": lambda right: dataclasses.replace(
        right, trainings=(), evaluations=each(right.evaluations, training=None, results={})
    ),
    "a loop of one step": lambda right: dataclasses.replace(
        right, trainings=(), evaluations=(), loops=(Loop(3, "train_on_batch", 1),)
    ),
    "a loop that applies gradients": lambda right: dataclasses.replace(
        right, trainings=(), evaluations=(), loops=(Loop(3, "apply_gradients", 50),)
    ),
    "a journal that was refused": lambda right: dataclasses.replace(
        right, trainings=(), evaluations=(), faults=("training 1 was refused: it is no object",)
    ),
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_nothing_proves_earns_nothing(make_evidence, key_spec, baseline, forged):
    """Correct numbers beside a journal invented by the notebook's process earn nothing, and each is flagged."""
    given = grade(FORGED[forged](make_evidence()), key_spec, baseline)
    assert trained_points(given) == 0.0
    assert Verdict.PASS not in verdicts(given).values()
    assert {flag.place.partition(".")[0] for flag in raised_flags(given)} >= {"q07", "q08", "q10"}


def test_an_unattested_training_as_asked_waits_for_a_person(make_evidence, key_spec, baseline):
    """A student with a custom class is not said to be wrong, and the pending points are shown separately."""
    given = grade(claimed_journal(make_evidence()), key_spec, baseline)
    assert set(verdicts(given).values()) == {Verdict.REVIEW}
    assert (given.points, given.pending) == (7.2, 2.8)
    for finding in given.findings:
        if finding.verdict is Verdict.REVIEW:
            assert [reason.code for reason in finding.reasons] == ["training.unattested", "review.pending"] or (
                finding.reasons[-1].code == "review.pending"
            )
        assert not any(flag.code == "numbers.untrained" for flag in finding.flags)


@pytest.mark.parametrize(
    ("decision", "verdict", "points"), [("accept", "PASS", 10.0), ("review", "REVIEW", 7.2), ("reject", "FAIL", 7.2)]
)
def test_the_policy_decides_on_unattested_trainings(make_evidence, key_spec, baseline, decision, verdict, points):
    """Accepted with a flag, pending, or rejected with a reason."""
    given = grade(claimed_journal(make_evidence()), under(key_spec, unattested=decision), baseline)
    assert {one.value for one in verdicts(given).values()} == {verdict}
    assert given.points == points
    touched = [one for one in given.findings if f"{one.question}.{one.item}" in TRAINED]
    said = [one.flags if decision == "accept" else one.reasons for one in touched]
    assert all(said)


def test_a_wrong_training_is_wrong_though_it_is_unattested(make_evidence, key_spec, baseline, find):
    """What would fail if attested fails for the same reasons."""
    wrong = with_training(claimed_journal(make_evidence()), 1, epochs=50, seed=None)
    found = find(grade(wrong, key_spec, baseline), "q07.recipe_a")
    assert (found.verdict, [reason.code for reason in found.reasons]) == (Verdict.FAIL, ["recipe.seeded"])


def test_one_unattested_training_of_eight_holds_the_item_back(make_evidence, key_spec, baseline, find):
    """The variants concerned are named."""
    evidence = with_training(make_evidence(), 4, attested=False)
    found = find(grade(evidence, key_spec, baseline), "q08.recipe")
    assert (found.verdict, found.reasons[0].code, found.reasons[0].subject) == (
        Verdict.REVIEW, "training.unattested", "4",
    )  # fmt: skip


def test_an_attested_training_is_preferred(make_evidence, key_spec, baseline, find):
    """An unattested training with the same numbers does not affect an attested one."""
    right = make_evidence()
    copied = dataclasses.replace(right.trainings[0], number=50, attested=False)
    given = grade(dataclasses.replace(right, trainings=(*right.trainings, copied)), key_spec, baseline)
    assert given.points == 10.0


@pytest.mark.parametrize(
    "own",
    [
        {"options": ("Schedule of __main__()",)},
        {"loss": "mse of __main__"},
        {"optimizer": "Adam of __main__", "optimizer_settings": {}},
        {"layers": (Layer("Block of __main__", {}),)},
        {"layers": (Layer("Dense", {"units": 16, "within": "Block"}),)},
        {"inputs": UNSEEN},
    ],
)
def test_what_is_ones_own_is_not_said_to_be_wrong(make_evidence, key_spec, baseline, find, own):
    """A custom loss, layer, optimizer or callback may be correct: a person looks at it, and the letter waits."""
    given = grade(with_training(make_evidence(), 1, attested=False, **own), key_spec, baseline)
    found = find(given, "q07.recipe_a")
    assert (found.verdict, found.reasons[-1].code) == (Verdict.REVIEW, "review.pending")
    assert find(given, "q07.answer").verdict is Verdict.REVIEW
    wrong = with_training(make_evidence(), 1, attested=False, batch_size=16, **own)
    assert find(grade(wrong, key_spec, baseline), "q07.recipe_a").verdict is Verdict.FAIL


TYPED = {"2": 22.1, "4": 19.4, "8": 23.1, "16": 21.2, "32": 25.9, "64": 23.3, "128": 30.1, "256": 128.8}


def typed(make_evidence, **fields):
    """Return evidence with typed-in test errors that no training gave, and letters that fit them."""
    return make_evidence(given={"q08_mse": TYPED, "q08_best": [4, 16], "q08_worst": [128, 256]}, **fields)


@pytest.mark.parametrize(("decision", "verdict"), [("reject", "FAIL"), ("review", "REVIEW"), ("accept", "PASS")])
def test_the_policy_decides_on_numbers_of_no_training(make_evidence, key_spec, baseline, find, decision, verdict):
    """Numbers within their intervals that no training gave follow the policy, and are flagged."""
    given = grade(typed(make_evidence), under(key_spec, unlinked=decision), baseline)
    found = find(given, "q08.errors")
    assert found.verdict == verdict
    assert "numbers.untrained" in [flag.code for flag in found.flags]
    assert find(given, "q08.answer").verdict == verdict
    assert find(given, "q08.best").verdict == verdict
    # A recipe without a training has nothing that could be accepted.
    assert find(given, "q08.recipe").verdict == ("FAIL" if decision == "reject" else "REVIEW")


@pytest.mark.parametrize(
    "hidden",
    [
        {"loops": (Loop(5, "train_on_batch", 400),)},
        {"faults": ("of 1,200 trainings only the first 1,000 were looked at",)},
    ],
)
def test_a_training_that_may_be_unseen_is_not_said_to_be_absent(make_evidence, key_spec, baseline, find, hidden):
    """If trainings may have been unobserved, no text says that none gave the numbers."""
    given = grade(dataclasses.replace(typed(make_evidence), **hidden), key_spec, baseline)
    for place in ("q08.recipe", "q08.errors", "q08.best", "q08.worst", "q08.answer"):
        found = find(given, place)
        assert (found.verdict, found.points) == (Verdict.REVIEW, 0.0)
        codes = {one.code for one in (*found.reasons, *found.flags)}
        assert "training.unseen" in codes
        assert not codes & {"numbers.untrained", "recipe.no_training", "recipe.unlinked", "numbers.unlinked"}
    assert trained_points(given) == pytest.approx(2.8 - 0.9)


def test_errors_that_were_computed_unseen_wait_for_a_person(make_evidence, key_spec, baseline, find):
    """Trained as requested, but with unobserved calculations (by `get_weights`, say): no accusation."""
    right = make_evidence()
    others = tuple(one for one in right.evaluations if one.training not in range(3, 11))
    given = grade(dataclasses.replace(right, evaluations=others), key_spec, baseline)
    for place in ("q08.recipe", "q08.errors", "q08.best", "q08.worst", "q08.answer"):
        found = find(given, place)
        assert (found.verdict, found.reasons[0].code, found.flags) == (Verdict.REVIEW, "training.unseen", ())
    assert (given.points, given.pending) == pytest.approx((9.1, 0.9))


def test_errors_beside_an_evaluation_that_gave_others_are_unlinked(make_evidence, key_spec, baseline, find):
    """If the results of a network were observed, other numbers have no source."""
    right = make_evidence()
    others = tuple(
        dataclasses.replace(one, results={name: value * 1.01 for name, value in one.results.items()})
        if one.training in range(3, 11)
        else one
        for one in right.evaluations
    )
    found = find(grade(dataclasses.replace(right, evaluations=others), key_spec, baseline), "q08.errors")
    assert (found.verdict, [flag.code for flag in found.flags]) == (Verdict.FAIL, ["numbers.untrained"])


def test_first_weights_that_were_not_looked_at_say_nothing(make_evidence, key_spec, baseline):
    """An unattested training is pending, whatever its initial weights."""
    evidence = claimed_journal(make_evidence(), initial_values=Detail("initial.unseen"))
    assert set(verdicts(grade(evidence, key_spec, baseline)).values()) == {Verdict.REVIEW}


def test_restored_weights_change_no_history(make_evidence, key_spec, baseline, find):
    """The history is that of the requested training; a later evaluation uses another network."""
    stopping = ("EarlyStopping(patience=60, restore_best_weights=True)",)
    right = make_evidence()
    given = grade(dataclasses.replace(right, trainings=each(right.trainings, options=stopping)), key_spec, baseline)
    assert find(given, "q07.recipe_a").verdict is Verdict.PASS
    assert find(given, "q08.recipe").verdict is Verdict.FAIL


def test_a_loop_hides_nothing_of_what_is_linked(make_evidence, key_spec, baseline):
    """A training loop beside trainings as requested costs no points."""
    assert grade(make_evidence(loops=(Loop(5, "apply_gradients", 10),)), key_spec, baseline).points == 10.0


def test_numbers_typed_beside_a_real_history_are_unlinked(make_evidence, key_spec, baseline, find):
    """A validation error that was never computed does not pass because the training's loss is real."""
    right = make_evidence()
    history = {name: series for name, series in right.trainings[0].history.items() if not name.startswith("val_")}
    evidence = with_training(right, 1, history=history)
    found = find(grade(evidence, key_spec, baseline), "q07.errors_a")
    assert (found.verdict, [reason.code for reason in found.reasons]) == (Verdict.FAIL, ["numbers.unlinked"])


TRIVIAL = {
    "parameters": 2,
    "layers": (Layer("Dense", {"units": 1, "activation": "linear"}),),
    "inputs": DataSummary((404, 1), 0.0, 0.0, 0.0, 0.0, (0.0,) * 4),
    "targets": DataSummary((404, 1), 0.0, 9.0, 4.5, 4.5, (0.1,) * 4),
}


def trivial_journal(right, **fields):
    """Return evidence whose trainings use networks and data made to give the right numbers."""
    return dataclasses.replace(right, trainings=each(right.trainings, **{**TRIVIAL, **fields}))


@pytest.mark.parametrize("predicted", [False, True])
@pytest.mark.parametrize("attested", [True, False])
def test_numbers_that_a_trivial_training_was_made_to_give_wait_for_a_person(
    make_evidence, key_spec, baseline, predicted, attested
):
    """One weight and invented targets quickly give any loss, attested: no points, and no text says they are wrong."""
    evidence = trivial_journal(make_evidence(), attested=attested)
    if predicted:
        evidence = dataclasses.replace(evidence, evaluations=each(evidence.evaluations, results={}))
    given = grade(evidence, key_spec, baseline)
    assert trained_points(given) == 0.0
    found = {f"{one.question}.{one.item}": one for one in given.findings}
    for place in ("q07.errors_a", "q07.answer", "q08.errors", "q08.best", "q08.answer", "q10.losses", "q10.answer"):
        assert (found[place].verdict, found[place].reasons[0].code) == (Verdict.REVIEW, "training.foreign")
    assert {found[place].verdict for place in ("q07.recipe_a", "q08.recipe", "q10.recipe_inception")} == {Verdict.FAIL}


@pytest.mark.parametrize(
    "fault",
    [
        {"parameters": 500, "layers": TRIVIAL["layers"]},
        {"inputs": TRIVIAL["inputs"]},
        {"targets": TRIVIAL["targets"]},
        {"optimizer": "SGD", "optimizer_settings": {}, "seed": None, "rates": (0.5,) * 50, "loss": "huber"},
    ],
    ids=["another network", "other inputs", "other targets", "all else wrong"],
)
def test_numbers_of_a_training_that_is_wrong_in_one_respect_are_the_students_own(
    make_evidence, key_spec, baseline, find, fault
):
    """A student who did the exercise wrongly loses only the recipe's points."""
    given = grade(with_training(make_evidence(), 1, **fault), key_spec, baseline)
    assert find(given, "q07.recipe_a").verdict is Verdict.FAIL
    assert find(given, "q07.errors_a").verdict is Verdict.PASS
    assert find(given, "q07.answer").verdict is Verdict.PASS


def test_numbers_from_predictions_are_linked_by_them(make_evidence, key_spec, baseline, find):
    """Scores computed from predictions of trainings as requested keep their points, without a flag."""
    right = make_evidence()
    evaluations = tuple(
        dataclasses.replace(one, results={}, attested=False) if one.training in {11, 12} else one
        for one in right.evaluations
    )
    given = grade(dataclasses.replace(right, evaluations=evaluations), key_spec, baseline)
    assert given.points == 10.0
    assert find(given, "q10.losses").flags == ()


def predicting(right, numbers, **fields):
    """Return evidence in which the evaluations of these trainings are predictions instead."""
    evaluations = (
        dataclasses.replace(one, results={}) if one.training in numbers else one for one in right.evaluations
    )
    return dataclasses.replace(right, evaluations=tuple(evaluations), **fields)


def test_what_one_network_predicts_says_nothing_of_anothers_history(make_evidence, key_spec, baseline, find):
    """Numbers typed in for training B are unlinked, although the network of training A predicted."""
    right = make_evidence(trained={2: None})
    one = Evaluation(3, 1, right.evaluations[0].inputs, {}, replayed=False)
    evidence = dataclasses.replace(right, evaluations=(*right.evaluations, one))
    found = find(grade(evidence, key_spec, baseline), "q07.errors_b")
    assert (found.verdict, [reason.code for reason in found.reasons]) == (Verdict.FAIL, ["numbers.unlinked"])


HELD_BACK = {
    "errors computed from predictions of a training that is not as asked": lambda right: predicting(
        with_training(right, 4, epochs=30), range(3, 11)
    ),
    "errors of weights of one's own": lambda right: with_training(right, 4, initial_values=OWN_WEIGHTS),
    "errors against targets of one's own": lambda right: dataclasses.replace(
        right,
        evaluations=tuple(
            dataclasses.replace(
                one, targets=dataclasses.replace(one.inputs, shape=(102,), mean=float(one.training or 0))
            )
            for one in right.evaluations
        ),
    ),
}


@pytest.mark.parametrize("chosen", HELD_BACK)
def test_numbers_that_could_be_chosen_wait_for_a_person(make_evidence, key_spec, baseline, find, chosen):
    """An attested training proves nothing if the notebook chose the number: pending, as is what depends on it."""
    given = grade(HELD_BACK[chosen](make_evidence()), key_spec, baseline)
    why = "training.unseen" if "predictions" in chosen else "training.foreign"
    for place in ("q08.errors", "q08.best", "q08.worst", "q08.answer"):
        found = find(given, place)
        assert (found.verdict, [one.code for one in found.reasons]) == (Verdict.REVIEW, [why, "review.pending"])


def test_a_mistake_in_a_training_takes_no_number_away(make_evidence, key_spec, baseline, find):
    """A recipe that fails in two fields leaves the errors to their interval."""
    given = grade(with_training(make_evidence(), 4, epochs=30, batch_size=5), key_spec, baseline)
    assert find(given, "q08.recipe").verdict is Verdict.FAIL
    assert find(given, "q08.errors").verdict is Verdict.PASS


@pytest.mark.parametrize("shape", [(102,), (102, 1)])
def test_one_set_of_targets_is_not_disputed(make_evidence, key_spec, baseline, shape):
    """Evaluations against the same targets, whatever their axes of length one, keep every point."""
    right = make_evidence()
    targets = [
        DataSummary(shape if place % 2 else (102,), 5.0, 50.0, 22.0, 9.0, ()) for place in range(len(right.evaluations))
    ]
    evaluations = tuple(
        dataclasses.replace(one, targets=seen) for one, seen in zip(right.evaluations, targets, strict=True)
    )
    assert grade(dataclasses.replace(right, evaluations=evaluations), key_spec, baseline).points == 10.0


@pytest.mark.parametrize("question", ["q01", "q03", "q07", "q08", "q10"])
def test_a_letter_alone_earns_nothing_where_something_is_measured(make_evidence, key_spec, baseline, find, question):
    """Without numbers beside it a letter is not judged: right and wrong ones get the same text."""
    said = set()
    for letter in "abcd":
        answer = {f"{question}_answer": letter}
        alone = make_evidence(executed=Values(answer, {}), trainings=(), evaluations=(), figures=())
        found = find(grade(alone, key_spec, baseline), f"{question}.answer")
        assert (found.verdict, found.points) == (Verdict.FAIL, 0.0)
        said.add((found.reasons, found.flags))
    assert len(said) == 1
    assert {reason.code for reason in found.reasons} == {"numbers.required"}


@pytest.mark.parametrize(("question", "name"), [("q01", "q01_losses"), ("q03", "q03_losses")])
def test_wrong_numbers_of_ones_own_carry_a_right_letter(make_evidence, key_spec, baseline, find, question, name):
    """The letter needs numbers beside it, right or wrong."""
    wrong = {key: number + 1.0 for key, number in make_evidence().executed.given[name].items()}
    given = grade(make_evidence(given={name: wrong}), key_spec, baseline)
    assert find(given, f"{question}.losses").verdict is Verdict.FAIL
    assert find(given, f"{question}.answer").verdict is Verdict.PASS


def test_numbers_of_a_wrong_training_carry_a_right_letter(make_evidence, key_spec, baseline, find):
    """A training that is not as requested fails its recipe, but its numbers are still the student's own."""
    given = grade(with_training(make_evidence(), 1, seed=None), key_spec, baseline)
    assert find(given, "q07.recipe_a").verdict is Verdict.FAIL
    assert find(given, "q07.answer").verdict is Verdict.PASS


def test_a_letter_survives_an_error_after_the_trainings(make_evidence, key_spec, baseline, find):
    """Both networks were trained as requested, but a misspelt name kept the histories from being reported."""
    given = grade(make_evidence(given={"q07_history": None}), key_spec, baseline)
    assert find(given, "q07.recipe_a").verdict is Verdict.MISSING
    assert find(given, "q07.answer").verdict is Verdict.PASS


def test_a_letter_survives_a_wrong_form(make_evidence, key_spec, baseline, find):
    """Numbers in a wrong form beside a training count for the letter; without any training they do not."""
    fields = {
        "given": {"q07_history": None},
        "faults": {"q07_history": Detail.of("error", error="a list where a dictionary is due")},
    }
    assert find(grade(make_evidence(**fields), key_spec, baseline), "q07.answer").verdict is Verdict.PASS
    nothing = make_evidence(**fields, trainings=(), evaluations=())
    assert find(grade(nothing, key_spec, baseline), "q07.answer").verdict is Verdict.FAIL


@pytest.mark.parametrize(("decision", "verdict"), [("accept", "PASS"), ("review", "REVIEW"), ("reject", "FAIL")])
def test_numbers_of_the_students_own_run_carry_a_letter_as_the_policy_says(
    make_evidence, key_spec, baseline, find, decision, verdict
):
    """If our execution gave no numbers, the notebook's saved ones follow `claimed`."""
    right = make_evidence().executed.given
    evidence = make_evidence(
        given={"q08_mse": None}, claimed={"q08_mse": right["q08_mse"]}, trained=dict.fromkeys(range(3, 11))
    )
    found = find(grade(evidence, under(key_spec, claimed=decision), baseline), "q08.answer")
    assert found.verdict == verdict


def test_claimed_values_earn_nothing_where_the_policy_rejects_them(make_evidence, key_spec, baseline):
    """Every value that only the notebook's saved output holds: no item looks at it under `reject`."""
    right = make_evidence().executed.given
    nothing = {"executed": Values({}, {}), "trainings": (), "evaluations": (), "figures": ()}
    given = grade(make_evidence(claimed=right, **nothing), under(key_spec, claimed="reject"), baseline)
    assert {one.verdict for one in given.findings} == {Verdict.MISSING}
    words = {name: right[name] for name in ("q01_order", "q08_best", "q08_worst", "q01_answer", "q08_answer")}
    numbers = {"q01_losses": dict.fromkeys(right["q01_losses"], 1.0), "q08_mse": dict.fromkeys(right["q08_mse"], 1.0)}
    shuffled = {**numbers["q01_losses"], "hinge": 0.1}
    evidence = make_evidence(
        executed=Values({**words, **numbers, "q01_losses": shuffled}, {}),
        claimed=right,
        trainings=(),
        evaluations=(),
    )
    given = grade(evidence, under(key_spec, claimed="reject"), baseline)
    places = {f"{one.question}.{one.item}": one for one in given.findings}
    for place in ("q01.own_order", "q08.best", "q08.worst", "q08.answer"):
        assert places[place].points == 0.0
        assert not any(flag.code.startswith("claimed.") for flag in places[place].flags)


def steps(training, lengths):
    """Return a training as calls of `fit` that resume one another, each of so many epochs."""
    made, begun = [], 0
    for index, epochs in enumerate(lengths):
        end = begun + epochs
        made.append(
            dataclasses.replace(
                training,
                number=100 * training.number + index,
                epochs=epochs,
                rates=training.rates[begun:end],
                history={name: series[begun:end] for name, series in training.history.items()},
                optimizer_settings={**training.optimizer_settings, "learning_rate": training.rates[begun]},
                continues=100 * training.number + index - 1 if index else None,
                resumes=index > 0,
                options=(f"initial_epoch={begun}",) if begun else (),
            )
        )
        begun = end
    return made


def in_steps(right, length):
    """Return evidence whose every training was made in steps of so many epochs."""
    trainings, last = [], {}
    for training in right.trainings:
        whole, rest = divmod(training.epochs, length)
        made = steps(training, [length] * whole + ([rest] if rest else []))
        trainings += made
        last[training.number] = made[-1].number
    evaluations = tuple(dataclasses.replace(one, training=last[one.training]) for one in right.evaluations)
    return dataclasses.replace(right, trainings=tuple(trainings), evaluations=evaluations)


def trained_on(right):
    """Return evidence whose networks were trained further once their numbers were taken."""
    further = [
        dataclasses.replace(
            one, number=one.number + 200, epochs=3, rates=one.rates[-1:] * 3, continues=one.number, resumes=True,
            history={name: series[-1:] * 3 for name, series in one.history.items()},
        )
        for one in right.trainings
    ]  # fmt: skip
    return dataclasses.replace(right, trainings=(*right.trainings, *further))


def evaluated_each_epoch(right):
    """Return evidence of a student who fits by single epochs and evaluates the test data after each of them."""
    stepped = in_steps(right, 1)
    trainings, evaluations = [], list(stepped.evaluations)
    for training in stepped.trainings:
        value = {name.removeprefix("val_"): series[0] for name, series in training.history.items() if "val_" in name}
        history = {name: series for name, series in training.history.items() if "val_" not in name}
        trainings.append(dataclasses.replace(training, history=history))
        if value and training.validation:
            evaluations.append(Evaluation(training.cell, training.number, training.validation, value, replayed=False))
    return dataclasses.replace(stepped, trainings=tuple(trainings), evaluations=tuple(evaluations))


HONEST = {
    "in steps of one epoch": lambda right: in_steps(right, 1),
    "in steps of seven epochs": lambda right: in_steps(right, 7),
    "in steps of ten epochs": lambda right: in_steps(right, 10),
    "evaluated after each epoch": evaluated_each_epoch,
    "trained on afterwards": trained_on,
    "with callbacks that only look on": lambda right: dataclasses.replace(
        right,
        trainings=each(
            right.trainings,
            options=("TerminateOnNaN()", "CSVLogger(filename='log.csv')", "EarlyStopping(patience=100)", "verbose=0"),
        ),
    ),
    "with as many steps as there are batches": lambda right: dataclasses.replace(
        right,
        trainings=tuple(
            dataclasses.replace(one, options=(f"steps_per_epoch={-(-one.inputs.shape[0] // one.batch_size)}",))
            for one in right.trainings
        ),
    ),
    "in double precision": lambda right: dataclasses.replace(
        right, trainings=each(right.trainings, options=("dtype=float64", "loss dtype=float64", "floatx=float64"))
    ),
    "with more metrics": lambda right: dataclasses.replace(right, trainings=each(right.trainings, metrics=("x", "y"))),
    "with every setting of the optimizer as Keras has it": lambda right: dataclasses.replace(
        right,
        trainings=tuple(
            dataclasses.replace(
                one,
                optimizer_settings={
                    **one.optimizer_settings, "weight_decay": 0.0, "clipnorm": None, "use_ema": False,
                    "ema_momentum": 0.5, "amsgrad": False, "nesterov": False, "loss_scale_factor": None,
                },
            )
            for one in right.trainings
        ),
    ),
    "beside a claim to something else": lambda right: dataclasses.replace(
        right,
        trainings=(*right.trainings, dataclasses.replace(right.trainings[0], number=77, attested=False, history={})),
    ),
    "with predictions that the notebook alone tells of": lambda right: dataclasses.replace(
        right,
        evaluations=tuple(
            dataclasses.replace(one, results={}, attested=False) if one.training in range(3, 11) else one
            for one in right.evaluations
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("honest", HONEST)
def test_honest_ways_of_training_keep_every_point(make_evidence, key_spec, baseline, honest):
    """However a training as requested is written, it earns every point, and is never said to be missing."""
    given = grade(HONEST[honest](make_evidence()), key_spec, baseline)
    assert {place: verdict for place, verdict in verdicts(given).items() if verdict is not Verdict.PASS} == {}
    assert given.points == 10.0
    assert "numbers.untrained" not in {raised.flag.code for raised in raised_flags(given)}


def test_steps_with_another_rate_fail_on_their_rate(make_evidence, key_spec, baseline, find):
    """Joining hides nothing: fifty steps at one rate are a training at one rate."""
    right = make_evidence()
    flat = with_training(right, 2, rates=(0.02,) * 50)
    found = find(grade(in_steps(flat, 1), key_spec, baseline), "q07.recipe_b")
    assert [reason.code for reason in found.reasons] == ["recipe.rates"]


def test_one_unattested_step_makes_the_whole_unattested(make_evidence, key_spec, baseline, find):
    """A training is attested if every step is."""
    stepped = in_steps(make_evidence(), 10)
    stepped = with_training(stepped, 102, attested=False)
    assert find(grade(stepped, key_spec, baseline), "q07.recipe_a").verdict is Verdict.REVIEW


def test_a_dead_network_of_ones_own_weights_is_not_forgiven(make_evidence, key_spec, baseline, find):
    """Weights set to zero never learn, and are not an unlucky seed."""
    right = make_evidence()
    flat = dict.fromkeys(right.trainings[0].history, (600.0,) * 50)
    given = {"q07_history": {**right.executed.given["q07_history"], "A": {key: list(flat[key]) for key in flat}}}
    for initial, verdict in ((None, Verdict.PASS), (OWN_WEIGHTS, Verdict.FAIL)):
        evidence = make_evidence(given=given, trained={1: {"history": flat, "initial_values": initial}})
        assert find(grade(evidence, key_spec, baseline), "q07.errors_a").verdict is verdict
