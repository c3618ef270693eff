"""A form that was made from what has changed since."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.errors import InputError
from autograder.gradebook import Event


class OutdatedFormError(InputError):
    """What a form was made from has changed since; `events` say how, each with its student."""

    def __init__(self, events: Sequence[tuple[str, Event]]) -> None:
        super().__init__("this changed while the page was open", remedy="look at what happened, then decide again")
        self.events = events
