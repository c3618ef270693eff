"""Conducts each call of `fit`, `evaluate` and `predict`: orders it and puts the answer in place, or runs it here.

A call that can't be ordered, or a fault of ours, ends in the plain call: the notebook never sees a difference.
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
from .claims import Claim, evaluate_result, fit_result
from .comparing import same_evaluation, same_training
from .ordering import Answer, LimitReachedError, Orders
from .reading import read_evaluate, read_fit, read_predict
from .restoring import restore_evaluate, restore_fit, restore_predict
from .schedule import PrecomputedRates, repeated

MOST_PREDICTIONS = 200
"""So many predictions of a notebook are ordered. One that predicts row by row goes on by itself: the first ones tell
what it is about, and each order takes longer than such a prediction."""

Original = Callable[..., Any]
_Made = TypeVar("_Made")


class Conductor:
    """Conducts the calls of one notebook.

    Args:
        end_cell: Ends the running cell as its time-out does, with a reason.
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
        """Conduct one `evaluate` and return its results in the form that was asked for."""
        attempt = Attempt(bound, read_evaluate)
        logs: dict[str, float] | None = None
        answer = self._place(attempt) if attempt.is_whole else None
        if answer is not None:
            logs = attempt.put(lambda: restore_evaluate(attempt.call, answer))
        if logs is None:
            # The dictionary names its numbers; the list, which Keras makes of it, is made below.
            logs = self._evaluate_here(original, attempt)
        return logs if bound.arguments["return_dict"] else bound.arguments["self"]._flatten_metrics_in_order(logs)

    def test_on_batch(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `test_on_batch`: it runs here, and is ordered as the evaluation of one batch."""
        attempt = Attempt(bound, read_evaluate)
        attempt.left_out += ("test_on_batch",)
        logs = self._evaluate_here(original, attempt)
        return logs if bound.arguments["return_dict"] else bound.arguments["self"]._flatten_metrics_in_order(logs)

    def predict(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `predict` and return what it predicts."""
        self._predictions += 1
        if self._predictions > MOST_PREDICTIONS:
            return original(*bound.args, **bound.kwargs)
        attempt = Attempt(bound, read_predict)
        answer = self._place(attempt) if attempt.is_whole else None
        if answer is not None:
            outputs = attempt.put(lambda: restore_predict(attempt.call, answer))
            if outputs is not None:
                return outputs
        claim = self._try(lambda: attempt.claim("predict"))
        outputs = original(*bound.args, **bound.kwargs)
        self._send(claim, dict)
        return outputs

    def _train_here(self, original: Original, attempt: Attempt, rates: PrecomputedRates | None) -> Any:
        bound, model = attempt.bound, attempt.bound.arguments["self"]
        claim = self._try(lambda: attempt.claim("fit"))
        rate_before = self._try(lambda: settable_rate(model.optimizer))
        observer, witness = RateObserver(), ResultObserver()
        # An order that leaves something out is compared with what comes out here: both shuffle by one seed.
        compared = attempt.left_out and attempt.description is not None
        try:
            with repeated(attempt.scheduler, rates), seeded(attempt.call.seed if compared else None):
                history = _call_with(original, bound, callbacks=_observed(bound, witness, observer))
        except BaseException:
            # What broke off (an error of a callback, an interrupt) has trained all the same, and numbers may be of it.
            if observer.rates or witness.results:
                self._send(claim, lambda: fit_result(model, None, witness.results, observer.rates))
            raise
        if compared:
            if rate_before is not None and any(rate != rate_before for rate in observer.rates):
                # Whoever set them, in an order they are the rates that a schedule would say.
                attempt.set_rates(observer.rates)
            answer = self._place(attempt)
            if answer is not None and self._try(lambda: same_training(attempt.call, witness.results, answer)):
                return history
        self._send(claim, lambda: fit_result(model, history, witness.results, observer.rates))
        return history

    def _evaluate_here(self, original: Original, attempt: Attempt) -> Any:
        claim = self._try(lambda: attempt.claim("evaluate"))
        logs = _call_with(original, attempt.bound, return_dict=True)
        if attempt.left_out and attempt.description is not None:
            answer = self._place(attempt)
            if answer is not None and self._try(lambda: same_evaluation(attempt.call, logs, answer)):
                return logs
        self._send(claim, lambda: evaluate_result(logs))
        return logs

    def _place(self, attempt: Attempt) -> Answer | None:
        """Order what an attempt describes; return None where that gives nothing."""
        if attempt.description is None or not attempt.is_unchanged():
            return None
        try:
            return self._orders.place(attempt.description, attempt.arrays)
        except LimitReachedError:
            self._end_cell("this notebook has used up the trainings that it may order")
        except Exception as error:  # noqa: BLE001 (the student's call goes on without us)
            attempt.refuse(error)
        return None

    def _send(self, claim: Claim | None, result: Callable[[], dict[str, Any]]) -> None:
        if claim is not None:
            self._try(lambda: claim.send(self._channel, result()))

    def _try(self, action: Callable[[], _Made]) -> _Made | None:
        """Return what an action gives, None when it can't be done."""
        try:
            return action()
        except Exception as error:  # noqa: BLE001 (the student's call goes on without us)
            print(f"autograder: a call is not observed: {error!r}", file=sys.stderr)
            return None


def _observed(bound: inspect.BoundArguments, first: ResultObserver, last: RateObserver) -> Any:
    """Return the callbacks of a `fit` with the observers around them."""
    given = bound.arguments["callbacks"]
    if given is None:
        return [first, last]
    if isinstance(given, list | tuple):
        return [first, *given, last]
    if isinstance(given, keras.callbacks.CallbackList):
        # It has handed the model to its callbacks already.
        return given
    return [first, given, last]


def _call_with(original: Original, bound: inspect.BoundArguments, **changed: Any) -> Any:
    """Make the call with some arguments replaced; `bound` itself stays as the notebook wrote it."""
    other = inspect.BoundArguments(bound.signature, bound.arguments.copy())
    other.arguments.update(changed)
    return original(*other.args, **other.kwargs)
