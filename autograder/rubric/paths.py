"""Shared building blocks of the rubric's model: strictness, names, and paths into the evidence."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]
Path = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*(\[-?\d+\])?$")]
"""The path of a value in the evidence: `q07_history.A.loss[-1]`."""


class Strict(BaseModel):
    """Rejects unknown keys and is immutable. A field's docstring is its description in the schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def is_within(path: str, whole: str) -> bool:
    """Return whether a path is another one or leads into it.

    >>> is_within("q08_mse.2", "q08_mse"), is_within("q08_mse2", "q08_mse")
    (True, False)
    """
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))


def split_path(path: str) -> tuple[str, tuple[str, ...], int | None]:
    """Split a path into variable, keys and index.

    >>> split_path("q07_history.A.loss[-1]")
    ('q07_history', ('A', 'loss'), -1)
    """
    match = re.fullmatch(r"([^.\[]+)((?:\.[^.\[]+)*)(?:\[(-?\d+)\])?", path)
    if match is None:
        raise ValueError(f"{path!r} is not a path")
    name, keys, index = match.groups()
    return name, tuple(keys.split(".")[1:]), None if index is None else int(index)
