"""The protocol state of an execution: honest and forged frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_desk import SmallDesk

from autograder.errors import WireError
from autograder.records import Cell, CellOutcome, Detail, Job, RunVerdict
from autograder.sandbox.conversation import (
    MAXIMUM_ELEMENTS,
    MAXIMUM_ELEMENTS_OF_A_VALUE,
    MAXIMUM_FIGURES,
    Conversation,
)
from autograder.sandbox.ending import Ending
from autograder.sandbox.order_frames import Ordering

HELLO = {"type": "hello", "versions": {"python": "3.11"}}


@pytest.fixture
def make_conversation():
    """A conversation about two cells, numbered 2 and 5, after the greeting."""

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
    """Greeting, cells in order, end: complete, with times measured by us and the payload's errors."""
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
    """Messages that the honest payload never sends, or not in this order, break the protocol, with a short reason."""
    conversation = make_conversation(messages=messages[:-1])
    with pytest.raises(WireError, match=reason) as caught:
        conversation.receive(messages[-1], 0.0)
    assert len(str(caught.value)) < 700


def test_only_watched_values_are_kept_and_the_last_counts(make_conversation):
    """Unknown names are dropped, a later value replaces an earlier one, an absent variable is removed."""
    conversation = make_conversation()
    conversation.receive(value("a"), 0.0)
    conversation.receive(value("b"), 0.0)
    conversation.receive(value(10, name="grade"), 0.0)
    conversation.receive({"type": "absent", "name": "never_there"}, 0.0)
    assert conversation.values == {"q01_answer": "b"}
    conversation.receive({"type": "absent", "name": "q01_answer"}, 0.0)
    assert conversation.values == {}


def test_figures_are_bounded(make_conversation):
    """A flood of figures keeps only the newest ones, up to the bound."""
    conversation = make_conversation()
    for number in range(MAXIMUM_FIGURES + 5):
        conversation.receive({"type": "figure", "cell": number, "lines": []}, 0.0)
    assert [figure["cell"] for figure in conversation.figures] == list(range(5, MAXIMUM_FIGURES + 5))


def test_versions_are_texts_of_bounded_size(make_conversation):
    """Whatever the versions contain, they are kept as short texts."""
    odd = {"python": "3.11", "numpy": 2, "x" * 10_000: "y" * 10_000} | {str(number): "1" for number in range(1000)}
    versions = make_conversation(messages=[{"type": "hello", "versions": odd}]).versions
    assert versions["python"] == "3.11"
    assert "numpy" not in versions
    assert len(str(versions)) < 10_000


def test_evidence_is_bounded(make_conversation):
    """Exceeding the byte limit ends the conversation, with or without complete frames."""
    conversation = make_conversation(evidence_bytes=1000)
    conversation.count_received(1000)
    assert conversation.ending is None
    conversation.count_received(1)
    assert conversation.ending.verdict is RunVerdict.LIMIT


def test_a_value_of_too_many_elements_is_not_sayable(make_conversation):
    """A too large value counts as unsupported, as in the payload; a later value of the same name is kept."""
    conversation = make_conversation(messages=(HELLO, cell(2, "started")))
    conversation.receive(value([[]] * (MAXIMUM_ELEMENTS_OF_A_VALUE - 1)), 1.0)
    assert len(conversation.values["q01_answer"]) == MAXIMUM_ELEMENTS_OF_A_VALUE - 1
    conversation.receive(value([[]] * MAXIMUM_ELEMENTS_OF_A_VALUE), 1.0)
    assert conversation.values == {
        "q01_answer": {"$unsupported": {"code": "unsupported.elements", "fields": {"count": 50_000}}}
    }
    conversation.receive(value("b"), 1.0)
    assert conversation.values == {"q01_answer": "b"}
    assert conversation.ending is None


@pytest.mark.parametrize("kind", ["value", "figure", "reported"])
def test_a_hoard_of_small_elements_ends_the_run(make_conversation, kind):
    """Elements are counted in messages of every kind, because three bytes of JSON may take sixty in memory."""
    conversation = make_conversation(messages=(HELLO, cell(2, "started")))
    hoard = [[]] * (MAXIMUM_ELEMENTS // 4)
    message = {"type": kind, "name": "q01_answer", "value": hoard, "description": {}, "summaries": {}, "result": {}}
    for _ in range(3):
        conversation.receive(message, 1.0)
    assert conversation.ending is None
    conversation.receive(message, 1.0)
    assert conversation.ending == Ending(RunVerdict.LIMIT, Detail.of("limit.evidence_elements", count=2_000_000))


@pytest.mark.parametrize(("verdict", "status"), [("TIMEOUT", "timeout"), ("CRASHED", "killed"), ("LIMIT", "killed")])
def test_cells_of_a_broken_run(make_conversation, verdict, status):
    """The running cell's outcome says how the run ended; later cells have not run."""
    conversation = make_conversation()
    conversation.receive(cell(2, "started"), 1.0)
    why = Detail.of("time.notebook", seconds=5.0)
    assert conversation.outcomes(Ending(RunVerdict(verdict), why), 3.0) == (
        CellOutcome(2, status, 2.0, detail=why),
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
KINDS = ["hello", "cell", "value", "absent", "order", "array", "reported", "loop", "figure", "done", "job", ""]
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
    """For any messages in any order, only WireError is raised, and every cell of the job has one outcome."""
    job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(2, "a"), Cell(5, "b")))
    ordering = Ordering(SmallDesk().open(job), 1000, lambda: None)
    conversation = Conversation(job, frozenset({"q01_answer"}), 1000, ordering)
    ending = Ending(RunVerdict.CRASHED)
    try:
        for message in messages:
            conversation.receive(message, 1.0)
    except WireError as error:
        ending = Ending(RunVerdict.CRASHED, str(error))
    ordering.close()
    assert [outcome.index for outcome in conversation.outcomes(ending, 2.0)] == [2, 5]
    assert set(conversation.values) <= {"q01_answer"}
    if conversation.ending == Ending(RunVerdict.COMPLETE):
        assert {"ok", "error", "timeout"} >= {outcome.status for outcome in conversation.outcomes(ending, 2.0)}


def test_what_a_cell_says_of_itself_is_admitted_in_part(make_conversation):
    """Remarks need a known code with its fields, names are text, and only an earlier cell can be lacking."""
    remark = {"code": "environment.magic", "fields": {"magic": "%x\x1b[2J"}}
    conversation = make_conversation()
    for message in (
        cell(2, "started"),
        cell(
            2, "error", remarks=[remark, {"code": "limit.memory", "fields": {}}, 3] * 30, unassigned=["a", 1, "b" * 99]
        ),
        cell(5, "started"),
        cell(5, "error", remarks="x", unassigned={"a": 1}, lacks_cell=2),
    ):
        conversation.receive(message, 0.0)
    first, second = conversation.outcomes(Ending(RunVerdict.COMPLETE), 0.0)
    assert first.remarks == (Detail.of("environment.magic", magic="%x�[2J"),) * 7
    assert first.unassigned == ("a", "b" * 59 + "…")
    assert (first.lacks_cell, second.lacks_cell) == (None, 2)
    assert (second.remarks, second.unassigned) == ((), ())


@pytest.mark.parametrize("lacking", [5, 3, True, "2", -1])
def test_a_cell_lacks_no_cell_that_has_not_ended(make_conversation, lacking):
    """A number that is no earlier cell's is dropped; it informs and proves nothing."""
    conversation = make_conversation()
    for message in (cell(2, "started"), cell(2, "ok"), cell(5, "started"), cell(5, "error", lacks_cell=lacking)):
        conversation.receive(message, 0.0)
    assert conversation.outcomes(Ending(RunVerdict.COMPLETE), 0.0)[1].lacks_cell is None
