"""The command `review`: a local web page over the gradebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from autograder.cli.app import Config, app, stderr, stdout
from autograder.cli.reader_language import locale_language


@app.command()
def review(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder of results.")] = Path("grades"),
    config: Config = Path("grading.yml"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port on this machine; 0 takes a free one.")
    ] = 0,
    language: Annotated[
        Literal["en", "pt-BR"] | None,
        typer.Option("--language", help="The pages' language; by default the locale's, or else the assignment's."),
    ] = None,
) -> None:
    """Open a local web page over a gradebook: look at what is flagged or pending, decide, regrade and release.

    Every action of the page has its command, which the page shows. It answers only this machine, and only browsers
    that were given the address it prints; Ctrl-C ends it.
    """
    from autograder.review import ReviewServer  # noqa: PLC0415 (a web server is nothing for every command's start)

    server = ReviewServer(config, results, port, language or locale_language())
    stdout.print(server.address, highlight=False, markup=False, soft_wrap=True)
    stderr.print("Open this address in a browser on this machine; Ctrl-C ends the review.", highlight=False)
    try:
        server.serve()
    except KeyboardInterrupt:
        stderr.print("The review has ended; every decision is kept.", highlight=False)
