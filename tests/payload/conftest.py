"""Runs the payload without a sandbox: a real process, two pipes, and a real trainer for orders."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import payload_desk
import pytest


@dataclasses.dataclass
class Conversation:
    """All messages of the payload, grouped by type."""

    messages: list[dict[str, Any]]
    output: str
    status: int

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of one type, in order."""
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
        """The status and error of every cell that ended."""
        return [(cell["status"], cell["error"]) for cell in self.of("cell") if cell["status"] != "started"]

    @property
    def details(self) -> list[dict[str, Any] | None]:
        """The other reasons for which cells ended."""
        return [cell["detail"] for cell in self.of("cell") if cell["status"] != "started"]


def converse(
    cells: Sequence[str],
    *,
    watched: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    parameters_cell: int | None = None,
    cell_seconds: float = 120.0,
    value_bytes: int = 2**20,
    orders: Any = None,
    environment: Mapping[str, str] | None = None,
    working_folder: Path,
    seconds: float = 300.0,
) -> Conversation:
    """Run cells in the payload; `orders` answers their orders, and without it they are refused."""
    orders = payload_desk.Desk(None, refuse="failed") if orders is None else orders
    job = {
        "type": "job",
        "cells": [{"index": index, "source": source} for index, source in enumerate(cells)],
        "watched": list(watched),
        "parameters": dict(parameters or {}),
        "parameters_cell": parameters_cell,
        "cell_seconds": cell_seconds,
        "value_bytes": value_bytes,
    }
    home = working_folder / "home"
    home.mkdir(exist_ok=True)
    process, pipe = payload_desk.start(
        [],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        folder=working_folder,
        environment={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(working_folder),
            **(environment or {}),
        },
    )
    output: list[bytes] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda stream: output.append(stream.read()), args=(process.stdout,))
    reader.start()
    alarm = threading.Timer(seconds, process.kill)
    alarm.start()
    messages = []
    try:
        pipe.send(job)
        while (message := pipe.receive()) is not None:
            orders.take(message, pipe)
            messages.append(message)
        status = process.wait()
    finally:
        alarm.cancel()
        process.kill()
        reader.join()
        process.stdout.close()
        pipe.close()
    return Conversation(messages, b"".join(output).decode("utf-8", "replace"), status)


@pytest.fixture(scope="session")
def run_cells(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Conversation]:
    """Run cells in the payload, each time in a new folder; has the parameters of `converse`."""

    def run(*cells: str, **options: Any) -> Conversation:
        return converse(cells, **{"working_folder": tmp_path_factory.mktemp("cells"), **options})

    return run


@pytest.fixture(scope="session")
def trainer() -> Iterator[Any]:
    """A trainer for all orders of the tests, one after another."""
    started = payload_desk.Trainer()
    yield started
    started.close()


@pytest.fixture
def orders(trainer: Any) -> Any:
    """A desk without known orders."""
    return payload_desk.Desk(trainer)
