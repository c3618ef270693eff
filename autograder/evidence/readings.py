"""Reads letters and numbers that people wrote as text: what is plain is read, what is ambiguous is left to a person."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Sequence
from typing import Final


class Unread(enum.Enum):
    """Why a text is not read."""

    DOUBTFUL = enum.auto()
    """It may be meant as an answer, but has no reading or several."""
    NO_ANSWER = enum.auto()
    """It is no answer of this kind."""


_LONGEST_TEXT: Final = 2_000
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Characters without a width, which come along when text is copied."""

_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]|_")
_DECORATION: Final = frozenset("'\"`´’‘“”«»()[]{}*_#$.:;,-–—")  # noqa: RUF001 (as word processors type them)
"""Quotes, brackets, emphasis and list signs, which do not change what an answer says."""

_ARTICLE: Final = re.compile(r"""\b(é|eh) a (?=[(\[{"'`*“‘«]+[a-z][)\]}"'`*”’»])""")  # noqa: RUF001 (likewise)
"""The article of "é a (d)": the marks around the letter after it say which one is meant."""

_DELIMITERS: Final = frozenset(").:(,-–—]*")  # noqa: RUF001 (likewise)
"""What separates a letter from the text of its option."""

_NOUNS: Final = frozenset({
    "alternativa", "certa", "certo", "correta", "correto", "gabarito", "item", "letra", "opcao", "resposta",
    "alternative", "answer", "choice", "correct", "letter", "option", "right",
})  # fmt: skip
_LABELS: Final = _NOUNS | {"é", "eh", "final", "is", "minha", "my", "questao", "question", "resp", "the"}
"""Words that announce an answer and say nothing else, without accents (except the Portuguese "is")."""

_QUESTION: Final = re.compile(r"q\d+", re.ASCII)
_SECOND_THOUGHTS: Final = frozenset({"maybe", "nao", "nem", "not", "or", "ou", "talvez"})
"""Words that may take back or change the letter right before them."""

_CONDEMNATIONS: Final = frozenset({
    "errada", "errado", "falsa", "falso", "incorreta", "incorreto", "riscada", "descartada",
    "false", "incorrect", "wrong",
})  # fmt: skip
"""Words that, with nothing else after a letter, may say that its option is not the answer."""

_EXPONENT: Final = r"(?:e[+-]?\d+)?"
_POINT: Final = re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+){_EXPONENT}", re.ASCII)
_COMMA: Final = re.compile(rf"[+-]?\d+,\d+{_EXPONENT}", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d+", re.ASCII)
_POINT_GROUPS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_COMMA_GROUPS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_LONGEST_NUMBER: Final = 40


def folded(text: str) -> str:
    """Normalise what does not change the meaning: character width, case, surrounding whitespace.

    NFKC may expand one character to eighteen, so that very long texts stay as they are.
    """
    text = text.translate(_ZERO_WIDTH).strip()
    return text if len(text) > _LONGEST_TEXT else unicodedata.normalize("NFKC", text).strip().casefold()


def read_letter(text: str, options: str) -> str | Unread:
    """Return the option that a text names.

    >>> read_letter("Alternativa (c)", "abcd"), read_letter("c) a rede menor", "abcd")
    ('c', 'c')
    >>> read_letter("b ou c", "abcd"), read_letter("7", "abcd")
    (<Unread.DOUBTFUL: 1>, <Unread.NO_ANSWER: 2>)
    """
    plain = folded(text)
    if any(unicodedata.category(character)[0] == "C" and not character.isspace() for character in plain):
        return Unread.NO_ANSWER
    if len(plain) > _LONGEST_TEXT:
        return Unread.DOUBTFUL
    tokens = _TOKEN.findall(_ARTICLE.sub(r"\1 ", plain))
    start = _begin_of_answer(tokens, options)
    letter, rest = (tokens[start], tokens[start + 1 :]) if start < len(tokens) else ("", [])
    if len(letter) == 1 and letter in options and _confirms(letter, rest, options) and not plain.endswith("?"):
        return letter
    words = [token for token in tokens if token[0].isalnum()]
    is_other_character = len(words) == 1 and (len(words[0]) == 1 or words[0].isdecimal()) and words[0] not in options
    return Unread.NO_ANSWER if is_other_character or not words else Unread.DOUBTFUL


def read_number(text: str) -> int | float | Unread:
    """Return the number that a text is, with a decimal point or comma.

    >>> read_number("0,35"), read_number("1.234,5"), read_number("3e-4"), read_number("512")
    (0.35, 1234.5, 0.0003, 512)
    >>> read_number("1.234"), read_number("85%"), read_number("none")
    (<Unread.DOUBTFUL: 1>, <Unread.DOUBTFUL: 1>, <Unread.NO_ANSWER: 2>)
    """
    plain = folded(text).replace("\N{MINUS SIGN}", "-")
    if not any(character.isdigit() for character in plain):
        return Unread.NO_ANSWER
    if len(plain) > _LONGEST_NUMBER:
        return Unread.DOUBTFUL
    for groups, separator, mark in ((_POINT_GROUPS, ".", ","), (_COMMA_GROUPS, ",", ".")):
        if groups.fullmatch(plain):
            without = plain.replace(separator, "")
            if mark not in without and plain.count(separator) == 1:
                return Unread.DOUBTFUL  # three digits may be decimals or thousands
            plain = without.replace(mark, ".")
            break
    if _WHOLE.fullmatch(plain):
        return int(plain)
    plain = plain.replace(",", ".") if _COMMA.fullmatch(plain) else plain
    return float(plain) if _POINT.fullmatch(plain) else Unread.DOUBTFUL


def _begin_of_answer(words: Sequence[str], options: str) -> int:
    """Return the index of the first word that is neither decoration nor a label."""
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        is_article = word == "a" and _unaccented(following) in _NOUNS
        is_short_label = word in {"q", "r"} and word not in options and following == ":"
        is_label = word in _LABELS or _unaccented(word) in _LABELS or _QUESTION.fullmatch(word) is not None
        if not (word in _DECORATION or is_label or is_article or is_short_label):
            return index
    return len(words)


def _confirms(letter: str, rest: Sequence[str], options: str) -> bool:
    """Return whether what follows a letter leaves it the only answer."""
    if all(token in _DECORATION for token in rest):
        return True
    if rest[0] not in _DELIMITERS:
        return False
    words = [word for word in map(_unaccented, rest) if word not in _DECORATION]
    if words[0] in _SECOND_THOUGHTS or (len(words) == 1 and words[0] in _CONDEMNATIONS):
        return False
    # `a` and `e` before a word are Portuguese for "the" and "and".
    return not any(
        len(word) == 1 and word in options and word != letter and not (word in {"a", "e"} and len(following) > 1)
        for word, following in zip(rest, [*rest[1:], ""], strict=True)
    )


def _unaccented(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
