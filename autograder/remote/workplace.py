"""The sandboxes of one machine, in which it executes units that come from elsewhere."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from autograder.datasets import find_real, has_practice, make_practice
from autograder.engine import default_workers
from autograder.errors import EnvironmentFault
from autograder.orders import Desk, OrderStore
from autograder.records import Run, to_json
from autograder.remote.conditions import MachineConditions, conditions_here, differences
from autograder.remote.job_file import NeededData, Unit
from autograder.rubric.run_spec import RunSpec
from autograder.sandbox import Sandbox, open_sandbox, own_folders, thread_limit


@dataclasses.dataclass(frozen=True, slots=True)
class _Opened:
    sandbox: Sandbox
    conditions: MachineConditions


class Workplace:
    """Opens a sandbox when the first unit of an assignment arrives; a context manager that closes them.

    Args:
        sandbox: See `open_sandbox`.
        known: A copy of the assignment's known trainings, which is only read; None knows none.
        trainings: Where answers to orders are kept and looked for; None keeps them until the end.
        workers: The number of orders trained at once; 0 means `default_workers`.
        warm: See `open_sandbox`.
        secrets: Files that no notebook may read.
    """

    def __init__(
        self,
        sandbox: str = "auto",
        known: Path | None = None,
        trainings: Path | None = None,
        workers: int = 0,
        *,
        warm: bool = True,
        secrets: Sequence[Path] = (),
    ) -> None:
        self._sandbox = sandbox
        self._known = known
        self._trainings = trainings
        self._workers = workers or default_workers()
        self._warm = warm
        self._secrets = tuple(path for path in (*own_folders(), known, trainings, *secrets) if path is not None)
        self._resources = contextlib.ExitStack()
        self._opened: dict[tuple[str, str], _Opened] = {}
        self._conditions: dict[str, MachineConditions] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End what was kept running between notebooks."""
        with self._lock:
            self._opened.clear()
            self._resources.close()

    def conditions(self, data: NeededData) -> MachineConditions:
        """Return the conditions of this machine for notebooks that need these data; they are examined once.

        Raises:
            EnvironmentFault: The data sets are not here.
        """
        key = to_json(data)
        with self._lock:
            if key not in self._conditions:
                self._conditions[key] = conditions_here(_data_home(data), data.files)
            return self._conditions[key]

    def prepare(self, unit: Unit) -> None:
        """Open what executing a unit needs, and compare the conditions; the unit itself is not executed.

        Raises:
            EnvironmentFault: See `execute`.
        """
        self._equal(unit)

    def execute(self, unit: Unit) -> tuple[Run, MachineConditions]:
        """Execute a unit; any thread may call this.

        Raises:
            EnvironmentFault: The machine cannot execute it, or not as the unit asks.
        """
        opened = self._equal(unit)
        return opened.sandbox.run(unit.job), opened.conditions

    def _equal(self, unit: Unit) -> _Opened:
        """Return the sandbox for a unit, on a machine that computes what the controller's would."""
        # First of all: opening a sandbox takes seconds.
        if differing := differences(unit.conditions, self.conditions(unit.data)):
            raise EnvironmentFault(f"it has {'; '.join(differing)}")
        return self._open(unit.run_spec, unit.data)

    def _open(self, run_spec: RunSpec, data: NeededData) -> _Opened:
        conditions, key = self.conditions(data), (run_spec.digest, to_json(data))
        with self._lock:
            if key not in self._opened:
                home = _data_home(data)
                known = OrderStore(self._known or home / "no known trainings")
                own = None if self._trainings is None else OrderStore(self._trainings)
                desk = self._resources.enter_context(Desk(run_spec.limits, known, own, self._workers))
                box = open_sandbox(
                    self._sandbox,
                    run_spec,
                    home,
                    desk,
                    threads=thread_limit(),
                    secrets=[path for path in self._secrets if path.exists()],
                    search=True,
                    warm=self._warm,
                )
                self._resources.callback(box.close)
                desk.engage(box.start_trainer)
                self._opened[key] = _Opened(box, conditions)
            return self._opened[key]


def _data_home(data: NeededData) -> Path:
    """Return the folder that holds the data sets' folder; nothing is fetched because a job says so.

    Raises:
        EnvironmentFault: They are not here.
    """
    if data.kind == "practice" and has_practice(data.files):
        return make_practice(data.files)
    found, faults = find_real(data.files)
    if found is None:
        raise EnvironmentFault("the data sets are not here", faults[0], "fetch them with `autograder data --fetch`")
    return found.path
