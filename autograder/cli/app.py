"""The application that commands register with, the options that they share, and the exit codes."""

from __future__ import annotations

import errno
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from autograder import __version__
from autograder.errors import AutograderError, EnvironmentFault

DONE = 0
SOME_INTERNAL = 1
"""A grade is lacking, or a gate did not pass, by our own fault or the operator's."""
WRONG_USAGE = 2
INTERRUPTED = 130

_REFUSED_BY_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE}
"""What the operating system says of room and rights. Any other `OSError` is a bug of ours and keeps its traceback."""

stdout = Console()
"""Data: what a program or a pipe reads."""
stderr = Console(stderr=True)
"""Talk: progress, warnings, errors."""

app = typer.Typer(
    name="autograder",
    help="Grade notebooks on CNN architectures and training, and be able to defend every mark.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="The rubric.")]
Data = Annotated[
    Literal["auto", "real", "practice"],
    typer.Option("--data", help="Which data sets notebooks run on; auto takes the real ones if they can be had."),
]
SandboxName = Annotated[
    Literal["auto", "bubblewrap", "docker", "uid", "none"],
    typer.Option("--sandbox", help="What students' code runs in; auto takes the tightest that works here."),
]
Workers = Annotated[int, typer.Option("--workers", "--jobs", min=0, help="Notebooks at a time; 0: half the cores.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def main() -> None:
    """Run a command; what the operator can mend becomes one line on stderr and an exit code, never a traceback."""
    # Whoever stops us by SIGTERM (a queue, a container's engine) gets what Ctrl-C gets: what is done is written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except AutograderError as error:
        _fail(error)
    except OSError as error:
        if error.errno not in _REFUSED_BY_THE_MACHINE:
            raise
        place = "" if error.filename is None else str(error.filename)
        _fail(EnvironmentFault(str(error.strerror), place, "check the disk's room and who may write there"))


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        stdout.print(__version__)
        raise typer.Exit


def _fail(error: AutograderError) -> None:
    stderr.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
    sys.exit(WRONG_USAGE)
