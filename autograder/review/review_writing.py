"""How the review writes texts, numbers and times in one language; templates hold the English texts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from babel.dates import format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup

from autograder.class_report import PORTUGUESE as OF_CLASS_REPORT
from autograder.errors import AutograderError, InputError
from autograder.gradebook import Event
from autograder.records import Detail, Language, Reason, SubmissionError
from autograder.report import detail_text, number_text, refusal_line, sentence, short_flag
from autograder.report.numbers import LOCALES
from autograder.review.form_portuguese import OF_FORMS
from autograder.review.review_portuguese import OF_REVIEW

PORTUGUESE: Final[Mapping[str, str]] = MappingProxyType({**OF_CLASS_REPORT, **OF_REVIEW, **OF_FORMS})
_ROUNDED: Final = 6
_DIGITS: Final = 4
"""The digits of a trained number beside its interval."""


class Writing:
    """Writes in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def text(self, english: str, **fields: object) -> Markup:
        """Return one of the page's own texts, its fields escaped.

        Raises:
            KeyError: It has no translation.
        """
        template = PORTUGUESE[english] if self.language == "pt-BR" else english
        return Markup(template).format(**fields)  # noqa: S704 (ours)

    def number(self, value: float) -> str:
        """Write a number for reading."""
        return number_text(round(value, _ROUNDED), self.language)

    def typed(self, value: float) -> str:
        """Write a number as it is typed into a field: without separators of thousands."""
        text = f"{round(value, _ROUNDED):.10g}"
        return text.replace(".", ",") if self.language == "pt-BR" else text

    def mean(self, value: float | None) -> str:
        """Write a mean with two decimals; a dash for none."""
        if value is None:
            return "–"  # noqa: RUF001 (meant)
        return str(format_decimal(value, format="#,##0.00", locale=LOCALES[self.language]))

    def short(self, value: float) -> str:
        """Write a trained number with a few digits."""
        return number_text(float(f"{value:.{_DIGITS}g}"), self.language)

    def moment(self, at: str) -> str:
        """Write when something was saved, in UTC: in English as ISO 8601 does."""
        if self.language == "en":
            return at[:16].replace("T", " ")
        return str(format_datetime(dt.datetime.fromisoformat(at), "short", locale=LOCALES[self.language]))

    def said(self, reason: Reason) -> str:
        """Return a reason in words, with what was expected: this page is the instructor's."""
        return sentence(reason, self.language, reveal=True)

    def flag(self, code: str) -> str:
        """Return a flag in a few words."""
        return self._known(short_flag(code))

    def detail(self, detail: Detail | None) -> str:
        """Return a detail in words; empty for None."""
        return detail_text(detail, self.language)

    def about(self, event: Event) -> str:
        """Return what an event is about."""
        detail = event.detail
        if event.kind == "return" and not event.author:
            detail = self.plain("handed in something else")
        parts = [detail, self.detail(event.ended or event.fault)]
        if event.days_late:
            parts.append(self.plain("{count} days late", count=event.days_late))
        if event.undone:
            parts.append(self.plain("takes back event {number}", number=event.undone))
        if event.bulk:
            parts.append(self.plain("bulk override {number}", number=event.bulk))
        return "; ".join(filter(None, parts))

    def author(self, event: Event) -> str:
        """Return who caused an event."""
        if event.author:
            return event.author
        if event.kind == "objection":
            return self.plain("the student")
        return self.plain("the command") if event.kind in {"grading", "regrading", "hand-in", "refusal"} else ""

    def error(self, error: AutograderError) -> str:
        """Return an error in words; what is wrong with the operator's own files is told in English."""
        if isinstance(error, SubmissionError):
            return refusal_line(error, self.language)
        if isinstance(error, InputError):
            fields = {
                name: self.number(value) if isinstance(value, float) and math.isfinite(value) else value
                for name, value in error.fields.items()
            }
            what, remedy = (self.plain(text, **fields) if text else "" for text in error.templates)
            return str(AutograderError(what, error.where, remedy))
        return str(AutograderError(self._known(error.what), error.where, self._known(error.remedy)))

    def plain(self, english: str, **fields: object) -> str:
        """Return one of the page's own texts as plain text, not as markup."""
        template = PORTUGUESE[english] if self.language == "pt-BR" else english
        return template.format(**fields)

    def _known(self, words: str) -> str:
        """Return words that stand alone in this language, as far as they have a translation."""
        return PORTUGUESE.get(words, words) if self.language == "pt-BR" else words


WRITINGS: Final[Mapping[str, Writing]] = MappingProxyType({"en": Writing("en"), "pt-BR": Writing("pt-BR")})
"""By language."""
