"""No jail: the payload as an ordinary process with all of our rights, for notebooks of one's own.

The limits hold as far as they can; nothing is hidden and nothing is forbidden. It is never chosen by itself.
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
from autograder.sandbox.enclosure import Monitor, ProcessTree
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import Desk, Observe, ignore_progress
from autograder.sandbox.limits import kernel_limits
from autograder.sandbox.payload_process import Role, Start, start_payload
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess
from autograder.spec.run_spec import RunSpec

_MARK = "AUTOGRADER_EXECUTION"


@dataclasses.dataclass(frozen=True, slots=True)
class Unconfined:
    """Executes notebooks without protection."""

    run_spec: RunSpec
    desk: Desk
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
            # Not `TemporaryDirectory`, which, where it may not remove something, changes the mode of what a link names.
            if Path(folder).is_symlink():
                Path(folder).unlink()
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self, folder: str, ends: ChildEnds, role: Role) -> ProcessTree:
        mark = secrets.token_hex(8)
        environment = notebook_environment(
            folder, folder, str(self.data_home.resolve()), str(python_path().parent), self.threads
        )
        before = kernel_limits(self.run_spec.limits, count_processes=False)
        process = start_payload(before, self.payload.resolve(), ends, role, folder, environment | {_MARK: mark})
        return ProcessTree(Monitor(process), f"{_MARK}={mark}")
