"""Frames, honest and forged, and what a conversation makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import WireError
from autograder.evidence.journal import MAXIMUM_EVALUATIONS as ADMITTED
from autograder.records import Cell, CellOutcome, Job, RunVerdict
from autograder.sandbox.conversation import (
    MAXIMUM_ANSWER_BYTES,
    MAXIMUM_ELEMENTS,
    MAXIMUM_ELEMENTS_OF_A_VALUE,
    MAXIMUM_EVALUATIONS,
    MAXIMUM_FIGURES,
    MAXIMUM_JOURNAL,
    MAXIMUM_QUESTIONS,
    Conversation,
    Ending,
)

HELLO = {"type": "hello", "versions": {"python": "3.11"}}
FINGERPRINT = "0123456789abcdef" * 4


class Store(dict):
    """Known trainings."""

    def put(self, fingerprint, result):
        """See `KnownTrainings`."""
        self[fingerprint] = result


@pytest.fixture
def known():
    """An empty store."""
    return Store()


@pytest.fixture
def make_conversation(known):
    """Make a conversation about two cells, numbered 2 and 5, that has been greeted."""

    def make(mode="replay", evidence_bytes=1000, messages=(HELLO,)):
        job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(2, "a"), Cell(5, "b")), mode=mode)
        conversation = Conversation(job, frozenset({"q01_answer"}), evidence_bytes, known)
        for message in messages:
            conversation.receive(message, 0.0)
        return conversation

    return make


def cell(index, status, **fields):
    """A frame about a cell."""
    return {"type": "cell", "index": index, "status": status, **fields}


def value(given, name="q01_answer"):
    """A frame with a value."""
    return {"type": "value", "name": name, "cell": 2, "value": given}


def test_honest_conversation_is_complete(make_conversation):
    """Greeting, cells in order, end: complete, with our own times and the payload's errors."""
    conversation = make_conversation()
    for message, now in [
        (cell(2, "started"), 1.0),
        (cell(2, "error", error="NameError: x", seconds=-1e300), 3.5),
        (cell(5, "started"), 4.0),
        (cell(5, "ok"), 4.25),
        ({"type": "done"}, 5.0),
    ]:
        conversation.receive(message, now)
    assert conversation.ending == Ending(RunVerdict.COMPLETE)
    assert conversation.outcomes(conversation.ending, 5.0) == (
        CellOutcome(2, "error", 2.5, "NameError: x"),
        CellOutcome(5, "ok", 0.25, ""),
    )
    assert conversation.versions == {"python": "3.11"}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        pytest.param([cell(2, "started")], "before the greeting", id="no-greeting"),
        pytest.param([{"type": "hello", "versions": []}], "without versions", id="greeting-without-versions"),
        pytest.param([HELLO, HELLO], "twice", id="two-greetings"),
        pytest.param([HELLO, cell(5, "started")], "out of turn", id="second-cell-first"),
        pytest.param([HELLO, cell(3, "started")], "out of turn", id="unknown-cell"),
        pytest.param([HELLO, cell("2", "started")], "out of turn", id="number-as-text"),
        pytest.param([HELLO, cell(2, "started"), cell(2, "started")], "out of turn", id="started-twice"),
        pytest.param([HELLO, cell(2, "started"), cell(5, "started")], "out of turn", id="two-at-once"),
        pytest.param([HELLO, cell(2, "ok")], "not running", id="ended-without-start"),
        pytest.param([HELLO, cell(2, "started"), cell(5, "ok")], "not running", id="other-ended"),
        pytest.param([HELLO, cell(2, "started"), cell(2, "not run")], "not running", id="no-such-status"),
        pytest.param([HELLO, cell(2, "started"), cell(2, "ok"), cell(2, "started")], "out of turn", id="again"),
        pytest.param([HELLO, cell(2, ["ok"])], "without the text 'status'", id="status-is-no-text"),
        pytest.param([HELLO, {"type": "done"}], "before the last cell", id="early-end"),
        pytest.param([HELLO, cell(2, "started"), {"type": "done"}], "before the last cell", id="end-in-a-cell"),
        pytest.param([HELLO, {"type": "value", "name": "q01_answer"}], "without 'value'", id="value-without-value"),
        pytest.param([HELLO, {"type": "value", "name": 1, "value": 1}], "without the text 'name'", id="odd-name"),
        pytest.param([HELLO, {"type": "ask", "fingerprint": "../../key"}], "hexadecimal", id="path-as-fingerprint"),
        pytest.param([HELLO, {"type": "ask", "fingerprint": FINGERPRINT + "\n"}], "hexadecimal", id="line-end"),
        pytest.param([HELLO, {"type": "ask"}], "without the text 'fingerprint'", id="no-fingerprint"),
        pytest.param([HELLO, {"type": "grade" * 1000}], "no such message", id="unknown-message"),
    ],
)
def test_forged_frames_are_refused(make_conversation, messages, reason):
    """What the honest payload never sends, or not in this order, breaks the protocol, in one short line."""
    conversation = make_conversation(messages=messages[:-1])
    with pytest.raises(WireError, match=reason) as caught:
        conversation.receive(messages[-1], 0.0)
    assert len(str(caught.value)) < 700


def test_only_watched_values_are_kept_and_the_last_counts(make_conversation):
    """Other names are dropped, a later value replaces an earlier one, an absent one is gone."""
    conversation = make_conversation()
    conversation.receive(value("a"), 0.0)
    conversation.receive(value("b"), 0.0)
    conversation.receive(value(10, name="grade"), 0.0)
    conversation.receive({"type": "absent", "name": "never_there"}, 0.0)
    assert conversation.values == {"q01_answer": "b"}
    conversation.receive({"type": "absent", "name": "q01_answer"}, 0.0)
    assert conversation.values == {}


def test_journal_is_bounded(make_conversation):
    """A flood of journal entries leaves the newest of them, and no more than the bound."""
    conversation = make_conversation()
    for number in range(MAXIMUM_JOURNAL + 5):
        conversation.receive({"type": "training", "number": number}, 0.0)
        conversation.receive({"type": "figure", "cell": number, "lines": []}, 0.0)
    assert [entry["number"] for entry in conversation.trainings] == list(range(5, MAXIMUM_JOURNAL + 5))
    assert len(conversation.figures) == MAXIMUM_FIGURES
    assert conversation.trainings[0] == {"number": 5}


def test_predictions_push_no_evaluation_out(make_conversation):
    """A prediction an example leaves all evaluations, and no flood of either leaves more than evidence admits."""
    conversation = make_conversation()
    evaluations = [{"number": number, "results": {"loss": 0.5}} for number in range(0, 80, 10)]
    predictions = [{"number": number, "results": {}} for number in range(1, 3000) if number % 10 or number > 80]
    everything = sorted(evaluations + predictions, key=lambda entry: entry["number"])
    for entry in everything:
        conversation.receive({"type": "evaluation", **entry}, 0.0)
    assert conversation.evaluations == evaluations + predictions[-MAXIMUM_EVALUATIONS:]
    for number in range(3000, 3000 + ADMITTED):
        conversation.receive({"type": "evaluation", "number": number, "results": {"loss": 0.5}}, 0.0)
    conversation.receive({"type": "evaluation", **predictions[0]}, 0.0)
    assert len(conversation.evaluations) == ADMITTED
    assert conversation.evaluations[-2]["number"] == 3000 + ADMITTED - 1
    assert conversation.evaluations[-1] == predictions[0]


def test_versions_are_texts_of_bounded_size(make_conversation):
    """Whatever stands for a version, short texts come out."""
    odd = {"python": "3.11", "numpy": 2, "x" * 10_000: "y" * 10_000} | {str(number): "1" for number in range(1000)}
    versions = make_conversation(messages=[{"type": "hello", "versions": odd}]).versions
    assert versions["python"] == "3.11"
    assert "numpy" not in versions
    assert len(str(versions)) < 10_000


def test_known_training_is_answered(make_conversation, known):
    """A question is answered from the store, and counted as known or unknown."""
    known[FINGERPRINT] = {"loss": 1}
    conversation = make_conversation()
    asked = {"type": "ask", "fingerprint": FINGERPRINT}
    answer = {"type": "answer", "fingerprint": FINGERPRINT, "known": True, "result": {"loss": 1}}
    assert conversation.receive(asked, 0.0) == answer
    unknown = conversation.receive({"type": "ask", "fingerprint": "00" * 32}, 0.0)
    assert (unknown["known"], unknown["result"]) == (False, None)
    assert (conversation.replayed, conversation.unknown) == (1, 1)


def test_nothing_is_known_to_a_run_that_must_train(make_conversation, known):
    """In mode train the store is not asked, whatever the payload asks."""
    known[FINGERPRINT] = {"loss": 1}
    answer = make_conversation(mode="train").receive({"type": "ask", "fingerprint": FINGERPRINT}, 0.0)
    assert answer["known"] is False


def test_questions_are_bounded(make_conversation, known):
    """Beyond the bound everything is unknown, for the store is not asked: the notebook goes on and trains itself."""
    known[FINGERPRINT] = {"loss": 1}
    conversation = make_conversation()
    asked = {"type": "ask", "fingerprint": FINGERPRINT}
    answers = [conversation.receive(asked, 0.0) for _ in range(MAXIMUM_QUESTIONS + 2)]
    assert [answer["known"] for answer in answers] == [True] * MAXIMUM_QUESTIONS + [False] * 2
    assert (answers[-1]["fingerprint"], answers[-1]["result"]) == (FINGERPRINT, None)
    assert (conversation.replayed, conversation.unknown) == (MAXIMUM_QUESTIONS, 2)
    assert conversation.ending is None


@pytest.mark.parametrize(("mode", "kept"), [("replay", {}), ("train", {}), ("record", {FINGERPRINT: 7})])
def test_only_trusted_runs_write_to_the_store(make_conversation, known, mode, kept):
    """A record frame changes the store in mode record alone."""
    conversation = make_conversation(mode=mode)
    conversation.receive({"type": "record", "fingerprint": FINGERPRINT, "result": 7}, 0.0)
    assert known == kept


def test_evidence_is_bounded(make_conversation):
    """More bytes than allowed end the conversation, complete frames or not."""
    conversation = make_conversation(evidence_bytes=1000)
    conversation.hear(1000)
    assert conversation.ending is None
    conversation.hear(1)
    assert conversation.ending.verdict is RunVerdict.LIMIT


def test_answers_are_bounded(make_conversation, known):
    """Whoever has the same large training told again and again is told no more of it, and goes on unharmed."""
    known[FINGERPRINT] = {"loss": 1}
    conversation = make_conversation()
    asked = {"type": "ask", "fingerprint": FINGERPRINT}
    conversation.answered(MAXIMUM_ANSWER_BYTES - 1)
    assert conversation.receive(asked, 0.0)["known"]
    conversation.answered(1)
    assert not conversation.receive(asked, 0.0)["known"]
    assert conversation.ending is None


def test_a_value_of_too_many_elements_is_not_sayable(make_conversation):
    """It is malformed, as one that the payload itself refuses; the next one counts again."""
    conversation = make_conversation(messages=(HELLO, cell(2, "started")))
    conversation.receive(value([[]] * (MAXIMUM_ELEMENTS_OF_A_VALUE - 1)), 1.0)
    assert len(conversation.values["q01_answer"]) == MAXIMUM_ELEMENTS_OF_A_VALUE - 1
    conversation.receive(value([[]] * MAXIMUM_ELEMENTS_OF_A_VALUE), 1.0)
    assert conversation.values == {"q01_answer": {"$unsupported": "more than 50,000 elements"}}
    conversation.receive(value("b"), 1.0)
    assert conversation.values == {"q01_answer": "b"}
    assert conversation.ending is None


@pytest.mark.parametrize("kind", ["value", "training", "evaluation", "figure"])
def test_a_hoard_of_small_elements_ends_the_run(make_conversation, kind):
    """What takes three bytes to say and sixty to keep is counted by its number, whatever it is called."""
    conversation = make_conversation(messages=(HELLO, cell(2, "started")))
    message = {"type": kind, "name": "q01_answer", "value": [[]] * (MAXIMUM_ELEMENTS // 4)}
    for _ in range(3):
        conversation.receive(message, 1.0)
    assert conversation.ending is None
    conversation.receive(message, 1.0)
    assert conversation.ending == Ending(RunVerdict.LIMIT, "more than 2,000,000 elements of evidence")


@pytest.mark.parametrize(("verdict", "status"), [("TIMEOUT", "timeout"), ("CRASHED", "killed"), ("LIMIT", "killed")])
def test_cells_of_a_broken_run(make_conversation, verdict, status):
    """The cell that ran says how it ended, those after it that they did not run."""
    conversation = make_conversation()
    conversation.receive(cell(2, "started"), 1.0)
    assert conversation.outcomes(Ending(RunVerdict(verdict), "why"), 3.0) == (
        CellOutcome(2, status, 2.0, "why"),
        CellOutcome(5, "not run"),
    )


def training(**fields):
    """A frame about a training."""
    return {"type": "training", "number": 1, **fields}


def test_a_replay_that_the_store_did_not_answer_is_forged(make_conversation, known):
    """Each answer of the store is good for one training or evaluation that calls itself replayed, and no more."""
    known[FINGERPRINT] = {"history": {}}
    conversation = make_conversation()
    conversation.receive(training(replayed=False), 0.0)
    with pytest.raises(WireError, match="replayed that the store did not know"):
        conversation.receive(training(replayed=True), 0.0)
    for fingerprint in (FINGERPRINT, "0" * 64):
        conversation.receive({"type": "ask", "fingerprint": fingerprint}, 0.0)
    conversation.receive({"type": "evaluation", "replayed": True}, 0.0)
    with pytest.raises(WireError, match="replayed"):
        conversation.receive(training(replayed=True), 0.0)
    assert len(conversation.trainings) == 1


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 6)
    | st.floats()
    | st.sampled_from(["started", "ok", "ab" * 32, "../x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["index", "name"]), inner, max_size=2),
    max_leaves=4,
)
KINDS = ["hello", "cell", "value", "absent", "training", "evaluation", "figure", "record", "ask", "done", "job", ""]
FIELDS = [
    "versions",
    "index",
    "status",
    "seconds",
    "error",
    "name",
    "cell",
    "value",
    "fingerprint",
    "result",
    "replayed",
]
MESSAGES = st.lists(
    st.builds(
        lambda kind, fields: {**fields, "type": kind},
        st.sampled_from(KINDS),
        st.dictionaries(st.sampled_from(FIELDS), ANY_JSON),
    ),
    max_size=8,
)


@given(messages=MESSAGES)
def test_whatever_is_said_ends_in_a_state_or_a_wire_error(messages):
    """Any messages in any order: nothing else is raised, nothing written, and each cell of the job has one outcome."""
    store = Store({"ab" * 32: {"history": {}}})
    job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(2, "a"), Cell(5, "b")))
    conversation = Conversation(job, frozenset({"q01_answer"}), 1000, store)
    ending = Ending(RunVerdict.CRASHED)
    try:
        for message in messages:
            conversation.receive(message, 1.0)
    except WireError as error:
        ending = Ending(RunVerdict.CRASHED, str(error))
    assert set(store) == {"ab" * 32}
    assert [outcome.index for outcome in conversation.outcomes(ending, 2.0)] == [2, 5]
    assert set(conversation.values) <= {"q01_answer"}
    if conversation.ending == Ending(RunVerdict.COMPLETE):
        assert {"ok", "error", "timeout"} >= {outcome.status for outcome in conversation.outcomes(ending, 2.0)}
