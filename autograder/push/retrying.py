"""Repeat requests that a platform has throttled, after the time that it asks for.

Canvas answers 403 "Rate Limit Exceeded", or 429 since 2025; others answer 429 or 503, with `Retry-After` in seconds or
as a date (RFC 9110, section 10.2.3). A throttled request was not processed, so it is safe to repeat.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter

_ATTEMPTS = 6
_LONGEST_SECONDS = 300.0
_TIMEOUT_SECONDS = 30
_TOO_MANY, _FORBIDDEN, _UNAVAILABLE = 429, 403, 503


class RetryingAdapter(HTTPAdapter):
    """An HTTP adapter that repeats throttled requests; broken connections are left to the caller."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request."""
        options["timeout"] = options.get("timeout") or _TIMEOUT_SECONDS
        for attempt in range(_ATTEMPTS):
            response = super().send(request, *arguments, **options)
            seconds = _waiting_seconds(response, 2.0**attempt)
            if seconds is None or seconds > _LONGEST_SECONDS or attempt == _ATTEMPTS - 1:
                break
            response.close()
            time.sleep(seconds)
        return response


def is_throttled(response: requests.Response) -> bool:
    """Tell whether a platform throttled a request."""
    if response.status_code == _FORBIDDEN:
        return b"rate limit exceeded" in response.content.lower()
    return response.status_code == _TOO_MANY or (
        response.status_code == _UNAVAILABLE and "Retry-After" in response.headers
    )


def _waiting_seconds(response: requests.Response, otherwise: float) -> float | None:
    """Return how many seconds to wait before repeating a request; None if it was not throttled."""
    if not is_throttled(response):
        return None
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return otherwise
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds()) if moment.tzinfo else otherwise
