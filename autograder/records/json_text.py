"""Records as JSON text, and back."""

from __future__ import annotations

import functools
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

Record = TypeVar("Record")


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(record: object) -> str:
    """Serialise a record as JSON text; equal records give equal text.

    Lone surrogates, valid in JSON but not in UTF-8, are replaced, so that no submission can prevent a record from being
    written.
    """
    kind: Any = type(record)
    adapter = _adapter(kind)
    try:
        return adapter.dump_json(record).decode()
    except PydanticSerializationError:
        plain = json.dumps(adapter.dump_python(record, mode="json"), ensure_ascii=False, separators=(",", ":"))
        return plain.encode("utf-8", "replace").decode()


def from_json(kind: type[Record], text: str | bytes) -> Record:
    """Parse a record.

    Raises:
        pydantic.ValidationError: The text is not such a record.
    """
    key: Any = kind  # mypy takes a class's own `__hash__` for an instance's
    record: Record = _adapter(key).validate_json(text)
    return record
