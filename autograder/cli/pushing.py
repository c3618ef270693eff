"""The command `push`: send marks to a platform by its own interface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from autograder.cli.app import SOME_INTERNAL, AsJson, Config, RosterFile, app, say, stderr
from autograder.cli.exporting import Folder, read_marks, show_outcome
from autograder.errors import UsageError
from autograder.export import FOLDER, ExportOutcome, find_recipients, page_of
from autograder.gradebook import Gradebook
from autograder.push import AgsAddress, CanvasAddress, PushJournal, deliver, open_platform, plan


@app.command()
def push(
    platform: Annotated[Literal["canvas", "ags"], typer.Option("--to", help="Where the marks go.")],
    results: Folder = Path("grades"),
    roster: RosterFile = None,
    url: Annotated[str, typer.Option("--url", help="Canvas: its address, https://….")] = "",
    course: Annotated[str, typer.Option("--course", help="Canvas: the course's number.")] = "",
    assignment: Annotated[str, typer.Option("--assignment", help="Canvas: the assignment's number.")] = "",
    pages: Annotated[bool, typer.Option("--pages", help="Canvas: send each student's page as a comment.")] = False,
    line_item: Annotated[str, typer.Option("--line-item", help="AGS: the line item's address.")] = "",
    token_url: Annotated[str, typer.Option("--token-url", help="AGS: where the platform gives tokens.")] = "",
    client_id: Annotated[str, typer.Option("--client-id", help="AGS: what the platform calls the tool.")] = "",
    key_id: Annotated[str, typer.Option("--key-id", help="AGS: which of the tool's keys signs.")] = "",
    audience: Annotated[str, typer.Option("--audience", help="AGS: whom the key names, if not --token-url.")] = "",
    scale: Annotated[bool, typer.Option("--scale", help="Convert marks to what the platform's are out of.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace marks not sent from here, too.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Send them; without it, only show what differs.")] = False,
    config: Config = Path("grading.yml"),
    as_json: AsJson = False,
) -> None:
    """Show which marks differ on a platform, and with --apply send them; an interrupted push continues where it was.

    Marks that are pending, refused or missing and students without a clear match are left out. The access token comes
    from AUTOGRADER_CANVAS_TOKEN, the tool's private key from AUTOGRADER_AGS_KEY, or either from the system's keyring.
    """
    is_canvas = platform == "canvas"
    address = (
        CanvasAddress(url, course, assignment)
        if is_canvas
        else AgsAddress(line_item, token_url, client_id, key_id, audience)
    )
    if pages and not is_canvas:
        raise UsageError("pages cannot be sent by AGS", remedy="leave out --pages")
    with Gradebook.in_folder(results, must_exist=True, alone=True) as book:
        marks, people = read_marks(book, config, roster)
        opened = open_platform(address)
        journal = PushJournal(results / FOLDER, address.destination)
        users = find_recipients(
            marks, people, lambda person: person.canvas if is_canvas else person.lti, canvas_numbers=True
        )
        planned = plan(
            users,
            opened.current_marks(),
            opened.maximum,
            journal,
            lambda student: page_of(results, student) if pages else b"",
            scale=scale,
            overwrite=overwrite,
        )
        outcome = ExportOutcome(planned.changes, planned.unchanged, planned.held, planned.unmatched, ())
        show_outcome(outcome, str, as_json=as_json)
        if not apply:
            stderr.print("nothing is sent yet: --apply sends it", highlight=False)
            return
        done = deliver(opened, planned.uploads, journal, lambda upload: say("sent", upload.student))
    for one in done.refused:
        say("refused", f"{one.student}: {one.why}")
    stderr.print(f"sent {done.sent}, refused {len(done.refused)}, left {done.left}", highlight=False)
    if done.left:
        say("stopped", f"{done.why}: the same command sends the rest, and nothing twice")
    if done.left or done.refused:
        raise typer.Exit(SOME_INTERNAL)
