"""The interface of sandboxes, and of the desk that handles a notebook's orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from autograder.records import JSON, Detail, Job, Run
from autograder.sandbox.trainer import TrainerProcess

Observe = Callable[[str, int, int], None]
"""Called with a job's id, the number of cells that have ended, and the total number of cells."""


def ignore_progress(job_id: str, done: int, total: int) -> None:
    """Do nothing."""


class Executor(Protocol):
    """Executes notebooks: a sandbox here, or something that has other machines do it."""

    @property
    def name(self) -> str:
        """The backend's name, as stored in a Run, or where notebooks are executed."""
        ...

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """Execute a notebook; called from several threads at once."""
        ...

    @property
    def remark(self) -> str:
        """What has worked less well than it could on this machine so far, in one line; empty if nothing."""
        ...

    def close(self) -> None:
        """Stop what was kept running between notebooks."""
        ...


class Sandbox(Executor, Protocol):
    """Executes notebooks so that they can harm nothing and see only what they are meant to.

    Its `run` returns a Run whatever the notebook does.
    """

    def start_trainer(self) -> TrainerProcess:
        """Start a trainer with a notebook's confinement, limits and thread count, so that it produces the same bits.

        Raises:
            EnvironmentFault: The trainer does not start.
        """
        ...


class StatelessSandbox:
    """Base of the sandboxes that start each notebook separately and keep nothing running in between."""

    @property
    def remark(self) -> str:
        """See `Sandbox`."""
        return ""

    def close(self) -> None:
        """See `Sandbox`."""


class IncomingProtocol(Protocol):
    """An array being received; it is kept once it is complete and has the requested digest."""

    def write(self, chunk: bytes) -> None:
        """Add the next bytes."""
        ...

    def finish(self) -> None:
        """Complete the array.

        Raises:
            WireError: The bytes have another digest.
        """
        ...

    def drop(self) -> None:
        """Discard an incomplete array."""
        ...


class AnswerProtocol(Protocol):
    """The answer to an order."""

    @property
    def message(self) -> dict[str, JSON]:
        """The message that completes the order."""
        ...

    @property
    def arrays(self) -> Iterable[tuple[str, str, Sequence[int], bytes | memoryview]]:
        """The arrays to send before the message, each with digest, type, shape and bytes; created lazily."""
        ...


class PendingProtocol(Protocol):
    """An order without an answer yet."""

    @property
    def wanted(self) -> Sequence[str]:
        """The digests of the arrays that are missing."""
        ...

    def supply(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> IncomingProtocol:
        """Begin to receive a missing array.

        Raises:
            WireError: The order cannot contain such an array.
        """
        ...

    def start(self, wake: Callable[[], None]) -> None:
        """Look up or train the order, which is now complete; returns at once.

        Args:
            wake: Called from any thread when the answer is there.
        """
        ...

    @property
    def answer(self) -> AnswerProtocol | None:
        """The answer, None until there is one."""
        ...

    def abandon(self) -> None:
        """Drop the order; nobody waits for the answer any more."""
        ...


class CounterProtocol(Protocol):
    """Handles the orders of one notebook: counts them against its limits and writes its journal."""

    def place(self, number: int, description: dict[str, JSON]) -> PendingProtocol:
        """Accept an order. An unreadable one is answered by a refusal, and the notebook makes the call itself."""
        ...

    def report_call(self, description: dict[str, JSON], summaries: dict[str, JSON], result: dict[str, JSON]) -> None:
        """Record a call that the notebook reports and made itself; an unreadable report becomes a fault."""
        ...

    def loop(self, kind: str, steps: int) -> None:
        """Record a custom training loop."""
        ...

    def cell(self, index: int) -> None:
        """Note that this cell has started."""
        ...

    @property
    def trainings(self) -> Sequence[JSON]:
        """The journal's trainings, bounded in number."""
        ...

    @property
    def evaluations(self) -> Sequence[JSON]:
        """The journal's evaluations and predictions, bounded in number."""
        ...

    @property
    def loops(self) -> Sequence[JSON]:
        """The custom training loops, bounded in number."""
        ...

    @property
    def faults(self) -> Sequence[Detail]:
        """Why calls are missing from the journal, bounded in number."""
        ...

    @property
    def training_seconds(self) -> float:
        """The duration of this notebook's trainings."""
        ...

    @property
    def training_cpu_seconds(self) -> float:
        """The processor time of this notebook's trainings."""
        ...

    @property
    def replayed(self) -> int:
        """The number of orders answered from a store."""
        ...

    @property
    def unknown(self) -> int:
        """The number of orders that no store could answer."""
        ...


class DeskProtocol(Protocol):
    """Handles the orders of all notebooks. It runs outside every sandbox; only it uses stores and trainers."""

    def open(self, job: Job) -> CounterProtocol:
        """Open a counter for one execution of a notebook."""
        ...
