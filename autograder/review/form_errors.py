"""What a form of the review may lack: a text of the page's own, which is translated, with its fields."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.errors import UsageError
from autograder.gradebook import Event


class FormError(UsageError):
    """A form, or an address, that cannot be taken.

    Args:
        template: The English text, with blanks, as `review_portuguese` knows it.
        remedy: Another of these texts, without blanks; empty if there is none.
        fields: What fills the blanks.
    """

    def __init__(self, template: str, remedy: str = "", **fields: object) -> None:
        super().__init__(template.format(**fields), remedy=remedy)
        self.template = template
        self.fields = fields

    def __reduce__(self) -> tuple[type[FormError], tuple[str, str], dict[str, object]]:
        return FormError, (self.what, self.remedy), self.__dict__


class OutdatedFormError(FormError):
    """What a form was made from has changed since; `events` say how, each with its student."""

    def __init__(self, events: Sequence[tuple[str, Event]]) -> None:
        super().__init__("this changed while the page was open", "look at what happened, then decide again")
        self.events = events
