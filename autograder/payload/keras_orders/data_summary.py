"""Summarise an array in a few numbers that identify the data of a training (`records.DataSummary`)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

PROBES = 4
PROBED_ELEMENTS = 100_000
_NOTHING: dict[str, Any] = {
    "shape": [],
    "minimum": 0.0,
    "maximum": 0.0,
    "mean": 0.0,
    "std": 0.0,
    "probes": [0.0] * PROBES,
}


def summarise(data: Any) -> dict[str, Any]:
    """Return the summary of an array; all zeros and no shape if it is not an array of numbers."""
    try:
        array = np.asarray(data)
        if array.dtype.kind not in "biuf" or array.size == 0:
            return _NOTHING
        flat = array.reshape(-1)
        head = flat[:PROBED_ELEMENTS].astype(np.float64)
        places = np.arange(head.size)
        return {
            "shape": list(array.shape),
            "minimum": _finite(flat.min()),
            "maximum": _finite(flat.max()),
            "mean": _finite(flat.mean(dtype=np.float64)),
            "std": _finite(flat.std(dtype=np.float64)),
            "probes": [_finite(np.mean(head * np.cos(k * places))) for k in range(1, PROBES + 1)],
        }
    except Exception:  # noqa: BLE001 (generators, ragged lists: `fit` accepts them, NumPy does not)
        return _NOTHING


def _finite(number: Any) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None
