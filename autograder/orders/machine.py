"""Identify the processor: sums of floats depend on its vector width."""

from __future__ import annotations

import platform
import re
from pathlib import Path

_DECIDING = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve")
"""The instruction sets by which numerical libraries choose their implementation."""


def processor() -> str:
    """Return the processor's name."""
    names = re.findall(r"^model name\s*:\s*(.+)$", _cpuinfo(), re.MULTILINE)
    return names[0] if names else platform.machine()


def instructions() -> str:
    """Return the processor's deciding instruction sets, in a fixed order."""
    found = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", _cpuinfo(), re.MULTILINE)
    flags = set(found[1].split()) if found else set()
    return " ".join(name for name in _DECIDING if name in flags)


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
