"""The command line: parse, call, draw. Progress bars, colours and exit codes live here alone.

Each command is a module of its own; `app` knows the options that they share and turns errors into exit codes.
"""

from autograder.cli import (
    auditing,
    authoring,
    browsing,
    bulk_deciding,
    classes,
    deciding,
    exporting,
    machines,
    objecting,
    pushing,
    reviewing,
    undoing,
    upkeep,
)
from autograder.cli.app import app, main

__all__ = [
    "app",
    "auditing",
    "authoring",
    "browsing",
    "bulk_deciding",
    "classes",
    "deciding",
    "exporting",
    "machines",
    "main",
    "objecting",
    "pushing",
    "reviewing",
    "undoing",
    "upkeep",
]
