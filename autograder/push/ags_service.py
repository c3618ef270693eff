"""Post scores to a line item of an LTI 1.3 platform, as Assignment and Grade Services 2.0 has it.

Sources: 1EdTech, "LTI Assignment and Grade Services Specification" 2.0 (score service: address, media type, scope);
1EdTech, "Security Framework" 1.0, section 4 (client credentials with a signed JWT, RFC 7523). A platform ignores a
score unless its timestamp is later than the current one, so a document that is posted again with its first timestamp
counts once.
"""

from __future__ import annotations

import urllib.parse
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from autograder.errors import EnvironmentFault
from autograder.export import Mark, User, score_document
from autograder.push.credentials import find_credential
from autograder.push.planning import Upload
from autograder.push.platform import AgsAddress, LostError, RefusedError
from autograder.push.retrying import RetryingAdapter, is_throttled

_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_MEDIA_TYPE = "application/vnd.ims.lis.v1.score+json"
_UNAUTHORIZED, _CONFLICT, _FIRST_ERROR, _FIRST_FAILURE = 401, 409, 400, 500
_LONGEST_ANSWER = 200


class LineItem:
    """One line item (see `Platform`). Current marks are not queried: that would need another permission.

    Raises:
        EnvironmentFault: There is no key, or the platform gives no token for it.
    """

    maximum: float | None = None

    def __init__(self, address: AgsAddress) -> None:
        key = find_credential("AUTOGRADER_AGS_KEY", address.client_id, "private key of the tool (PEM)")
        self._address = address
        self._session: Any = OAuth2Session(
            address.client_id, key, token_endpoint_auth_method=PrivateKeyJWT.name, scope=_SCOPE
        )
        headers = {"kid": address.key_id} if address.key_id else None
        method = PrivateKeyJWT(address.audience or address.token_url, headers=headers)
        self._session.register_client_auth_method(method)
        self._session.mount("http://", RetryingAdapter())
        self._session.mount("https://", RetryingAdapter())
        parts = urllib.parse.urlsplit(address.line_item)
        # The address of a line item may have a query, which stays behind the path.
        self._scores = urllib.parse.urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))
        try:
            self._get_token()
        except LostError as error:
            raise EnvironmentFault(str(error), address.token_url, "try again later") from error

    def current_marks(self) -> None:
        """Return None: they are not queried."""

    def send(self, upload: Upload, *, look_first: bool) -> None:
        """Post the score, under the timestamp that the upload was made with."""
        mark = Mark(upload.student, points=upload.points, points_possible=upload.points_possible)
        document = score_document(User(mark, upload.user), upload.moment)
        answer = self._post(document, upload.key)
        if answer.status_code == _UNAUTHORIZED:
            # Tokens live for an hour or less.
            self._get_token()
            answer = self._post(document, upload.key)
        said = answer.text[:_LONGEST_ANSWER]
        if answer.status_code == _UNAUTHORIZED:
            raise EnvironmentFault("the platform does not take its own token", self._address.line_item)
        if answer.status_code >= _FIRST_FAILURE or is_throttled(answer):
            raise LostError(f"the platform failed: {answer.status_code}")
        if answer.status_code == _CONFLICT and look_first:
            # An earlier attempt has arrived, and only its answer was lost.
            return
        if answer.status_code >= _FIRST_ERROR:
            raise RefusedError(f"the platform refuses it: {answer.status_code} {said}")

    def _post(self, document: dict[str, Any], key: str) -> requests.Response:
        headers = {"Content-Type": _MEDIA_TYPE, "Idempotency-Key": key}
        try:
            response: requests.Response = self._session.post(self._scores, json=document, headers=headers)
        except requests.RequestException as error:
            raise LostError(f"the connection to the platform broke ({type(error).__name__})") from error
        return response

    def _get_token(self) -> None:
        try:
            self._session.fetch_token(self._address.token_url, grant_type="client_credentials", scope=_SCOPE)
        except requests.RequestException as error:
            raise LostError(f"the connection to the platform broke ({type(error).__name__})") from error
        except (AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            what = f"the platform gives no token for this key and client id ({type(error).__name__})"
            raise EnvironmentFault(what, self._address.token_url, "check the key, the client id and --key-id") from None
