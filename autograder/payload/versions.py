"""Returns the installed versions of Python and of the packages that affect a training, without importing them."""

from __future__ import annotations

import platform
from importlib import metadata

REPORTED_PACKAGES = ("numpy", "scikit-learn", "tensorflow", "keras")


def versions() -> dict[str, str]:
    """Return the versions by name, omitting what is not installed."""
    found = {"python": platform.python_version()}
    for package in REPORTED_PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
