"""Places orders with the trusted side: sends a description, then the arrays that are wanted, and waits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ..channel import Channel
from ..keras_calls.arrays import Arrays, bytes_of
from ..keras_calls.own import NotOrderableError


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the trusted side answered: a result with the arrays that it names."""

    result: dict[str, Any]
    arrays: Arrays


class LimitReachedError(Exception):
    """The notebook has used up what it may order."""


class Orders:
    """Counts the orders of a notebook from 1.

    Args:
        waiting: What to wait inside: the clock of a cell stands still there.
    """

    def __init__(self, channel: Channel, waiting: Callable[[], AbstractContextManager[None]]) -> None:
        self._channel = channel
        self._waiting = waiting
        self._number = 0

    def place(self, description: dict[str, Any], arrays: Arrays) -> Answer:
        """Order a call and return what came of it.

        Raises:
            NotOrderableError: It was refused, or nobody answers.
            LimitReachedError: The notebook may order no more.
            FrameTooLargeError: The description is too long to be sent.
        """
        if not self._channel.is_ours:
            raise NotOrderableError("a process that the notebook forked")
        # The clock inside of the exchange: of two threads that wait for each other, only one stops it.
        with self._channel.undisturbed(), self._waiting():
            number = self._number + 1
            self._channel.send({"type": "order", "number": number, "description": description})
            # Not before: what is too long to be sent is no order, and the next one has its number.
            self._number = number
            try:
                return self._hear(number, arrays)
            except EOFError:
                raise NotOrderableError("nobody answers") from None

    def _hear(self, number: int, arrays: Arrays) -> Answer:
        received = Arrays()
        while True:
            message = self._channel.receive()
            kind = message.get("type")
            if kind == "array":
                data = np.frombuffer(self._channel.receive_array(message), np.dtype(message["dtype"]))
                received.put(message["sha256"], data.reshape(message["shape"]))
            elif message.get("number") != number:
                # A notebook that wrote to the pipe itself may have left an answer there.
                continue
            elif kind == "wanted":
                for digest in message["arrays"]:
                    array = arrays[digest]
                    self._channel.send_array(digest, array.dtype.str, array.shape, bytes_of(array))
            elif kind == "answer":
                if message["status"] == "done":
                    return Answer(message["result"], received)
                if message["reason"] == "limit":
                    raise LimitReachedError
                raise NotOrderableError(f"an order was refused: {message['reason']}")
