"""The command `audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from autograder.assignment import open_assignment
from autograder.audit import WORDINGS, Audit, audit_document, write_audit
from autograder.audit import audit as examine_keys
from autograder.cli.app import SOME_INTERNAL, AsJson, Config, app, print_json, say, stderr, stdout
from autograder.cli.drawing import drawn


@app.command()
def audit(
    config: Config = Path("grading.yml"),
    data: Annotated[Literal["real", "practice"], typer.Option("--data", help="On which data the runs were.")] = "real",
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the page and the JSON go.")] = Path(
        "audit"
    ),
    language: Annotated[Literal["en", "pt-BR"], typer.Option("--language", help="The page's language.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Check whether the reference runs support the key, option by option, and write a page that shows it.

    Three marks: ✓ the key is the best-supported option, ⚠ it is, but in fewer runs than is wanted, ✗ it is not. Exit
    code 1: some key is marked ✗; `autograder build` refuses it as well.
    """
    assignment = open_assignment(config)
    found = examine_keys(assignment, data)
    if as_json:
        print_json(audit_document(found))
    else:
        _draw(found)
    for line in WORDINGS["en"].warnings(found):
        say("warning", line)
    page, _ = write_audit(out, found, assignment.specification.titles.get(language, {}), language)
    name = assignment.specification.assignment.name
    stderr.print(f"the audit of {name} as a page (it holds the key): {page}", highlight=False, soft_wrap=True)
    if not found.passed:
        raise typer.Exit(SOME_INTERNAL)


def _draw(found: Audit) -> None:
    """Print one row per option: its support, and in how many runs no option was supported better."""
    if not found.keys:
        stdout.print(WORDINGS["en"].nothing, highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("question", "option"):
        table.add_column(name)
    for name in ("support", "best alone", "best, tied", "runs", "dead"):
        table.add_column(name, justify="right")
    for key in found.keys:
        for number, option in enumerate(key.options):
            name = "key" if option.option == key.key else "accepted"
            mark = f"{drawn(key.mark)} {name}" if option.option in key.right else ""
            counts = (str(key.runs), str(key.dead)) if number == 0 else ("", "")
            table.add_row(
                key.question if number == 0 else "",
                f"{option.option} {mark}",
                f"{option.support:.0%}",
                str(option.alone),
                str(option.shared),
                *counts,
            )
    if found.keys:
        stdout.print(table)
    _draw_remedies(found)
    if found.figures:
        reproduced = sum(one.reproduced for one in found.figures)
        lost = [one.path for one in found.figures if not one.reproduced]
        rest = f"; not: {', '.join(lost)}" if lost else ""
        stdout.print(
            f"published figures reproduced: {reproduced} of {len(found.figures)}{escape(rest)}",
            highlight=False,
            soft_wrap=True,
        )


def _draw_remedies(found: Audit) -> None:
    """Print what each remedy does for a key that fewer runs support than is wanted."""
    weak = [key for key in found.keys if key.mark != "holds" and key.remedies]
    if not weak:
        return
    text = WORDINGS["en"]
    stdout.print(f"\n{text.helps} (✓: {text.in_use}), of students who answer by their own numbers", highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in ("", text.remedy):
        table.add_column(name)
    for name in (text.right, text.tied, text.flagged, text.wrong, text.guessed):
        table.add_column(name, justify="right")
    for key in weak:
        for number, remedy in enumerate(key.remedies):
            name = text.remedy_name(remedy).partition(" (")[0]
            table.add_row(
                key.question if number == 0 else "",
                escape(name) + (" ✓" if remedy.way == found.policy else ""),
                *(f"{count / key.runs:.0%}" for count in (remedy.right, remedy.tied, remedy.flagged, remedy.wrong)),
                f"{remedy.guessed:.0%}",
            )
    stdout.print(table)
