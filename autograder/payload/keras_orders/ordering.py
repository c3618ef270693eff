"""Places orders with the trusted side: sends a description, then the requested arrays, and waits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ..channel import Channel
from ..keras_calls.captured_arrays import Arrays, bytes_of
from ..keras_calls.own import NotOrderableError


@dataclasses.dataclass(frozen=True)
class TrustedAnswer:
    """The trusted side's answer: a result with the arrays that it names."""

    result: dict[str, Any]
    arrays: Arrays


class LimitReachedError(Exception):
    """The notebook has reached its limit of orders."""


class Orders:
    """Counts the orders of a notebook from 1.

    Args:
        waiting: The context manager in which to wait; it stops the cell's clock.
    """

    def __init__(self, channel: Channel, waiting: Callable[[], AbstractContextManager[None]]) -> None:
        self._channel = channel
        self._waiting = waiting
        self._number = 0

    def place(self, description: dict[str, Any], arrays: Arrays) -> TrustedAnswer:
        """Order a call and return its answer.

        Raises:
            NotOrderableError: It was refused, or there is no answer.
            LimitReachedError: The notebook may order no more.
            FrameTooLargeError: The description is too long to be sent.
        """
        if not self._channel.is_ours:
            raise NotOrderableError("a process that the notebook forked")
        # Stop the clock inside the exchange: of two waiting threads, only one stops it.
        with self._channel.undisturbed(), self._waiting():
            number = self._number + 1
            self._channel.send({"type": "order", "number": number, "description": description})
            # Count only now: a description too long to be sent is not an order, and the next one gets its number.
            self._number = number
            try:
                return self._receive_answer(number, arrays)
            except EOFError:
                raise NotOrderableError("there is no answer") from None

    def _receive_answer(self, number: int, arrays: Arrays) -> TrustedAnswer:
        received = Arrays()
        while True:
            message = self._channel.receive()
            kind = message.get("type")
            if kind == "array":
                data = np.frombuffer(self._channel.receive_array(message), np.dtype(message["dtype"]))
                received.put(message["sha256"], data.reshape(message["shape"]))
            elif message.get("number") != number:
                # A notebook that writes to the pipe itself may have caused an extra answer.
                continue
            elif kind == "wanted":
                for digest in message["arrays"]:
                    array = arrays[digest]
                    self._channel.send_array(digest, array.dtype.str, array.shape, bytes_of(array))
            elif kind == "answer":
                if message["status"] == "done":
                    return TrustedAnswer(message["result"], received)
                if message["reason"] == "limit":
                    raise LimitReachedError
                raise NotOrderableError(f"an order was refused: {message['reason']}")
