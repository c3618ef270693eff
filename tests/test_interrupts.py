"""Requests to stop in a real process: what each phase of a command does with Ctrl-C and SIGTERM."""

import functools
import signal
import subprocess
import sys

import pytest

PROGRAM = """
import time
from autograder.interrupts import ignore_requests, stop_at_once, stop_in_order
{phase}()
try:
    print("ready", flush=True)
    time.sleep({seconds})
    print("went on")
except KeyboardInterrupt:
    print("in order")
finally:
    print("tidied up")
"""
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def outcome(phase, number, seconds=30.0, inherited=signal.default_int_handler):
    """Start a program in a phase, send it a signal once it is there, and return its exit code and output."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(phase=phase, seconds=seconds)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, inherited),  # noqa: PLW1509
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        said = process.communicate(timeout=60)[0]
    return process.returncode, said.split("\n")[:-1]


@BOTH
def test_a_command_that_stops_in_order_tidies_up(number):
    """The request is an exception, which the command may answer."""
    assert outcome("stop_in_order", number) == (0, ["in order", "tidied up"])


@BOTH
def test_a_command_that_stops_at_once_runs_nothing_more(number):
    """Not even what would tidy up, with the exit code of a command that was asked to stop."""
    assert outcome("stop_at_once", number) == (130, [])


@BOTH
def test_a_command_that_has_ended_is_not_disturbed(number):
    """Its exit code stays."""
    assert outcome("ignore_requests", number, 0.5) == (0, ["went on", "tidied up"])


@pytest.mark.parametrize("phase", ["stop_in_order", "stop_at_once"])
def test_a_background_job_keeps_ctrl_c_ignored(phase):
    """A shell that starts a job in the background says so by an ignored SIGINT."""
    assert outcome(phase, signal.SIGINT, 0.5, signal.SIG_IGN) == (0, ["went on", "tidied up"])
