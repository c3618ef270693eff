"""No sandbox: the payload runs as an ordinary process with all our rights, for one's own notebooks.

Limits hold as far as they can; nothing is hidden or forbidden. This backend is never chosen automatically.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.child_process import python_path
from autograder.records import Job, Run
from autograder.rubric.run_spec import RunSpec
from autograder.sandbox.enclosure import Monitor, ProcessTree
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import DeskProtocol, Observe, StatelessSandbox, ignore_progress
from autograder.sandbox.limits import limiting_command
from autograder.sandbox.payload_process import Role, Start, start_payload
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess

_MARK = "AUTOGRADER_EXECUTION"


@dataclasses.dataclass(frozen=True, slots=True)
class Unconfined(StatelessSandbox):
    """Executes notebooks without protection."""

    run_spec: RunSpec
    desk: DeskProtocol
    data_home: Path
    payload: Path
    threads: int | None = None

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "none"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        with self._place() as start:
            return supervise(job, self.run_spec, self.desk, start, self.name, observe)

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(self._place, self.run_spec.limits)

    @contextlib.contextmanager
    def _place(self) -> Iterator[Start]:
        folder = tempfile.mkdtemp(prefix="notebook-")
        try:
            yield functools.partial(self._start, folder)
        finally:
            # Not `TemporaryDirectory`: if it may not remove an entry, it changes the mode of a link's target.
            if Path(folder).is_symlink():
                Path(folder).unlink()
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self, folder: str, ends: ChildEnds, role: Role) -> ProcessTree:
        mark = secrets.token_hex(8)
        environment = notebook_environment(
            folder, folder, str(self.data_home.resolve()), str(python_path().parent), self.threads
        )
        before = limiting_command(self.run_spec.limits, count_processes=False)
        process = start_payload(before, self.payload.resolve(), ends, role, folder, environment | {_MARK: mark})
        return ProcessTree(Monitor(process), f"{_MARK}={mark}")
