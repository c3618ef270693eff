"""Executes notebooks of people who may mean harm, and always comes back with a Run.

open_sandbox ──► bubblewrap │ docker │ uid │ unconfined   how a process is started, who it is, what it can see
                      └──► supervise ──► Run              what it may use, what it said, how it ended
                              ├ conversation              frames → the state of a Run
                              ├ ordering                  orders, arrays and claims → the desk, and its answers back
                              ├ limits                    when it is too much
                              └ enclosure                 all its processes: measure them, kill them
          start_trainer ──► TrainerProcess                the same place for a process without code of a student's
"""

from __future__ import annotations

from autograder.sandbox.control_group import ControlGroup, memory_of_machine
from autograder.sandbox.interfaces import Desk, Observe, Sandbox
from autograder.sandbox.mounts import own_folders
from autograder.sandbox.opening import BACKENDS, PAYLOAD, automatic_backends, open_sandbox
from autograder.sandbox.protections import Protection, examine_protections

__all__ = [
    "BACKENDS",
    "PAYLOAD",
    "ControlGroup",
    "Desk",
    "Observe",
    "Protection",
    "Sandbox",
    "automatic_backends",
    "examine_protections",
    "memory_of_machine",
    "open_sandbox",
    "own_folders",
]
