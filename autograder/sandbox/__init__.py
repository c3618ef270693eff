"""Runs untrusted notebooks in a sandbox; every execution yields a Run, whatever the notebook does.

open_sandbox ──► bubblewrap │ docker │ uid │ unconfined   how a process is started, as which user, what it can see
                      └──► supervise ──► Run              limits, output, how the execution ended
                              ├ conversation              frames → the state of a Run
                              ├ order_frames              orders, arrays and reported calls → the desk; answers back
                              ├ limits                    limits and their verdicts
                              └ enclosure                 all processes of an execution: measure them, kill them
          start_trainer ──► TrainerProcess                the same confinement for a process without student code
"""

from __future__ import annotations

from autograder.sandbox.control_group import ControlGroup, memory_of_machine
from autograder.sandbox.interfaces import DeskProtocol, Executor, Observe, Sandbox
from autograder.sandbox.mounts import own_folders
from autograder.sandbox.opening import BACKENDS, PAYLOAD, automatic_backends, open_sandbox, thread_limit
from autograder.sandbox.protections import Protection, examine_protections

__all__ = [
    "BACKENDS",
    "PAYLOAD",
    "ControlGroup",
    "DeskProtocol",
    "Executor",
    "Observe",
    "Protection",
    "Sandbox",
    "automatic_backends",
    "examine_protections",
    "memory_of_machine",
    "open_sandbox",
    "own_folders",
    "thread_limit",
]
