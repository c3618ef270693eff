"""Frames, honest and forged, and what a conversation makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_desk import SmallDesk

from autograder.errors import WireError
from autograder.records import Cell, CellOutcome, Job, RunVerdict
from autograder.sandbox.conversation import (
    MAXIMUM_ELEMENTS,
    MAXIMUM_ELEMENTS_OF_A_VALUE,
    MAXIMUM_FIGURES,
    Conversation,
)
from autograder.sandbox.ending import Ending
from autograder.sandbox.ordering import Ordering

HELLO = {"type": "hello", "versions": {"python": "3.11"}}


@pytest.fixture
def make_conversation():
    """Make a conversation about two cells, numbered 2 and 5, that has been greeted."""

    def make(evidence_bytes=1000, messages=(HELLO,)):
        job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(2, "a"), Cell(5, "b")))
        ordering = Ordering(SmallDesk().open(job), 1000, lambda: None)
        conversation = Conversation(job, frozenset({"q01_answer"}), evidence_bytes, ordering)
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
        pytest.param([HELLO, {"type": "training", "number": 1}], "no such message", id="journal-of-its-own"),
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


def test_figures_are_bounded(make_conversation):
    """A flood of figures leaves the newest of them, and no more than the bound."""
    conversation = make_conversation()
    for number in range(MAXIMUM_FIGURES + 5):
        conversation.receive({"type": "figure", "cell": number, "lines": []}, 0.0)
    assert [figure["cell"] for figure in conversation.figures] == list(range(5, MAXIMUM_FIGURES + 5))


def test_versions_are_texts_of_bounded_size(make_conversation):
    """Whatever stands for a version, short texts come out."""
    odd = {"python": "3.11", "numpy": 2, "x" * 10_000: "y" * 10_000} | {str(number): "1" for number in range(1000)}
    versions = make_conversation(messages=[{"type": "hello", "versions": odd}]).versions
    assert versions["python"] == "3.11"
    assert "numpy" not in versions
    assert len(str(versions)) < 10_000


def test_evidence_is_bounded(make_conversation):
    """More bytes than allowed end the conversation, complete frames or not."""
    conversation = make_conversation(evidence_bytes=1000)
    conversation.hear(1000)
    assert conversation.ending is None
    conversation.hear(1)
    assert conversation.ending.verdict is RunVerdict.LIMIT


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


@pytest.mark.parametrize("kind", ["value", "figure", "claim"])
def test_a_hoard_of_small_elements_ends_the_run(make_conversation, kind):
    """What takes three bytes to say and sixty to keep is counted by its number, whatever it is called."""
    conversation = make_conversation(messages=(HELLO, cell(2, "started")))
    hoard = [[]] * (MAXIMUM_ELEMENTS // 4)
    message = {"type": kind, "name": "q01_answer", "value": hoard, "description": {}, "summaries": {}, "result": {}}
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


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 6)
    | st.floats()
    | st.sampled_from(["started", "ok", "ab" * 32, "<f4", "apply_gradients"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["index", "name"]), inner, max_size=2),
    max_leaves=4,
)
KINDS = ["hello", "cell", "value", "absent", "order", "array", "claim", "loop", "figure", "done", "job", ""]
FIELDS = [
    "versions", "index", "status", "seconds", "error", "name", "cell", "value", "number", "description", "arrays",
    "sha256", "dtype", "shape", "summaries", "result", "kind", "steps",
]  # fmt: skip
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
    """Any messages in any order: nothing else is raised, and each cell of the job has one outcome."""
    job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(2, "a"), Cell(5, "b")))
    ordering = Ordering(SmallDesk().open(job), 1000, lambda: None)
    conversation = Conversation(job, frozenset({"q01_answer"}), 1000, ordering)
    ending = Ending(RunVerdict.CRASHED)
    try:
        for message in messages:
            conversation.receive(message, 1.0)
    except WireError as error:
        ending = Ending(RunVerdict.CRASHED, str(error))
    ordering.hang_up()
    assert [outcome.index for outcome in conversation.outcomes(ending, 2.0)] == [2, 5]
    assert set(conversation.values) <= {"q01_answer"}
    if conversation.ending == Ending(RunVerdict.COMPLETE):
        assert {"ok", "error", "timeout"} >= {outcome.status for outcome in conversation.outcomes(ending, 2.0)}
