"""What a notebook says of itself beside its code: the claimed evidence in an output, and its language.

Neither is believed. The claim stays text until `evidence` parses it, and the language chooses words alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import get_args

from autograder.errors import WireError
from autograder.records import JSON, Language
from autograder.wire import parse_json

CLAIM_TYPE = "application/vnd.autograder.evidence+json"
"""The type of the output in which the assignment's last cell stores the student's own values."""

MAXIMUM_CLAIM_BYTES = 4 * 2**20
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_COMMON_WORDS: dict[Language, str] = {
    "pt-BR": " de do da que não uma um para com em os as é são você ou por mais ",
    "en": " the of to and is in that it for you with are on this or by not an ",
}
_READ_CHARACTERS = 100_000


def find_claim(cells: Sequence[JSON]) -> str | None:
    """Return the claimed evidence as JSON text: that of the last output which holds any; None if none does.

    A claim of over 4 MiB is no claim: the assignment's cell writes a hundredth of that.
    """
    for cell in reversed(cells):
        outputs = cell.get("outputs")
        for output in reversed(outputs if isinstance(outputs, list) else []):
            bundle = output.get("data") if isinstance(output, dict) else None
            if isinstance(bundle, dict) and CLAIM_TYPE in bundle:
                text = _text(bundle[CLAIM_TYPE])
                return text if text and len(text.encode("utf-8", "replace")) <= MAXIMUM_CLAIM_BYTES else None
    return None


def find_language(claim: str | None, metadata: JSON, prose: Sequence[str]) -> Language:
    """Return the language to speak to the student in.

    Args:
        claim: The claimed evidence, which names it.
        metadata: The notebook's own metadata; `{"autograder": {"language": "en"}}` names it where no claim does.
        prose: The Markdown cells, whose common words are counted where nothing names it.
    """
    for holder in (_parsed(claim), metadata.get("autograder") if isinstance(metadata, dict) else None):
        named = holder.get("language") if isinstance(holder, dict) else None
        for language in _LANGUAGES:
            if named == language:
                return language
    words = re.findall(r"\w+", "\n".join(prose)[:_READ_CHARACTERS].casefold())
    counts = {language: sum(f" {word} " in common for word in words) for language, common in _COMMON_WORDS.items()}
    return "en" if counts["en"] > counts["pt-BR"] else "pt-BR"


def _text(content: JSON) -> str:
    """Return an output as text. Notebooks hold JSON as it is, and text as one string or as a list of lines."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "".join(content)
    try:
        return json.dumps(content)
    except RecursionError:
        # Far deeper than any parser of ours goes: as good as none.
        return ""


def _parsed(claim: str | None) -> JSON:
    try:
        return None if claim is None else parse_json(claim)
    except WireError:
        # `evidence` reads the same text and says what is wrong with it.
        return None
