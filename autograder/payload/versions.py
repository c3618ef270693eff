"""Says which versions of Python and of what decides a training are installed, importing none of it."""

from __future__ import annotations

import platform
from importlib import metadata

REPORTED_PACKAGES = ("numpy", "scikit-learn", "tensorflow", "keras")


def versions() -> dict[str, str]:
    """Return the versions by name; what is not installed is left out."""
    found = {"python": platform.python_version()}
    for package in REPORTED_PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
