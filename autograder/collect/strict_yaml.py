"""Parse untrusted YAML: plain mappings, lists and text only, in linear time.

A few bytes of YAML can expand without bound: an alias repeats its anchor, a merge key copies a mapping, a tag names a
class. No platform's list needs these, so they are rejected, and scalars stay text: `007` is not a number, `no` is not
false.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from autograder.errors import UsageError

MAXIMUM_BYTES = 10**6
_MAXIMUM_DEPTH = 32

_FRAME = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)

_Plain = str | list[Any] | dict[str, Any]

# Use libyaml's parser if PyYAML was built with it: ten times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_plain_yaml(text: str, source: str, remedy: str) -> _Plain:
    """Return a document's content; every scalar is text, empty if it is null.

    Args:
        text: The document, at most `MAXIMUM_BYTES` long.
        source: Its name for messages.
        remedy: The remedy if it cannot be read.

    Raises:
        UsageError: It is not YAML, nests deeper than 32 levels, names a key twice, or has an anchor, an alias, a
            merge key, a tag, a key that is not text or a second document.
    """
    try:
        return _document(yaml.parse(text, Loader=_LOADER))
    except _Refused as error:
        raise UsageError(str(error), source, remedy) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise UsageError(f"is not YAML{place}", source, remedy) from error


class _Refused(Exception):  # noqa: N818 (not seen outside of this module)
    """The document has a feature of YAML that is not accepted."""


def _document(events: Iterator[yaml.Event]) -> _Plain:
    values = [_value(event, events, 0) for event in events if not isinstance(event, _FRAME)]
    if len(values) != 1:
        raise _Refused("does not hold one document" if values else "is empty")
    return values[0]


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> _Plain:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _Refused(f"has an anchor or an alias at line {line}, which is not read")
    # A quoted scalar has the tag "!", which is harmless.
    if getattr(event, "tag", None) not in {None, "!"}:
        raise _Refused(f"has a tag at line {line}, which is not read")
    if isinstance(event, yaml.ScalarEvent):
        return "" if not event.style and event.value in {"~", "null", "Null", "NULL"} else str(event.value)
    if depth == _MAXIMUM_DEPTH:
        raise _Refused(f"nests deeper than {_MAXIMUM_DEPTH} levels at line {line}")
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(one, events, depth + 1) for one in _until(yaml.SequenceEndEvent, events)]
    mapping: dict[str, Any] = {}
    for key in _until(yaml.MappingEndEvent, events):
        name = _value(key, events, depth + 1)
        line = _line(key)
        if not isinstance(name, str):
            raise _Refused(f"has a key at line {line} that is not text")
        if name == "<<":
            raise _Refused(f"has a merge key at line {line}, which is not read")
        if name in mapping:
            raise _Refused(f"names a key twice at line {line}")
        mapping[name] = _value(next(events), events, depth + 1)
    return mapping


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _until(end: type[yaml.Event], events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """Yield the events up to, and consuming, the one that ends a mapping or a list."""
    for event in events:
        if isinstance(event, end):
            return
        yield event
