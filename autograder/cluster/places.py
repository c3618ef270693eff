"""The free places on the machines of a cluster, as threads take them and give them back."""

from __future__ import annotations

import dataclasses
import threading
import time

from autograder.errors import EnvironmentFault


@dataclasses.dataclass(eq=False, slots=True)
class Machine:
    """One worker of the cluster: its address, how many units it executes at once, how many it has, and how it is.

    `gone` means that its units have to be executed elsewhere, `strikes` is how much was held against it.
    """

    address: str
    places: int
    busy: int = 0
    gone: bool = False
    strikes: int = 0


class Places:
    """Hands out places, the least busy machine's first.

    Args:
        patience_seconds: How long a thread waits while there is no machine at all.
    """

    def __init__(self, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._machines: dict[str, Machine] = {}
        self._changed = threading.Condition()
        self._empty_since = time.monotonic()
        self._closed = False

    @property
    def machines(self) -> int:
        """The number of machines that execute units now."""
        with self._changed:
            return len(self._machines)

    def add(self, machine: Machine) -> None:
        """Add a machine; waiting threads get its places."""
        with self._changed:
            self._machines[machine.address] = machine
            self._changed.notify_all()

    def lose(self, address: str) -> bool:
        """Remove a machine, and return whether it was there."""
        with self._changed:
            machine = self._machines.pop(address, None)
            if machine is not None:
                machine.gone = True
            if not self._machines:
                self._empty_since = time.monotonic()
            self._changed.notify_all()
            return machine is not None

    def close(self) -> None:
        """Let no thread wait any longer, neither for a place nor for an answer."""
        with self._changed:
            self._closed = True
            for machine in self._machines.values():
                machine.gone = True
            self._machines.clear()
            self._changed.notify_all()

    def take(self, avoid: Machine | None = None) -> Machine:
        """Wait for a free place, and take it.

        Args:
            avoid: A machine whose places are taken only while there is no other machine.

        Raises:
            EnvironmentFault: There has been no machine for too long, or the command is ending.
        """
        with self._changed:
            while True:
                if self._closed:
                    raise EnvironmentFault("the command ended before a notebook was executed")
                others = [machine for machine in self._machines.values() if machine is not avoid]
                free = [one for one in others or self._machines.values() if one.busy < one.places]
                if free:
                    machine = min(free, key=lambda one: one.busy / one.places)
                    machine.busy += 1
                    return machine
                if not self._machines and time.monotonic() - self._empty_since > self._patience_seconds:
                    raise EnvironmentFault(
                        "no machine of the cluster executes notebooks",
                        remedy="start some with `autograder worker ADDRESS`",
                    )
                self._changed.wait(1.0)

    def give_back(self, machine: Machine) -> None:
        """Give a place back."""
        with self._changed:
            machine.busy -= 1
            self._changed.notify_all()
