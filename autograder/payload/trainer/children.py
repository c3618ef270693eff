"""A fork of the trainer that carries out one order, and then evaluations with the network that it has built.

A child writes its frames to memory shared with its parent, which forwards them only when the child reports that they
are complete: whatever happens to a child, the trainer's pipe carries complete frames.
"""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

from ..channel import Channel, encode_array, encode_message
from ..keras_calls.captured_arrays import Arrays
from . import orders

_DETAIL_CHARACTERS = 300
_LARGEST_THAT_STAYS_BYTES = 128 * 2**20
"""A child with more private memory than this is not kept, because it would leave too little for others."""

_SHARED = ("network", "versions", "floatx", "determinism", "jit_compile", "epsilon", "max_steps_per_epoch")
"""The fields that two orders of one process share: their network, and Keras's global settings."""


@dataclasses.dataclass(frozen=True)
class Order:
    """A received order: its number, its description, and its arrays."""

    number: int
    description: dict[str, Any]
    arrays: Arrays


def receive_order(channel: Channel) -> Order:
    """Wait for an order, which its arrays precede.

    Raises:
        EOFError: The other side has closed the pipe.
    """
    arrays = Arrays()
    while True:
        message = channel.receive()
        if message["type"] == "array":
            arrays.put(message["sha256"], orders.array_from(message, channel.receive_array(message)))
        elif message["type"] == "train":
            return Order(message["number"], message["description"], arrays)


def send_order(channel: Channel, order: Order) -> None:
    """Send an order in the form that `receive_order` expects.

    Raises:
        OSError: The receiver has ended.
    """
    for digest in order.arrays:
        channel.send_array(digest, *orders.parts_of(order.arrays[digest]))
    channel.send({"type": "train", "number": order.number, "description": order.description})


class Child:
    """A forked child; the constructor waits until it has carried out its first order or died.

    Args:
        order: The first order.
        outside: The trainer's channel, which the child closes.
    """

    def __init__(self, order: Order, outside: Channel) -> None:
        self.stays = False
        """Whether the child waits for another order."""
        self._order = order
        self._died: int | None = None
        self._memory = os.memfd_create("answer")
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._process = os.fork()
        if not self._process:
            status = 1
            try:
                for descriptor in (our_in, our_out):
                    os.close(descriptor)
                outside.close()
                _carry_out_all(Channel(their_in, their_out), self._memory, order)
                status = 0
            finally:
                # Not sys.exit: the child must not return to the parent's code above.
                os._exit(status)
        for descriptor in (their_in, their_out):
            os.close(descriptor)
        self._channel = Channel(our_in, our_out)
        self._wait_for_outcome()

    def suits(self, order: Order) -> bool:
        """Return whether this child can carry out an order: not a training, and with the network that it holds."""
        held, asked = self._order.description, order.description
        return asked.get("operation") in ("evaluate", "predict") and all(
            held.get(name) == asked.get(name) for name in _SHARED
        )

    def take(self, order: Order) -> bool:
        """Let the child carry out a suitable order, and return whether there is a result.

        Without a result the order must be given to a new child: reuse may save one, but must not cause a refusal.
        """
        os.ftruncate(self._memory, 0)
        self._order = order
        try:
            send_order(self._channel, order)
        except OSError:
            return False
        return self._wait_for_outcome()

    def pass_on(self, outside: Channel) -> None:
        """Send the child's answer to its last order, or how it died."""
        if self._died is not None:
            how = f"signal {-self._died}" if self._died < 0 else f"status {self._died}"
            # It was killed or ran out of memory, which says nothing about the order itself.
            detail = f"a training's process ended with {how}"
            outside.send({"type": "died", "number": self._order.number, "detail": detail})
            return
        size = os.fstat(self._memory).st_size
        position = 0
        while position < size:
            piece = os.pread(self._memory, min(2**20, size - position), position)
            outside.send_frames(memoryview(piece))
            position += len(piece)

    def end(self) -> None:
        """Kill the child and release its resources."""
        if self._died is None:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        self._channel.close()
        os.close(self._memory)

    def _wait_for_outcome(self) -> bool:
        """Wait until an answer is complete, and return whether it is a result."""
        try:
            outcome = self._channel.receive()
        except EOFError:
            _, status = os.waitpid(self._process, 0)
            self._died = os.waitstatus_to_exitcode(status)
            self.stays = False
            return False
        self.stays = outcome["stays"]
        return bool(outcome["result"])


def _carry_out_all(channel: Channel, memory: int, order: Order) -> None:
    """Carry out an order, and later ones for as long as this child stays."""
    network = None
    while True:
        network = _answer(memory, order, network)
        stays = network is not None and _own_memory_bytes() <= _LARGEST_THAT_STAYS_BYTES
        channel.send({"result": network is not None, "stays": stays})
        if not stays:
            return
        del order
        try:
            order = receive_order(channel)
        except EOFError:
            return


def _answer(memory: int, order: Order, network: Any) -> Any:
    """Write the answer to an order, and return its network, None if the order was refused."""
    with os.fdopen(os.dup(memory), "wb") as file:
        file.seek(0)
        try:
            result, given, network = orders.carry_out(order.description, order.arrays, network)
        except orders.UnbuildableError as error:
            file.write(_refusal("unbuildable", order.number, error))
            return None
        except Exception as error:  # noqa: BLE001 (the notebook then makes the call itself, and meets the exception)
            file.write(_refusal("failed", order.number, error))
            return None
        for digest in given:
            for frame in encode_array(digest, *orders.parts_of(given[digest])):
                file.write(frame)
        file.write(encode_message({"type": "result", "number": order.number, "result": result}))
    return network


def _refusal(kind: str, number: int, error: Exception) -> bytes:
    detail = f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS].encode("utf-8", "replace").decode()
    return encode_message({"type": kind, "number": number, "detail": detail})


def _own_memory_bytes() -> int:
    """Return this process's private memory in bytes; more than the limit if it cannot be determined."""
    try:
        text = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return _LARGEST_THAT_STAYS_BYTES + 1
    return 1024 * sum(int(kibibytes) for kibibytes in re.findall(r"^Private_Dirty: +(\d+) kB$", text, re.MULTILINE))
