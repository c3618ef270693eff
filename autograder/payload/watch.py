"""Sends the changed watched variables after each cell, so that a killed notebook keeps its earlier values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .channel import LARGEST_FRAME_BYTES, Channel
from .values import plain

_ABSENT = object()


class Watcher:
    """Remembers the last sent value of each variable.

    Args:
        names: The variables to watch.
        value_bytes: The limit on each value's size as JSON.
    """

    def __init__(self, channel: Channel, names: Iterable[str], value_bytes: int) -> None:
        self._channel = channel
        self._value_bytes = min(value_bytes, LARGEST_FRAME_BYTES - 1024)
        self._sent: dict[str, Any] = dict.fromkeys(names, _ABSENT)

    def flush(self, namespace: dict[str, Any], cell: int) -> None:
        """Send every new or changed value, and report deleted variables."""
        for name, last in self._sent.items():
            if name not in namespace:
                if last is not _ABSENT:
                    self._channel.send({"type": "absent", "name": name})
                    self._sent[name] = _ABSENT
                continue
            value = plain(namespace[name], self._value_bytes)
            # Compared as text: 1, 1.0 and True are equal in Python but different answers.
            text = json.dumps(value)
            if text != last:
                self._channel.send({"type": "value", "name": name, "cell": cell, "value": value})
                self._sent[name] = text
