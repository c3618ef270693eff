"""Read a model of the rubric as far as it is valid, so that one invalid field does not hide the faults of others."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from autograder.records import JSON

Model = TypeVar("Model", bound=BaseModel)


def readable(adapter: TypeAdapter[Any], data: JSON) -> Any:
    """Return the value that JSON data stand for, None if they are invalid."""
    try:
        return adapter.validate_json(json.dumps(data), strict=True)
    except ValidationError:
        return None


def readable_fields(model: type[Model], data: Mapping[str, JSON]) -> Model:
    """Return a model with its valid fields; it lacks the invalid ones, unless they have a default."""
    fields = {name: readable(adapter, data[name]) for name, adapter in _adapters(model).items() if name in data}
    return model.model_construct(**{name: value for name, value in fields.items() if value is not None})


@functools.cache
def _adapters(model: type[BaseModel]) -> dict[str, TypeAdapter[Any]]:
    return {name: TypeAdapter(field.rebuild_annotation()) for name, field in model.model_fields.items()}
