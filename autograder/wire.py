"""Frames on the pipe between a sandbox and the trusted side, and a JSON parser that distrusts what it reads.

A frame is four bytes, big-endian: the top bit tells binary frames from JSON, the others hold a length. Then come that
many bytes: one JSON object in UTF-8 with a `type`, or a piece of an array. An array travels as the message of its
`ArrayHeader` and binary frames that together hold exactly its bytes. Whatever comes from a sandbox may be forged, so
reading never allocates more than the cap, never recurses deeper than `MAXIMUM_DEPTH`, and never yields a value that
JSON does not have.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import struct
from collections.abc import Iterator
from typing import Any, Self

from autograder.errors import WireError

MAXIMUM_FRAME_BYTES = 8 * 2**20
MAXIMUM_CHUNK_BYTES = 4 * 2**20
"""The largest binary frame, in bytes."""

MAXIMUM_DEPTH = 32
_HEADER = struct.Struct(">I")
HEADER_BYTES = _HEADER.size
_BINARY = 1 << 31

_ITEM_BYTES = {
    **{f"|{letter}1": 1 for letter in "biu"},
    **{f"<{letter}{size}": size for letter in "iu" for size in (2, 4, 8)},
    **{f"<f{size}": size for size in (2, 4, 8)},
}
_MAXIMUM_DIMENSIONS = 32
_MAXIMUM_EXTENT = 2**40
_DIGEST = re.compile(r"[0-9a-f]{64}")

Message = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class ArrayHeader:
    """The announcement of an array, sent before its bytes.

    `sha256` is its digest, `dtype` NumPy's text for booleans, integers and floats in native byte order, `shape` its
    extents.
    """

    sha256: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        """Return the size of the array in bytes."""
        return _ITEM_BYTES[self.dtype] * math.prod(self.shape)

    @property
    def message(self) -> Message:
        """Return the message that announces the array."""
        return {"type": "array", "sha256": self.sha256, "dtype": self.dtype, "shape": list(self.shape)}

    @classmethod
    def parse(cls, message: Message) -> Self:
        """Read the message that announces an array.

        Raises:
            WireError: It is not a valid announcement.
        """
        digest, dtype, shape = message.get("sha256"), message.get("dtype"), message.get("shape")
        if len(message) != 4 or not isinstance(digest, str) or not isinstance(dtype, str):  # noqa: PLR2004 (type too)
            raise WireError("an array is announced without its digest, type and shape alone")
        if _DIGEST.fullmatch(digest) is None or dtype not in _ITEM_BYTES:
            raise WireError("an array has no digest, or no type that may be sent")
        if not isinstance(shape, list) or len(shape) > _MAXIMUM_DIMENSIONS or not all(map(_is_extent, shape)):
            raise WireError("the shape of an array is not a short list of extents")
        # An extent of 0 makes an array empty, but readers still multiply the others.
        if math.prod(extent or 1 for extent in shape) > _MAXIMUM_EXTENT:
            raise WireError("an array has extents that no array can have")
        return cls(digest, dtype, tuple(shape))


def _is_extent(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAXIMUM_EXTENT


def encode(message: Message) -> bytes:
    """Encode a message as a frame.

    Raises:
        WireError: The message is larger than `MAXIMUM_FRAME_BYTES`.
    """
    body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    if len(body) > MAXIMUM_FRAME_BYTES:
        raise WireError(f"a frame of {len(body):,} bytes exceeds {MAXIMUM_FRAME_BYTES:,}")
    return _HEADER.pack(len(body)) + body


def encode_array(header: ArrayHeader, content: bytes | memoryview) -> Iterator[bytes | memoryview]:
    """Yield the frames of an array in pieces, without a copy of its bytes.

    Args:
        header: The array's announcement.
        content: Its bytes, contiguous and in C order.

    Raises:
        ValueError: The size of `content` does not match `header`.
    """
    view = memoryview(content)
    if view.nbytes != header.size_bytes:
        raise ValueError(f"{view.nbytes:,} bytes were given for an array of {header.size_bytes:,}")
    yield encode(header.message)
    if not view.nbytes:
        return
    flat = view.cast("B")
    for start in range(0, flat.nbytes, MAXIMUM_CHUNK_BYTES):
        chunk = flat[start : start + MAXIMUM_CHUNK_BYTES]
        yield _HEADER.pack(_BINARY | chunk.nbytes)
        yield chunk


class Decoder:
    """Collects bytes as they arrive and returns complete messages and pieces of arrays.

    >>> decoder = Decoder()
    >>> decoder.feed(encode({"type": "done"}))
    [{'type': 'done'}]
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message | bytes]:
        """Append `data` and return everything that is now complete.

        Raises:
            WireError: See `pop`.
        """
        self.push(data)
        complete = []
        while (frame := self.pop()) is not None:
            complete.append(frame)
        return complete

    def push(self, data: bytes) -> None:
        """Append received bytes."""
        self._buffer += data

    def pop(self) -> Message | bytes | None:
        """Return the next complete message or piece, None if there is none. Frames before a fault are not lost.

        Raises:
            WireError: The next frame is too large, or is not one JSON object with a text `type`, or is an empty piece.
        """
        if len(self._buffer) < HEADER_BYTES:
            return None
        (header,) = _HEADER.unpack_from(self._buffer)
        binary, length = bool(header & _BINARY), header & ~_BINARY
        most = MAXIMUM_CHUNK_BYTES if binary else MAXIMUM_FRAME_BYTES
        if length > most:
            raise WireError(f"a frame of {length:,} bytes is announced, over {most:,}")
        if binary and not length:
            raise WireError("a piece of an array is empty")
        end = HEADER_BYTES + length
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            body = bytes(view[HEADER_BYTES:end])
        del self._buffer[:end]
        return body if binary else _parse_message(body)


def _parse_message(body: bytes) -> Message:
    message = parse_json(body)
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise WireError("a frame is not an object with a type")
    return message


def parse_json(data: bytes | str, deepest: int = MAXIMUM_DEPTH) -> Any:
    """Parse untrusted JSON.

    Args:
        data: The text.
        deepest: How deep it may nest.

    Raises:
        WireError: It is not UTF-8 or not JSON, nests deeper than `deepest`, names a key twice, or
            holds a number that is not finite (`NaN`, `Infinity`, or a literal like `1e999`) or a text that UTF-8
            cannot write.
    """
    try:
        value = json.loads(data, object_pairs_hook=_unique, parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:
        # ValueError covers JSONDecodeError, UnicodeDecodeError and integers of over 4,300 digits.
        raise WireError(f"not acceptable JSON: {type(error).__name__}: {str(error)[:200]}") from error
    _reject_unencodable(value, deepest)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Reject duplicate keys: parsers that keep the first and those that keep the last would disagree."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _reject_unencodable(value: Any, deepest: int) -> None:
    """Reject what JSON cannot express. `1e999` parses as infinity without a call of `parse_constant`.

    Half a surrogate pair parses as well, but could not be encoded as UTF-8 later.
    """
    level, depth = [value], 1
    while level:
        if depth > deepest:
            raise WireError(f"nested deeper than {deepest}")
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
                for key in item:
                    _reject_lone_surrogates(key)
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, float) and not math.isfinite(item):
                raise WireError("a number is not finite")
            elif isinstance(item, str):
                _reject_lone_surrogates(item)
        level, depth = below, depth + 1


def _reject_lone_surrogates(text: str) -> None:
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise WireError("a text contains half a surrogate pair")
