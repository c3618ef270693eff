"""Serves orders one after another, each in a child of a warm process: no order affects the next one.

The parent has imported TensorFlow and Keras but runs no operation, so it has a single thread when it forks.

    fit                  always a new child
    evaluate, predict    the previous order's child if it holds the same network, else a new child

There is at most one child at a time, so a trainer needs no more memory for it.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Sequence

from ..channel import Channel
from ..versions import versions

_IMPORTED_BY_EVERY_ORDER = tuple(
    f"tensorflow.python.data.ops.{name}_op" for name in ("concatenate", "flat_map", "from_tensors", "range", "zip")
)
"""Modules that TensorFlow imports on first use, which otherwise every child would import again."""


def main(arguments: Sequence[str]) -> None:
    """Serve the orders that arrive on the pipe until it is closed.

    Args:
        arguments: The descriptors of the two pipes, in and out.
    """
    channel = Channel(int(arguments[0]), int(arguments[1]))
    # NumPy's own threads would exist at the fork. TensorFlow does not use them.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from .children import Child, receive_order  # noqa: PLC0415 (it imports NumPy, TensorFlow and Keras)

    for name in _IMPORTED_BY_EVERY_ORDER:
        importlib.import_module(name)
    # Exempt these objects from garbage collection in children, which would copy their pages.
    gc.collect()
    gc.freeze()
    channel.send({"type": "hello", "versions": versions()})
    last: Child | None = None
    while True:
        try:
            order = receive_order(channel)
        except EOFError:
            return
        if last is None or not (last.suits(order) and last.take(order)):
            if last is not None:
                last.end()
            last = Child(order, channel)
        last.pass_on(channel)
        if not last.stays:
            last.end()
            last = None
