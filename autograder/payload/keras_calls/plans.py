"""What can be done for one call: name its result by a fingerprint, keep the result, and put a known one in place.

A result is JSON that only this module reads. The trusted side stores it and gives it back unread.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from . import schedule
from .arrays import pack, pack_lists, unpack, unpack_lists
from .building import build
from .calls import FitCall, NotReplayableError, TestCall
from .fingerprint import fingerprint_fit, fingerprint_test
from .network import network_variables
from .variables import assign_all, pack_all, unpack_for

LARGEST_PREDICTION_BYTES = 2**20


@dataclass(frozen=True)
class FitPlan:
    """A `fit` whose model is built.

    `said` is what the notebook's schedule has said ahead: whether or not there is a fingerprint, it shall not be asked
    again. Without a fingerprint the call is run, and its result is not kept.
    """

    call: FitCall
    said: schedule.Spoken | None
    fingerprint: str | None

    @classmethod
    def make(cls, call: FitCall) -> FitPlan:
        """Build the model and take the fingerprint.

        Raises:
            NotReplayableError: Something that decides the result has no fingerprint, and no schedule was asked.
        """
        build(call.model, call.x, call.y, call.batch_size, optimizer=True)
        said: schedule.Spoken | None = None

        def rates() -> list[float] | None:
            nonlocal said
            said = schedule.rates_ahead(call)
            if said is None:
                return None
            if said.error is not None:
                raise NotReplayableError(f"the schedule raises {type(said.error).__name__}")
            return said.rates

        fingerprint = None
        try:
            fingerprint = fingerprint_fit(call, rates)
        except Exception as error:
            if said is None:
                raise
            print(f"autograder: a call can't be replayed: {error!r}", file=sys.stderr)
        return cls(call, said, fingerprint)

    def capture(self, history: Any, rates: list[float], seconds: float) -> dict[str, Any]:
        """Return the result of the training that has just ended.

        Raises:
            NotReplayableError: It stopped early, or the schedule said other rates than ahead.
            TypeError: The history holds something else than floats.
        """
        if history.epoch != list(range(self.call.epochs)):
            raise NotReplayableError("not every epoch was run")
        if self.said is not None and self.said.rates != rates:
            raise NotReplayableError("the schedule changed its mind")
        return {
            "network": pack_all(network_variables(self.call.model)),
            "optimizer": pack_all(self.call.model.optimizer.variables),
            "metrics": pack_all(self.call.model.metrics_variables),
            "history": pack_lists(history.history),
            "rates": rates,
            "seconds": seconds,
        }

    def restore(self, result: Mapping[str, Any]) -> tuple[Any, list[float]]:
        """Leave the model as the training would have, and return the history and the rates."""
        model = self.call.model
        groups = [
            (variables, unpack_for(variables, result[name]))
            for name, variables in (
                ("network", network_variables(model)),
                ("optimizer", model.optimizer.variables),
                ("metrics", model.metrics_variables),
            )
        ]
        lists = unpack_lists(result["history"])
        rates = [float(rate) for rate in result["rates"]]
        # Nothing above has changed the model; nothing below can fail halfway for want of a fitting result.
        history = self._tell_callbacks()
        for variables, values in groups:
            assign_all(variables, values)
        history.history = lists
        history.epoch = list(range(self.call.epochs))
        model.stop_training = False
        model.make_train_function()
        if self.call.validation is None:
            model._eval_epoch_iterator = None
        else:
            model.make_test_function()
            model.stop_evaluating = False
            vars(model).pop("_eval_epoch_iterator", None)
        return history, rates

    def _tell_callbacks(self) -> Any:
        """Give the callbacks their model and parameters, as `fit` does, and return the one that is the history."""
        callbacks = keras.callbacks.CallbackList(
            list(self.call.callbacks),
            add_history=True,
            # The progress bar would have nothing to show.
            add_progbar=False,
            model=self.call.model,
            verbose=self.call.verbose,
            epochs=self.call.epochs,
            steps=math.ceil(len(self.call.x) / self.call.batch_size),
        )
        return callbacks._history


@dataclass(frozen=True)
class EvaluatePlan:
    """An `evaluate` whose model is built and whose fingerprint is known."""

    call: TestCall
    fingerprint: str

    @classmethod
    def make(cls, call: TestCall) -> EvaluatePlan:
        """Build the model and take the fingerprint.

        Raises:
            NotReplayableError: Something that decides the result has no fingerprint.
        """
        if not call.model.compiled or call.y is None:
            raise NotReplayableError("nothing to evaluate against")
        build(call.model, call.x, call.y, call.batch_size, optimizer=False)
        return cls(call, fingerprint_test("evaluate", call))

    def capture(self, logs: Mapping[str, float]) -> dict[str, Any]:
        """Return the result of the evaluation that has just ended.

        Raises:
            TypeError: Some log is no float.
        """
        return {
            "logs": pack_lists({name: [value] for name, value in logs.items()}),
            "metrics": pack_all(self.call.model.metrics_variables),
        }

    def restore(self, result: Mapping[str, Any]) -> dict[str, float]:
        """Leave the model as the evaluation would have, and return its logs."""
        model = self.call.model
        variables = model.metrics_variables
        values = unpack_for(variables, result["metrics"])
        logs = {name: value for name, (value,) in unpack_lists(result["logs"]).items()}
        assign_all(variables, values)
        model.make_test_function()
        model.stop_evaluating = False
        return logs


@dataclass(frozen=True)
class PredictPlan:
    """A `predict` whose model is built and whose fingerprint is known."""

    call: TestCall
    fingerprint: str

    @classmethod
    def make(cls, call: TestCall) -> PredictPlan:
        """Build the model and take the fingerprint.

        Raises:
            NotReplayableError: Something that decides the result has no fingerprint.
        """
        build(call.model, call.x, None, call.batch_size, optimizer=False)
        return cls(call, fingerprint_test("predict", call))

    def capture(self, outputs: Any) -> dict[str, Any]:
        """Return the result of the prediction that has just ended.

        Raises:
            NotReplayableError: It is no single array, or a large one.
        """
        if type(outputs) is not np.ndarray or outputs.nbytes > LARGEST_PREDICTION_BYTES:
            raise NotReplayableError("no single, small array")
        return {"outputs": pack(outputs)}

    def restore(self, result: Mapping[str, Any]) -> NDArray[Any]:
        """Leave the model as the prediction would have, and return what it predicts."""
        outputs = unpack(result["outputs"])
        self.call.model.make_predict_function()
        self.call.model.stop_predicting = False
        return outputs
