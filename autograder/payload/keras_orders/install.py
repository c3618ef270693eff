"""Wraps the Keras methods that train and predict, for outermost calls only."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import keras
from keras.src.backend.tensorflow.trainer import TensorFlowTrainer
from keras.src.optimizers.base_optimizer import BaseOptimizer

from ..channel import Channel
from .conduct import Conductor
from .direct import DirectCalls, Loops
from .ordering import Orders

OBSERVED = "_autograder_observed"


class _Thread(threading.local):
    """Whether this thread is inside an observed call."""

    busy = False


class Observers:
    """Observes Keras in one notebook.

    Args:
        channel: The channel for orders and reported calls.
        waiting: The context manager in which to wait for an answer.
        end_cell: Ends the running cell as its time-out does, with a code as the reason.
    """

    def __init__(
        self,
        channel: Channel,
        waiting: Callable[[], AbstractContextManager[None]],
        end_cell: Callable[[str], None],
    ) -> None:
        self._conductor = Conductor(channel, Orders(channel, waiting), end_cell)
        self._direct = DirectCalls(channel)
        self._loops = Loops(channel)
        # Per thread: a notebook may train in several threads, and one thread's call must not hide another's.
        self._here = _Thread()

    def attach(self) -> None:
        """Observe all later calls."""
        for name in ("fit", "evaluate", "predict", "test_on_batch"):
            self._replace(TensorFlowTrainer, name, self._conducted(getattr(self._conductor, name)))
        self._replace(TensorFlowTrainer, "predict_on_batch", self._seeing_inputs)
        self._replace(keras.Model, "__call__", self._seeing_inputs)
        self._replace(TensorFlowTrainer, "train_on_batch", self._counted("train_on_batch"))
        self._replace(BaseOptimizer, "apply", self._counted("apply_gradients"))

    def end_cell(self) -> None:
        """Report the observations of the cell that has ended."""
        self._loops.end_cell()

    def _replace(self, owner: type, name: str, make: Callable[[Any], Any]) -> None:
        original = getattr(owner, name)
        if hasattr(original, OBSERVED):
            # A notebook may load Keras a second time: each call must still be observed only once.
            return
        observed = functools.wraps(original)(make(original))
        setattr(observed, OBSERVED, True)
        setattr(owner, name, observed)

    def _conducted(self, conduct: Callable[..., Any]) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            signature = inspect.signature(original)

            def observed(*arguments: Any, **options: Any) -> Any:
                if self._here.busy:
                    return original(*arguments, **options)
                try:
                    bound = signature.bind(*arguments, **options)
                    bound.apply_defaults()
                except TypeError:
                    # A wrong call: Keras's own message helps the student best.
                    return original(*arguments, **options)
                return self._alone(conduct, original, bound)

            return observed

        return make

    def _seeing_inputs(self, original: Any) -> Any:
        def observed(model: Any, *arguments: Any, **options: Any) -> Any:
            if self._here.busy:
                return original(model, *arguments, **options)
            outputs = self._alone(original, model, *arguments, **options)
            x = arguments[0] if arguments else next(iter(options.values()), None)
            # With `training=True` it is not a prediction: dropout is active.
            if x is not None and not options.get("training"):
                self._alone(self._see, model, x)
            return outputs

        return observed

    def _counted(self, kind: str) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def observed(*arguments: Any, **options: Any) -> Any:
                if self._here.busy:
                    return original(*arguments, **options)
                self._loops.count(kind)
                return self._alone(original, *arguments, **options)

            return observed

        return make

    def _see(self, model: Any, x: Any) -> None:
        try:
            self._direct.saw(model, x)
        except Exception as error:  # noqa: BLE001 (the student's call must go on)
            print(f"autograder: a call is not observed: {error!r}", file=sys.stderr)

    def _alone(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a function without observing the calls that it makes itself."""
        self._here.busy = True
        try:
            return function(*arguments, **options)
        finally:
            self._here.busy = False
