"""A small trusted side for tests: frames, a real trainer process, and a store in memory."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder.child_process import Process, python_command
from autograder.child_process import start as start_process

PAYLOAD = Path(__file__).parents[1] / "autograder" / "payload"
_BINARY = 1 << 31
_CHUNK = 1 << 20


class Pipe:
    """Our ends of the two pipes to a process."""

    def __init__(self, read: int, write: int) -> None:
        self._read_fd, self._write_fd = read, write

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a frame of JSON."""
        body = json.dumps(message, allow_nan=False).encode()
        self._write(struct.pack(">I", len(body)) + body)

    def send_array(self, digest: str, array: Any) -> None:
        """Send an array: header and chunks."""
        self.send({"type": "array", "sha256": digest, "dtype": array.dtype.str, "shape": list(array.shape)})
        data = array.tobytes()
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            self._write(struct.pack(">I", _BINARY | len(chunk)) + chunk)

    def receive(self) -> dict[str, Any] | None:
        """Return the next message, an array with its content under `array`; None at the end."""
        frame = self._frame()
        if frame is None:
            return None
        message = json.loads(frame)
        assert all(abs(number) != float("inf") for number in _floats(message))
        if message["type"] == "array":
            dtype = np.dtype(message["dtype"])
            size = dtype.itemsize * int(np.prod(message["shape"], dtype=int))
            data = b""
            while len(data) < size:
                data += self._frame()
            message["array"] = np.frombuffer(data, dtype).reshape(message["shape"])
            assert digest_of(message["array"]) == message["sha256"]
        return message

    def close(self) -> None:
        """Close both ends."""
        os.close(self._read_fd)
        os.close(self._write_fd)

    def _frame(self) -> bytes | None:
        head = self._exactly(4)
        return None if head is None else self._exactly(struct.unpack(">I", head)[0] & ~_BINARY)

    def _exactly(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            piece = os.read(self._read_fd, count - len(data))
            if not piece:
                return None
            data += piece
        return data

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._write_fd, data) :]


def start(arguments: list[str], **options: Any) -> tuple[Process, Pipe]:
    """Start the payload's folder as a process with two pipes."""
    options = {"folder": "/", **options}
    child_in, our_out = os.pipe()
    our_in, child_out = os.pipe()
    process = start_process(
        python_command(str(PAYLOAD), *arguments, str(child_in), str(child_out), hash_seed=True),
        pass_fds=(child_in, child_out),
        stdin=subprocess.DEVNULL,
        **options,
    )
    os.close(child_in)
    os.close(child_out)
    return process, Pipe(our_in, our_out)


class Trainer:
    """A trainer process without a jail."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        keep = {"PATH": os.environ["PATH"], "TF_CPP_MIN_LOG_LEVEL": "3", **(environment or {})}
        self.process, self.pipe = start(["trainer"], environment=keep, stdout=subprocess.DEVNULL)
        self.hello = self.pipe.receive()

    def train(self, description: Mapping[str, Any], arrays: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Order one call; return the last message and the arrays before it."""
        for digest in named(description):
            self.pipe.send_array(digest, arrays[digest])
        self.pipe.send({"type": "train", "number": 1, "description": description})
        received = {}
        while True:
            message = self.pipe.receive()
            assert message is not None, "the trainer has ended"
            if message["type"] != "array":
                return message, received
            received[message["sha256"]] = message["array"]

    def close(self) -> None:
        """Close the pipes, which ends the trainer."""
        self.pipe.close()
        self.process.wait(30)


class Desk:
    """Answers a notebook's orders from what it knows, else from the trainer.

    Args:
        refuse: With what reason to refuse all orders, if at all.
    """

    def __init__(self, trainer: Trainer | None, refuse: str = "") -> None:
        self.trainer = trainer
        self.refuse = refuse
        self.known: dict[str, list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]] = {}
        self.arrays: dict[str, Any] = {}
        self.descriptions: list[dict[str, Any]] = []
        self.statuses: list[str] = []
        self.bytes_received = 0
        self._order: dict[str, Any] = {}
        self._lacking: set[str] = set()

    def take(self, message: dict[str, Any], pipe: Pipe) -> None:
        """Process a message of a notebook, and answer it if it expects an answer."""
        if message["type"] == "order":
            self._order = message
            self.descriptions.append(message["description"])
            if self.refuse:
                self._refuse(pipe, self.refuse)
                return
            self._lacking = set(named(message["description"])) - set(self.arrays)
            pipe.send({"type": "wanted", "number": message["number"], "arrays": sorted(self._lacking)})
        elif message["type"] == "array":
            assert message["sha256"] in self._lacking
            self._lacking.remove(message["sha256"])
            self.arrays[message["sha256"]] = message["array"]
            self.bytes_received += message["array"].nbytes
        if self._order and not self._lacking:
            self._answer(pipe)

    def _answer(self, pipe: Pipe) -> None:
        description = self._order["description"]
        found = self._look_up(description)
        if found is None:
            assert self.trainer is not None
            message, received = self.trainer.train(description, self.arrays)
            if message["type"] != "result":
                self.statuses.append(f"{message['type']}: {message['detail']}")
                self._refuse(pipe, message["type"])
                return
            found = message["result"], received
            self.known.setdefault(order_hash(description), []).append((description, *found))
            self.statuses.append("trained")
        else:
            self.statuses.append("known")
        result, arrays = found
        self.arrays |= arrays
        for digest, array in arrays.items():
            pipe.send_array(digest, array)
        pipe.send({"type": "answer", "number": self._order["number"], "status": "done", "result": result})
        self._order = {}

    def _refuse(self, pipe: Pipe, reason: str) -> None:
        pipe.send({"type": "answer", "number": self._order["number"], "status": "refused", "reason": reason})
        self._order = {}

    def _look_up(self, description: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
        for known, result, arrays in self.known.get(order_hash(description), ()):
            if all(metric in known.get("metrics", ()) for metric in description.get("metrics", ())):
                return result, arrays
        return None


def order_hash(description: Mapping[str, Any]) -> str:
    """Return the hash of an order, as the contract has it."""
    deciding = {name: value for name, value in description.items() if name != "metrics"}
    return hashlib.sha256(
        json.dumps(deciding, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    ).hexdigest()


def digest_of(array: Any) -> str:
    """Return the digest of an array, as the contract has it."""
    head = json.dumps([array.dtype.str, list(array.shape)], separators=(",", ":")).encode() + b"\n"
    return hashlib.sha256(head + array.tobytes()).hexdigest()


def named(value: Any) -> list[str]:
    """Return every digest in a description once."""
    found: dict[str, None] = {}

    def look(item: Any) -> None:
        if isinstance(item, dict):
            for part in item.values():
                look(part)
        elif isinstance(item, list):
            for part in item:
                look(part)
        elif isinstance(item, str) and len(item) == 64 and set(item) <= set("0123456789abcdef"):
            found[item] = None

    look(value)
    return list(found)


def _floats(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in _floats(item)]
    if isinstance(value, list):
        return [number for item in value for number in _floats(item)]
    return [value] if isinstance(value, float) else []
