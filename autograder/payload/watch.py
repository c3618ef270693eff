"""Sends the watched variables whose values changed, after each cell: a killed notebook keeps what it had."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .channel import LARGEST_FRAME_BYTES, Channel
from .values import plain

_ABSENT = object()


class Watcher:
    """Remembers what it last sent of each variable.

    Args:
        names: The variables to watch.
        value_bytes: No value may take more as JSON.
    """

    def __init__(self, channel: Channel, names: Iterable[str], value_bytes: int) -> None:
        self._channel = channel
        self._value_bytes = min(value_bytes, LARGEST_FRAME_BYTES - 1024)
        self._sent: dict[str, Any] = dict.fromkeys(names, _ABSENT)

    def flush(self, namespace: dict[str, Any], cell: int) -> None:
        """Send every value that is new or different, and say which have gone."""
        for name, last in self._sent.items():
            if name not in namespace:
                if last is not _ABSENT:
                    self._channel.send({"type": "absent", "name": name})
                    self._sent[name] = _ABSENT
                continue
            value = plain(namespace[name], self._value_bytes)
            # Compared as text: 1, 1.0 and True are equal in Python and are not the same answer.
            text = json.dumps(value)
            if text != last:
                self._channel.send({"type": "value", "name": name, "cell": cell, "value": value})
                self._sent[name] = text
