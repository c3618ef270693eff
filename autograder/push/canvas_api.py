"""Send marks, and pages as comments, to one assignment on Canvas.

Source of the contract: Canvas's API documentation, "Submissions" (list, grade or comment: `submission[posted_grade]`,
`comment[file_ids]`), "Submission Comments" (upload a file), "Assignments" (points_possible, group_category_id) and
"Throttling". Setting a mark twice changes nothing, but a comment is added each time: before a page is sent again, the
comments are searched for its file name, which is derived from its content.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
import urllib.parse
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import canvasapi
import requests
from canvasapi import exceptions

from autograder.errors import EnvironmentFault
from autograder.export import rounded
from autograder.push.credentials import find_credential
from autograder.push.planning import CurrentMark, Upload
from autograder.push.platform import CanvasAddress, LostError, RefusedError
from autograder.push.retrying import RetryingAdapter

_INCLUDED = ("user", "submission_comments")
_REFUSED = (
    exceptions.BadRequest,
    exceptions.Conflict,
    exceptions.Forbidden,
    exceptions.ResourceDoesNotExist,
    exceptions.Unauthorized,
    exceptions.UnprocessableEntity,
)


class CanvasAssignment:
    """One assignment (see `Platform`).

    Raises:
        EnvironmentFault: There is no token, Canvas denies access, or there is no such assignment.
    """

    def __init__(self, address: CanvasAddress) -> None:
        host = urllib.parse.urlsplit(address.url).hostname or address.url
        token = find_credential("AUTOGRADER_CANVAS_TOKEN", host, f"access token for {host}")
        # At debug level it would log the last characters of the token.
        logging.getLogger("canvasapi.requester").disabled = True
        with warnings.catch_warnings():
            # Plain HTTP is only possible on the loopback (see `platform`).
            warnings.simplefilter("ignore", UserWarning)
            canvas = canvasapi.Canvas(address.url.rstrip("/"), token)
        # canvasapi has no public way to set an adapter.
        session: requests.Session = canvas._Canvas__requester._session  # noqa: SLF001
        session.mount("http://", RetryingAdapter())
        session.mount("https://", RetryingAdapter())
        self._where = address.destination
        try:
            with _understood(self._where):
                course = canvas.get_course(int(address.course), use_sis_id=False)
                self._assignment: Any = course.get_assignment(int(address.assignment))
        except (LostError, RefusedError) as error:
            raise EnvironmentFault(str(error), self._where, "check the address and the token's rights") from error
        possible = getattr(self._assignment, "points_possible", None)
        self.maximum: float | None = None if possible is None else float(possible)
        alone = getattr(self._assignment, "grade_group_students_individually", False)
        self._is_group = getattr(self._assignment, "group_category_id", None) is not None and not alone
        self._there: dict[str, CurrentMark] = {}

    def current_marks(self) -> Mapping[str, CurrentMark]:
        """Return the current mark of each user."""
        try:
            with _understood(self._where):
                listed = self._assignment.get_submissions(include=list(_INCLUDED), per_page=100)
                self._there = {str(one.user_id): self._read(one) for one in listed}
        except (LostError, RefusedError) as error:
            raise EnvironmentFault(str(error), self._where, "try again later") from error
        return self._there

    def send(self, upload: Upload, *, look_first: bool) -> None:
        """Set the mark if it differs, and attach the page if no comment has it."""
        with _understood(self._where):
            there = self._there.get(upload.user)
            submission = None
            if look_first or there is None:
                submission = self._assignment.get_submission(int(upload.user), include=list(_INCLUDED))
                there = self._read(submission)
            if there.points is None or rounded(there.points) != rounded(upload.points):
                submission = submission or self._assignment.get_submission(int(upload.user), include=list(_INCLUDED))
                submission.edit(submission={"posted_grade": str(rounded(upload.points))})
            if upload.page and upload.page_name not in there.files:
                submission = submission or self._assignment.get_submission(int(upload.user), include=list(_INCLUDED))
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / upload.page_name
                    path.write_bytes(upload.page)
                    taken, _ = submission.upload_comment(path)
                if not taken:
                    raise LostError("Canvas did not take the page")

    def _read(self, submission: Any) -> CurrentMark:
        score = getattr(submission, "score", None)
        comments = getattr(submission, "submission_comments", None) or []
        files = {
            str(attached.get("display_name") or attached.get("filename") or "")
            for comment in comments
            for attached in comment.get("attachments") or []
        }
        user = getattr(submission, "user", None) or {}
        return CurrentMark(
            name=str(user.get("sortable_name") or user.get("name") or ""),
            points=None if score is None else float(score),
            excused=bool(getattr(submission, "excused", False)),
            files=frozenset(files),
            is_group=self._is_group,
        )


@contextlib.contextmanager
def _understood(where: str) -> Iterator[None]:
    """Translate the errors of canvasapi.

    Raises:
        LostError: The request may or may not have been processed, or is throttled for long.
        RefusedError: Canvas rejects the request.
        EnvironmentFault: The token is not valid.
    """
    try:
        yield
    except exceptions.InvalidAccessToken as error:
        raise EnvironmentFault("Canvas does not take the access token", where, "make a new one in Canvas") from error
    except exceptions.RateLimitExceeded as error:
        raise LostError("Canvas wants fewer requests") from error
    except exceptions.Forbidden as error:
        if "rate limit exceeded" in str(error).lower():
            raise LostError("Canvas wants fewer requests") from error
        raise RefusedError(f"Canvas refuses it: {error}") from error
    except _REFUSED as error:
        raise RefusedError(f"Canvas refuses it: {error}") from error
    except exceptions.CanvasException as error:
        raise LostError(f"Canvas failed: {error}") from error
    except (requests.RequestException, ValueError) as error:
        raise LostError(f"the connection to Canvas broke ({type(error).__name__})") from error
