"""The server of the review: on the loopback, on a port that is free, until it is stopped."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

import uvicorn

from autograder.errors import EnvironmentFault
from autograder.records import Language, spoken_language
from autograder.review.guard import Credentials
from autograder.review.review_application import ReviewApplication
from autograder.review.reviewed_class import ReviewedClass

_LOOPBACK: Final = "127.0.0.1"
_SECONDS_TO_FINISH: Final = 30
"""So long a decision that is being written may go on once the server is stopped."""


class ReviewServer:
    """A bound server.

    Args:
        config: The rubric.
        folder: The folder of results.
        port: The port to listen on; 0 takes a free one.
        language: Of the pages, until somebody chooses another there; None: as the assignment's first notebook.

    Raises:
        EnvironmentFault: The port is taken, or may not be used.
        UsageError: There is no gradebook.
        ConfigurationError: The rubric is wrong, or the file is not a gradebook.
    """

    def __init__(self, config: Path, folder: Path, port: int = 0, language: Language | None = None) -> None:
        self._reviewed = ReviewedClass(config, folder)
        with self._reviewed.open() as book:
            assignment = self._reviewed.state(book).assignment.specification.assignment
        spoken = spoken_language(next(iter(assignment.notebooks), "en"))
        self._socket = _bound(port)
        credentials = Credentials(self._socket.getsockname()[1])
        self.address = f"http://{_LOOPBACK}:{self._socket.getsockname()[1]}/?token={credentials.token}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                ReviewApplication(self._reviewed, credentials, language or spoken).asgi(),
                log_config=None,
                access_log=False,  # addresses hold names
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_SECONDS_TO_FINISH,
            )
        )

    def serve(self) -> None:
        """Answer until a signal or `stop` ends it; return once everything that was changed is written."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._reviewed.finish()

    def stop(self) -> None:
        """End `serve`, which another thread runs."""
        self._server.should_exit = True


def _bound(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((_LOOPBACK, port))
        # From here on a browser is kept waiting, not turned away, until `serve` answers.
        found.listen()
    except OSError as error:
        found.close()
        raise EnvironmentFault(
            f"the port cannot be used: {error.strerror}", f"{_LOOPBACK}:{port}", "name another one with --port"
        ) from error
    return found
