"""The frames and the JSON parser for a sandbox's output."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import WireError
from autograder.wire import (
    MAXIMUM_CHUNK_BYTES,
    MAXIMUM_DEPTH,
    MAXIMUM_FRAME_BYTES,
    ArrayHeader,
    Decoder,
    encode,
    encode_array,
    parse_json,
)

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(plain, st.integers(1, 7))
def test_frames_survive_any_cut(value, chunk):
    """A message arrives complete, however its bytes are split."""
    data = encode({"type": "value", "value": value}) * 2
    decoder = Decoder()
    received = [
        message for start in range(0, len(data), chunk) for message in decoder.feed(data[start : start + chunk])
    ]
    assert received == [{"type": "value", "value": value}] * 2


@given(st.binary(max_size=50), st.integers(1, 7))
def test_arrays_survive_any_cut(content, chunk):
    """Messages and array chunks arrive in the order in which they were sent, however their bytes are split."""
    header = ArrayHeader("0" * 64, "|u1", (len(content),))
    data = b"".join([*encode_array(header, content), encode({"type": "done"})])
    decoder = Decoder()
    received = [frame for start in range(0, len(data), chunk) for frame in decoder.feed(data[start : start + chunk])]
    assert received == [header.message, *([content] if content else []), {"type": "done"}]
    assert ArrayHeader.parse(received[0]) == header


def test_a_large_array_is_cut_into_pieces_without_a_copy():
    """No chunk exceeds the limit, and each is a view of the given bytes."""
    content = bytearray(2 * MAXIMUM_CHUNK_BYTES + 8)
    pieces = list(encode_array(ArrayHeader("0" * 64, "<f8", (len(content) // 8,)), memoryview(content)))
    views = [piece for piece in pieces if isinstance(piece, memoryview)]
    assert [view.nbytes for view in views] == [MAXIMUM_CHUNK_BYTES, MAXIMUM_CHUNK_BYTES, 8]
    content[0] = 7
    assert views[0][0] == 7


def test_an_array_of_another_size_than_announced_is_not_sent():
    """Our own side sends what it announces."""
    with pytest.raises(ValueError, match="5 bytes were given for an array of 4"):
        list(encode_array(ArrayHeader("0" * 64, "<f4", (1,)), b"12345"))


def test_a_piece_too_large_or_empty_is_refused_before_its_bytes_come():
    """A chunk of an array has a smaller limit than a message, and is never empty."""
    for length in (0, MAXIMUM_CHUNK_BYTES + 1):
        with pytest.raises(WireError, match=r"announced|empty"):
            Decoder().feed(struct.pack(">I", 1 << 31 | length))


def test_an_empty_array_has_extents_that_an_array_can_have():
    """An extent of 0 makes an array empty, but NumPy multiplies the others: a trainer would die of it."""
    empty = {"type": "array", "sha256": "0" * 64, "dtype": "<f4"}
    assert ArrayHeader.parse({**empty, "shape": [0, 2**40]}).size_bytes == 0
    with pytest.raises(WireError, match="extents"):
        ArrayHeader.parse({**empty, "shape": [0, 2**40, 2**40]})


def test_what_came_before_a_fault_is_not_lost():
    """If the same bytes contain a good and a broken frame, the good one is returned first."""
    decoder = Decoder()
    decoder.push(encode({"type": "value"}) + struct.pack(">I", 2) + b"[]")
    assert decoder.pop() == {"type": "value"}
    with pytest.raises(WireError):
        decoder.pop()


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_end_in_messages_or_a_wire_error(data):
    """Only WireError is raised for any bytes, and every message has a type."""
    decoder = Decoder()
    try:
        messages = decoder.feed(data)
    except WireError:
        return
    assert all(isinstance(message, bytes) or isinstance(message["type"], str) for message in messages)


def test_a_frame_announced_too_large_is_refused_before_its_bytes_come():
    """The length alone suffices: nothing is allocated for it."""
    with pytest.raises(WireError, match="announced"):
        Decoder().feed(struct.pack(">I", MAXIMUM_FRAME_BYTES + 1))


def test_a_message_too_large_is_not_sent():
    """Our own side respects the limit too."""
    with pytest.raises(WireError, match="exceeds"):
        encode({"type": "x", "text": "a" * MAXIMUM_FRAME_BYTES})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("NaN", id="nan"),
        pytest.param("[Infinity]", id="infinity"),
        pytest.param("1e999", id="overflowing literal"),
        pytest.param('{"a": -1e999}', id="overflowing literal, nested"),
        pytest.param('{"a": 1, "a": 2}', id="a key twice"),
        pytest.param("[" * (MAXIMUM_DEPTH + 1) + "]" * (MAXIMUM_DEPTH + 1), id="one too deep"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="very deep"),
        pytest.param("1" * 5000, id="a very long integer"),
        pytest.param("{", id="truncated"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param('["\\ud800"]', id="half a surrogate pair"),
        pytest.param('{"\\udc00": 1}', id="half a surrogate pair as a key"),
    ],
)
def test_json_that_lies_is_refused(text):
    """Duplicate keys and values outside of JSON are refused."""
    with pytest.raises(WireError):
        parse_json(text)


def test_json_as_deep_as_allowed_is_read():
    """The limit is exact."""
    text = "[" * MAXIMUM_DEPTH + "]" * MAXIMUM_DEPTH
    assert parse_json(text) == json.loads(text)


@pytest.mark.parametrize("body", [b"[]", b"3", b"{}", b'{"type": 3}', b"null"])
def test_a_frame_without_a_type_is_refused(body):
    """A frame must be an object with a text type."""
    with pytest.raises(WireError, match="type"):
        Decoder().feed(struct.pack(">I", len(body)) + body)
