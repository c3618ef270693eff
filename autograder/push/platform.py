"""The interface of a platform, and the addresses by which one is opened."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Mapping
from typing import Protocol

from autograder.errors import UsageError
from autograder.push.planning import CurrentMark, Upload

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class LostError(Exception):
    """The connection broke or the platform failed; the upload may or may not have been processed."""


class RefusedError(Exception):
    """The platform rejects this upload for good; the message says why."""


class Platform(Protocol):
    """A platform that marks are sent to.

    Attributes:
        maximum: The highest possible mark; None if any is accepted.
    """

    maximum: float | None

    def current_marks(self) -> Mapping[str, CurrentMark] | None:
        """Return the current mark of each user; None if it cannot be queried.

        Raises:
            EnvironmentFault: The platform denies access or cannot be reached.
        """

    def send(self, upload: Upload, *, look_first: bool) -> None:
        """Send one mark.

        Args:
            upload: The mark.
            look_first: An earlier attempt may have arrived, wholly or in part.

        Raises:
            LostError: It is unknown whether it arrived.
            RefusedError: The platform rejects it.
            EnvironmentFault: The platform denies access.
        """


@dataclasses.dataclass(frozen=True, slots=True)
class CanvasAddress:
    """One assignment of a course on Canvas."""

    url: str
    course: str
    assignment: str

    @property
    def destination(self) -> str:
        """The name of this destination; each has a journal of its own."""
        return f"canvas {self.url.rstrip('/')} course {self.course} assignment {self.assignment}"

    def __post_init__(self) -> None:
        _refuse_plain_http(self.url)
        parts = urllib.parse.urlsplit(self.url)
        if parts.path.strip("/") or parts.query or not parts.hostname:
            raise UsageError(f"{self.url!r} is not the address of Canvas alone", "--url", "such as https://canvas.edu")
        for name, number in (("--course", self.course), ("--assignment", self.assignment)):
            if not number.isascii() or not number.isdigit():
                raise UsageError(f"{number!r} is not an id of Canvas", name, "it is in the page's address")


@dataclasses.dataclass(frozen=True, slots=True)
class AgsAddress:
    """One line item of an LTI platform, and the URL for access tokens."""

    line_item: str
    token_url: str
    client_id: str
    key_id: str = ""
    audience: str = ""

    @property
    def destination(self) -> str:
        """The name of this destination; each has a journal of its own."""
        return f"ags {self.line_item}"

    def __post_init__(self) -> None:
        _refuse_plain_http(self.line_item)
        _refuse_plain_http(self.token_url)
        if not self.client_id:
            raise UsageError("there is no client id", remedy="give the tool's own with --client-id")


def open_platform(address: CanvasAddress | AgsAddress) -> Platform:
    """Open a connection to a platform.

    Raises:
        UsageError: The extra `push` is not installed.
        EnvironmentFault: There is no token or key for it, or the platform denies access.
    """
    try:
        if isinstance(address, CanvasAddress):
            from autograder.push.canvas_api import CanvasAssignment  # noqa: PLC0415 (of the extra `push`)

            return CanvasAssignment(address)
        from autograder.push.ags_service import LineItem  # noqa: PLC0415 (of the extra `push`)

        return LineItem(address)
    except ModuleNotFoundError as error:
        what = f"the package {error.name} is missing"
        raise UsageError(what, remedy="pip install 'cnn-autograder[push]'") from error


def _refuse_plain_http(url: str) -> None:
    """Refuse an address to which a token would be sent unencrypted."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise UsageError(f"{url!r} is not an address that begins with https://")
