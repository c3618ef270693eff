"""The order protocol: honest and forged orders, arrays, reported calls and loops."""

import json
import struct

import pytest
from small_desk import SmallDesk, digest_of

from autograder.errors import WireError
from autograder.records import Cell, Job, RunVerdict
from autograder.sandbox.conversation import Conversation
from autograder.sandbox.order_frames import Ordering
from autograder.wire import Decoder

HELLO = {"type": "hello", "versions": {}}
CONTENT = bytes(range(200))
SHA = digest_of("|u1", [200], CONTENT)
OTHER = digest_of("|u1", [3], b"abc")
ARRAY = {"type": "array", "sha256": SHA, "dtype": "|u1", "shape": [200]}


def order(number=1, *arrays, **description):
    """An order that needs these arrays."""
    return {"type": "order", "number": number, "description": {"arrays": list(arrays), **description}}


@pytest.fixture
def woken():
    """Counts how often the desk woke the supervisor."""
    return []


@pytest.fixture
def ordering(woken):
    """An ordering with a limit of 1000 bytes of arrays."""
    job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, "a"),))
    ordering = Ordering(SmallDesk().open(job), 1000, lambda: woken.append(True))
    yield ordering
    ordering.close()


@pytest.fixture
def conversation(ordering):
    """A conversation after the greeting, with a small limit of evidence."""
    job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, "a"),))
    conversation = Conversation(job, frozenset(), 500, ordering)
    conversation.receive(HELLO, 0.0)
    return conversation


def answer_of(ordering):
    """Return the frames of an answer, decoded."""
    return Decoder().feed(b"".join(ordering.take_answer()))


def test_order_that_lacks_an_array_asks_for_it_and_starts_when_it_is_whole(conversation, ordering, woken):
    """Request, array, answer: the desk gets the order only when it is complete."""
    assert conversation.receive(order(1, SHA), 0.0) == {"type": "wanted", "number": 1, "arrays": [SHA]}
    conversation.receive(ARRAY, 0.0)
    conversation.receive(CONTENT[:150], 0.0)
    assert (ordering.pending, ordering.waiting, woken) == (True, False, [])
    conversation.receive(CONTENT[150:], 0.0)
    assert woken == [True]
    assert [told["type"] for told in answer_of(ordering)] == ["answer"]
    assert not ordering.pending


def test_array_that_is_there_is_not_asked_for(conversation, ordering):
    """The second order with the same content is answered without a request, and a third may follow."""
    conversation.receive(order(1, SHA), 0.0)
    conversation.receive(ARRAY, 0.0)
    conversation.receive(CONTENT, 0.0)
    for number in (2, 3):
        answer_of(ordering)
        assert conversation.receive(order(number, SHA), 0.0) is None
    assert answer_of(ordering)[0]["number"] == 3


def test_empty_array_is_whole_when_it_is_announced(conversation, ordering, woken):
    """An array without elements has no chunks."""
    empty = digest_of("<f4", [0, 3], b"")
    conversation.receive(order(1, empty), 0.0)
    conversation.receive({"type": "array", "sha256": empty, "dtype": "<f4", "shape": [0, 3]}, 0.0)
    assert woken == [True]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        pytest.param([ARRAY], "not requested", id="unasked-array"),
        pytest.param([order(1), ARRAY], "not requested", id="unasked-array-of-an-order"),
        pytest.param([CONTENT], "without its announcement", id="unannounced-piece"),
        pytest.param([order(1, SHA), CONTENT], "without its announcement", id="wanted-and-unannounced"),
        pytest.param([order(1, OTHER, SHA), ARRAY], "not the next one", id="wrong-array-first"),
        pytest.param([order(1, SHA, OTHER), ARRAY, ARRAY], "not requested", id="announced-twice"),
        pytest.param([order(1, SHA), ARRAY, CONTENT + b"x"], "longer", id="too-long"),
        pytest.param([order(1, SHA), ARRAY, CONTENT[::-1]], "not the one", id="wrong-digest"),
        pytest.param([order(1, SHA), {**ARRAY, "dtype": "|i1"}, CONTENT], "not the one", id="wrong-type"),
        pytest.param([order(1, SHA), {**ARRAY, "shape": [2, 100]}, CONTENT], "not the one", id="wrong-shape"),
        pytest.param([order(1, SHA), {**ARRAY, "shape": [-200]}], "extents", id="negative-extent"),
        pytest.param([order(1, SHA), {**ARRAY, "shape": [True]}], "extents", id="truth-value-as-extent"),
        pytest.param([order(1, SHA), {**ARRAY, "shape": [1] * 33}], "extents", id="too-many-dimensions"),
        pytest.param([order(1, SHA), {**ARRAY, "dtype": "|O"}], "no type", id="objects"),
        pytest.param([order(1, SHA), {**ARRAY, "dtype": ">f4"}], "no type", id="foreign-order-of-bytes"),
        pytest.param([order(1, SHA), {**ARRAY, "name": "x"}], "alone", id="more-fields"),
        pytest.param([order(1, SHA), order(2)], "before the answer", id="second-order-while-arrays-are-due"),
        pytest.param([order(1, seconds=60), order(2)], "before the answer", id="second-order-while-one-waits"),
        pytest.param([order(1, seconds=60), ARRAY], "not requested", id="array-while-one-waits"),
        pytest.param([order(1, SHA), {"type": "done"}], "before the answer", id="end-while-one-waits"),
        pytest.param([order(2)], "out of turn", id="number-jumps"),
        pytest.param([order(0)], "out of turn", id="number-zero"),
        pytest.param([order(number=True)], "whole number", id="truth-value-as-number"),
        pytest.param([order("1")], "whole number", id="text-as-number"),
        pytest.param([{"type": "order", "number": 1}], "description", id="no-description"),
        pytest.param([order(1, broken=True)], "no such order", id="refused-by-the-desk"),
        pytest.param([{"type": "reported", "description": {}, "summaries": {}}], "result", id="report-without-result"),
        pytest.param(
            [{"type": "reported", "description": [], "summaries": {}, "result": {}}], "desc", id="report-of-a-list"
        ),
        pytest.param([{"type": "loop", "kind": "fit", "steps": 1}], "no such loop", id="no-such-loop"),
        pytest.param([{"type": "loop", "kind": "apply_gradients", "steps": 0}], "no such loop", id="no-steps"),
        pytest.param([{"type": "loop", "kind": "apply_gradients", "steps": 1}] * 2, "twice", id="loop-twice"),
    ],
)
def test_what_the_honest_payload_never_sends_is_refused(conversation, messages, reason):
    """All messages but the last are accepted, and the last one breaks the protocol."""
    for message in messages[:-1]:
        conversation.receive(message, 0.0)
    with pytest.raises(WireError, match=reason):
        conversation.receive(messages[-1], 0.0)


def test_arrays_beyond_the_limit_are_read_dropped_and_refused(conversation, ordering, woken):
    """An order whose arrays exceed the limit is refused once they have arrived; smaller orders are still answered."""
    large = digest_of("|u1", [2000], bytes(2000))
    conversation.receive(order(1, large, SHA), 0.0)
    conversation.receive({"type": "array", "sha256": large, "dtype": "|u1", "shape": [2000]}, 0.0)
    conversation.receive(bytes(2000), 0.0)
    conversation.receive(ARRAY, 0.0)
    conversation.receive(CONTENT, 0.0)
    assert woken == []
    assert answer_of(ordering) == [{"type": "answer", "number": 1, "status": "refused", "reason": "limit"}]
    conversation.receive(order(2, SHA), 0.0)
    conversation.receive(ARRAY, 0.0)
    conversation.receive(CONTENT, 0.0)
    assert answer_of(ordering)[0]["status"] == "done"


def test_bytes_of_arrays_are_no_evidence_and_everything_else_is(conversation):
    """The evidence limit counts JSON only, exactly to the byte, before and after arrays."""
    description = {"arrays": [SHA], "text": "x" * 100}
    size = len(json.dumps(description))
    conversation.count_received(size)
    conversation.receive({"type": "order", "number": 1, "description": description}, 0.0)
    conversation.count_received(len(CONTENT) + 4)
    conversation.receive(ARRAY, 0.0)
    conversation.receive(CONTENT, 0.0)
    conversation.count_received(500 - size)
    assert conversation.ending is None
    conversation.count_received(1)
    assert conversation.ending.verdict is RunVerdict.LIMIT


def test_dead_notebook_orders_nothing(conversation, ordering, woken):
    """What a dead notebook left in the pipe starts no training and breaks no protocol."""
    conversation.receive(order(1, SHA), 0.0)
    conversation.receive(ARRAY, 0.0)
    ordering.close()
    for message in (CONTENT, ARRAY, CONTENT, order(2)):
        assert conversation.receive(message, 0.0) is None
    assert (woken, ordering.pending, ordering._counter._desk.abandoned) == ([], False, 1)


def test_pieces_are_sent_as_they_were_framed(conversation, ordering):
    """An answer consists of announcement, chunks and message, in this order."""
    ordering._counter._desk.arrays = [(SHA, "|u1", (200,), CONTENT)]
    conversation.receive(order(1), 0.0)
    frames = b"".join(ordering.take_answer())
    assert struct.pack(">I", 1 << 31 | 200) + CONTENT in frames
    assert [told if isinstance(told, bytes) else told["type"] for told in Decoder().feed(frames)] == [
        "array",
        CONTENT,
        "answer",
    ]
