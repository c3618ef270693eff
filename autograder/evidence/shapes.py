"""Check a value from a sandbox against the shape that the rubric declares, and keep the parts that fit.

The input is trusted to be JSON and nothing more. A part that does not fit is dropped and reported by its path, so a
mistake in one network's history does not affect the other's. What a person reads at once is read; what can be read in
more than one way is reported as `value.doubtful`, for a person to decide.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence

from autograder.evidence.form_faults import (
    DOUBTFUL,
    UNSUPPORTED,
    doubtful,
    instead,
    is_blank,
    is_marked,
    kind_of,
    quoted,
)
from autograder.evidence.readings import Unread, folded, read_letter, read_number
from autograder.evidence.value_forms import (
    SET,
    are_labelled,
    as_mapping,
    elements_of,
    has_key_within,
    is_record,
    is_reordered,
    is_table,
    marked,
    spelling,
    unwrapped,
    without_members,
    words_of,
)
from autograder.records import ABSENT, JSON, Detail, shown
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape

LARGEST_NUMBER = 1e100
"""A diverged training may report 1e38. Squares and sums of squares of anything beyond this would overflow in
grading."""

_FEW_KEYS = 5


def conform(name: str, value: JSON, shape: Shape) -> tuple[JSON, dict[str, Detail]]:
    """Return the part of a value that fits the shape, and what is wrong with the rest.

    Args:
        name: The variable's name; the path of every fault begins with it.
        value: Its value as the sandbox reported it.
        shape: The shape that the rubric declares.

    Returns:
        The value, None if nothing of it is left, and the faults by path. None without a fault means that it was left
        blank.

    >>> value, faults = conform("q08_best", [4, True], NumbersShape(type="numbers", length=2))
    >>> str(faults["q08_best"])
    'value.element (index: 1, fault: value.instead (found: found.true, due: due.number))'
    """
    faults: dict[str, Detail] = {}
    return _conform(name, value, shape, faults), faults


def _conform(path: str, value: JSON, shape: Shape, faults: dict[str, Detail]) -> JSON:
    if is_blank(value):
        return None
    if isinstance(shape, MapShape):
        return _map(path, value, shape, faults)
    value = without_members(value, as_text=isinstance(shape, LetterShape | WordsShape))
    match shape:
        case NumberShape():
            value, fault = _number(value)
        case NumbersShape():
            value, fault = _numbers(value, shape)
        case WordsShape():
            value, fault = _words(value, shape)
        case LetterShape():
            value, fault = _letter(value, shape)
    if fault is not None:
        faults[path] = fault
        return None
    return value


def _map(path: str, value: JSON, shape: MapShape, faults: dict[str, Detail]) -> JSON:
    value, due = as_mapping(without_members(value, as_text=False, depth=0), shape.keys), Detail("due.dictionary")
    if isinstance(value, list) and len(value) == len(shape.keys):
        faults[path] = doubtful(kind_of(value), due)  # perhaps in the order of the keys
        return None
    if not isinstance(value, dict) or UNSUPPORTED in value or (is_marked(value) and len(value) == 1):
        written = isinstance(value, str) and any(has_key_within(value, key) for key in shape.keys)
        is_doubtful = written or is_table(value) or is_record(value)
        faults[path] = doubtful(kind_of(value), due) if is_doubtful else instead(value, due)
        return None
    if not any(key in value for key in shape.keys):
        if any(has_key_within(label, key) for label in value for key in shape.keys):
            faults[path] = doubtful(kind_of(value), due)
            return None
        found = tuple(shown(key, 20) for key in list(value)[:_FEW_KEYS])
        faults[path] = Detail.of("value.no_key", keys=shape.keys, found=found)
        return None
    result = {}
    for key in shape.keys:
        place = f"{path}.{key}"
        part = _conform(place, value.get(key), shape.of, faults)
        if part is not None:
            result[key] = part
        elif not any(fault == place or fault.startswith(f"{place}.") for fault in faults):
            # Other parts are filled in, so a blank part makes the answer incomplete; it is not a missing answer.
            faults[place] = ABSENT
    return result or None


def _number(value: JSON) -> tuple[JSON, Detail | None]:
    due = Detail("due.number")
    value = unwrapped(value)
    if isinstance(value, str):
        number = read_number(value)
        if number is Unread.DOUBTFUL:
            return None, doubtful(quoted(value), due)
        if isinstance(number, Unread):
            return None, instead(value, due)
        value = number
    elements = list(value.values()) if isinstance(value, dict) and not is_marked(value) else elements_of(value)
    if elements and all(_number_fault(element) is None for element in elements):
        return None, doubtful(kind_of(value), due)
    return value, _number_fault(value)


def _number_fault(value: JSON) -> Detail | None:
    due = Detail("due.number")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return instead(value, due)
    # Written so that NaN fails.
    if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        infinite = isinstance(value, float) and not math.isfinite(value)
        return Detail.of("value.instead", found=Detail("found.not_finite" if infinite else "found.too_large"), due=due)
    return None


def _numbers(value: JSON, shape: NumbersShape) -> tuple[JSON, Detail | None]:
    due = Detail.of("due.numbers", count=shape.length)
    elements = _series(value, shape.length)
    if elements is None:
        if not isinstance(value, dict) or is_marked(value) or len(value) == shape.length:
            return None, _instead_or_doubtful(value, due, _is_number)
        has_series = any(len(elements_of(one) or ()) == shape.length for one in value.values())
        return None, doubtful(kind_of(value), due) if has_series else instead(value, due)
    is_set = marked(value, SET) is not None and len(elements) > 1
    if is_set or is_reordered(value) or are_labelled(elements):
        return None, doubtful(kind_of(value), due)
    if len(elements) != shape.length:
        return None, Detail.of("value.number_count", count=len(elements), due=shape.length)
    if all(isinstance(element, bool) for element in elements) and len(set(elements)) > 1:
        return None, doubtful(Detail("found.truths"), due)
    read = [_number(element) for element in elements]
    return [number for number, _ in read], _first_fault([fault for _, fault in read])


def _first_fault(faults: Sequence[Detail | None]) -> Detail | None:
    """Return the fault of a list: its first plain one, with how many more there are, or else its first doubtful one."""
    wrong = [(index, fault) for index, fault in enumerate(faults) if fault is not None]
    for index, fault in wrong:
        if fault.code != DOUBTFUL:
            first = Detail.of("value.element", index=index, fault=fault)
            return first if len(wrong) == 1 else Detail.of("value.and_more", fault=first, more=len(wrong) - 1)
    return wrong[0][1] if wrong else None


def _series(value: JSON, length: int) -> list[JSON] | None:
    """Return the elements of a list of numbers, also of one in another list or the only entry of a dictionary."""
    if isinstance(value, dict) and len(value) == 1 and not is_marked(value):
        (value,) = value.values()
    elements = elements_of(value)
    if elements is not None and len(elements) == 1 and length > 1:
        inner = elements_of(unwrapped(elements[0]))
        return elements if inner is None else inner
    return elements


def _words(value: JSON, shape: WordsShape) -> tuple[JSON, Detail | None]:
    due = Detail.of("due.words", count=shape.length)
    spellings = {spelling(word): word for word in shape.words}
    elements = words_of(value)
    if elements is None:
        return None, _instead_or_doubtful(value, due, lambda one: isinstance(one, str) and spelling(one) in spellings)
    if len(elements) != shape.length:
        return None, Detail.of("value.word_count", count=len(elements), due=shape.length)
    words: list[str] = []
    unknown: Detail | None = None
    for index, element in enumerate(map(unwrapped, elements)):
        if not isinstance(element, str):
            return None, Detail.of("value.element", index=index, fault=instead(element, Detail("due.word")))
        word = spellings.get(spelling(element), "")
        if not word and unknown is None:
            unknown = doubtful(quoted(element), Detail.of("due.one_word", words=shape.words))
        if word and word in words:
            # The same word four times would match any order.
            return None, Detail.of("value.word_twice", word=word)
        words.append(word)
    return (words, None) if unknown is None else (None, unknown)


def _letter(value: JSON, shape: LetterShape) -> tuple[JSON, Detail | None]:
    due = Detail.of("due.letter", letters=tuple(shape.options))
    value = unwrapped(value)
    if not isinstance(value, str):
        return None, _instead_or_doubtful(value, due, lambda one: _is_option(one, shape.options))
    letter = read_letter(value, shape.options)
    if letter is Unread.DOUBTFUL:
        return None, doubtful(quoted(value), due)
    if not isinstance(letter, Unread):
        return letter, None
    character = folded(value)
    if len(character) == 1 and not character.isascii() and character.isalpha():
        # A look-alike character cannot be recognised by eye, so the message names it.
        found = Detail.of("found.foreign_letter", letter=shown(character), name=unicodedata.name(character, "?"))
        return None, Detail.of("value.instead", found=found, due=due)
    return None, Detail.of("value.instead", found=quoted(character), due=due)


def _is_option(value: JSON, options: str) -> bool:
    return isinstance(value, str) and not isinstance(read_letter(value, options), Unread)


def _is_number(value: JSON) -> bool:
    return _number(value)[1] is None


def _instead_or_doubtful(value: JSON, due: Detail, is_answer: Callable[[JSON], bool]) -> Detail:
    """Return the fault of a value in another form: doubtful if it is text, a table, or a container with an answer."""
    if isinstance(value, str):
        return doubtful(quoted(value), due)
    contents = elements_of(value)
    if contents is None and isinstance(value, dict) and UNSUPPORTED not in value:
        contents = [*value, *value.values()]
    is_doubtful = is_table(value) or is_record(value) or (contents is not None and any(map(is_answer, contents)))
    return doubtful(kind_of(value), due) if is_doubtful else instead(value, due)
