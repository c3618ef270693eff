"""What the parts of a rubric's shape share: strictness, names, and the paths that lead into the evidence."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]
Path = Annotated[str, Field(pattern=r"^q\d\d_[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*(\[-?\d+\])?$")]
"""Where in the evidence a value stands: `q07_history.A.loss[-1]`."""


class Strict(BaseModel):
    """Refuse unknown keys and never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def split_path(path: str) -> tuple[str, tuple[str, ...], int | None]:
    """Split a path into variable, keys and index.

    >>> split_path("q07_history.A.loss[-1]")
    ('q07_history', ('A', 'loss'), -1)
    """
    match = re.fullmatch(r"([^.\[]+)((?:\.[^.\[]+)*)(?:\[(-?\d+)\])?", path)
    if match is None:
        raise ValueError(f"{path!r} is no path")
    name, keys, index = match.groups()
    return name, tuple(keys.split(".")[1:]), None if index is None else int(index)
