"""A YAML file as data, with the line of each key and the faults of its text.

YAML allows more than JSON: dates, numeric keys, duplicate keys, values that contain themselves. The rubric needs none
of these, so they are rejected here, where the line is still known.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from autograder.errors import ConfigurationError
from autograder.records import JSON

KeyPath = tuple[str | int, ...]

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "map", "seq"))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # chosen at run time
    """Leaves dates as they were written. The C loader is ten times as fast; a PyYAML without libyaml lacks it."""


_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


_DEEPEST: Final = 100

_NULL_TAG = "tag:yaml.org,2002:null"
_MERGE_TAG = "tag:yaml.org,2002:merge"


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the file: its keys, and what is wrong."""

    keys: KeyPath
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """One parsed YAML file: its data as JSON, its nodes with their lines, and the faults found so far."""

    path: Path
    root: yaml.Node
    data: JSON
    faults: tuple[Fault, ...]

    def position(self, keys: Sequence[str | int]) -> tuple[int, int]:
        """Return line and column, counted from 1, of the last of `keys` that exists in the file."""
        node, mark = self.root, self.root.start_mark
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            node, mark = found
        return mark.line + 1, mark.column + 1


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        ConfigurationError: It cannot be read, is not YAML, or does not hold a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        _reject_depth(text)
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise ConfigurationError("holds no keys", str(path), "it must begin with a key such as assignment:")
        # Before data are constructed: construction merges `<<` into the nodes and drops the first of two equal keys.
        faults = tuple(_faults(root))
        data = json.loads(json.dumps(loader.construct_document(root), default=str))
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("is not UTF-8 text", str(path), "save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ConfigurationError(f"is not YAML: {error.problem or error.context}", place) from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"is not YAML: {' '.join(str(error).split())}", str(path)) from error
    except (RecursionError, ValueError, TypeError) as error:
        raise ConfigurationError("contains itself or is nested too deep", str(path), "look at its &anchors") from error
    return Document(path, root, data, faults)


def _reject_depth(text: str) -> None:
    """Reject deep nesting: the C loader has no limit of its own and would crash the process.

    Raises:
        RecursionError: The text is nested too deep.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecursionError


def fault_lines(document: Document, faults: Iterable[Fault]) -> tuple[str, ...]:
    """Format faults sorted by position, at most one per key; an anchor's fault is not repeated for its aliases."""
    said: set[tuple[object, ...]] = set()
    keys_said: set[KeyPath] = set()
    numbered = []
    for fault in faults:
        position = document.position(fault.keys)
        once = (position, fault.keys[-1:], fault.what)
        if once not in said and fault.keys not in keys_said:
            said.add(once)
            keys_said.add(fault.keys)
            numbered.append((position, fault))
    numbered.sort(key=lambda pair: pair[0])
    return tuple(f"{document.path.name}:{line}: {_place(fault)}{fault.what}" for (line, _), fault in numbered)


def _place(fault: Fault) -> str:
    text = ""
    for key in fault.keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return f"{text}: " if text else ""


def _faults(root: yaml.Node) -> Iterator[Fault]:
    """Yield a fault for everything that JSON does not allow, visiting each node once in spite of aliases."""
    seen: set[int] = set()
    stack: list[tuple[KeyPath, yaml.Node]] = [((), root)]
    while stack:
        keys, node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from _key_faults(keys, node)
            stack.extend(
                (keys if key.tag == _MERGE_TAG else (*keys, str(key.value)), value) for key, value in node.value
            )
        elif isinstance(node, yaml.SequenceNode):
            stack.extend(((*keys, index), item) for index, item in enumerate(node.value))
        elif isinstance(node, yaml.ScalarNode):
            yield from _scalar_faults(keys, node)


def _key_faults(keys: KeyPath, node: yaml.MappingNode) -> Iterator[Fault]:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if key.tag == _MERGE_TAG:
            continue
        name = str(key.value)
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            yield Fault((*keys, name), f'a key must be text: write "{name}" in quotes')
        elif name in lines:
            yield Fault((*keys, name), f"occurs twice, on line {lines[name]} and here")
        lines.setdefault(name, key.start_mark.line + 1)


def _scalar_faults(keys: KeyPath, node: yaml.ScalarNode) -> Iterator[Fault]:
    if node.tag == _NULL_TAG:
        yield Fault(keys, "has no value")
    elif node.tag not in _PLAIN_TAGS:
        yield Fault(keys, f"{node.value} is neither text nor a number: put it in quotes if text is meant")
    elif node.value.lstrip("+-").casefold() in {".inf", ".nan"} and node.tag.endswith(":float"):
        yield Fault(keys, f"{node.value} is not a finite number")


def _child(node: yaml.Node, key: str | int) -> tuple[Any, yaml.Mark] | None:
    if isinstance(node, yaml.MappingNode):
        # Backwards: construction puts merged keys first, and a mapping's own keys override them.
        for name, value in reversed(node.value):
            if name.value == str(key):
                return value, name.start_mark
    elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and -1 < key < len(node.value):
        return node.value[key], node.value[key].start_mark
    return None
