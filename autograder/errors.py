"""The exceptions of this package, one tree.

An exception means that the operator has something to mend or that the package has a bug. What a student
does wrong is never an exception: it is a verdict (see `records`).

    AutograderError
    ├── ConfigurationError    a file that the instructor wrote is wrong: `grading.yml`, `reference/…`
    ├── UsageError            a command was asked for something that cannot be: no such path, empty folder
    ├── EnvironmentFault      this machine lacks something: bubblewrap, data sets, room on the disk
    ├── SubmissionError       a submission cannot be read at all; the batch goes on without it
    ├── EngineStopped         run after run failed by our own fault; what was graded is kept
    ├── WireError             bytes from a sandbox break the protocol; turned into a verdict by the sandbox
    └── BuildError            the assignment was built, and its gate found a fault
"""

from __future__ import annotations


class AutograderError(Exception):
    """Say what is wrong, where, and what to do about it, in one line.

    Args:
        what: The fault, a full clause without a final stop.
        where: The file, path or key that it concerns; empty when there is none.
        remedy: What the operator can do; empty when nothing can be said.
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
    """A command was asked for something that cannot be."""


class EnvironmentFault(AutograderError):  # noqa: N818 (EnvironmentError is taken by Python)
    """This machine lacks something that the command needs."""


class SubmissionError(AutograderError):
    """A submission cannot be read at all."""


class EngineStopped(AutograderError):  # noqa: N818 (it says what happened)
    """Run after run failed by our own fault: something is wrong that no further notebook would mend."""


class WireError(AutograderError):
    """Bytes from a sandbox break the protocol."""


class BuildError(AutograderError):
    """The assignment was built, and its gate found a fault."""
