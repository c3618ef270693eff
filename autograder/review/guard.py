"""Who is answered: browsers on this machine that were given the token, by the page's own address, and nobody else."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 1024 * 1024
"""The largest form accepted, in bytes: a decision for a class of thousands names each of them."""

_HEADERS: Final = {
    # No script, no frame and no address but our own: not even text that escaped a template could do anything.
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Credentials:
    """The secrets of one server, made when it starts: the address's token, and the one that its forms carry."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self.csrf = secrets.token_urlsafe(32)
        # Cookies are shared by all ports of a host: two reviews at once must not log each other out.
        self.cookie = f"autograder-review-{port}"
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    def is_token(self, text: str) -> bool:
        """Tell whether a text is the token, in a time that says nothing of it."""
        return hmac.compare_digest(text.encode(), self.token.encode())

    def is_csrf(self, text: str) -> bool:
        """Tell whether a form is one of our own pages', likewise."""
        return hmac.compare_digest(text.encode(), self.csrf.encode())


class Guard:
    """Answers what may not pass, and gives every answer the headers that keep pages inert."""

    def __init__(self, app: ASGIApp, credentials: Credentials) -> None:
        self._app = app
        self._credentials = credentials

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        answer: ASGIApp = self._refusal(Request(scope)) or self._app
        await answer(scope, receive, sealed)

    def _refusal(self, request: Request) -> Response | None:
        """Return the answer to what may not pass; None if the request is one of ours."""
        headers = request.headers
        # Another site's name that was made to point here (DNS rebinding) shows in this header alone.
        if headers.getlist("host") not in [[host] for host in self._credentials.hosts]:
            return PlainTextResponse("This address is not one of this page's.\nEste endereço não é desta página.", 400)
        token = request.query_params.get("token")
        if token is not None and request.method == "GET" and self._credentials.is_token(token):
            return self._welcome()
        if not self._credentials.is_token(request.cookies.get(self._credentials.cookie, "")):
            return PlainTextResponse(
                "Open the address that `autograder review` printed: it holds the token.\n"
                "Abra o endereço que `autograder review` mostrou: ele contém o código de acesso.",
                403,
            )
        return self._refused_form(headers) if request.method == "POST" else None

    def _welcome(self) -> Response:
        """Keep the token in a cookie that no script and no other site can use, and take it out of the address."""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._credentials.cookie, self._credentials.token, httponly=True, samesite="strict")
        return answer

    def _refused_form(self, headers: Headers) -> Response | None:
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._credentials.hosts:
            return PlainTextResponse("This form is another page's.\nEste formulário é de outra página.", 403)
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return PlainTextResponse("This form is too large.\nEste formulário é grande demais.", 413)
        return None
