"""Serves orders one after the other, each in a fork of a warm process: nothing of one is there at the next.

The parent has imported TensorFlow and Keras and runs no operation, so that it has one thread when it forks. A child
writes its frames into memory that it shares with the parent, which passes them on only when the child has ended well:
whatever happens to a child, the pipe holds whole frames.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from ..channel import Channel, encode_array, encode_message
from ..versions import versions

_DETAIL_CHARACTERS = 300


def main(arguments: Sequence[str]) -> None:
    """Serve the orders that arrive on the pipe, until it is closed.

    Args:
        arguments: The numbers of the two pipes, in and out.
    """
    channel = Channel(int(arguments[0]), int(arguments[1]))
    # NumPy's own threads would be there at the fork. TensorFlow computes without them.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from ..keras_calls.arrays import Arrays  # noqa: PLC0415 (it imports NumPy, TensorFlow and Keras)
    from . import orders  # noqa: PLC0415

    channel.send({"type": "hello", "versions": versions()})
    arrays = Arrays()
    while True:
        try:
            message = channel.receive()
        except EOFError:
            return
        if message["type"] == "array":
            arrays.put(message["sha256"], orders.array_from(message, channel.receive_array(message)))
        elif message["type"] == "train":
            _serve(channel, message["number"], message["description"], arrays)
            arrays = Arrays()


def _serve(channel: Channel, number: int, description: dict[str, Any], arrays: Any) -> None:
    memory = os.memfd_create("answer")
    try:
        status = _in_child(channel, memory, number, description, arrays)
        if status == 0:
            _pass_on(channel, memory)
        else:
            how = f"signal {-status}" if status < 0 else f"status {status}"
            # Killed, or out of memory: nothing is known of the order itself.
            channel.send({"type": "died", "number": number, "detail": f"a training's process ended with {how}"})
    finally:
        os.close(memory)


def _in_child(channel: Channel, memory: int, number: int, description: dict[str, Any], arrays: Any) -> int:
    """Carry out an order in a fork, and return how that ended."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    status = 1
    try:
        channel.close()
        _answer(memory, number, description, arrays)
        status = 0
    finally:
        # Not sys.exit: the parent's code above is not the child's to return to.
        os._exit(status)


def _answer(memory: int, number: int, description: dict[str, Any], arrays: Any) -> None:
    from . import orders  # noqa: PLC0415 (see `main`)

    with os.fdopen(os.dup(memory), "wb") as file:
        try:
            result, given = orders.carry_out(description, arrays)
        except orders.UnbuildableError as error:
            file.write(_refusal("unbuildable", number, error))
            return
        except Exception as error:  # noqa: BLE001 (whatever a training may raise, the notebook is to meet itself)
            file.write(_refusal("failed", number, error))
            return
        for digest in given:
            for frame in encode_array(digest, *orders.parts_of(given[digest])):
                file.write(frame)
        file.write(encode_message({"type": "result", "number": number, "result": result}))


def _refusal(kind: str, number: int, error: Exception) -> bytes:
    detail = f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS].encode("utf-8", "replace").decode()
    return encode_message({"type": kind, "number": number, "detail": detail})


def _pass_on(channel: Channel, memory: int) -> None:
    size = os.fstat(memory).st_size
    position = 0
    while position < size:
        piece = os.pread(memory, min(2**20, size - position), position)
        channel.send_frames(memoryview(piece))
        position += len(piece)
