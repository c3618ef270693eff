"""Render pages from templates: every value is escaped, and a missing one is an error."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

import jinja2

_SHARED: Final = Path(__file__).with_name("templates")
"""The templates shared by the pages of all packages."""


@functools.cache
def template(path: Path) -> jinja2.Template:
    """Return the template of a page; it may include others of its folder, and the shared ones."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([path.parent, _SHARED]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(path.name)
