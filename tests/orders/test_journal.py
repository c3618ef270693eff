"""The journal: which training continues which, which evaluation belongs to which, and differences from defaults."""

import dataclasses
import hashlib
import types

import pytest
from orders_to_try import CannedTrainer, dense, job, limits, make_order, metric, network

from autograder.evidence.admission import admit_evaluations, admit_trainings
from autograder.orders import Desk, OrderStore
from autograder.orders.call_results import TrainingState
from autograder.orders.description import read_order, read_reported_call
from autograder.orders.journal import Circumstances, Facts, Journal
from autograder.orders.training_options import options_of
from autograder.records import Detail
from autograder.rubric.checks.recipe import deciding_options

HOW = Circumstances(cell=3, attested=True, replayed=False, seconds=0.1)
FACTS = Facts({}, 41, None)


FIT, EVALUATE = make_order().plain, make_order("evaluate").plain


def digest(name):
    """Return the digest that stands for an array of this name."""
    return hashlib.sha256(name.encode()).hexdigest()


def fit(start, state=("fresh",), **changed):
    """Describe a fit from named weights and a named state of the optimizer."""
    named = {"weights": list(map(digest, start)), "optimizer_state": list(map(digest, state))}
    return read_order({**FIT, **named, **changed})


def evaluate(weights):
    """Describe an evaluation of named weights."""
    return read_order({**EVALUATE, "weights": list(map(digest, weights))})


def course(end, state=(), seeds=(), rate=None):
    """Return the result of a training that ended with named weights."""
    return TrainingState(
        {"loss": [1.0, 0.5]}, [0.1, 0.1], 2, list(map(digest, end)), list(map(digest, state)), frozenset(seeds), rate
    )


def train(journal, *fits):
    """Write trainings and return their entries."""
    for description, ended in fits:
        journal.write_training(description, ended, FACTS, HOW)
    return journal.trainings


def test_a_training_from_the_last_weights_of_another_continues_it():
    """With the optimizer's state it resumes; from the initial weights it is a new training."""
    one, other, third = train(
        Journal(),
        (fit(["start"], ["fresh"]), course(["end"], ["used"])),
        (fit(["end"], ["used"]), course(["further"], ["used more"])),
        (fit(["start"], ["fresh"]), course(["end"], ["used"])),
    )
    assert [entry["continues"] for entry in (one, other, third)] == [None, 1, None]
    assert [entry["resumes"] for entry in (one, other, third)] == [False, True, False]
    assert other["starts_at"] == one["ends_at"] == third["ends_at"]
    assert one["starts_at"] == third["starts_at"] != one["ends_at"]


def test_a_new_optimizer_continues_without_resuming():
    """After compiling again between two calls, the weights continue and the optimizer starts anew."""
    journal = Journal()
    *_, last = train(
        journal, (fit(["start"]), course(["end"], ["used"])), (fit(["end"], ["fresh"]), course(["more"], ["used"]))
    )
    assert (last["continues"], last["resumes"]) == (1, False)


@pytest.mark.parametrize(("rate", "resumes"), [(1, True), (None, False)])
def test_a_rate_that_was_set_in_between_does_not_hinder_resuming(rate, resumes):
    """A notebook that fits epoch by epoch sets the rate before each; the rates show it."""
    *_, last = train(
        Journal(),
        (fit(["start"]), course(["end"], ["two steps", "0.1", "momentum"], rate=rate)),
        (fit(["end"], ["two steps", "0.05", "momentum"]), course(["more"])),
    )
    assert (last["continues"], last["resumes"]) == (1, resumes)


def test_a_network_that_never_moved_is_not_continued_by_its_twin():
    """A network that is dead from the start ends where it began, where a new one with the same seed starts as well."""
    journal = Journal()
    _, twin, resumed = train(
        journal,
        (fit(["start"], ["fresh"]), course(["start"], ["used"])),
        (fit(["start"], ["fresh"]), course(["start"], ["used"])),
        (fit(["start"], ["used"]), course(["start"], ["used more"])),
    )
    assert (twin["continues"], resumed["continues"], resumed["resumes"]) == (None, 2, True)


def test_an_evaluation_belongs_to_the_latest_training_with_its_weights():
    """An evaluation is matched by weights, whatever the object's name; untrained weights match no training."""
    journal = Journal()
    train(
        journal, (fit(["start"]), course(["end"])), (fit(["start"]), course(["end"])), (fit(["other"]), course(["x"]))
    )
    for weights in (["end"], ["start"], ["x"]):
        journal.write_evaluation(evaluate(weights), {"loss": 1.0}, FACTS, HOW)
    assert [entry["training"] for entry in journal.evaluations] == [2, None, 3]
    assert journal.evaluations[0]["weights"] == journal.trainings[1]["ends_at"]
    assert journal.evaluations[1]["weights"] == journal.trainings[0]["starts_at"]


def test_the_state_of_a_generator_makes_no_other_network():
    """Saved and loaded weights lack the generator's state, so dropout draws anew, but the network is the same."""
    journal = Journal()
    train(journal, (fit(["kernel", "seed"]), course(["kernel 2", "seed 2"], seeds=[1])))
    journal.write_evaluation(evaluate(["kernel 2", "seed 3"]), {"loss": 1.0}, FACTS, HOW)
    journal.write_evaluation(evaluate(["kernel 3", "seed 2"]), {"loss": 1.0}, FACTS, HOW)
    assert [entry["training"] for entry in journal.evaluations] == [1, None]
    assert journal.evaluations[0]["weights"] == journal.trainings[0]["ends_at"]


def test_first_weights_are_looked_at_only_where_a_training_begins():
    """Weights left by a training are not compared with Keras's initial ones."""
    journal = Journal()
    odd = dataclasses.replace(FACTS, initial_values=Detail.of("initial.bias", layer="Dense"))
    journal.write_training(fit(["start"]), course(["end"]), odd, HOW)
    journal.write_training(fit(["end"]), course(["more"]), odd, HOW)
    assert [entry["initial_values"] for entry in journal.trainings] == [
        {"code": "initial.bias", "fields": {"layer": "Dense"}},
        None,
    ]


@pytest.mark.slow
def test_the_newest_entries_are_kept():
    """A flood of predictions displaces no evaluation, and every entry keeps its number."""
    journal = Journal()
    train(journal, *[(fit([str(number)]), course([f"end {number}"])) for number in range(1_005)])
    assert [journal.trainings[0]["number"], journal.trainings[-1]["number"], len(journal.trainings)] == [
        6,
        1_005,
        1_000,
    ]
    journal.write_evaluation(evaluate(["end 7"]), {"loss": 1.0}, FACTS, HOW)
    for _ in range(600):
        journal.write_evaluation(evaluate(["end 8"]), {}, FACTS, HOW)
    assert (len(journal.evaluations), journal.evaluations[0]["training"]) == (501, 8)


def test_reported_entries_displace_no_attested_ones():
    """A flood of reported calls displaces reported ones only: attested trainings and evaluations stay, in order."""
    journal = Journal()
    reported = dataclasses.replace(HOW, attested=False)
    train(journal, (fit(["a"]), course(["a end"])))
    journal.write_evaluation(evaluate(["a end"]), {"loss": 1.0}, FACTS, HOW)
    for number in range(1_200):
        journal.write_training(fit([str(number)]), course([f"end {number}"]), FACTS, reported)
        journal.write_evaluation(evaluate([f"end {number}"]), {"loss": 1.0}, FACTS, reported)
    train(journal, (fit(["a end"]), course(["b end"])))
    assert len(journal.trainings) == 1_000
    assert [entry["number"] for entry in journal.trainings if entry["attested"]] == [1, 1_202]
    assert [entry["number"] for entry in journal.trainings] == sorted(entry["number"] for entry in journal.trainings)
    assert journal.trainings[-1]["continues"] == 1
    assert [entry["training"] for entry in journal.evaluations if entry["attested"]] == [1]


ONES = "d" * 64


@pytest.mark.parametrize(
    ("changed", "options"),
    [
        ({}, []),
        ({"class_weight": {"0": 1.0, "1": 2.0}}, ["class_weight"]),
        ({"class_weight": {"0": 1.0, "1": 1.0}}, []),
        ({"sample_weight": ONES, "validation": {"x": ["b" * 64], "y": ["c" * 64], "sample_weight": ONES}}, []),
        ({"loss_weights": [1.0]}, []),
        ({"sample_weight": "a" * 64}, ["sample_weight"]),
        ({"loss_weights": [0.5]}, ["loss_weights=[0.5]"]),
        ({"initial_epoch": 2, "steps_per_epoch": 1}, ["initial_epoch=2", "steps_per_epoch=1"]),
        ({"max_steps_per_epoch": 1}, ["max_steps_per_epoch=1"]),
        ({"floatx": "float16"}, ["floatx=float16"]),
        (
            {
                "callbacks": [
                    {"class": "EarlyStopping", "settings": {"patience": 3, "monitor": "loss"}, "differs": ["patience"]}
                ]
            },
            ["EarlyStopping(patience=3)"],
        ),
        (
            {"loss": {"class": "mean_squared_error", "settings": {"reduction": "sum"}, "differs": ["reduction"]}},
            ["loss reduction=sum"],
        ),
        (
            {"network": network(dense(8, 0, kernel_initializer={"class": "HeNormal", "settings": {}}), dense(1, 1))},
            ["kernel_initializer=HeNormal"],
        ),
        ({"network": network(dense(8, 0, trainable=False), dense(1, 1, trainable=False))}, ["trainable=False"]),
        ({"network": network(dense(8, 0, kernel_regularizer={"class": "L2", "settings": {}}))}, []),
    ],
    ids=str,
)
def test_what_differs_from_keras_and_no_other_field_tells_is_an_option(changed, options):
    """A penalty is shown with its layer; any other unrequested option is listed, unless it is a weight of 1."""
    summaries = {ONES: {"minimum": 1.0, "maximum": 1.0}, "a" * 64: {"minimum": 1.0, "maximum": 2.0}}
    assert options_of(read_order({**make_order().plain, **changed}), summaries) == options


STOPPING = {"patience": 3, "monitor": "m" * 1_900, "restore_best_weights": True}


@pytest.mark.parametrize(
    "changed",
    [
        {"callbacks": [{"class": "EarlyStopping", "settings": STOPPING, "differs": [*STOPPING]}]},
        {
            "initial_epoch": 1,
            "callbacks": [
                {"class": "EarlyStopping", "settings": {**STOPPING, "patience": patience}, "differs": differs}
                for patience, differs in [*((number, ["patience"]) for number in range(99)), (1, [*STOPPING])]
            ],
        },
        {"x": [*FIT["x"], *FIT["y"]]},
        {"validation_freq": [*range(1, 900)], "loss_weights": [0.0]},
    ],
    ids=["a long name before it", "many options before it", "a second input", "a long value before it"],
)
def test_no_option_that_decides_falls_off_an_end(changed):
    """However many options precede it, an option that decides the result stays visible to the judge."""
    options = options_of(read_order({**FIT, **changed}), {})
    assert len(options) <= 100
    assert max(map(len, options)) <= 200
    training = types.SimpleNamespace(options=options, batch_size=32, inputs=types.SimpleNamespace(shape=(20, 3)))
    assert list(deciding_options(training, of_history=False))


@pytest.mark.parametrize(
    ("name", "settings", "varies"),
    [
        ("PiecewiseConstantDecay", {"boundaries": [1, 13], "values": [0.1, 0.2, 0.1]}, False),
        ("PiecewiseConstantDecay", {"boundaries": [129, 260, 391], "values": [0.1] * 4}, False),
        ("PiecewiseConstantDecay", {"boundaries": [5, 13], "values": [0.1, 0.2, 0.1]}, True),
        ("PiecewiseConstantDecay", {"boundaries": [12, 13, 25, 26], "values": [0.1, 0.2, 0.1, 0.2, 0.1]}, True),
        ("PiecewiseConstantDecay", {"boundaries": ["no number"], "values": []}, True),
        ("ExponentialDecay", {"decay_steps": 13, "decay_rate": 0.9, "staircase": True}, False),
        ("PolynomialDecay", {"decay_steps": 13, "cycle": False}, False),
        ("PolynomialDecay", {"decay_steps": 13, "cycle": True}, True),
        ("CosineDecay", {"warmup_target": None}, False),
        ("CosineDecay", {"warmup_target": 0.1}, True),
        ("CosineDecayRestarts", {"first_decay_steps": 13}, True),
    ],
)
def test_a_rate_that_may_vary_within_an_epoch_is_an_option(name, settings, varies):
    """The journal has the rate at each epoch's start; a schedule may be made to be right only at these moments."""
    schedule = {"class": name, "settings": settings, "differs": [*settings]}
    optimizer = {"class": "Adam", "settings": {"learning_rate": schedule}, "differs": ["learning_rate"]}
    description = read_order({**FIT, "optimizer": optimizer})
    assert (f"learning_rate={name}" in options_of(description, {}, rows=404)) is varies


def test_entries_of_orders_and_reported_calls_are_records(tmp_path):
    """Evidence admits all entries unchanged; those of reported calls are not attested."""
    with Desk(limits(), OrderStore(tmp_path), None, 1) as desk:
        desk.engage(CannedTrainer)
        counter = desk.open(job())
        counter.cell(7)
        order = make_order(metrics=[metric("mae")])
        orders = [order, make_order("evaluate", metrics=[metric("mae")]), make_order("predict")]
        for number, one in enumerate(orders, start=1):
            pending = counter.place(number, one.plain)
            for sha in pending.wanted:
                incoming = pending.supply(sha, one.arrays[sha].header.dtype, one.arrays[sha].header.shape)
                incoming.write(one.arrays[sha].content)
                incoming.finish()
            pending.start(lambda: None)
            while pending.answer is None:
                pass
        own = {"class": "train_step of Mine", "settings": {}, "differs": []}
        seen = {"loss": own, "parameters": 41, "notes": {"own": ["train_step of Mine"]}}
        result = {"history": {"loss": [1.0, None]}, "rates": [0.1], "epochs_run": 2, "weights": ["a" * 64]}
        counter.report_call({**order.plain, **seen}, {}, result)
        counter.report_call({**make_order("predict").plain, "weights": ["a" * 64]}, {}, {})
        counter.loop("train_on_batch", 50)
    trainings, faults = admit_trainings(counter.trainings)
    evaluations, more = admit_evaluations(counter.evaluations, trainings)
    assert (faults, more) == ([], [])
    assert [(one.attested, one.loss, one.parameters, one.cell) for one in trainings] == [
        (True, "mean_squared_error", 41, 7),
        (False, "train_step of Mine", 41, 7),
    ]
    assert trainings[0].inputs.shape == (20, 3)
    assert trainings[0].optimizer_settings == {"learning_rate": 0.01, "beta_1": 0.9}
    assert [(one.attested, one.training, sorted(one.results)) for one in evaluations] == [
        (True, None, ["loss", "mae"]),
        (True, None, []),
        (False, 2, []),
    ]
    assert counter.loops == ({"cell": 7, "kind": "train_on_batch", "steps": 50},)


def test_metrics_of_the_notebooks_own_are_named_with_where_they_stand():
    """What a history calls accuracy may be anything."""
    own = {"name": "accuracy", "class": "accuracy of __main__", "settings": {}, "differs": []}
    description = read_reported_call({**make_order().plain, "metrics": [own, metric("mae")]})
    journal = Journal()
    names = {"loss": [1.0], "accuracy": [1.0], "mae": [1.0], "val_accuracy": [1.0]}
    journal.write_training(description, TrainingState(names, [0.1], 1, []), FACTS, HOW)
    assert journal.trainings[0]["metrics"] == ["loss", "accuracy: accuracy of __main__", "mae"]
