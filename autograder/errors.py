"""The exceptions that commands report, one tree.

An exception means that the operator has something to fix or that the package has a bug. A student's mistake is never an
exception: it is a verdict (see `records`).

    AutograderError
    ├── ConfigurationError    a file that the instructor wrote is wrong: `grading.yml`, `reference/…`
    ├── UsageError            a command was given impossible arguments: no such path, empty folder
    │   └── InputError        a person typed what cannot be taken; told in the language of the page, if there is one
    ├── EnvironmentFault      this machine lacks something: bubblewrap, data sets, room on the disk
    ├── EngineStopped         several runs in a row failed because of the grader; earlier grades are kept
    ├── WireError             bytes from a sandbox break the protocol; turned into a verdict by the sandbox
    ├── BuildError            the build's gate found a fault
    └── records.SubmissionError    a submission cannot be read at all; the batch goes on without it
"""

from __future__ import annotations

import functools
from typing import Any


class AutograderError(Exception):
    """States in one line what is wrong, where, and what to do about it.

    Args:
        what: The fault, a full clause without a final period.
        where: The file, path or key concerned; empty if there is none.
        remedy: What the operator can do; empty if unknown.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class ConfigurationError(AutograderError):
    """A file that the instructor wrote is wrong. `faults` holds every fault, one line each."""

    def __init__(self, what: str, where: str = "", remedy: str = "", faults: tuple[str, ...] = ()) -> None:
        super().__init__(what, where, remedy)
        # `args` is what pickle calls the class with: it must name every parameter.
        self.args = (what, where, remedy, faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n  ".join([super().__str__(), *self.faults])


class UsageError(AutograderError):
    """A command was given impossible arguments."""


class InputError(UsageError):
    """A person's input (in a command or in a form of the review) cannot be taken.

    Args:
        template: The English text, with blanks, by which a page finds the text in its own language.
        where: The file concerned; empty if there is none.
        remedy: What to do, another such text; empty if there is nothing to say.
        fields: What fills the blanks of both: texts, and numbers, which each language writes in its own way.
    """

    def __init__(self, template: str, where: str = "", remedy: str = "", **fields: str | float) -> None:
        said = {name: f"{value:g}" if isinstance(value, float) else value for name, value in fields.items()}
        super().__init__(template.format(**said), where, remedy.format(**said))
        self.templates = template, remedy
        self.fields = fields

    def __reduce__(self) -> tuple[Any, ...]:
        # By `functools.partial`, as pickle passes no arguments by name.
        template, remedy = self.templates
        return functools.partial(type(self), template, self.where, remedy, **self.fields), (), self.__dict__


class EnvironmentFault(AutograderError):  # noqa: N818 (`EnvironmentError` is a builtin)
    """This machine lacks something that the command needs."""


class EngineStopped(AutograderError):  # noqa: N818 (it says what happened)
    """Several runs in a row failed because of the grader, so the batch was stopped."""


class WireError(AutograderError):
    """Bytes from a sandbox break the protocol."""


class BuildError(AutograderError):
    """The build's gate found a fault."""
