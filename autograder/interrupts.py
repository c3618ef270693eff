"""Ctrl-C and SIGTERM: stop in good order, or at once.

Python turns Ctrl-C into an exception wherever the program happens to be. Inside the initialisation of a compiled
module that exception becomes an `ImportError`, or ends the interpreter; and a second Ctrl-C would interrupt the tidying
up after the first. So each phase of a command says which of the two ways of stopping is right for it.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED: Final = 130
"""The exit code of a command that was asked to stop: 128 and the number of SIGINT, as shells have it."""


def stop_in_order() -> None:
    """From now on a request to stop raises `KeyboardInterrupt`: what is done is written, then the command ends.

    SIGTERM (from a queue, or a container's engine) is treated like Ctrl-C.
    """
    _upon_request(signal.default_int_handler)


def stop_at_once() -> None:
    """From now on a request to stop ends the process, as quietly as if it were killed: right where nothing can be lost.

    That is while modules are imported, and once a command that was asked to stop writes its results.
    """
    _upon_request(_leave)


def ignore_requests() -> None:
    """From now on a request to stop changes nothing: the exit code is set and Python is cleaning up."""
    _upon_request(signal.SIG_IGN)


def _upon_request(handler: signal._HANDLER) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        # A shell's background job has Ctrl-C ignored, and keeps it so.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    os._exit(INTERRUPTED)
