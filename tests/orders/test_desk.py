"""The desk: what is known is answered, what is not is trained once, limits hold, and a trainer's death harms nobody."""

import threading
import time

import numpy as np
import pytest
from orders_to_try import CannedTrainer, job, limits, make_order, metric

from autograder.errors import EnvironmentFault, WireError
from autograder.orders import Desk, OrderStore
from autograder.orders.arrays import array_of


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
    """Send what is wanted, as a notebook does."""
    for sha in pending.wanted:
        array = order.arrays[sha]
        incoming = pending.supply(sha, array.header.dtype, array.header.shape)
        incoming.write(array.content)
        incoming.finish()


def ask(counter, order, number=1):
    """Place an order, send what is wanted, wait, and return the answer."""
    pending = counter.place(number, order.plain)
    supply(pending, order)
    rung = threading.Event()
    pending.start(rung.set)
    assert rung.wait(10)
    return pending.answer


def kept(folder):
    """Return what a store holds."""
    return list(OrderStore(folder).made())


def orders_of(desk):
    """Return what its trainers were ordered."""
    return [one for trainer in desk.made for one in trainer.orders]


def test_an_unknown_order_is_trained_once_and_then_known_to_all(desk):
    """The second notebook sends nothing, gets the same bytes, and its entry says that it was replayed."""
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
    """An order that can't be read is refused, a claim is a fault of the journal: a notebook goes on after both."""
    one, order = desk().open(job()), make_order()
    one.cell(4)
    unreadable = make_order(floatx="f" * 3_000)
    refused = one.place(1, unreadable.plain)
    rung = threading.Event()
    refused.start(rung.set)
    assert (refused.wanted, rung.is_set(), refused.answer.message["reason"]) == ((), True, "unbuildable")
    for _ in range(200):
        one.claim(unreadable.plain, {}, {"history": {}, "rates": [], "epochs_run": 0, "weights": []})
        one.claim(order.plain, {}, {"history": "none"})
    assert len(one.faults) == 100
    assert set(one.faults) == {
        "a call in cell 4 can't be read: a description holds too much",
        "a call in cell 4 can't be read: a claim without the result of such a call",
    }
    assert (one.trainings, one.unknown) == ((), 1)
    assert ask(one, order, 2).message["status"] == "done"


def test_every_array_that_an_answer_names_is_sent_before_it(desk):
    """A notebook can put an answer in place without asking back."""
    answer = ask(desk().open(job()), make_order())
    result = answer.message["result"]
    named = {sha for part in ("weights", "optimizer_state") for sha in result[part]} | {result["rates"]}
    named |= {sha for _, sha in result["history"]} | {sha for _, group in result["metric_states"] for sha in group}
    assert {sha for sha, *_ in answer.arrays} == named


def test_the_next_command_over_the_same_folder_trains_nothing(desk):
    """What a class has ordered is kept for the next one."""
    order = make_order()
    ask(desk().open(job()), order)
    later = desk()
    counter = later.open(job())
    ask(counter, order)
    assert (counter.replayed, later.made) == (1, [])


def test_an_order_in_flight_is_waited_for(desk):
    """Five notebooks order the same at once: one training, five answers, and one of them has paid for it."""
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
    assert all(rung.acquire(timeout=10) for _ in counters)
    assert [pending.answer.message["status"] for pending in waiting] == ["done"] * 5
    assert len(orders_of(one)) == 1
    assert [counter.replayed for counter in counters] == [0, 1, 1, 1, 1]
    assert [counter.training_seconds > 0 for counter in counters] == [True, False, False, False, False]


def test_no_more_trainers_than_asked_for_and_none_before_it_is_needed(desk):
    """Six different orders at once meet two trainers."""
    one = desk(most=2)
    assert one.made == []
    rung = threading.Semaphore(0)
    for seed in range(6):
        order = make_order(seed=seed)
        pending = one.open(job()).place(1, order.plain)
        supply(pending, order)
        pending.start(rung.release)
    assert all(rung.acquire(timeout=10) for _ in range(6))
    assert len(one.made) <= 2
    assert len(orders_of(one)) == 6


def test_an_answer_with_more_metrics_serves_an_order_with_fewer(desk):
    """Metrics only look on: what is asked for comes, what isn't does not."""
    one = desk()
    ask(one.open(job()), make_order(metrics=[metric("mae"), metric("mse", power=2)]))
    counter = one.open(job())
    result = ask(counter, make_order(metrics=[metric("mae")])).message["result"]
    assert [name for name, _ in result["history"]] == ["loss", "mae"]
    assert [name for name, _ in result["metric_states"]] == ["loss", "mae"]
    assert (counter.replayed, counter.trainings[0]["metrics"]) == (1, ["loss", "mae"])


def test_an_order_with_other_metrics_is_trained_with_all_that_were_asked_for(desk):
    """So that the next one is known, whichever of them it asks for."""
    one = desk()
    ask(one.open(job()), make_order(metrics=[metric("mae")]))
    ask(one.open(job()), make_order(metrics=[metric("mse", power=2)]))
    assert [[each["name"] for each in order["metrics"]] for order in orders_of(one)] == [["mae"], ["mse", "mae"]]
    for name, power in (("mae", {}), ("mse", {"power": 2})):
        counter = one.open(job())
        ask(counter, make_order(metrics=[metric(name, **power)]))
        assert counter.replayed == 1


def test_two_metrics_of_one_name_are_never_in_one_training(desk):
    """A history has one place for a name: the order is trained as it was asked for."""
    one = desk()
    ask(one.open(job()), make_order(metrics=[metric("error")]))
    ask(one.open(job()), make_order(metrics=[metric("error", power=2)]))
    assert [len(order["metrics"]) for order in orders_of(one)] == [1, 1]


@pytest.mark.parametrize("said", ["unbuildable", "failed"])
def test_somebody_elses_metrics_spoil_no_order(desk, said):
    """Metrics are no part of an order's name: whoever adds one that cannot be built harms themselves alone."""
    one = desk([CannedTrainer(faults=[lambda m: [{"type": said, "number": m["number"], "detail": "no"}]])])
    spoilt = make_order(metrics=[metric("val_x")])
    for _ in range(2):
        assert ask(one.open(job()), spoilt).message["reason"] == said
    assert ask(one.open(job(name="bia")), make_order(metrics=[metric("mae")])).message["status"] == "done"
    assert len(orders_of(one)) == 2


def test_nobody_waits_for_a_training_with_metrics_that_do_not_serve_them(desk):
    """A training made slow on purpose holds up nobody who orders the same without its metrics."""
    gate = threading.Event()
    one = desk([CannedTrainer(gate=gate)])
    slow = one.open(job()).place(1, make_order(metrics=[metric("slow", thresholds=10**9)]).plain)
    supply(slow, make_order())
    rung = threading.Event()
    slow.start(rung.set)
    assert ask(one.open(job(name="bia")), make_order(metrics=[metric("mae")])).message["status"] == "done"
    assert slow.answer is None
    gate.set()
    assert rung.wait(10)


def test_nobody_pays_for_somebody_elses_dear_metrics(desk):
    """An order is trained with few metrics of others, and with none whose settings somebody chose."""
    one = desk()
    many = [metric(f"m{number}") for number in range(50)]
    ask(one.open(job()), make_order(metrics=[{**metric("dear", thresholds=10**6), "differs": ["thresholds"]}, *many]))
    ask(one.open(job(name="bia")), make_order(metrics=[metric("mae")]))
    assert [each["name"] for each in orders_of(one)[-1]["metrics"]] == ["mae", *(f"m{number}" for number in range(8))]


def test_a_notebook_cannot_fill_the_disk_with_answers(desk, tmp_path, monkeypatch):
    """Beyond a size its orders are answered all the same, but no longer kept for others."""
    monkeypatch.setattr("autograder.orders.counter._MOST_KEPT_BYTES", 2_000)
    counter = desk().open(job())
    answers = [ask(counter, make_order(seed=seed), seed + 1) for seed in range(9)]
    assert {answer.message["status"] for answer in answers} == {"done"}
    assert 0 < len(kept(tmp_path / "own")) < 9


def test_an_optimizer_that_is_not_new_is_told(desk):
    """What its memory of gradients leads to is no training from the beginning."""
    order = make_order()
    lent = array_of(np.full((3, 8), 0.5, np.float32))
    order.plain["optimizer_state"][2] = lent.header.sha256
    order.arrays[lent.header.sha256] = lent
    counter = desk().open(job())
    ask(counter, order)
    ask(counter, make_order(), 2)
    assert [entry["initial_values"] for entry in counter.trainings] == ["Adam: an optimizer that is not new", ""]


def test_train_neither_asks_nor_fills_a_store(desk, tmp_path):
    """Everything is trained, for each notebook anew."""
    one, order = desk(), make_order()
    for mode in ("replay", "train", "train"):
        counter = one.open(job(mode))
        ask(counter, order)
        assert (counter.replayed, counter.unknown) == (0, 1)
    assert len(orders_of(one)) == 3
    assert len(kept(tmp_path / "own")) == 1
    assert kept(tmp_path / "reference") == []


def test_record_fills_the_reference_which_grading_only_reads(desk, tmp_path):
    """What a trusted notebook ordered is known to students; what students order never gets there."""
    one, order = desk(), make_order()
    ask(one.open(job("record")), order)
    ask(one.open(job("replay")), make_order(seed=1))
    assert len(kept(tmp_path / "reference")) == 1
    counter = one.open(job("replay"))
    ask(counter, order)
    assert counter.replayed == 1


def test_a_trainer_that_dies_is_replaced_and_the_order_made_once_more(desk):
    """No fault of the notebook's: it gets its answer."""
    dying = CannedTrainer(faults=[lambda _: []])
    one = desk([dying])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert dying.closed.is_set()
    assert len(one.made) == 2


def test_a_training_whose_process_was_killed_is_made_once_more(desk):
    """Its trainer lives on to say so, and nothing is known of the order: it is no failure of the notebook's."""
    died = CannedTrainer(faults=[lambda m: [{"type": "died", "number": m["number"], "detail": "signal 9"}]])
    one = desk([died])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert len(one.made) == 2


def test_an_order_whose_trainers_died_is_refused_and_tried_again_for_the_next(desk):
    """A shortage of the moment may have killed them: nobody else pays for it, and another order is trained as ever."""
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
    """Data of a stranger's reached it: it is replaced, and nothing that it said is kept."""
    one = desk([CannedTrainer(faults=[forge])])
    assert ask(one.open(job()), make_order()).message["status"] == "done"
    assert one.made[0].closed.is_set()


def test_what_a_trainer_cannot_build_is_refused_for_everybody(desk):
    """The notebook runs it itself then."""
    one = desk([CannedTrainer(faults=[lambda m: [{"type": "unbuildable", "number": m["number"], "detail": "no"}]])])
    for _ in range(2):
        answer = ask(one.open(job()), make_order())
        assert (answer.message["status"], answer.message["reason"]) == ("refused", "unbuildable")
    assert len(orders_of(one)) == 1


def test_a_network_with_too_many_parameters_is_not_trained(desk):
    """A limit is a limit: no trainer is even started."""
    one = desk(order_parameters=10)
    assert ask(one.open(job()), make_order()).message["reason"] == "limit"
    assert one.made == []


def test_so_many_seconds_of_training_and_no_more(desk):
    """What is left bounds the next training, and another notebook's are its own."""
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
    # The same order can't be quicker for somebody else with as many seconds.
    assert ask(one.open(job()), make_order()).message["reason"] == "limit"
    assert ask(one.open(job()), make_order(seed=1)).message["status"] == "done"
    assert len(orders_of(one)) == 2


def test_beyond_so_many_orders_a_fit_meets_the_limit_and_a_prediction_is_the_notebooks_own(desk):
    """An honest notebook may predict one example at a time; it goes on without us."""
    counter = desk(orders=1).open(job())
    assert ask(counter, make_order()).message["status"] == "done"
    assert ask(counter, make_order(), 2).message["reason"] == "limit"
    assert ask(counter, make_order("predict"), 3).message["reason"] == "failed"


def test_a_trainer_that_cannot_be_started_is_our_fault(tmp_path):
    """Nobody loses a point for it: whoever waits gets the exception, which makes no grade."""

    def start():
        raise EnvironmentFault("no room for a trainer")

    with Desk(limits(), OrderStore(tmp_path / "reference"), None, 1) as one:
        one.engage(start)
        with pytest.raises(EnvironmentFault, match="no room for a trainer"):
            ask(one.open(job()), make_order())


def test_a_damaged_answer_of_the_references_is_our_fault_and_one_of_the_classs_is_made_anew(desk, tmp_path):
    """A committed file that was changed is said; a file in the results folder is trained again and replaced."""
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
    with pytest.raises(EnvironmentFault, match="this known training can't be read"):
        one.open(job()).place(1, order.plain)


def test_without_a_folder_of_the_classs_the_command_still_trains_each_order_once(tmp_path):
    """In a container with one notebook nothing is kept, but evaluated twice is trained once."""
    trainer = CannedTrainer()
    with Desk(limits(), OrderStore(tmp_path / "reference"), None, 1) as one:
        one.engage(lambda: trainer)
        counter = one.open(job())
        ask(counter, make_order("evaluate"))
        ask(counter, make_order("evaluate"), 2)
    assert len(trainer.orders) == 1
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_wanted_is_taken(desk):
    """An array that nobody asked for, or one with other bytes than its digest, is no honest payload's."""
    counter = desk().open(job())
    order, other = make_order(), make_order(seed=1)
    pending = counter.place(1, order.plain)
    with pytest.raises(WireError, match="nobody had asked for"):
        pending.supply(other.plain["x"][0], "<f4", (20, 3))
    incoming = pending.supply(order.plain["x"][0], "<f4", (20, 3))
    incoming.write(bytes(240))
    with pytest.raises(WireError, match="not the one that was announced"):
        incoming.finish()


def test_a_digest_is_no_proof_of_having_the_data(desk):
    """An order that was never sent whole is not answered from what it names, unless its result is known."""
    one, order = desk(), make_order()
    pending = one.open(job()).place(1, order.plain)
    assert set(pending.wanted) == set(order.arrays)
    pending.start(lambda: None)
    assert pending.answer.message["status"] == "refused"


def test_closing_ends_what_is_under_way(tmp_path):
    """Whoever presses Ctrl-C does not wait for a training."""
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
    while not hanging.orders:
        time.sleep(0.01)
    began = time.monotonic()
    one.close()
    assert time.monotonic() - began < 5
    assert rung.wait(5)
    with pytest.raises(EnvironmentFault, match="the command ended"):
        _ = pending.answer
