"""The command line: parse, call, draw. Progress bars, colours and exit codes live here alone.

Each command is a module of its own; `app` knows the options that they share and turns errors into exit codes.
"""

from autograder.cli import auditing, building, decisions, grading, reviewing, upkeep
from autograder.cli.app import app, main

__all__ = ["app", "auditing", "building", "decisions", "grading", "main", "reviewing", "upkeep"]
