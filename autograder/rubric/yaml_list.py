"""A list in a YAML file beside the reference runs: read by one model, and refused in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from autograder.errors import ConfigurationError

Read = TypeVar("Read")


def read_list(path: Path, validate: Callable[[Any], Read], kind: str) -> Read:
    """Return what `validate` makes of a file's content.

    Args:
        path: The file.
        validate: Returns the list; raises TypeError or ValueError (pydantic's errors are such) if it is none.
        kind: What it is a list of, for the message.

    Raises:
        ConfigurationError: The file is not YAML, or not such a list.
    """
    try:
        return validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, TypeError, ValueError) as error:
        detail = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        what = f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" if detail else str(error).partition("\n")[0]
        raise ConfigurationError(f"is not a list of {kind}: {what}", str(path), "correct it, or remove it") from error
