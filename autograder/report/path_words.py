"""Express a path of the evidence in words: `q07_history.A.mae[-1]` is the last value of mae of A in q07_history."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from autograder.records import Language
from autograder.rubric import split_path

_PATH: Final = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*(\[-?\d+\])?")
_OF: Final = {"pt-BR": " de ", "en": " of "}
_IN: Final = {"pt-BR": " em ", "en": " in "}
_LAST: Final = {"pt-BR": "o último valor", "en": "the last value"}
_PLACE: Final = {"pt-BR": "o {number}º valor", "en": "value {number}"}
_FROM_END: Final = {"pt-BR": "o {number}º valor a partir do fim", "en": "value {number} from the end"}


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """A part of the words; `name` if it is a name from the student's notebook."""

    text: str
    name: bool


def path_words(path: str, language: Language) -> tuple[Word, ...]:
    """Return a path in words; a name alone, or a text that is not a path, is returned unchanged.

    Values of a list are counted from 1.

    >>> "".join(word.text for word in path_words("q07_history.A.mae[-1]", "en"))
    'the last value of mae of A in q07_history'
    """
    if _PATH.fullmatch(path) is None or not {".", "["} & {*path}:
        return (Word(path, name=True),) if path else ()
    variable, keys, index = split_path(path)
    words: list[Word] = []
    if index is not None:
        words.append(Word(_index(index, language), name=False))
    for key in reversed(keys):
        words += [Word(_OF[language], name=False)] if words else []
        words.append(Word(key, name=True))
    joined = _IN[language] if keys else _OF[language]
    return (*words, Word(joined, name=False), Word(variable, name=True))


def short_path(path: str) -> str:
    """Return what distinguishes a path from others of its question: its keys, outermost first.

    >>> short_path("q07_history.A.mae[-1]"), short_path("q10_scores.resnet.test[0]")
    ('A · mae', 'resnet · test, 1')
    """
    variable, keys, index = split_path(path)
    place = "" if index is None or index == -1 else f", {index + 1 if index >= 0 else index}"
    return (" · ".join(keys) or variable) + place


def _index(index: int, language: Language) -> str:
    if index == -1:
        return _LAST[language]
    if index < 0:
        return _FROM_END[language].format(number=-index)
    return _PLACE[language].format(number=index + 1)
