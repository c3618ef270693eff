"""The desk: known orders are answered, unknown ones trained once, limits hold, and a trainer's death is isolated."""

import threading
import time

import numpy as np
import pytest
from orders_to_try import CannedTrainer, dense, job, limits, make_order, metric, network

from autograder.errors import EnvironmentFault, WireError
from autograder.orders import Desk, OrderStore
from autograder.orders.arrays import array_of
from autograder.records import Detail

PATIENCE_SECONDS = 60
"""How long a test waits for what takes a moment on a machine that is not busy."""


def until(condition):
    """Wait for a condition that another thread brings about."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def desk(tmp_path):
    """Open desks over one class's folder, each with trainers that answer at once."""
    opened = []

    def open_desk(trainers=None, most=2, **changed):
        made = []
        spare = list(trainers or [])

        def start():
            made.append(spare.pop(0) if spare else CannedTrainer())
            return made[-1]

        desk = Desk(limits(**changed), OrderStore(tmp_path / "reference"), OrderStore(tmp_path / "own"), most)
        desk.engage(start)
        desk.made = made
        opened.append(desk)
        return desk

    yield open_desk
    for one in opened:
        one.close()


def supply(pending, order):
    """Send the requested arrays, as a notebook does."""
    for sha in pending.wanted:
        array = order.arrays[sha]
        incoming = pending.supply(sha, array.header.dtype, array.header.shape)
        incoming.write(array.content)
        incoming.finish()


def ask(counter, order, number=1):
    """Place an order, send the requested arrays, wait, and return the answer."""
    pending = counter.place(number, order.plain)
    supply(pending, order)
    rung = threading.Event()
    pending.start(rung.set)
    assert rung.wait(PATIENCE_SECONDS)
    return pending.answer


def kept(folder):
    """Return the content of a store."""
    return list(OrderStore(folder).made())


def orders_of(desk):
    """Return the orders that the trainers received."""
    return [one for trainer in desk.made for one in trainer.orders]


def test_an_unknown_order_is_trained_once_and_then_known_to_all(desk):
    """The second notebook sends nothing, gets the same bytes, and its entry says that the answer was replayed."""
    one, order = desk(), make_order()
    first, second = one.open(job()), one.open(job(name="bia"))
    trained = ask(first, order)
    pending = second.place(1, order.plain)
    assert pending.wanted == ()
    pending.start(lambda: None)
    assert pending.answer.message == trained.message
    assert trained.message["status"] == "done"
    assert [(*one[:3], bytes(one[3])) for one in pending.answer.arrays] == [
        (*one[:3], bytes(one[3])) for one in trained.arrays
    ]
    assert len(orders_of(one)) == 1
    assert [entry["replayed"] for entry in (*first.trainings, *second.trainings)] == [False, True]
    assert all(entry["attested"] for entry in (*first.trainings, *second.trainings))
    assert (first.unknown, first.replayed, second.unknown, second.replayed) == (1, 0, 0, 1)


def test_what_can_not_be_read_ends_nobody(desk):
    """An unreadable order is refused, an unreadable report becomes a fault of the journal; the notebook continues."""
    one, order = desk().open(job()), make_order()
    one.cell(4)
    unreadable = make_order(floatx="f" * 3_000)
    refused = one.place(1, unreadable.plain)
    rung = threading.Event()
    refused.start(rung.set)
    assert (refused.wanted, rung.is_set(), refused.answer.message["reason"]) == ((), True, "unbuildable")
    for _ in range(200):
        one.report_call(unreadable.plain, {}, {"history": {}, "rates": [], "epochs_run": 0, "weights": []})
        one.report_call(order.plain, {}, {"history": "none"})
    assert len(one.faults) == 100
    assert set(one.faults) == {
        Detail.of("journal.call", cell=4, error=what)
        for what in ("a description is too large", "a reported call without a result of its kind")
    }
    assert (one.trainings, one.unknown) == ((), 1)
    assert ask(one, order, 2).message["status"] == "done"


def test_every_array_that_an_answer_names_is_sent_before_it(desk):
    """A notebook can apply an answer without further requests."""
    answer = ask(desk().open(job()), make_order())
    result = answer.message["result"]
    named = {sha for part in ("weights", "optimizer_state") for sha in result[part]} | {result["rates"]}
    named |= {sha for _, sha in result["history"]} | {sha for _, group in result["metric_states"] for sha in group}
    assert {sha for sha, *_ in answer.arrays} == named


def test_the_next_command_over_the_same_folder_trains_nothing(desk):
    """A class's orders are stored for the next command."""
    order = make_order()
    ask(desk().open(job()), order)
    later = desk()
    counter = later.open(job())
    ask(counter, order)
    assert (counter.replayed, later.made) == (1, [])


def test_an_order_in_flight_is_waited_for(desk):
    """Five notebooks place the same order at once: one training, five answers, charged to one notebook."""
    gate = threading.Event()
    one, order = desk([CannedTrainer(gate=gate)]), make_order()
    counters = [one.open(job(name=str(number))) for number in range(5)]
    rung = threading.Semaphore(0)
    waiting = []
    for counter in counters:
        pending = counter.place(1, order.plain)
        supply(pending, order)
        pending.start(rung.release)
        waiting.append(pending)
    assert [pending.answer for pending in waiting] == [None] * 5
    gate.set()
    assert all(rung.acquire(timeout=PATIENCE_SECONDS) for _ in counters)
    assert [pending.answer.message["status"] for pending in waiting] == ["done"] * 5
    assert len(orders_of(one)) == 1
    assert [counter.replayed for counter in counters] == [0, 1, 1, 1, 1]
    assert [counter.training_seconds > 0 for counter in counters] == [True, False, False, False, False]


def test_no_more_trainers_than_asked_for_and_none_before_it_is_needed(desk):
    """Six different orders at once are trained by two trainers."""
    one = desk(most=2)
    assert one.made == []
    rung = threading.Semaphore(0)
    for seed in range(6):
        order = make_order(seed=seed)
        pending = one.open(job()).place(1, order.plain)
        supply(pending, order)
        pending.start(rung.release)
    assert all(rung.acquire(timeout=PATIENCE_SECONDS) for _ in range(6))
    assert len(one.made) <= 2
    assert len(orders_of(one)) == 6


def test_an_evaluation_goes_to_the_trainer_that_has_its_network(desk):
    """Of two idle trainers it is the one with the network, whichever was first."""
    gate = threading.Event()
    one = desk([CannedTrainer(gate=gate), CannedTrainer()])
    other = network(dense(8, 0, "tanh"), dense(1, 1))
    networks = [make_order(), make_order(network=other)]
    slow = one.open(job()).place(1, networks[0].plain)
    supply(slow, networks[0])
    rung = threading.Event()
    slow.start(rung.set)
    until(lambda: one.made)
    ask(one.open(job()), networks[1])
    gate.set()
    assert rung.wait(PATIENCE_SECONDS)
    for order in (make_order(seed=7, network=other), make_order(seed=7), make_order(seed=8, network=other)):
        ask(one.open(job()), order)
    assert [[description["network"] == other for description in trainer.orders] for trainer in one.made] == [
        [False, False],
        [True, True, True],
    ]


def test_an_answer_with_more_metrics_serves_an_order_with_fewer(desk):
    """Metrics only observe: the requested ones are returned, others are not."""
    one = desk()
    ask(one.open(job()), make_order(metrics=[metric("mae"), metric("mse", power=2)]))
    counter = one.open(job())
    result = ask(counter, make_order(metrics=[metric("mae")])).message["result"]
    assert [name for name, _ in result["history"]] == ["loss", "mae"]
    assert [name for name, _ in result["metric_states"]] == ["loss", "mae"]
    assert (counter.replayed, counter.trainings[0]["metrics"]) == (1, ["loss", "mae"])


def test_an_order_with_other_metrics_is_trained_with_all_that_were_asked_for(desk):
    """So the next order is known, whichever of these metrics it requests."""
    one = desk()
    ask(one.open(job()), make_order(metrics=[metric("mae")]))
    ask(one.open(job()), make_order(metrics=[metric("mse", power=2)]))
    assert [[each["name"] for each in order["metrics"]] for order in orders_of(one)] == [["mae"], ["mse", "mae"]]
    for name, power in (("mae", {}), ("mse", {"power": 2})):
        counter = one.open(job())
        ask(counter, make_order(metrics=[metric(name, **power)]))
        assert counter.replayed == 1


def test_two_metrics_of_one_name_are_never_in_one_training(desk):
    """A history has one place per name, so the order is trained with its own metrics."""
    one = desk()
    ask(one.open(job()), make_order(metrics=[metric("error")]))
    ask(one.open(job()), make_order(metrics=[metric("error", power=2)]))
    assert [len(order["metrics"]) for order in orders_of(one)] == [1, 1]


@pytest.mark.parametrize("said", ["unbuildable", "failed"])
def test_somebody_elses_metrics_spoil_no_order(desk, said):
    """Metrics are not part of an order's key: a metric that cannot be built affects its own notebook only."""
    one = desk([CannedTrainer(faults=[lambda m: [{"type": said, "number": m["number"], "detail": "no"}]])])
    spoilt = make_order(metrics=[metric("val_x")])
    for _ in range(2):
        assert ask(one.open(job()), spoilt).message["reason"] == said
    assert ask(one.open(job(name="bia")), make_order(metrics=[metric("mae")])).message["status"] == "done"
    assert len(orders_of(one)) == 2


def test_nobody_waits_for_a_training_with_metrics_that_do_not_serve_them(desk):
    """A training made slow on purpose does not delay equal orders without its metrics."""
    gate = threading.Event()
    one = desk([CannedTrainer(gate=gate)])
    slow = one.open(job()).place(1, make_order(metrics=[metric("slow", thresholds=10**9)]).plain)
    supply(slow, make_order())
    rung = threading.Event()
    slow.start(rung.set)
    until(lambda: one.made)  # The trainer with the gate is the slow order's.
    assert ask(one.open(job(name="bia")), make_order(metrics=[metric("mae")])).message["status"] == "done"
    assert slow.answer is None
    gate.set()
    assert rung.wait(PATIENCE_SECONDS)


def test_nobody_pays_for_somebody_elses_dear_metrics(desk):
    """An order is trained with few metrics of others, and with none that has chosen settings."""
    one = desk()
    many = [metric(f"m{number}") for number in range(50)]
    ask(one.open(job()), make_order(metrics=[{**metric("dear", thresholds=10**6), "differs": ["thresholds"]}, *many]))
    ask(one.open(job(name="bia")), make_order(metrics=[metric("mae")]))
    assert [each["name"] for each in orders_of(one)[-1]["metrics"]] == ["mae", *(f"m{number}" for number in range(8))]


def test_a_notebook_cannot_fill_the_disk_with_answers(desk, tmp_path, monkeypatch):
    """Beyond a size its orders are still answered, but no longer stored for others."""
    monkeypatch.setattr("autograder.orders.counter._MOST_KEPT_BYTES", 2_000)
    counter = desk().open(job())
    answers = [ask(counter, make_order(seed=seed), seed + 1) for seed in range(9)]
    assert {answer.message["status"] for answer in answers} == {"done"}
    assert 0 < len(kept(tmp_path / "own")) < 9


def test_an_optimizer_that_is_not_new_is_told(desk):
    """A training that starts with old gradients in the optimizer is not a training from the beginning."""
    order = make_order()
    lent = array_of(np.full((3, 8), 0.5, np.float32))
    order.plain["optimizer_state"][2] = lent.header.sha256
    order.arrays[lent.header.sha256] = lent
    counter = desk().open(job())
    ask(counter, order)
    ask(counter, make_order(), 2)
    assert [entry["initial_values"] for entry in counter.trainings] == [
        {"code": "initial.optimizer", "fields": {"optimizer": "Adam"}},
        None,
    ]


def test_train_neither_asks_nor_fills_a_store(desk, tmp_path):
    """Everything is trained, separately for each notebook."""
    one, order = desk(), make_order()
    for mode in ("replay", "train", "train"):
        counter = one.open(job(mode))
        ask(counter, order)
        assert (counter.replayed, counter.unknown) == (0, 1)
    assert len(orders_of(one)) == 3
    assert len(kept(tmp_path / "own")) == 1
    assert kept(tmp_path / "reference") == []


def test_record_fills_the_reference_which_grading_only_reads(desk, tmp_path):
    """A trusted notebook's orders become known to students; students' orders are never stored there."""
    one, order = desk(), make_order()
    ask(one.open(job("record")), order)
    ask(one.open(job("replay")), make_order(seed=1))
    assert len(kept(tmp_path / "reference")) == 1
    counter = one.open(job("replay"))
    ask(counter, order)
    assert counter.replayed == 1


def test_a_trainer_that_dies_is_replaced_and_the_order_made_once_more(desk):
    """The notebook is not at fault, and gets its answer."""
    dying = CannedTrainer(faults=[lambda _: []])
    one = desk([dying])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert dying.closed.is_set()
    assert len(one.made) == 2


def test_a_training_whose_process_was_killed_is_made_once_more(desk):
    """The trainer itself survives and says so; nothing is known about the order, so the notebook has not failed."""
    died = CannedTrainer(faults=[lambda m: [{"type": "died", "number": m["number"], "detail": "signal 9"}]])
    one = desk([died])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert len(one.made) == 2


def test_an_order_whose_trainers_died_is_refused_and_tried_again_for_the_next(desk):
    """A temporary shortage may have killed them, so the next notebook's order is tried again, as are other orders."""
    one = desk([CannedTrainer(faults=[lambda _: []]) for _ in range(2)])
    refused = {"type": "answer", "number": 1, "status": "refused", "reason": "failed"}
    assert ask(one.open(job()), make_order()).message == refused
    assert ask(one.open(job()), make_order(seed=1)).message["status"] == "done"
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert len(orders_of(one)) == 4


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda m: [{"type": "result", "number": m["number"] + 1, "result": {}}], id="another order"),
        pytest.param(lambda m: [{"type": "result", "number": m["number"], "result": {"seconds": 1}}], id="no result"),
        pytest.param(lambda _: [b"1234"], id="a piece of nothing"),
        pytest.param(lambda _: [{"type": "grade", "points": 10}], id="no answer"),
        pytest.param(
            lambda _: [{"type": "array", "sha256": "0" * 64, "dtype": "<f4", "shape": [1]}, b"1234"],
            id="another digest",
        ),
    ],
)
def test_what_no_trainer_would_say_is_a_failure_of_it(desk, forge):
    """Untrusted data reached the trainer: it is replaced, and none of its output is kept."""
    one = desk([CannedTrainer(faults=[forge])])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert one.made[0].closed.is_set()


class Forging(CannedTrainer):
    """A trainer that trains and then changes what it says came of it."""

    def __init__(self, forge):
        super().__init__()
        self._forge = forge

    def _answer(self, number, description):
        *arrays, last = super()._answer(number, description)
        result = last["result"]
        yield from (*arrays, last | {"result": result | self._forge(result)})


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda _: {"epochs_run": 4}, id="more epochs than ordered"),
        pytest.param(lambda _: {"epochs_run": 2}, id="fewer epochs than losses"),
        pytest.param(lambda result: {"weights": result["weights"][:-1]}, id="a weight too few"),
        pytest.param(lambda result: {"weights": result["weights"][::-1]}, id="weights of other forms"),
        pytest.param(lambda result: {"optimizer_state": result["optimizer_state"][::-1]}, id="another state"),
        pytest.param(lambda result: {"rates": result["optimizer_state"][0]}, id="rates that are whole numbers"),
        pytest.param(lambda _: {"rates": "0" * 64}, id="an array that did not come"),
    ],
)
def test_a_result_that_does_not_fit_its_order_is_a_failure_of_the_trainer(desk, tmp_path, forge):
    """It is neither sent to the notebook nor kept for others: the order is trained once more."""
    forging = Forging(forge)
    one = desk([forging])
    answer = ask(one.open(job()), make_order()).message
    assert (answer["status"], answer["result"]["epochs_run"]) == ("done", 3)
    assert forging.closed.is_set()
    assert len(one.made) == 2
    assert len(kept(tmp_path / "own")) == 1


def test_an_array_that_breaks_off_is_a_failure_of_the_trainer(desk):
    """The message after half an array does not pass for its end."""
    half = array_of(np.ones(4, np.float32))
    broken = CannedTrainer(faults=[lambda _: [half.header.message, bytes(half.content)[:8], {"type": "result"}]])
    one = desk([broken])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert broken.closed.is_set()


def test_a_result_of_any_size_is_not_taken(desk, monkeypatch):
    """What a trainer that went astray sends without end is refused before it fills the disk."""
    monkeypatch.setattr("autograder.orders.delivery.LARGEST_RESULT_BYTES", 100)
    one = desk()
    assert ask(one.open(job()), make_order()).message == {
        "type": "answer", "number": 1, "status": "refused", "reason": "failed"
    }  # fmt: skip
    assert all(trainer.closed.is_set() for trainer in one.made)


def test_a_result_that_cannot_be_kept_is_our_fault_for_all_who_wait(desk, tmp_path):
    """A full disk makes no refusal, which would cost a student points: whoever waits gets the exception."""
    gate = threading.Event()
    one, order = desk([CannedTrainer(gate=gate)]), make_order()
    (tmp_path / "own").write_text("a file where the folder should be")
    waiting = []
    for name in ("ana", "bia"):
        pending = one.open(job(name=name)).place(1, order.plain)
        supply(pending, order)
        rung = threading.Event()
        pending.start(rung.set)
        waiting.append((pending, rung))
    gate.set()
    for pending, rung in waiting:
        assert rung.wait(PATIENCE_SECONDS)
        with pytest.raises(EnvironmentFault, match="a training cannot be stored"):
            _ = pending.answer


def test_a_reference_that_is_damaged_while_an_order_is_sent_is_our_fault(desk, tmp_path):
    """Between its placing and its start the file may change; the notebook is not refused for that."""
    one, order = desk(), make_order()
    pending = one.open(job()).place(1, order.plain)
    supply(pending, order)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / f"{order.read().key}.order.gz").write_bytes(b"nothing")
    pending.start(lambda: None)
    with pytest.raises(EnvironmentFault, match="this known training cannot be read"):
        _ = pending.answer


def test_a_desk_without_trainers_says_so(tmp_path):
    """An order that is unknown where nothing can be trained is a fault of ours, not an answer."""
    with (
        Desk(limits(), OrderStore(tmp_path / "reference"), None, 1) as one,
        pytest.raises(EnvironmentFault, match="no trainer can be started"),
    ):
        ask(one.open(job()), make_order())


def test_what_an_abandoned_order_sent_makes_room_again(desk):
    """A notebook that ends before its order starts leaves none of its arrays behind."""
    one, order = desk(), make_order()
    pending = one.open(job()).place(1, order.plain)
    supply(pending, order)
    pending.abandon()
    again = one.open(job(name="bia")).place(1, order.plain)
    assert set(again.wanted) <= set(order.arrays)
    supply(again, order)
    rung = threading.Event()
    again.start(rung.set)
    assert rung.wait(PATIENCE_SECONDS)
    assert again.answer.message["status"] == "done"


def test_what_a_trainer_cannot_build_is_refused_for_everybody(desk):
    """The notebook then runs it itself."""
    one = desk([CannedTrainer(faults=[lambda m: [{"type": "unbuildable", "number": m["number"], "detail": "no"}]])])
    for _ in range(2):
        answer = ask(one.open(job()), make_order())
        assert (answer.message["status"], answer.message["reason"]) == ("refused", "unbuildable")
    assert len(orders_of(one)) == 1


def test_a_network_with_too_many_parameters_is_not_trained(desk):
    """The limit applies before any trainer starts."""
    one = desk(order_parameters=10)
    assert ask(one.open(job()), make_order()).message["reason"] == "limit"
    assert one.made == []


def test_so_many_seconds_of_training_and_no_more(desk):
    """The remaining time bounds the next training; other notebooks have their own."""
    silent = CannedTrainer(faults=[lambda _: []])
    silent.receive_plain = silent.receive

    def receive(timeout):
        if not silent._frames:
            time.sleep(timeout)
        return silent.receive_plain(timeout)

    silent.receive = receive
    one = desk([silent], training_seconds=0.2)
    counter = one.open(job())
    assert ask(counter, make_order()).message["reason"] == "limit"
    assert counter.training_seconds >= 0.2
    assert ask(counter, make_order(seed=1), 2).message["reason"] == "limit"
    # The same order cannot be faster for another notebook with the same time.
    assert ask(one.open(job()), make_order()).message["reason"] == "limit"
    assert ask(one.open(job()), make_order(seed=1)).message["status"] == "done"
    assert len(orders_of(one)) == 2


def test_beyond_so_many_orders_a_fit_meets_the_limit_and_a_prediction_is_the_notebooks_own(desk):
    """An honest notebook may predict one example at a time; it continues without orders."""
    counter = desk(orders=1).open(job())
    assert ask(counter, make_order()).message["status"] == "done"
    assert ask(counter, make_order(), 2).message["reason"] == "limit"
    assert ask(counter, make_order("predict"), 3).message["reason"] == "failed"


def test_a_trainer_that_cannot_be_started_is_our_fault(tmp_path):
    """No student loses a point: every waiting notebook gets the exception, which leads to no grade."""

    def start():
        raise EnvironmentFault("no room for a trainer")

    with Desk(limits(), OrderStore(tmp_path / "reference"), None, 1) as one:
        one.engage(start)
        with pytest.raises(EnvironmentFault, match="no room for a trainer"):
            ask(one.open(job()), make_order())


def test_a_damaged_answer_of_the_references_is_our_fault_and_one_of_the_classs_is_made_anew(desk, tmp_path):
    """A changed file of the reference is an error; one in the results folder is trained again and replaced."""
    one, order = desk(), make_order()
    ask(one.open(job()), order)
    (path,) = (tmp_path / "own").iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    counter = one.open(job())
    ask(counter, order)
    assert counter.unknown == 1
    assert OrderStore(tmp_path / "own").get(order.read().key) is not None
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / path.name).write_bytes(b"nothing")
    with pytest.raises(EnvironmentFault, match="this known training cannot be read"):
        one.open(job()).place(1, order.plain)


def test_without_a_folder_of_the_classs_the_command_still_trains_each_order_once(tmp_path):
    """In a container with one notebook nothing is stored, but two equal calls are trained once."""
    trainer = CannedTrainer()
    with Desk(limits(), OrderStore(tmp_path / "reference"), None, 1) as one:
        one.engage(lambda: trainer)
        counter = one.open(job())
        ask(counter, make_order("evaluate"))
        ask(counter, make_order("evaluate"), 2)
    assert len(trainer.orders) == 1
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_wanted_is_taken(desk):
    """An array that was not requested, or does not match its digest, breaks the protocol."""
    counter = desk().open(job())
    order, other = make_order(), make_order(seed=1)
    pending = counter.place(1, order.plain)
    with pytest.raises(WireError, match="was not requested"):
        pending.supply(other.plain["x"][0], "<f4", (20, 3))
    incoming = pending.supply(order.plain["x"][0], "<f4", (20, 3))
    incoming.write(bytes(240))
    with pytest.raises(WireError, match="not the one that was announced"):
        incoming.finish()


def test_a_digest_is_no_proof_of_having_the_data(desk):
    """An order whose arrays were not sent is not answered from the arrays that it names, unless its result is known."""
    one, order = desk(), make_order()
    pending = one.open(job()).place(1, order.plain)
    assert set(pending.wanted) == set(order.arrays)
    pending.start(lambda: None)
    assert pending.answer.message["status"] == "refused"


def test_closing_ends_what_is_under_way(tmp_path):
    """Ctrl-C does not wait for a training."""
    hanging = CannedTrainer(faults=[lambda _: []])

    def receive(timeout):
        if hanging._frames:
            return hanging._frames.pop(0)
        hanging.closed.wait(timeout)
        raise EnvironmentFault("the trainer has ended")

    hanging.receive = receive
    one = Desk(limits(), OrderStore(tmp_path / "reference"), None, 1)
    one.engage(lambda: hanging)
    order = make_order()
    pending = one.open(job()).place(1, order.plain)
    supply(pending, order)
    rung = threading.Event()
    pending.start(rung.set)
    until(lambda: hanging.orders)
    began = time.monotonic()
    one.close()
    assert time.monotonic() - began < PATIENCE_SECONDS
    assert rung.wait(PATIENCE_SECONDS)
    with pytest.raises(EnvironmentFault, match="the command ended"):
        _ = pending.answer
