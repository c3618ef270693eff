"""Runs the payload as the sandbox does, without a sandbox: a real process, two pipes, frames of `wire`."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder import wire

PAYLOAD = Path(__file__).parents[2] / "autograder" / "payload"


@dataclasses.dataclass
class Conversation:
    """All that the payload said, sorted by type, and the questions it asked."""

    messages: list[dict[str, Any]]
    output: str
    status: int

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of one type, in their order."""
        return [message for message in self.messages if message["type"] == kind]

    @property
    def values(self) -> dict[str, Any]:
        """The last value of every watched variable."""
        values: dict[str, Any] = {}
        for message in self.messages:
            if message["type"] == "value":
                values[message["name"]] = message["value"]
            elif message["type"] == "absent":
                del values[message["name"]]
        return values

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Status and error of every cell that ended."""
        return [(cell["status"], cell["error"]) for cell in self.of("cell") if cell["status"] != "started"]


def converse(
    cells: Sequence[str],
    *,
    watched: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    parameters_cell: int | None = None,
    mode: str = "replay",
    cell_seconds: float = 120.0,
    value_bytes: int = 2**20,
    known: dict[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    working_folder: Path,
    seconds: float = 300.0,
) -> Conversation:
    """Run cells through the payload; answer questions from `known`, and put what it records there."""
    known = {} if known is None else known
    job = {
        "type": "job",
        "cells": [{"index": index, "source": source} for index, source in enumerate(cells)],
        "watched": list(watched),
        "parameters": dict(parameters or {}),
        "parameters_cell": parameters_cell,
        "mode": mode,
        "cell_seconds": cell_seconds,
        "value_bytes": value_bytes,
    }
    child_in, our_out = os.pipe()
    our_in, child_out = os.pipe()
    home = working_folder / "home"
    home.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-I", str(PAYLOAD), str(child_in), str(child_out)],
        pass_fds=(child_in, child_out),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd=working_folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(working_folder), **(environment or {})},
    )
    os.close(child_in)
    os.close(child_out)
    output: list[bytes] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda pipe: output.append(pipe.read()), args=(process.stdout,))
    reader.start()
    alarm = threading.Timer(seconds, process.kill)
    alarm.start()
    try:
        messages = _exchange(our_in, our_out, job, known)
        status = process.wait()
    finally:
        alarm.cancel()
        process.kill()
        reader.join()
        process.stdout.close()
        os.close(our_in)
        os.close(our_out)
    return Conversation(messages, b"".join(output).decode("utf-8", "replace"), status)


def _exchange(our_in: int, our_out: int, job: dict[str, Any], known: dict[str, Any]) -> list[dict[str, Any]]:
    os.write(our_out, wire.encode(job))
    decoder = wire.Decoder()
    messages = []
    while data := os.read(our_in, 2**16):
        for message in decoder.feed(data):
            if message["type"] == "ask":
                fingerprint = message["fingerprint"]
                answer = {
                    "type": "answer",
                    "fingerprint": fingerprint,
                    "known": fingerprint in known,
                    "result": known.get(fingerprint),
                }
                _write_all(our_out, wire.encode(answer))
            elif message["type"] == "record":
                known[message["fingerprint"]] = message["result"]
            messages.append(message)
    return messages


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@pytest.fixture(scope="session")
def run_cells(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Conversation]:
    """Run cells through the payload, each time in a folder of its own; takes what `converse` takes."""

    def run(*cells: str, **options: Any) -> Conversation:
        return converse(cells, **{"working_folder": tmp_path_factory.mktemp("cells"), **options})

    return run
