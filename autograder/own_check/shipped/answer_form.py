"""Check the form of the answers: which are missing, and which have another form than is asked for."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

Words = Mapping[str, str]

_MOST_FAULTS = 3
_LONGEST_SHOWN = 20
_LONGEST_WORD = 64


def form_lines(questions: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any], words: Words) -> list[str]:
    """Return a line with the number of answers in the requested form, and one line per fault."""
    lines, done, count = [], 0, 0
    for shapes in questions.values():
        for name, shape in shapes.items():
            count += 1
            faults = list(form_faults(name, values.get(name), shape, words))
            done += not faults
            lines += [f"  {path}: {what}" for path, what in faults[:_MOST_FAULTS]]
            if len(faults) > _MOST_FAULTS:
                lines.append(f"  {name}: {words['more'].format(count=len(faults) - _MOST_FAULTS)}")
    return [words["form"].format(done=done, all=count), *lines]


def form_faults(path: str, value: Any, shape: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    """Yield the path and the description of everything that does not have the requested form."""
    if is_blank(value):
        yield path, words["missing"]
    elif shape["type"] == "map":
        yield from _map_faults(path, value, shape, words)
    elif fault := _fault(value, shape, words):
        yield path, fault


def _map_faults(path: str, value: Any, shape: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        yield path, words["dictionary"].format(found=_found(value, words))
        return
    for key in shape["keys"]:
        if key in value:
            yield from form_faults(f"{path}.{key}", value[key], shape["of"], words)
        else:
            yield path, words["key"].format(key=key)


def _fault(value: Any, shape: Mapping[str, Any], words: Words) -> str:
    if shape["type"] == "number":
        return _number_fault(value, words)
    if shape["type"] == "numbers":
        return _numbers_fault(value, shape["length"], words)
    if shape["type"] == "words":
        return _words_fault(value, shape, words)
    return _letter_fault(value, shape["options"], words)


def _number_fault(value: Any, words: Words) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return words["number"].format(found=_found(value, words))
    return ""


def _numbers_fault(value: Any, length: int, words: Words) -> str:
    if not isinstance(value, list):
        return words["numbers"].format(due=length, found=_found(value, words))
    if len(value) != length:
        return words["count"].format(due=length, found=len(value))
    for index, element in enumerate(value):
        # The keys of a dictionary may be text.
        is_key = isinstance(element, str) and re.fullmatch("[0-9]{1,9}", element)
        fault = "" if is_key else _number_fault(element, words)
        if fault:
            return words["element"].format(index=index, fault=fault)
    return ""


def _words_fault(value: Any, shape: Mapping[str, Any], words: Words) -> str:
    due = words["words"].format(due=shape["length"], words=", ".join(shape["words"]))
    if not isinstance(value, list) or len(value) != shape["length"]:
        return due
    known = {_folded(word) for word in shape["words"]}
    given = [_folded(element) if isinstance(element, str) else "" for element in value]
    if not known.issuperset(given):
        return due
    twice = [word for word in given if given.count(word) > 1]
    return words["twice"].format(word=twice[0]) if twice else ""


def _letter_fault(value: Any, letters: str, words: Words) -> str:
    options = ", ".join(letters)
    if not isinstance(value, str):
        return words["one_letter"].format(options=options, found=_found(value, words))
    written = re.fullmatch(r"\(?\s*(\S)\s*[).]?", _folded(value))
    if written is None:
        return words["one_letter"].format(options=options, found=_shown(value))
    return "" if written[1] in letters else words["letter"].format(options=options, found=_shown(value))


def plain(value: Any) -> Any:
    """Return a value as JSON has it; False, which no form takes, in place of what JSON cannot hold."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or value is ...:
        return None
    return value if isinstance(value, int | float | str) else False


def is_blank(value: Any) -> bool:
    """Return whether a value was left blank: nothing, `...`, empty, or a container of blanks only."""
    if value is None or isinstance(value, str):
        return not (value and value.strip())
    if isinstance(value, list | dict):
        return all(is_blank(item) for item in (value.values() if isinstance(value, dict) else value))
    return False


def _folded(text: str) -> str:
    text = text.strip()
    return text if len(text) > _LONGEST_WORD else unicodedata.normalize("NFKC", text).strip().casefold()


def _shown(text: str) -> str:
    short = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return json.dumps(short, ensure_ascii=False)


def _found(value: Any, words: Words) -> str:
    if isinstance(value, str):
        return _shown(value)
    kinds = ((bool, "other"), (list, "list"), (dict, "a_dictionary"), (int, "a_number"), (float, "a_number"))
    return words[next((name for kind, name in kinds if isinstance(value, kind)), "other")]
