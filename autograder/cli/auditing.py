"""The command `audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from autograder.assignment import open_assignment
from autograder.audit import Audit, audit_document, warnings, write_audit
from autograder.audit import audit as examine_keys
from autograder.cli.app import SOME_INTERNAL, AsJson, Config, app, print_json, say, stderr, stdout


@app.command()
def audit(
    config: Config = Path("grading.yml"),
    data: Annotated[Literal["real", "practice"], typer.Option("--data", help="On which data the runs were.")] = "real",
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the page and the JSON go.")] = Path(
        "audit"
    ),
    as_json: AsJson = False,
) -> None:
    """Ask of the reference runs whether they bear out the key, option by option, and write a page that shows it.

    Exit code 1: some key is not the option that the runs support best; `autograder build` refuses it as well.
    """
    assignment = open_assignment(config)
    found = examine_keys(assignment, data)
    if as_json:
        print_json(audit_document(found))
    else:
        _draw(found)
    for line in warnings(found):
        say("warning", line)
    page, _ = write_audit(out, found, assignment.specification.titles.get("en", {}))
    stderr.print(f"the audit as a page (it holds the key): {page}", highlight=False, soft_wrap=True)
    if not found.passed:
        raise typer.Exit(SOME_INTERNAL)


def _draw(found: Audit) -> None:
    """Print one row per option: its support, and in how many runs no option was supported better."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("question", "option"):
        table.add_column(name)
    for name in ("support", "best alone", "best, shared", "runs", "dead"):
        table.add_column(name, justify="right")
    for key in found.keys:
        for number, option in enumerate(key.options):
            of_key = option.option == key.key
            mark = ("[green]✓ key[/]" if key.upheld else "[red]✗ key[/]") if of_key else ""
            counts = (str(key.runs), str(key.dead)) if number == 0 else ("", "")
            table.add_row(
                key.question if number == 0 else "",
                f"{option.option} {mark}",
                f"{option.support:.0%}",
                str(option.alone),
                str(option.shared),
                *counts,
            )
    stdout.print(table)
    if found.figures:
        reproduced = sum(one.reproduced for one in found.figures)
        lost = [one.path for one in found.figures if not one.reproduced]
        rest = f"; not: {', '.join(lost)}" if lost else ""
        stdout.print(
            f"published figures reproduced: {reproduced} of {len(found.figures)}{escape(rest)}",
            highlight=False,
            soft_wrap=True,
        )
