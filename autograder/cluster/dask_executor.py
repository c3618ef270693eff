"""In a sandbox's place: has the machines of a Dask cluster execute the jobs, each exactly once as far as grades go.

Every unit is sent to one machine that was examined before. If that machine is lost, answers wrongly or not in time, the
unit goes to another one, and whatever the first may still say is not heard.
"""

from __future__ import annotations

import collections
import contextlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from distributed import Client

from autograder.cluster.places import Machine, Places
from autograder.cluster.quiet_dask import quiet, root_cause, security_for
from autograder.cluster.unit_functions import execute_text, prepare_text
from autograder.errors import EnvironmentFault, WireError
from autograder.records import Job, Run, RunVerdict, shown
from autograder.remote import Unit, read_result
from autograder.sandbox.interfaces import Observe, ignore_progress
from autograder.sandbox.limits import STARTUP_SECONDS

_CONNECTING_SECONDS = 30.0
_PREPARING_SECONDS = 300.0
_POLL_SECONDS = 0.2
_PATIENCE_SECONDS = 300.0
_SLACK_SECONDS = 120.0
_MOST_PLACES = 256
"""A machine that claims more places gets no more units at once."""
_MOST_STRIKES = 3
"""A machine is left out after so many faults that another one did not have."""
_MOST_LOSSES = 3
"""A job that takes so many machines with it is executed no more."""
_LONGEST_LINE = 300


class MachineLost(Exception):  # noqa: N818 (it says what happened)
    """A machine did not answer, or not as one of ours would; the unit is executed elsewhere."""


class _OutOfTimeError(Exception):
    pass


class DaskExecutor:
    """Executes jobs on a cluster. Threads of the engine call `run`.

    Args:
        address: The scheduler's, see `check_address`.
        unit_of: Returns what may leave this machine of a job.
        sample: A unit of the assignment, by which machines are examined; it is not executed.
        say: Called with a line when a machine comes, goes or is left out, from any thread.
        backends: The sandboxes in which machines may execute.
        security: Certificates; None takes those of Dask's configuration.

    Raises:
        EnvironmentFault: No scheduler answers there.
        UsageError: There are no certificates for this address.
    """

    name = "cluster"
    remark = ""

    def __init__(
        self,
        address: str,
        unit_of: Callable[[Job], Unit],
        sample: Unit,
        say: Callable[[str], None],
        backends: tuple[str, ...],
        security: Any = None,
    ) -> None:
        quiet()
        self._unit_of = unit_of
        self._sample = sample
        self._say = say
        self._backends = backends
        self._places = Places(_PATIENCE_SECONDS)
        self._seen: set[str] = set()
        self._left_out: set[str] = set()
        self._losses: collections.Counter[str] = collections.Counter()
        self._ending = threading.Event()
        security = security_for(address, "client") if security is None else security
        try:
            self._client = Client(
                address,
                security=security,
                timeout=_CONNECTING_SECONDS,
                set_as_default=False,
                direct_to_workers=False,
            )
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise EnvironmentFault(
                f"no scheduler answers there: {root_cause(error)}",
                address,
                "start `dask scheduler`, with certificates of the same authority",
            ) from error
        self._watcher = threading.Thread(target=self._watch, name="machines", daemon=True)
        self._watcher.start()

    @property
    def machines(self) -> int:
        """The number of machines that execute jobs now."""
        return self._places.machines

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """Have a job executed, on as many machines one after another as it takes.

        A job that fails on one machine by a fault that is not the notebook's is tried on a second one. If that
        succeeds, it counts against the first; so no notebook can put machines out of a cluster one after another.

        Raises:
            EnvironmentFault: There is no machine, two say why they could not execute the job, or several were lost.
            WireError: Two machines answered with something that is not a result.
        """
        unit = self._unit_of(job)
        doubted: Machine | None = None
        strikes = 0
        while self._losses[unit.id] < _MOST_LOSSES:
            machine = self._places.take(doubted)
            observe(job.id, 0, len(job.cells))
            try:
                outcome = self._attempt(machine, unit)
            except MachineLost:
                self._losses[unit.id] += machine.gone
                continue
            finally:
                self._places.give_back(machine)
            failed = not isinstance(outcome, Run) or outcome.verdict is RunVerdict.INTERNAL
            if failed and doubted is None:
                # Whoever sends what is no result is not asked again; other faults may pass.
                doubted, strikes = machine, _MOST_STRIKES if isinstance(outcome, WireError) else 1
                continue
            if not failed and doubted is not None and doubted is not machine:
                self._strike(doubted, strikes)
            if isinstance(outcome, Run):
                return outcome
            raise outcome
        raise EnvironmentFault(f"{_MOST_LOSSES} machines were lost while they executed it")

    def _attempt(self, machine: Machine, unit: Unit) -> Run | WireError | EnvironmentFault:
        """Have one machine execute a unit; return the run, or why there is none.

        Raises:
            MachineLost: It did not answer.
        """
        try:
            return read_result(unit, self._ask(machine, unit), backends=self._backends)
        except (WireError, EnvironmentFault) as fault:
            return fault

    def _strike(self, machine: Machine, strikes: int) -> None:
        """Count against a machine what another one could do."""
        machine.strikes += strikes
        if machine.strikes >= _MOST_STRIKES:
            why = "something that is not a result" if strikes == _MOST_STRIKES else "faults of its own"
            self._leave_out(machine.address, f"it answered with {why} where another machine had a result")

    def close(self) -> None:
        """Leave the cluster. Units that are still being executed there are cancelled."""
        self._ending.set()
        self._places.close()
        self._watcher.join(_CONNECTING_SECONDS)
        with contextlib.suppress(Exception):
            self._client.close(timeout=_POLL_SECONDS)

    def _ask(self, machine: Machine, unit: Unit) -> str:
        limits = unit.run_spec.limits
        # A notebook that orders something waits for what others have ordered before.
        seconds = limits.notebook_seconds + machine.places * limits.training_seconds + STARTUP_SECONDS + _SLACK_SECONDS
        try:
            return self._call(machine, seconds, execute_text, unit.sha256, unit.text)
        except _OutOfTimeError:
            self._leave_out(machine.address, f"it did not answer within {seconds:.0f} s")
            raise MachineLost from None

    def _call(self, machine: Machine, seconds: float, function: Callable[..., str], *texts: str) -> str:
        """Call a function on one machine.

        Raises:
            MachineLost: It is gone.
            _OutOfTimeError: It did not answer in time.
            WireError: Its answer is no text.
        """
        try:
            future = self._client.submit(
                function, *texts, workers=[machine.address], allow_other_workers=False, pure=False, retries=0
            )
            try:
                answer = self._await(machine, time.monotonic() + seconds, future)
            finally:
                with contextlib.suppress(Exception):
                    future.cancel(force=True)
        except _OutOfTimeError:
            raise
        except Exception as error:
            # Dask's own reasons: the future was cancelled, or the connection to the scheduler is gone.
            self._ending.wait(_POLL_SECONDS)
            raise MachineLost from error
        if type(answer) is not str:
            raise WireError("it is no text")
        return answer

    def _await(self, machine: Machine, deadline: float, future: Any) -> Any:
        while not machine.gone and not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                return future.result(timeout=_POLL_SECONDS)
            if time.monotonic() > deadline:
                raise _OutOfTimeError
        raise MachineLost

    def _watch(self) -> None:
        """Notice machines that come and go, until the end."""
        while not self._ending.is_set():
            with contextlib.suppress(Exception):
                # Without its scheduler, the client would go on to name the machines that it knew.
                info = self._client.scheduler_info(n_workers=-1)
                self._compare(info["workers"] if self._client.status == "running" else {})
            self._ending.wait(_POLL_SECONDS)

    def _compare(self, workers: dict[str, dict[str, Any]]) -> None:
        for address in self._seen - workers.keys():
            self._seen.discard(address)
            self._left_out.discard(address)
            if self._places.lose(address) and not self._ending.is_set():
                self._say(f"machine {address} is gone: what it had is executed elsewhere")
        for address in workers.keys() - self._seen:
            self._seen.add(address)
            places = max(1, min(int(workers[address].get("nthreads", 1)), _MOST_PLACES))
            machine = Machine(address, places)
            threading.Thread(target=self._examine, args=(machine,), name="examine", daemon=True).start()

    def _examine(self, machine: Machine) -> None:
        """Let a machine execute units if it computes the same as this one."""
        try:
            answer = json.loads(self._call(machine, _PREPARING_SECONDS, prepare_text, self._sample.text))
            fault = str(answer["fault"])
        except MachineLost:
            return
        except Exception as error:  # noqa: BLE001 (whatever it sent)
            fault = f"it cannot be asked: {type(error).__name__}: {error}"
        if fault:
            self._leave_out(machine.address, fault)
        elif machine.address in self._seen:
            self._say(f"machine {machine.address} executes {machine.places} at a time")
            self._places.add(machine)

    def _leave_out(self, address: str, why: str) -> None:
        self._places.lose(address)
        if address not in self._left_out and not self._ending.is_set():
            self._left_out.add(address)
            self._say(f"machine {shown(address, 100)} is left out: {shown(why, _LONGEST_LINE)}")
