"""Says of a value from a sandbox whether it was left blank, what kind it is, and what is wrong with its form."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.evidence.value_forms import SET, is_record, is_table, marked
from autograder.records import JSON, VOCABULARY, Detail, admit_detail, shown

DOUBTFUL: Final = "value.doubtful"
"""The fault of a value that can be read in more than one way: a person decides."""

UNSUPPORTED: Final = "$unsupported"
"""The key under which the payload states why it could not encode a value as JSON."""

_WHY_UNSUPPORTED = frozenset(code for code in VOCABULARY if code.startswith("unsupported."))
_ELLIPSIS = Detail.of("unsupported.class", name="ellipsis", module="builtins")
"""The placeholder `...` of an unanswered question: an answer that was never given is not malformed."""

_ABSENT_MODULE = "unsupported.absent_module"
"""A value of a module that is not installed in the sandbox: there is no answer either."""

_KINDS: Final[Mapping[type, Detail]] = MappingProxyType(
    {
        int: Detail("found.number"),
        float: Detail("found.number"),
        str: Detail("found.text"),
        list: Detail("found.list"),
        dict: Detail("found.dictionary"),
    }
)

_ITERATOR = "unsupported.iterator"
"""A value that gives its content once, so that it was not read."""

_BLANK_DEPTH = 4


def is_blank(value: JSON, depth: int = _BLANK_DEPTH) -> bool:
    """Return whether a value was left blank: None, `...`, empty, or a container of blanks only."""
    if value is None or isinstance(value, str):
        return not (value and value.strip())
    if not isinstance(value, list | dict) or depth == 0:
        return False
    if isinstance(value, dict) and UNSUPPORTED in value:
        why = admit_detail(value[UNSUPPORTED], _WHY_UNSUPPORTED)
        return why is not None and (why == _ELLIPSIS or why.code == _ABSENT_MODULE)
    return all(is_blank(element, depth - 1) for element in (value if isinstance(value, list) else value.values()))


def is_marked(value: dict[str, JSON]) -> bool:
    """Return whether the payload marked a value as another container than a dictionary."""
    return any(key.startswith("$") for key in value)


def quoted(text: str) -> Detail:
    """Return the text that was found."""
    return Detail.of("found.word", word=shown(text))


def instead(value: JSON, due: Detail) -> Detail:
    """Return the fault of a value of another kind; what was never read, like a generator, may still be one."""
    found = kind_of(value)
    return doubtful(found, due) if found.code == _ITERATOR else Detail.of("value.instead", found=found, due=due)


def doubtful(found: Detail, due: Detail) -> Detail:
    """Return the fault of a value that a person has to read."""
    return Detail.of(DOUBTFUL, found=found, due=due)


def kind_of(value: JSON) -> Detail:
    """Name a value's kind in a student's terms."""
    if is_blank(value):
        return Detail("found.nothing")
    if isinstance(value, dict) and UNSUPPORTED in value:
        return admit_detail(value[UNSUPPORTED], _WHY_UNSUPPORTED) or Detail("unsupported.unreadable")
    if isinstance(value, bool):
        return Detail("found.true") if value else Detail("found.false")
    if is_table(value):
        return Detail("found.table")
    if is_record(value):
        return Detail("found.record")
    return Detail("found.set") if marked(value, SET) is not None else _KINDS[type(value)]
