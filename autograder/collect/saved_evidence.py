"""What a notebook states besides its code: the evidence saved in an output by the student's own run, and its language.

Neither is trusted. Saved evidence stays text until `evidence` parses it, and the language only selects wording.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from autograder.errors import WireError
from autograder.records import JSON, Language, spoken_language
from autograder.wire import parse_json

EVIDENCE_TYPE = "application/vnd.autograder.evidence+json"
"""The media type of the output in which the assignment's last cell saves the student's values."""

MAXIMUM_EVIDENCE_BYTES = 4 * 2**20
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A BCP 47 language tag, as far as it matters here."""
_COMMON_WORDS: dict[Language, str] = {
    "pt-BR": " de do da que não uma um para com em os as é são você ou por mais ",
    "en": " the of to and is in that it for you with are on this or by not an ",
}
_READ_CHARACTERS = 100_000


def find_saved_evidence(cells: Sequence[JSON]) -> str | None:
    """Return the saved evidence as JSON text, from the last output that has any; None if there is none.

    Evidence over 4 MiB is ignored: the assignment's cell writes a hundredth of that.
    """
    for cell in reversed(cells):
        outputs = cell.get("outputs")
        for output in reversed(outputs if isinstance(outputs, list) else []):
            bundle = output.get("data") if isinstance(output, dict) else None
            if isinstance(bundle, dict) and EVIDENCE_TYPE in bundle:
                text = _text(bundle[EVIDENCE_TYPE])
                return text if text and len(text.encode("utf-8", "replace")) <= MAXIMUM_EVIDENCE_BYTES else None
    return None


def find_language(saved: str | None, metadata: JSON, prose: Sequence[str]) -> Language:
    """Return the language for messages to the student.

    Args:
        saved: The saved evidence, which states the language.
        metadata: The notebook's metadata; `{"autograder": {"language": "en"}}` decides without saved evidence.
        prose: The Markdown cells, whose common words decide if nothing states the language.
    """
    for holder in (_parsed(saved), metadata.get("autograder") if isinstance(metadata, dict) else None):
        named = holder.get("language") if isinstance(holder, dict) else None
        if isinstance(named, str) and _TAG.fullmatch(named):
            return spoken_language(named)
    words = re.findall(r"\w+", "\n".join(prose)[:_READ_CHARACTERS].casefold())
    counts = {language: sum(f" {word} " in common for word in words) for language, common in _COMMON_WORDS.items()}
    return "en" if counts["en"] > counts["pt-BR"] else "pt-BR"


def _text(content: JSON) -> str:
    """Return an output as text. Notebooks store JSON as it is, and text as a string or a list of lines."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "".join(content)
    try:
        return json.dumps(content)
    except RecursionError:
        # Nested far deeper than our parsers accept: same as no evidence.
        return ""


def _parsed(saved: str | None) -> JSON:
    try:
        return None if saved is None else parse_json(saved)
    except WireError:
        # `evidence` parses the same text and reports the fault.
        return None
