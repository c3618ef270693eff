"""The request loop: forks a child per request, which leaves the loop as the payload of its jail."""

from __future__ import annotations

import array
import dataclasses
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any, Self

from autograder.sandbox.fork_server.joining import Place, join
from autograder.sandbox.fork_server.preloading import Preloader

_LARGEST_REQUEST_BYTES = 64 * 1024
_DESCRIPTORS = 5
_PACKAGE = "autograder"


@dataclasses.dataclass(frozen=True, slots=True)
class ForkRequest:
    """A request for a payload: `payload` is its path in the jail, `modules` are imported before the fork."""

    modules: tuple[str, ...]
    payload: str
    place: Place
    jail: int
    line: socket.socket
    orders: int
    frames: int
    output: int

    @classmethod
    def receive(cls, control: socket.socket) -> Self | None:
        """Wait for the next request; None when the operator has closed the socket."""
        numbers = array.array("i")
        room = socket.CMSG_SPACE(_DESCRIPTORS * numbers.itemsize)
        body, ancillary, _, _ = control.recvmsg(_LARGEST_REQUEST_BYTES, room, socket.MSG_CMSG_CLOEXEC)
        if not body:
            return None
        for _, _, data in ancillary:
            numbers.frombytes(data)
        jail, line, orders, frames, output = numbers
        fields: dict[str, Any] = json.loads(body)
        return cls(
            tuple(fields["modules"]),
            fields["payload"],
            Place(**fields["place"]),
            jail,
            socket.socket(fileno=line),
            orders,
            frames,
            output,
        )

    def close(self) -> None:
        """Close the descriptors of the request."""
        self.line.close()
        for descriptor in (self.jail, self.orders, self.frames, self.output):
            os.close(descriptor)


def serve(control_descriptor: int) -> str:
    """Fork a child for each request; exit the process when the socket is closed.

    Args:
        control_descriptor: The socket for requests, each with five descriptors.

    Returns:
        The path of the payload; this function returns only in a child, inside its jail.
    """
    control = socket.socket(fileno=control_descriptor)
    preloader = Preloader()
    children: set[int] = set()

    def reap(*_: object) -> None:
        """Reap children that have handed over; the jail's first process reports how the payload ends."""
        for child in tuple(children):
            if os.waitpid(child, os.WNOHANG)[0]:
                children.discard(child)

    signal.signal(signal.SIGCHLD, reap)
    while (request := ForkRequest.receive(control)) is not None:
        preloader.load(request.modules)
        if (child := os.fork()) == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            return _become_payload(request, preloader)
        request.close()
        children.add(child)
        reap()
    os._exit(0)


def _become_payload(request: ForkRequest, preloader: Preloader) -> str:
    """Join the jail and imitate a payload that was started in it."""
    try:
        join(request.jail, request.place, request.line, request.output, (request.orders, request.frames))
        preloader.hide()
    except BaseException as error:  # noqa: BLE001 (this child must never go on as a server)
        request.line.send(f"{type(error).__name__}: {error}".encode()[:1000])
        os._exit(1)
    request.line.send(b"joined")
    request.line.close()
    os.close(request.jail)
    sys.argv = [request.payload, str(request.orders), str(request.frames)]
    sys.orig_argv = [*sys.orig_argv[:-2], *sys.argv]
    return request.payload


def forget_server() -> None:
    """Remove this package from `sys.modules`, and the server's folder from the import path.

    The server and the payload have the same path in different jails, so Python's caches of that folder are cleared.
    """
    folder = sys.path.pop(0)
    sys.path_importer_cache.pop(folder, None)
    for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()
