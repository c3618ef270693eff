"""The one way in which pages are made of templates: every value is escaped, and a missing one is an error."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2


@functools.cache
def template(path: Path) -> jinja2.Template:
    """Return the template of a page; it may include others of its folder."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(path.name)
