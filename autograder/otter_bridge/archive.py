"""Write zips whose bytes depend on nothing but their content."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can say."""


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write `members`, by name, and put the zip in place only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name that nobody can foresee, and the owner's alone from the first byte on: what is in it may hold the key.
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(members):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                # What begins as a script is one: Gradescope starts two of them.
                entry.external_attr = (0o755 if members[name].startswith(b"#!") else 0o644) << 16
                archive.writestr(entry, members[name])
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)
