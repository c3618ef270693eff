"""The addresses of the review, and what answers them: pages for reading, and forms that end in a page for reading."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote, unquote, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from autograder.errors import AutograderError, EnvironmentFault, UsageError
from autograder.gradebook import Gradebook
from autograder.objections import MOST_BYTES
from autograder.records import Language, printable
from autograder.review.form_errors import OutdatedFormError
from autograder.review.guard import Credentials, Guard
from autograder.review.notebook_view import find_picture
from autograder.review.queue_entries import QueueChoice
from autograder.review.review_actions import ACTS, Entered
from autograder.review.review_pages import ReviewPages, Visit, stylesheet
from autograder.review.review_writing import WRITINGS
from autograder.review.reviewed_class import ReviewedClass

_NAME = "autograder-review-name"
"""The cookie that keeps who decides, so that it is typed once."""
_LANGUAGE = "autograder-review-language"
"""The cookie that keeps in which language somebody reads."""
_STRANGE_FORM = "This form is not one of this page's.\nEste formulário não é desta página."
_MOST_DIGITS = 15
_MOST_FIELDS = 50_000
"""A form names each student to whom a decision applies; the guard bounds its bytes."""

Handler = Callable[[Request], Response]


class ReviewApplication:
    """Answers requests about one class. Each opens the gradebook for itself, in a thread of its own.

    Args:
        reviewed: The class.
        credentials: What a browser must present.
        language: In which pages are until somebody chooses another.
    """

    def __init__(self, reviewed: ReviewedClass, credentials: Credentials, language: Language) -> None:
        self._language = language
        self._reviewed = reviewed
        self._credentials = credentials
        self._pages = ReviewPages(reviewed)
        self._style = stylesheet()

    def asgi(self) -> ASGIApp:
        """Return the application, behind its guard."""
        pages: Mapping[str, Callable[[Request, Gradebook, Visit], str]] = {
            "/": self._queue,
            "/items": lambda _, book, visit: self._pages.items(book, visit),
            "/item": lambda request, book, visit: self._pages.item(book, visit, request.query_params.get("place", "")),
            "/submission": self._submission,
            "/regrade": lambda _, book, visit: self._pages.regrading(book, visit),
            "/release": lambda _, book, visit: self._pages.releasing(book, visit),
        }
        routes = [Route(path, self._reading(page)) for path, page in pages.items()]
        routes += [Route(f"/act/{name}", self._acting(name), methods=["POST"]) for name in ACTS]
        routes += [
            Route("/picture", self._picture),
            Route("/language", self._switch),
            Route("/review.css", self._stylesheet),
            Route("/favicon.ico", _icon),
        ]
        handlers = {404: self._not_found, 405: self._not_found}
        return Guard(Starlette(routes=routes, exception_handlers=handlers), self._credentials)

    def _reading(self, page: Callable[[Request, Gradebook, Visit], str]) -> Handler:
        """Return what answers with a page."""

        @functools.wraps(page)
        def answer(request: Request) -> Response:
            try:
                with self._reviewed.open() as book:
                    return HTMLResponse(page(request, book, self._visit(request)))
            except AutograderError as error:
                return self._told(request, error)

        return answer

    def _acting(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """Return what does what a form asks for, and then shows the page that the form was on."""

        async def answer(request: Request) -> Response:
            async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
                if not self._credentials.is_csrf(_text(form, "csrf")):
                    return PlainTextResponse(_STRANGE_FORM, 403)
                entered, back = await _entered(form), _text(form, "back")
            return await run_in_threadpool(self._act, request, name, entered, back)

        return answer

    def _act(self, request: Request, name: str, entered: Entered, back: str) -> Response:
        try:
            kept = ACTS[name](self._reviewed, entered)
        except AutograderError as error:
            return self._not_kept(request, name, entered, error)
        path = _own(back)
        note = urlencode({"saved": kept.count} | ({"left": kept.left} if kept.left else {}))
        answer = RedirectResponse(f"{path}{'&' if '?' in path else '?'}{note}", 303)
        if entered.by:
            answer.set_cookie(_NAME, quote(entered.by), httponly=True, samesite="strict")
        return answer

    def _not_kept(self, request: Request, name: str, entered: Entered, error: AutograderError) -> Response:
        """Return the form again, with what was entered: nothing that was typed is lost."""
        events = error.events if isinstance(error, OutdatedFormError) else ()
        status = 409 if isinstance(error, OutdatedFormError | EnvironmentFault) else 400
        try:
            with self._reviewed.open() as book:
                page = self._pages.again(book, self._visit(request), name, entered, error, events)
        except AutograderError:
            return self._told(request, error)
        return HTMLResponse(page, status)

    def _queue(self, request: Request, book: Gradebook, visit: Visit) -> str:
        asked = request.query_params
        choice = QueueChoice(asked.get("kind", ""), asked.get("item", ""), asked.get("words", ""))
        return self._pages.queue(book, visit, choice, _whole(asked.get("page", "")))

    def _submission(self, request: Request, book: Gradebook, visit: Visit) -> str:
        student, place = request.query_params.get("name", ""), request.query_params.get("item", "")
        if place:
            return self._pages.finding(book, visit, student, place)
        return self._pages.submission(book, visit, student)

    def _picture(self, request: Request) -> Response:
        asked = request.query_params
        try:
            with self._reviewed.open() as book:
                given = self._reviewed.state(book).grades.get(asked.get("name", ""))
                job = None if given is None else book.job(given.job_id)
        except AutograderError as error:
            return self._told(request, error)
        cell, number = _whole(asked.get("cell", "")), _whole(asked.get("number", ""))
        found = None if job is None else find_picture(job, cell, number)
        return self._not_found(request) if found is None else Response(found.picture, media_type=found.label)

    def _stylesheet(self, _request: Request) -> Response:
        return Response(self._style, media_type="text/css")

    def _switch(self, request: Request) -> Response:
        """Keep the chosen language, and show the page again from which it was chosen."""
        answer = RedirectResponse(_own(request.query_params.get("back", "/")), 303)
        chosen = request.query_params.get("to", "")
        if chosen in WRITINGS:
            answer.set_cookie(_LANGUAGE, chosen, httponly=True, samesite="strict")
        return answer

    def _not_found(self, request: Request, _error: Exception | None = None) -> Response:
        return HTMLResponse(self._pages.message("There is no such page", self._language_of(request)), 404)

    def _told(self, request: Request, error: AutograderError) -> Response:
        status = 404 if isinstance(error, UsageError) else 500
        return HTMLResponse(self._pages.message("This cannot be shown", self._language_of(request), error), status)

    def _language_of(self, request: Request) -> Language:
        kept = request.cookies.get(_LANGUAGE, "")
        return WRITINGS[kept].language if kept in WRITINGS else self._language

    def _visit(self, request: Request) -> Visit:
        asked = request.query_params
        language = self._language_of(request)
        other: Language = "en" if language == "pt-BR" else "pt-BR"
        # What was just saved is not said once more in the other language.
        kept = [(name, value) for name, value in asked.multi_items() if name not in {"saved", "left"}]
        path = request.url.path if request.method == "GET" else "/"
        back = f"{path}?{urlencode(kept)}" if kept else path
        return Visit(
            csrf=self._credentials.csrf,
            language=language,
            other_language=f"/language?{urlencode({'to': other, 'back': back})}",
            by=printable(unquote(request.cookies.get(_NAME, ""))),
            saved=_whole(asked["saved"]) if "saved" in asked else None,
            left=_whole(asked.get("left", "")),
        )


def _icon(_request: Request) -> Response:
    """Answer what every browser asks for by itself: there is none."""
    return Response(status_code=204)


def _own(path: str) -> str:
    """Return an address of this server; the queue's in place of any other server's."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


async def _entered(form: FormData) -> Entered:
    """Read a form; what people typed is kept without characters that would control a terminal."""
    file = form.get("file")
    name, content = "", b""
    if isinstance(file, UploadFile):
        name, content = printable(file.filename or ""), await file.read(MOST_BYTES + 1)
    return Entered(
        seen=_whole(_text(form, "seen")),
        students=tuple(dict.fromkeys(str(name) for name in form.getlist("student"))),
        place=_text(form, "place"),
        points=_typed(form, "points"),
        because=_typed(form, "because"),
        by=_typed(form, "by"),
        text=_typed(form, "text"),
        number=_whole(_text(form, "number")),
        rules=_text(form, "rules"),
        file_name=name,
        content=content,
    )


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))


def _typed(form: FormData, name: str) -> str:
    return printable(_text(form, name).replace("\r\n", "\n").expandtabs(1)).strip()


def _whole(text: str) -> int:
    """Return a whole number that an address or a form names; 0 if it names none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
