"""One job from its first frame to its last: prepare, run every cell, send changed values, report the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from . import notebook_environment
from .cells import CellRunner
from .channel import Channel
from .devices import use_tensorflow
from .figures import FigureCollector
from .imports import ImportHooks
from .versions import versions
from .watch import Watcher


def main(arguments: Sequence[str]) -> None:
    """Run the job from the pipe, then exit the process.

    Args:
        arguments: The numbers of the two pipes, in and out.
    """
    channel = Channel(int(arguments[0]), int(arguments[1]))
    notebook_environment.close_standard_input()
    job = channel.receive()
    channel.send({"type": "hello", "versions": versions()})
    Session(channel, job).run()
    channel.send({"type": "done"})
    sys.stdout.flush()
    sys.stderr.flush()
    # Not `sys.exit`, which would run the notebook's threads and atexit functions.
    os._exit(0)


class Session:
    """Runs the cells of one job in order; a failing cell does not keep the next ones from running."""

    def __init__(self, channel: Channel, job: dict[str, Any]) -> None:
        self._channel = channel
        self._job = job
        self._cell = -1
        self._figures = FigureCollector()
        self._keras: Any = None
        hooks = ImportHooks()
        hooks.after("matplotlib.pyplot", self._figures.attach)
        hooks.before("keras", self._choose_backend)
        hooks.after("keras", self._attach_to_keras)
        notebook_environment.prepare(hooks)
        self._runner = CellRunner(job["cell_seconds"], frozenset(job["watched"]))
        self._watcher = Watcher(channel, job["watched"], job["value_bytes"])

    def run(self) -> None:
        """Run all cells."""
        parameters_cell = self._job["parameters_cell"]
        if parameters_cell is None:
            self._assign_parameters()
        for cell in self._job["cells"]:
            index = self._cell = cell["index"]
            self._channel.send({"type": "cell", "index": index, "status": "started"})
            outcome = self._runner.run(cell["source"], index)
            if index == parameters_cell:
                self._assign_parameters()
            for lines in self._figures.take():
                self._channel.send({"type": "figure", "cell": index, "lines": lines})
            if self._keras is not None:
                self._keras.end_cell()
            self._watcher.flush(self._runner.namespace, index)
            self._channel.send(
                {
                    "type": "cell",
                    "index": index,
                    "status": outcome.status,
                    "seconds": outcome.seconds,
                    "error": outcome.error,
                    "detail": outcome.detail,
                    "remarks": outcome.remarks,
                    "unassigned": outcome.unassigned,
                    "lacks_cell": outcome.lacks_cell,
                }
            )

    def _assign_parameters(self) -> None:
        self._runner.namespace.update(self._job["parameters"])

    def _choose_backend(self) -> None:
        other = use_tensorflow()
        if other is not None:
            print(f"autograder: Keras runs on TensorFlow here, not on {other}")
            self._runner.remark("environment.backend", backend=other)

    def _attach_to_keras(self, _module: Any) -> None:
        # Only now: these modules import Keras themselves, which a notebook without it should not pay for.
        from .keras_orders.install import Observers  # noqa: PLC0415 (see above)

        if self._keras is None:
            self._keras = Observers(self._channel, self._runner.paused, self._runner.end)
        self._keras.attach()
