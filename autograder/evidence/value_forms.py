"""Reads the containers in which values arrive: a list, a dictionary, or what the payload marks as another.

The payload cannot know what an answer is to be, so it keeps the labels of a table and the fields of an object:
`{"$series": [[label, value], …]}`, `{"$frame": [[label, column], …]}`, `{"$record": [[field, value], …]}`. A set is
`{"$set": […]}`, and the member of an enum `{"$member": [name, value]}`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from autograder.evidence.readings import folded
from autograder.records import JSON

SERIES: Final = "$series"
FRAME: Final = "$frame"
RECORD: Final = "$record"
SET: Final = "$set"
MEMBER: Final = "$member"

_DEEPEST: Final = 4
_SPACES: Final = re.compile(r"[\s_-]+")
_QUOTES: Final = "'\"`*"
_PAIR: Final = 2


def marked(value: JSON, mark: str) -> list[JSON] | None:
    """Return the content of a marked container, None if the value is another."""
    content = value.get(mark) if isinstance(value, dict) and len(value) == 1 else None
    return content if isinstance(content, list) else None


def is_table(value: JSON) -> bool:
    """Return whether a value is a series or a frame."""
    return marked(value, SERIES) is not None or marked(value, FRAME) is not None


def is_record(value: JSON) -> bool:
    """Return whether a value is an object with fields: a named tuple, a data class or a namespace."""
    return marked(value, RECORD) is not None


def without_members(value: JSON, *, as_text: bool, depth: int = _DEEPEST) -> JSON:
    """Return a value with the members of enums replaced by what they stand for.

    Args:
        value: Any value.
        as_text: Whether letters or words are asked for. Then a member stands for its text, or for its name if its value
            is no text; for both if these are two single letters, so that a person decides.
        depth: How deep members are looked for.
    """
    member = marked(value, MEMBER)
    if member is not None and len(member) == _PAIR:
        name, content = member
        if not as_text:
            return content
        if not isinstance(content, str):
            return name
        are_letters = isinstance(name, str) and len(name) == len(content.strip()) == 1
        return f"{name} = {content}" if are_letters and spelling(str(name)) != spelling(content) else content
    if isinstance(value, list) and depth > 0:
        return [without_members(one, as_text=as_text, depth=depth - 1) for one in value]
    if isinstance(value, dict) and depth > 0:
        return {key: without_members(one, as_text=as_text, depth=depth - 1) for key, one in value.items()}
    return value


def unwrapped(value: JSON) -> JSON:
    """Return the only element of a container, however often wrapped; other values as they are."""
    for _ in range(_DEEPEST):
        elements = elements_of(value)
        if elements is None or len(elements) != 1:
            break
        value = elements[0]
    return value


def elements_of(value: JSON) -> list[JSON] | None:
    """Return the elements of a list, a set, a series or a frame of one column or row, in order, without labels."""
    if isinstance(value, list):
        return value
    if (elements := marked(value, SET)) is not None:
        return elements
    if (pairs := _labelled(value)) is not None:
        return [element for _, element in pairs]
    columns = _pairs(marked(value, FRAME))
    if columns is None:
        return None
    cells = [elements_of(column) or [] for _, column in columns]
    if len(cells) == 1:
        return cells[0]
    is_one_row = bool(cells) and all(len(column) == 1 for column in cells)
    return [column[0] for column in cells] if is_one_row else None


def is_reordered(value: JSON) -> bool:
    """Return whether a series counts its rows in another order than it shows them, as after sorting by its values.

    Its elements may be meant in either order.
    """
    labels = [label for label, _ in _pairs(marked(value, SERIES)) or []]
    numbers = [int(label) for label in labels if isinstance(label, str) and label.isdecimal()]
    first = min(numbers, default=0)
    expected = list(range(first, first + len(labels)))
    return numbers != expected and sorted(numbers) == expected


def are_labelled(elements: Sequence[JSON]) -> bool:
    """Return whether all elements are pairs of a text and a number, as `list(d.items())` gives."""
    pairs = _pairs(list(elements))
    return bool(pairs) and all(isinstance(label, str) and _is_number(value) for label, value in pairs or ())


def as_mapping(value: JSON, keys: Sequence[str]) -> JSON:
    """Return a value as a dictionary with these keys if it is one in other clothes, else the value.

    Keys may differ in case, spaces, hyphens and a `.0`. A frame is read by columns or by rows, or as a column of keys
    beside a column of values, whichever has the keys: all of them if more than one has any.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if (columns := _pairs(marked(value, FRAME))) is not None:
        readings = [_with_keys(pairs, keys) for pairs in (columns, _rows(columns), _beside(columns, keys))]
        found = [reading for reading in readings if reading is not None]
        whole = [reading for reading in found if all(key in reading for key in keys)]
        best = whole or found
        return best[0] if len(best) == 1 else value
    if (pairs := _labelled(value)) is not None:
        return _with_keys(pairs, keys) or value
    if isinstance(value, dict):
        return _with_keys(list(value.items()), keys) or value
    if isinstance(value, list) and (pairs := _pairs(value)) is not None:
        return _with_keys(pairs, keys) or value
    return value


def spelling(word: str) -> str:
    """Return a form of a word that is equal for all spellings that a person would read as the same.

    >>> spelling("Cross-Entropy"), spelling("'zero one'"), spelling("2.0")
    ('cross_entropy', 'zero_one', '2')
    """
    return _SPACES.sub("_", folded(word).strip(_QUOTES)).removesuffix(".0")


def has_key_within(label: str, key: str) -> bool:
    """Return whether a label has a key among other words.

    >>> has_key_within("k=2", "2"), has_key_within("Cross-entropy loss", "cross_entropy"), has_key_within("12", "2")
    (True, True, False)
    """
    return re.search(rf"(?<![^\W_]){re.escape(spelling(key))}(?![^\W_])", spelling(label)) is not None


def words_of(value: JSON) -> list[JSON] | None:
    """Return the words of a list, or of pairs of a word and a number in either order, as after sorting by numbers."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], list):
            return words_of(value[0])
        pairs = _pairs(value)
        for at in range(_PAIR):
            if pairs and all(isinstance(pair[at], str) and _is_number(pair[1 - at]) for pair in pairs):
                return [pair[at] for pair in pairs]
        return value
    elements = elements_of(value) if is_table(value) or is_record(value) else None
    return elements if elements is not None and all(isinstance(one, str) for one in elements) else None


def _with_keys(pairs: Sequence[tuple[JSON, JSON]], keys: Sequence[str]) -> dict[str, JSON] | None:
    exact = {key: value for key, value in pairs if isinstance(key, str)}
    if len(exact) < len(pairs):
        return None  # a label twice: which one counts is not known
    alike: dict[str, list[str]] = {}
    for key in exact:
        if key not in keys:
            alike.setdefault(spelling(key), []).append(key)
    found = dict(exact)
    for key in keys:
        candidates = alike.pop(spelling(key), []) if key not in exact else []
        if len(candidates) == 1:
            found[key] = found.pop(candidates[0])
    return found if any(key in found for key in keys) else None


def _rows(columns: Sequence[tuple[JSON, JSON]]) -> list[tuple[JSON, JSON]]:
    """Return the rows of a frame as labelled series."""
    by_column = [(label, _pairs(marked(column, SERIES)) or []) for label, column in columns]
    labels = [label for label, _ in by_column[0][1]] if by_column else []
    if any([label for label, _ in cells] != labels for _, cells in by_column):
        return []
    return [
        (label, {SERIES: [[column, cells[row][1]] for column, cells in by_column]}) for row, label in enumerate(labels)
    ]


def _beside(columns: Sequence[tuple[JSON, JSON]], keys: Sequence[str]) -> list[tuple[JSON, JSON]]:
    """Return the labels in a frame's first column with the values in its second and last one."""
    cells = [elements_of(column) or [] for _, column in columns]
    if len(cells) != _PAIR or len(cells[0]) != len(cells[1]):
        return []
    pairs = [(str(label), value) for label, value in zip(*cells, strict=True)]
    # Numbers in a column are labels only if every key is among them.
    labels = {spelling(label) for label, _ in pairs}
    return pairs if all(spelling(key) in labels for key in keys) else []


def _pairs(content: list[JSON] | None) -> list[tuple[JSON, JSON]] | None:
    if content is None or not all(isinstance(pair, list) and len(pair) == _PAIR for pair in content):
        return None
    return [(label, value) for label, value in content]


def _labelled(value: JSON) -> list[tuple[JSON, JSON]] | None:
    """Return the labelled values of a series or a record."""
    content = marked(value, SERIES)
    return _pairs(marked(value, RECORD) if content is None else content)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
