"""What a sandbox promises, and what it asks of the desk that takes a notebook's orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from autograder.records import JSON, Job, Run
from autograder.sandbox.trainer import TrainerProcess

Observe = Callable[[str, int, int], None]
"""Called with a job's id, the number of cells that have ended, and the number of cells in all."""


def ignore_progress(job_id: str, done: int, total: int) -> None:
    """Observe nothing."""


class Sandbox(Protocol):
    """Executes notebooks where they can harm nobody and see nothing that they may not."""

    @property
    def name(self) -> str:
        """The backend's name, as a Run tells it."""
        ...

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """Execute a notebook; a Run comes of it whatever the notebook does."""
        ...

    def start_trainer(self) -> TrainerProcess:
        """Start a trainer: confined, limited and with the threads that a notebook has, so that it gives the same bits.

        Raises:
            EnvironmentFault: It does not start.
        """
        ...


class Incoming(Protocol):
    """An array on its way to the desk, which is kept once it is whole and has the digest that it was asked for by."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        ...

    def finish(self) -> None:
        """Take it that there are no more.

        Raises:
            WireError: The bytes have another digest.
        """
        ...

    def drop(self) -> None:
        """Forget what came: there will be no more."""
        ...


class Answer(Protocol):
    """What comes of an order."""

    @property
    def message(self) -> dict[str, JSON]:
        """The message that ends the waiting."""
        ...

    @property
    def arrays(self) -> Iterable[tuple[str, str, Sequence[int], bytes | memoryview]]:
        """The arrays to send before it, each with digest, type, shape and bytes; made as they are taken."""
        ...


class Pending(Protocol):
    """An order that has no answer yet."""

    @property
    def wanted(self) -> Sequence[str]:
        """The digests of the arrays that nobody has sent yet."""
        ...

    def supply(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> Incoming:
        """Begin to take in a wanted array.

        Raises:
            WireError: The order cannot hold such an array.
        """
        ...

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to look it up, or to train it, now that it is complete; comes back at once.

        Args:
            wake: Called from any thread as soon as there is an answer.
        """
        ...

    @property
    def answer(self) -> Answer | None:
        """The answer, None as long as there is none."""
        ...

    def abandon(self) -> None:
        """Take it that nobody waits for the answer any more."""
        ...


class Counter(Protocol):
    """Where one notebook orders: its limits are counted here, and its journal is written."""

    def place(self, number: int, description: dict[str, JSON]) -> Pending:
        """Take an order. One that can't be read is answered by a refusal: the notebook makes the call itself."""
        ...

    def claim(self, description: dict[str, JSON], summaries: dict[str, JSON], result: dict[str, JSON]) -> None:
        """Take down what the notebook says of a call that was no order; what can't be read is one of the `faults`."""
        ...

    def loop(self, kind: str, steps: int) -> None:
        """Take down that a training loop of the notebook's own was seen."""
        ...

    def cell(self, index: int) -> None:
        """Take it that this cell runs from now on."""
        ...

    @property
    def trainings(self) -> Sequence[JSON]:
        """The journal's trainings, of bounded number."""
        ...

    @property
    def evaluations(self) -> Sequence[JSON]:
        """The journal's evaluations and predictions, of bounded number."""
        ...

    @property
    def loops(self) -> Sequence[JSON]:
        """The loops that were seen, of bounded number."""
        ...

    @property
    def faults(self) -> Sequence[str]:
        """Why calls that happened are not in the journal, of bounded number."""
        ...

    @property
    def training_seconds(self) -> float:
        """What the trainings of this notebook took."""
        ...

    @property
    def training_cpu_seconds(self) -> float:
        """What they took of a processor."""
        ...

    @property
    def replayed(self) -> int:
        """How many orders a store answered."""
        ...

    @property
    def unknown(self) -> int:
        """How many orders no store could answer."""
        ...


class Desk(Protocol):
    """Takes the orders of all notebooks. It stands outside every sandbox; it alone asks stores and trainers."""

    def open(self, job: Job) -> Counter:
        """Open a counter for one execution of a notebook."""
        ...
