"""Conducts each call of `fit`, `evaluate` and `predict`: orders it and applies the answer, or runs it here.

If a call cannot be ordered, or our code fails, the plain call runs: the notebook never sees a difference.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import keras

from ..channel import Channel
from ..keras_calls.randomness import seeded
from ..keras_calls.rates import RateObserver, ResultObserver, settable_rate
from .attempt import Attempt
from .comparing import same_evaluation, same_training
from .ordering import LimitReachedError, Orders, TrustedAnswer
from .reading import read_evaluate, read_fit, read_predict
from .reported_calls import ReportedCall, evaluate_result, fit_result
from .restoring import restore_evaluate, restore_fit, restore_predict
from .schedule import PrecomputedRates, repeated

MOST_PREDICTIONS = 200
"""The most predictions of a notebook that are ordered. One that predicts row by row then continues by itself: the first
predictions are sufficient evidence, and an order takes longer than such a prediction."""

Original = Callable[..., Any]
_Made = TypeVar("_Made")


class Conductor:
    """Conducts the calls of one notebook.

    Args:
        end_cell: Ends the running cell as its time-out does, with a code as the reason.
    """

    def __init__(self, channel: Channel, orders: Orders, end_cell: Callable[[str], None]) -> None:
        self._channel = channel
        self._orders = orders
        self._end_cell = end_cell
        self._predictions = 0

    def fit(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `fit` and return its history."""
        attempt = Attempt(bound, read_fit)
        rates: PrecomputedRates | None = None
        if attempt.is_whole:
            rates = attempt.ask_schedule()
            answer = self._place(attempt)
            if answer is not None:
                given, verbose = bound.arguments["callbacks"], bound.arguments["verbose"]
                callbacks = list(given) if isinstance(given, list | tuple) else [] if given is None else [given]
                history = attempt.put(lambda: restore_fit(attempt.call, answer, callbacks, verbose))
                if history is not None:
                    return history
        return self._train_here(original, attempt, rates)

    def evaluate(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `evaluate` and return its results in the requested form."""
        attempt = Attempt(bound, read_evaluate)
        logs: dict[str, float] | None = None
        answer = self._place(attempt) if attempt.is_whole else None
        if answer is not None:
            logs = attempt.put(lambda: restore_evaluate(attempt.call, answer))
        if logs is None:
            # The dictionary has names; Keras's list is made from it below.
            logs = self._evaluate_here(original, attempt)
        return logs if bound.arguments["return_dict"] else bound.arguments["self"]._flatten_metrics_in_order(logs)

    def test_on_batch(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `test_on_batch`: it runs here, and is ordered as the evaluation of one batch."""
        attempt = Attempt(bound, read_evaluate)
        attempt.left_out += ("test_on_batch",)
        logs = self._evaluate_here(original, attempt)
        return logs if bound.arguments["return_dict"] else bound.arguments["self"]._flatten_metrics_in_order(logs)

    def predict(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `predict` and return its predictions."""
        self._predictions += 1
        if self._predictions > MOST_PREDICTIONS:
            return original(*bound.args, **bound.kwargs)
        attempt = Attempt(bound, read_predict)
        answer = self._place(attempt) if attempt.is_whole else None
        if answer is not None:
            outputs = attempt.put(lambda: restore_predict(attempt.call, answer))
            if outputs is not None:
                return outputs
        report = self._try(lambda: attempt.report("predict"))
        outputs = original(*bound.args, **bound.kwargs)
        self._send(report, dict)
        return outputs

    def _train_here(self, original: Original, attempt: Attempt, rates: PrecomputedRates | None) -> Any:
        bound, model = attempt.bound, attempt.bound.arguments["self"]
        report = self._try(lambda: attempt.report("fit"))
        rate_before = self._try(lambda: settable_rate(model.optimizer))
        observer, witness = RateObserver(), ResultObserver()
        # An order that leaves something out is compared with the result here: both shuffle by the same seed.
        compared = attempt.left_out and attempt.description is not None
        try:
            with repeated(attempt.scheduler, rates), seeded(attempt.call.seed if compared else None):
                history = _call_with(original, bound, callbacks=_observed(bound, witness, observer))
        except BaseException:
            # A training that broke off (an error in a callback, an interrupt) may still have produced numbers.
            if observer.rates or witness.results:
                self._send(report, lambda: fit_result(model, None, witness.results, observer.rates))
            raise
        if compared:
            if rate_before is not None and any(rate != rate_before for rate in observer.rates):
                # However they were set, an order states them as the rates of a schedule.
                attempt.set_rates(observer.rates)
            answer = self._place(attempt)
            if answer is not None and self._try(lambda: same_training(attempt.call, witness.results, answer)):
                return history
        self._send(report, lambda: fit_result(model, history, witness.results, observer.rates))
        return history

    def _evaluate_here(self, original: Original, attempt: Attempt) -> Any:
        report = self._try(lambda: attempt.report("evaluate"))
        logs = _call_with(original, attempt.bound, return_dict=True)
        if attempt.left_out and attempt.description is not None:
            answer = self._place(attempt)
            if answer is not None and self._try(lambda: same_evaluation(attempt.call, logs, answer)):
                return logs
        self._send(report, lambda: evaluate_result(logs))
        return logs

    def _place(self, attempt: Attempt) -> TrustedAnswer | None:
        """Order the attempt's call; return None if there is no result."""
        if attempt.description is None or not attempt.is_unchanged():
            return None
        try:
            return self._orders.place(attempt.description, attempt.arrays)
        except LimitReachedError:
            self._end_cell("cell.trainings")
        except Exception as error:  # noqa: BLE001 (the student's call must go on)
            attempt.refuse(error)
        return None

    def _send(self, report: ReportedCall | None, result: Callable[[], dict[str, Any]]) -> None:
        if report is not None:
            self._try(lambda: report.send(self._channel, result()))

    def _try(self, action: Callable[[], _Made]) -> _Made | None:
        """Return the result of an action, None if it fails."""
        try:
            return action()
        except Exception as error:  # noqa: BLE001 (the student's call must go on)
            print(f"autograder: a call is not observed: {error!r}", file=sys.stderr)
            return None


def _observed(bound: inspect.BoundArguments, first: ResultObserver, last: RateObserver) -> Any:
    """Return the callbacks of a `fit`, enclosed by the observers."""
    given = bound.arguments["callbacks"]
    if given is None:
        return [first, last]
    if isinstance(given, list | tuple):
        return [first, *given, last]
    if isinstance(given, keras.callbacks.CallbackList):
        # A `CallbackList` has already given the model to its callbacks.
        return given
    return [first, given, last]


def _call_with(original: Original, bound: inspect.BoundArguments, **changed: Any) -> Any:
    """Make the call with some arguments replaced, leaving `bound` unchanged."""
    other = inspect.BoundArguments(bound.signature, bound.arguments.copy())
    other.arguments.update(changed)
    return original(*other.args, **other.kwargs)
