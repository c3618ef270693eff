"""The application that commands register with, the options that they share, and the exit codes."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.markup import escape
from rich.text import Text
from typer.core import TyperGroup

from autograder import __version__
from autograder.cli.copied_commands import with_rubric
from autograder.cli.reader_language import reader_language
from autograder.errors import AutograderError, EngineStopped, EnvironmentFault
from autograder.interrupts import stop_in_order
from autograder.records import printable
from autograder.report import error_text

DONE = 0
SOME_INTERNAL = 1
"""A grade is lacking, or a gate did not pass, by our own fault or the operator's."""
WRONG_USAGE = 2

_REFUSED_BY_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE}
"""What the operating system says of room and rights. Any other `OSError` is a bug of ours and keeps its traceback."""


_ORDER_OF_WORK = (
    *("grade", "check", "report", "class-report", "regrade"),
    *("jobs", "execute", "worker"),
    *("review", "pending", "decide", "override", "bulk-override", "undo", "withdraw", "history", "objection"),
    *("export", "push"),
    *("new", "build", "calibrate", "audit"),
    *("data", "doctor", "schema"),
)
"""How `--help` lists the commands: a class, decisions about it, its marks, an assignment, the machine."""


class _Commands(TyperGroup):
    """The commands in the order of work; their modules register them in another."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, as `--help` lists them."""
        return sorted(super().list_commands(ctx), key=_ORDER_OF_WORK.index)


class PlainConsole(Console):
    """A console that prints no control characters: names of files and texts of a gradebook may be hostile."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Render a text without its control characters; everything that is printed as text passes here."""
        return super().render_str(printable(text), **options)


stdout = PlainConsole()
"""Data: what a program or a pipe reads."""
stderr = PlainConsole(stderr=True)
"""Talk: progress, warnings, errors."""

app = typer.Typer(
    name="autograder",
    cls=_Commands,
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
Warm = Annotated[
    bool,
    typer.Option(
        "--warm/--cold",
        help="Import packages once and fork for each notebook, where that works; or start each from nothing.",
    ),
]
Workers = Annotated[int, typer.Option("--workers", "--jobs", min=0, help="Notebooks at a time; 0: as many as fit.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the gradebook, the pages and the csv go.")]
RosterFile = Annotated[
    Path | None,
    typer.Option("--roster", metavar="FILE", help="Who is in the course, a CSV file; it is kept with the results."),
]
Student = Annotated[
    str, typer.Argument(metavar="STUDENT", help="As grades.csv names them; case and accents do not matter.")
]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; it is kept.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided; it is kept.")]


def main() -> None:
    """Run a command; what the operator can mend becomes one line on stderr and an exit code, never a traceback."""
    stop_in_order()
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


def print_json(document: object) -> None:
    """Print JSON on stdout, its control characters escaped as JSON allows."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    safe = "".join(
        character if character == "\n" or printable(character) == character else json.dumps(character)[1:-1]
        for character in text
    )
    stdout.print(JSONHighlighter()(safe), soft_wrap=True)


def say(kind: str, text: object) -> None:
    """Say something on stderr, in one line that begins with what kind of line it is: `warning`, `refused`."""
    stderr.print(f"[yellow]{kind}:[/] {escape(str(text))}", highlight=False, soft_wrap=True)


def say_error(error: AutograderError) -> None:
    """Say on stderr, in one line, what is wrong and what to do."""
    text = with_rubric(error_text(error, reader_language()), _takers_of_rubrics(), sys.argv)
    stderr.print(f"[bold red]error:[/] {escape(text)}", highlight=False, soft_wrap=True)


def _takers_of_rubrics() -> list[str]:
    """Return the commands with an option `--config`."""
    group = typer.main.get_command(app)
    commands = group.commands if isinstance(group, TyperGroup) else {}
    return [name for name, command in commands.items() if any(one.name == "config" for one in command.params)]


def _fail(error: AutograderError) -> None:
    say_error(error)
    sys.exit(SOME_INTERNAL if isinstance(error, EngineStopped) else WRONG_USAGE)
