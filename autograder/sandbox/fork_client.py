"""Client of the fork servers: start them, request a payload in a jail, replace a server that died."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from autograder.child_process import Process
from autograder.errors import EnvironmentFault
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.user_identity import ParentNamespace

MOST_FAILURES = 3
"""After this many consecutive failures, fork servers are no longer used."""

_ANSWER_SECONDS = 120.0
"""Time to import all modules and fork, on a busy machine."""

_DEATH_SECONDS = 10.0
_LARGEST_ANSWER_BYTES = 1024

Launch = Callable[[int], Process]
"""Starts a fork server, given the server's end of its socket."""


class ForkServers:
    """Fork servers, one per set of modules, each started on first use. Thread-safe.

    A child has everything in memory that its server imported. So a notebook is forked from a server that imported what
    it needs and little else, to keep other packages out of its memory limit and its measured usage.

    Args:
        launch: Starts a fork server.
        parent: The user namespace of the servers; closed with this object.
    """

    def __init__(self, launch: Launch, parent: ParentNamespace) -> None:
        self.parent = parent
        self._launch = launch
        self._lock = threading.Lock()
        self._servers: dict[tuple[str, ...], _ForkServer] = {}
        self._closed = False
        self._failures_in_a_row = 0
        self.failures = 0
        """The number of failed requests."""
        self.last_failure = ""

    def fork(
        self,
        modules: tuple[str, ...],
        request: dict[str, Any],
        jail: int,
        ends: ChildEnds,
        enter: Callable[[int], None],
    ) -> None:
        """Fork a payload into an existing jail.

        Args:
            modules: The modules to import before the fork.
            request: The other fields of `fork_server.forking.ForkRequest`.
            jail: The pid of the jail's first process.
            ends: The payload's ends of the pipes.
            enter: Puts the forked process into the jail's control group; called before that process proceeds.

        Raises:
            EnvironmentFault: The payload was not started; any remains are inside the jail.
        """
        with self._lock:
            if self._closed:
                raise EnvironmentFault("the fork servers are closed")
            server = self._servers.setdefault(modules, _ForkServer(self._launch))
        try:
            server.fork({"modules": modules, **request}, jail, ends, enter)
        except OSError as error:
            self._count_failure(f"{type(error).__name__}: {error}")
            raise EnvironmentFault(f"a fork server failed: {error}") from error
        except EnvironmentFault as fault:
            self._count_failure(fault.what)
            raise
        self._failures_in_a_row = 0

    @property
    def given_up(self) -> bool:
        """Whether so many consecutive requests failed that warm starts are abandoned."""
        return self._failures_in_a_row >= MOST_FAILURES

    def close(self) -> None:
        """Stop all servers; later requests fail."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for server in self._servers.values():
            server.close()
        self.parent.close()

    @property
    def pids(self) -> dict[tuple[str, ...], int]:
        """The pids of the servers by their preloaded modules."""
        return {modules: server.pid for modules, server in self._servers.items() if server.pid is not None}

    def _count_failure(self, why: str) -> None:
        self.failures += 1
        self._failures_in_a_row += 1
        self.last_failure = why


class _ForkServer:
    """One fork server, restarted on the next request if it has died."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._keeper: threading.Thread | None = None
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        with self._lock:
            self._end()

    def fork(self, request: dict[str, Any], jail: int, ends: ChildEnds, enter: Callable[[int], None]) -> None:
        """See `ForkServers.fork`; may also raise OSError.

        A server may be killed between two requests or during one, for instance when memory runs out, and its death is
        noticed a little later. So a request that it does not answer is sent once more, to a new server.
        """
        control = self._running()
        try:
            _fork_once(control, request, jail, ends, enter)
        except ConnectionError:
            _fork_once(self._running(instead_of=control), request, jail, ends, enter)

    def _running(self, instead_of: socket.socket | None = None) -> socket.socket:
        """Return the socket of a server that is running, as far as is known, starting one if necessary."""
        with self._lock:
            alive = self._process is not None and self._process.poll() is None
            if self._control is None or self._control is instead_of or not alive:
                return self._start()
            return self._control

    def _start(self) -> socket.socket:
        self._end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        started = threading.Event()
        faults: list[BaseException] = []

        def keep() -> None:
            """Start the server in a thread that outlives it: bubblewrap ends with the thread that started it."""
            try:
                with theirs:
                    self._process = process = self._launch(theirs.fileno())
            except BaseException as error:  # noqa: BLE001 (raised again in the calling thread)
                faults.append(error)
                return
            finally:
                started.set()
            process.wait()

        self._control = ours
        self._keeper = threading.Thread(target=keep, name="fork-server", daemon=True)
        self._keeper.start()
        started.wait()
        if faults:
            self._end()
            raise faults[0]
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._keeper is not None:
            # The server reads end of file and exits.
            self._keeper.join(_DEATH_SECONDS)
            if self._keeper.is_alive() and self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                self._keeper.join()
        self._control = self._keeper = self._process = None


def _fork_once(
    control: socket.socket, request: dict[str, Any], jail: int, ends: ChildEnds, enter: Callable[[int], None]
) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        ours.settimeout(_ANSWER_SECONDS)
        with theirs:
            jail_fd = os.pidfd_open(jail)
            try:
                descriptors = [jail_fd, theirs.fileno(), ends.orders, ends.frames, ends.output]
                socket.send_fds(control, [json.dumps(request).encode()], descriptors)
            finally:
                os.close(jail_fd)
        enter(int(_receive(ours)))
        ours.send(b"go")
        if (answer := _receive(ours)) != b"joined":
            raise EnvironmentFault(f"a fork server's child did not join its jail: {answer.decode(errors='replace')}")


def _receive(line: socket.socket) -> bytes:
    answer = line.recv(_LARGEST_ANSWER_BYTES)
    if not answer:
        raise ConnectionResetError("it ended before it answered")
    return answer
