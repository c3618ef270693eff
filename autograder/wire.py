"""Frames on the pipe between a sandbox and the trusted side, and a JSON parser that distrusts what it reads.

A frame is four bytes, big-endian, holding a length, and then that many bytes of UTF-8 JSON: one object with
a `type`. Whatever comes from a sandbox may be forged, so reading never allocates more than the cap, never
recurses deeper than `MAXIMUM_DEPTH`, and never yields a value that JSON does not have.
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any

from autograder.errors import WireError

MAXIMUM_FRAME_BYTES = 8 * 2**20
MAXIMUM_DEPTH = 32
_HEADER = struct.Struct(">I")


def encode(message: dict[str, Any]) -> bytes:
    """Turn a message into a frame.

    Raises:
        WireError: The message is larger than `MAXIMUM_FRAME_BYTES`.
    """
    body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    if len(body) > MAXIMUM_FRAME_BYTES:
        raise WireError(f"a frame of {len(body):,} bytes exceeds {MAXIMUM_FRAME_BYTES:,}")
    return _HEADER.pack(len(body)) + body


class Decoder:
    """Collect bytes as they arrive and give back the messages that are complete.

    >>> decoder = Decoder()
    >>> decoder.feed(encode({"type": "done"}))
    [{'type': 'done'}]
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the messages completed by `data`.

        Raises:
            WireError: A frame is too large, or is not one JSON object with a text `type`.
        """
        self.push(data)
        messages = []
        while (message := self.pop()) is not None:
            messages.append(message)
        return messages

    def push(self, data: bytes) -> None:
        """Keep bytes that arrived."""
        self._buffer += data

    def pop(self) -> dict[str, Any] | None:
        """Return the next complete message, None if there is none: what came before a fault is not lost with it.

        Raises:
            WireError: The next frame is too large, or is not one JSON object with a text `type`.
        """
        if len(self._buffer) < _HEADER.size:
            return None
        (length,) = _HEADER.unpack_from(self._buffer)
        if length > MAXIMUM_FRAME_BYTES:
            raise WireError(f"a frame of {length:,} bytes is announced, over {MAXIMUM_FRAME_BYTES:,}")
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        message = parse_json(bytes(self._buffer[_HEADER.size : end]))
        del self._buffer[:end]
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise WireError("a frame is not an object with a type")
        return message


def parse_json(data: bytes | str) -> Any:
    """Parse JSON that may be hostile.

    Raises:
        WireError: It is not UTF-8 or not JSON, nests deeper than `MAXIMUM_DEPTH`, names a key twice, or
            holds a number that is not finite (`NaN`, `Infinity`, or a literal like `1e999`) or a text that UTF-8
            cannot write.
    """
    try:
        value = json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        # ValueError covers JSONDecodeError, UnicodeDecodeError and integers of over 4,300 digits.
        raise WireError(f"not acceptable JSON: {type(error).__name__}: {str(error)[:200]}") from error
    _refuse_the_unsayable(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse the same key twice: whoever reads first and whoever reads last would disagree."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _refuse_the_unsayable(value: Any) -> None:
    """Walk level by level: `1e999` parses as infinity, which `parse_constant` never sees.

    Half of a surrogate pair parses as well, and whoever writes it down as UTF-8 later would fail.
    """
    level, depth = [value], 1
    while level:
        if depth > MAXIMUM_DEPTH:
            raise WireError(f"nested deeper than {MAXIMUM_DEPTH}")
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
                for key in item:
                    _refuse_half_a_character(key)
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, float) and not math.isfinite(item):
                raise WireError("a number is not finite")
            elif isinstance(item, str):
                _refuse_half_a_character(item)
        level, depth = below, depth + 1


def _refuse_half_a_character(text: str) -> None:
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise WireError("a text holds half of a character")
