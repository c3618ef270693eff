"""The command `export`: what marks would change where, and the files for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.assignment import open_assignment
from autograder.class_results import read_results
from autograder.cli.app import AsJson, Config, RosterFile, app, print_json, say, stderr, stdout
from autograder.export import (
    CellChange,
    Destination,
    ExportOutcome,
    ExportRequest,
    Held,
    Mark,
    Pseudonyms,
    marks_of,
    prepare,
    write_outcome,
)
from autograder.gradebook import Gradebook
from autograder.records import Roster
from autograder.regrading import require_same_rubric
from autograder.roster import read_roster

_PRACTICE = "these marks come of practice data: they are none to publish"

Folder = Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder of results, as `grade --out` named it.")]
WithPseudonyms = Annotated[
    bool, typer.Option("--pseudonyms", help="Call students by pseudonyms, the same ones each time.")
]


@app.command()
def export(
    destination: Annotated[Destination, typer.Option("--to", help="Where the marks go.")],
    results: Folder = Path("grades"),
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="The platform's own file, as downloaded; it is never changed."),
    ] = None,
    roster: RosterFile = None,
    column: Annotated[
        str, typer.Option("--column", metavar="NAME", help="The column for the marks: its heading, or Canvas's id.")
    ] = "",
    scale: Annotated[bool, typer.Option("--scale", help="Convert marks to what the sheet's are out of.")] = False,
    pseudonyms: WithPseudonyms = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write the files; without it, only show the changes.")] = False,
    config: Config = Path("grading.yml"),
    as_json: AsJson = False,
) -> None:
    """Show which marks would change in a platform's sheet, and with --apply write a filled copy beside it.

    Marks are matched by the platform's own numbers, then by the course list. Students without a clear match and marks
    that are pending, refused or missing are listed, and their cells stay as they were.
    """
    with Gradebook.in_folder(results, must_exist=True, alone=apply or roster is not None) as book:
        marks, people = read_marks(book, config, roster)
    names = Pseudonyms(results) if pseudonyms else None
    visibility = open_assignment(config).specification.release.visibility
    request = ExportRequest(marks, people, results, sheet, column, scale=scale, pseudonyms=names, visibility=visibility)
    outcome = prepare(destination, request)
    written = write_outcome(outcome) if apply else ()
    show_outcome(outcome, names.of if names else str, as_json=as_json, written=written)
    for path in written:
        stderr.print(f"wrote {path}", highlight=False, markup=False, soft_wrap=True)
    if outcome.files and not apply:
        stderr.print("nothing is written yet: --apply writes a new file", highlight=False)


def read_marks(book: Gradebook, config: Path, roster: Path | None) -> tuple[tuple[Mark, ...], Roster | None]:
    """Return the marks of a class and the course list; a given list is saved first.

    Raises:
        ConfigurationError: The rubric or the list is invalid.
        UsageError: The class was graded under another rubric.
    """
    assignment = open_assignment(config)
    require_same_rubric(assignment, book)
    if roster is not None:
        book.keep_roster(read_roster(roster))
    identity = book.identity()
    if identity is not None and identity.data == "practice":
        say("warning", _PRACTICE)
    return marks_of(read_results(assignment, book), book.accounts()), book.roster()


def show_outcome(
    outcome: ExportOutcome, name: Callable[[str], str], *, as_json: bool, written: Sequence[Path] = ()
) -> None:
    """Print the changes on stdout; on stderr held marks, students without a match, and the number of each.

    Args:
        outcome: The result of an export.
        name: How to name a student.
        as_json: Print JSON for programs.
        written: The files that were written.
    """
    if name is not str:
        outcome = _without_names(outcome)
    if as_json:
        print_json(
            {
                "column": outcome.column,
                "changes": [_change(one, name) for one in outcome.changes],
                "unchanged": outcome.unchanged,
                "held": [{"student": name(one.student), "why": one.why} for one in outcome.held],
                "unmatched": [{"student": name(one.student), "why": one.why} for one in outcome.unmatched],
                "written": list(map(str, written)),
            }
        )
    else:
        if outcome.column:
            stderr.print(f"column: {outcome.column}", highlight=False, markup=False, soft_wrap=True)
        _draw(outcome.changes, name)
        _list("held", outcome.held, name)
        _list("no match", outcome.unmatched, name)
    counts = {
        "changed": len(outcome.changes),
        "unchanged": outcome.unchanged,
        "held": len(outcome.held),
        "matching nobody": len(outcome.unmatched),
    }
    stderr.print(", ".join(f"{what} {count}" for what, count in counts.items()), highlight=False)


def _without_names(outcome: ExportOutcome) -> ExportOutcome:
    """Leave out what identifies a student: the destination's names, and why a match is not known."""
    return dataclasses.replace(
        outcome,
        changes=tuple(dataclasses.replace(one, name="") for one in outcome.changes),
        held=tuple(dataclasses.replace(one, why=one.kind) for one in outcome.held),
        unmatched=tuple(dataclasses.replace(one, why="matches nobody, or several") for one in outcome.unmatched),
    )


def _change(one: CellChange, name: Callable[[str], str]) -> dict[str, str]:
    return dataclasses.asdict(one) | {"student": name(one.student)}


def _draw(changes: Sequence[CellChange], name: Callable[[str], str]) -> None:
    if not changes:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", overflow="fold")
    table.add_column("there", overflow="fold")
    table.add_column("before", justify="right")
    table.add_column("after", justify="right")
    for one in changes:
        table.add_row(escape(name(one.student)), escape(one.name), escape(one.before) or "–", escape(one.after))  # noqa: RUF001
    stdout.print(table)


def _list(kind: str, students: Sequence[Held], name: Callable[[str], str]) -> None:
    for one in students:
        say(kind, f"{name(one.student)}: {one.why}")
