"""Hold a value from a sandbox against the shape that the rubric declares, and keep what fits.

Nothing here trusts its input beyond that it is JSON. What does not fit is left out and named by its path, so a
slip in one network's history costs nothing in the other's.
"""

from __future__ import annotations

import math
import re
import unicodedata

from autograder.evidence.wording import kind_of, shown
from autograder.records import JSON, NOT_THERE
from autograder.spec.shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape

LARGEST_NUMBER = 1e100
"""A training that diverged may say 1e38. Beyond this, squares and sums of squares would overflow in grading."""

_UNSUPPORTED = "$unsupported"
"""The key under which the payload says why it could not put a value into JSON."""

_BLANK_REASONS = frozenset({"ellipsis", "a ellipsis of builtins", "an ellipsis of builtins"})
"""What a scaffold holds until somebody fills it in: nothing was answered, so nothing is malformed."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_BLANK_DEPTH = 4
_LONGEST_WORD = 64
_FEW_KEYS = 5


def conform(name: str, value: JSON, shape: Shape) -> tuple[JSON, dict[str, str]]:
    """Return the part of a value that has the shape, and what was wrong with the rest.

    Args:
        name: The variable, with which every fault's path begins.
        value: What the sandbox said it holds.
        shape: What the rubric declares.

    Returns:
        The value, None where nothing is left of it; and reasons by path. None without a reason is a blank.

    >>> conform("q08_best", [4, True], NumbersShape(type="numbers", length=2))
    (None, {'q08_best': '[1] is True where a number is due'})
    """
    faults: dict[str, str] = {}
    return _conform(name, value, shape, faults), faults


def _conform(path: str, value: JSON, shape: Shape, faults: dict[str, str]) -> JSON:
    if is_blank(value):
        return None
    if isinstance(shape, MapShape):
        return _map(path, value, shape, faults)
    match shape:
        case NumberShape():
            fault = _number_fault(value, "")
        case NumbersShape():
            value = _whole_numbers_read(value)
            fault = _numbers_fault(value, shape)
        case WordsShape():
            value, fault = _words(value, shape)
        case LetterShape():
            value, fault = _letter(value, shape)
    if fault:
        faults[path] = fault
        return None
    return value


def is_blank(value: JSON, depth: int = _BLANK_DEPTH) -> bool:
    """Tell whether a value is a scaffold that nobody filled in: None, `...`, empty, or made of such alone."""
    if value is None or isinstance(value, str):
        return not (value and value.strip())
    if not isinstance(value, list | dict) or depth == 0:
        return False
    if isinstance(value, dict) and _UNSUPPORTED in value:
        reason = value[_UNSUPPORTED]
        return isinstance(reason, str) and reason in _BLANK_REASONS
    return all(is_blank(element, depth - 1) for element in (value if isinstance(value, list) else value.values()))


def _map(path: str, value: JSON, shape: MapShape, faults: dict[str, str]) -> JSON:
    if not isinstance(value, dict) or _UNSUPPORTED in value:
        faults[path] = _instead(value, "a dictionary")
        return None
    if not any(key in value for key in shape.keys):
        found = ", ".join(shown(key, 20) for key in list(value)[:_FEW_KEYS])
        faults[path] = f"none of the keys {', '.join(shape.keys)} is there; found {found}"
        return None
    result = {}
    for key in shape.keys:
        place = f"{path}.{key}"
        part = _conform(place, value.get(key), shape.of, faults)
        if part is not None:
            result[key] = part
        elif not any(fault == place or fault.startswith(f"{place}.") for fault in faults):
            # The variable was begun, so a part left blank is a hole in an answer and not the lack of one.
            faults[place] = NOT_THERE
    return result or None


def _whole_numbers_read(value: JSON) -> JSON:
    """Read whole numbers that stand as text in a list: keys of a dictionary do, and a list may be made of them."""
    if not isinstance(value, list):
        return value
    return [int(one) if isinstance(one, str) and _WHOLE_NUMBER.fullmatch(one) else one for one in value]


def _numbers_fault(value: JSON, shape: NumbersShape) -> str:
    if not isinstance(value, list):
        return _instead(value, f"a list of {shape.length} numbers")
    if len(value) != shape.length:
        return f"{len(value):,} numbers where {shape.length} are due"
    wrong = [fault for index, element in enumerate(value) if (fault := _number_fault(element, f"[{index}] is "))]
    more = f" (and {len(wrong) - 1} more like it)" if len(wrong) > 1 else ""
    return f"{wrong[0]}{more}" if wrong else ""


def _number_fault(value: JSON, subject: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{subject}{_instead(value, 'a number')}"
    # Written so that a number which is not a number fails.
    if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        size = "not finite" if isinstance(value, float) and not math.isfinite(value) else "too large"
        return f"{subject}{size} where a number is due"
    return ""


def _words(value: JSON, shape: WordsShape) -> tuple[JSON, str]:
    due = f"a list of {shape.length} words"
    if not isinstance(value, list):
        return None, _instead(value, due)
    if len(value) != shape.length:
        return None, f"{len(value):,} words where {shape.length} are due"
    spellings = {_folded(word): word for word in shape.words}
    words: list[str] = []
    for index, element in enumerate(value):
        if not isinstance(element, str):
            return None, f"[{index}] is {_instead(element, 'a word')}"
        word = spellings.get(_folded(element))
        if word is None:
            return None, f"[{index}] is '{shown(element)}' where one of {', '.join(shape.words)} is due"
        if word in words:
            # Four times the same word would stand in any order there is.
            return None, f"{word} occurs twice"
        words.append(word)
    return words, ""


def _letter(value: JSON, shape: LetterShape) -> tuple[JSON, str]:
    due = f"one of the letters {', '.join(shape.options)}"
    if not isinstance(value, str):
        return None, _instead(value, due)
    written = re.fullmatch(r"\(?\s*(\S)\s*[).]?", _folded(value))
    if written is None:
        return None, f"'{shown(value)}' where {due} is due"
    letter = written[1]
    if letter in shape.options:
        return letter, ""
    if not letter.isascii() and letter.isalpha():
        # A look-alike cannot be told by eye, so it is told by name.
        return None, f"'{letter}', {unicodedata.name(letter, 'a letter of another alphabet')}, where {due} is due"
    return None, f"'{shown(letter)}' where {due} is due"


def _folded(text: str) -> str:
    """Take away what does not change a meaning: width, case, blanks around."""
    text = text.strip()
    # NFKC may make eighteen characters of one. What is too long is nobody's word, cut off or not.
    return text if len(text) > _LONGEST_WORD else unicodedata.normalize("NFKC", text).strip().casefold()


def _instead(value: JSON, due: str) -> str:
    if is_blank(value):
        return f"nothing where {due} is due"
    if isinstance(value, dict) and _UNSUPPORTED in value:
        return f"{shown(value[_UNSUPPORTED])} where {due} is due"
    return f"{kind_of(value)} where {due} is due"
