"""The installed packages whose version may change what a notebook computes."""

from __future__ import annotations

import importlib.metadata
from typing import Final

DECIDING_PACKAGES: Final = ("tensorflow", "keras", "numpy", "scikit-learn")
"""Packages whose version may change the numbers."""


def installed_versions() -> dict[str, str]:
    """Return the versions of the packages that decide what a notebook computes."""
    return {name: importlib.metadata.version(name) for name in DECIDING_PACKAGES}
