"""The exceptions of this package, one tree.

An exception means that the operator has something to fix or that the package has a bug. A student's mistake is never an
exception: it is a verdict (see `records`).

    AutograderError
    ├── ConfigurationError    a file that the instructor wrote is wrong: `grading.yml`, `reference/…`
    ├── UsageError            a command was given impossible arguments: no such path, empty folder
    ├── EnvironmentFault      this machine lacks something: bubblewrap, data sets, room on the disk
    ├── EngineStopped         several runs in a row failed because of the grader; earlier grades are kept
    ├── WireError             bytes from a sandbox break the protocol; turned into a verdict by the sandbox
    ├── BuildError            the build's gate found a fault
    └── records.SubmissionError    a submission cannot be read at all; the batch goes on without it
"""

from __future__ import annotations


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


class EnvironmentFault(AutograderError):  # noqa: N818 (`EnvironmentError` is a builtin)
    """This machine lacks something that the command needs."""


class EngineStopped(AutograderError):  # noqa: N818 (it says what happened)
    """Several runs in a row failed because of the grader, so the batch was stopped."""


class WireError(AutograderError):
    """Bytes from a sandbox break the protocol."""


class BuildError(AutograderError):
    """The build's gate found a fault."""
