"""Conducts each call of `fit`, `evaluate` and `predict`: replays it if its result is known, else runs it.

A call that can't be replayed, or a fault of ours, ends in the plain call: the notebook never sees a difference.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from ..channel import Channel, FrameTooLargeError
from . import randomness, schedule
from .calls import NotReplayableError, read_fit, read_test
from .journal import Journal
from .plans import EvaluatePlan, FitPlan, PredictPlan

Original = Callable[..., Any]
_Made = TypeVar("_Made")
_Plan = TypeVar("_Plan", FitPlan, EvaluatePlan, PredictPlan)


class Conductor:
    """Asks the store, records for it, or does neither, by the mode of the job.

    Args:
        mode: `replay`, `train` or `record`.
    """

    def __init__(self, channel: Channel, mode: str, journal: Journal) -> None:
        self._channel = channel
        self._mode = mode
        self._journal = journal

    def fit(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `fit` and return its history."""
        started = time.monotonic()
        plan = self._plan(lambda: FitPlan.make(read_fit(bound)))
        replayed = self._replay(plan, FitPlan.restore)
        results = None
        if replayed is not None:
            history, rates = replayed
        else:
            observer, witness = schedule.RateObserver(), schedule.ResultObserver()
            before = self._states(plan)
            with schedule.repeated(plan.call, plan.said) if plan else contextlib.nullcontext():
                history = _call_with(original, bound, callbacks=schedule.add_observers(bound, witness, observer))
            rates, results = observer.rates, witness.results
            seconds = time.monotonic() - started
            self._record(plan, before, lambda known: known.capture(history, rates, seconds))
        self._attempt(
            lambda: self._journal.write_training(
                bound, history, rates, results, replayed=replayed is not None, seconds=time.monotonic() - started
            )
        )
        return history

    def evaluate(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `evaluate` and return its results in the form that was asked for."""
        plan = self._plan(lambda: EvaluatePlan.make(read_test(bound)))
        replayed = self._replay(plan, EvaluatePlan.restore)
        logs: Any = replayed
        if logs is None:
            before = self._states(plan)
            # The dictionary names its numbers; the list, which Keras makes of it, is made below.
            logs = _call_with(original, bound, return_dict=True)
            self._record(plan, before, lambda known: known.capture(logs))
        self._attempt(lambda: self._journal.write_evaluation(bound, logs, replayed=replayed is not None))
        return logs if bound.arguments["return_dict"] else bound.arguments["self"]._flatten_metrics_in_order(logs)

    def predict(self, original: Original, bound: inspect.BoundArguments) -> Any:
        """Conduct one `predict` and return what it predicts."""
        plan = self._plan(lambda: PredictPlan.make(read_test(bound)))
        replayed = self._replay(plan, PredictPlan.restore)
        outputs: Any = replayed
        if outputs is None:
            before = self._states(plan)
            outputs = original(*bound.args, **bound.kwargs)
            self._record(plan, before, lambda known: known.capture(outputs))
        # What is computed from predictions is the notebook's business: an evaluation without results.
        self._attempt(lambda: self._journal.write_evaluation(bound, {}, replayed=replayed is not None))
        return outputs

    def _plan(self, make: Callable[[], _Made]) -> _Made | None:
        return None if self._mode == "train" else self._attempt(make)

    def _replay(self, plan: _Plan | None, restore: Callable[[_Plan, Any], _Made]) -> _Made | None:
        """Return what a replay gives, None when the call has to be run."""
        if plan is None or plan.fingerprint is None or self._mode != "replay":
            return None
        result = self._channel.ask(plan.fingerprint)
        return None if result is None else self._attempt(lambda: restore(plan, result))

    def _states(self, plan: FitPlan | EvaluatePlan | PredictPlan | None) -> randomness.RandomStates | None:
        """Return the states of the random generators where a result may be recorded and they can be told."""
        if plan is None or plan.fingerprint is None or self._mode != "record":
            return None
        return self._attempt(randomness.take)

    def _record(
        self, plan: _Plan | None, before: randomness.RandomStates | None, capture: Callable[[_Plan], dict[str, Any]]
    ) -> None:
        """Offer a result to the store, unless the call moved a random generator: a replay would not move it."""
        if plan is None or before is None or self._states(plan) != before:
            return
        message = {"type": "record", "fingerprint": plan.fingerprint}
        self._attempt(lambda: self._channel.send({**message, "result": capture(plan)}))

    def _attempt(self, action: Callable[[], _Made]) -> _Made | None:
        """Return what an action gives, None when it can't be done."""
        try:
            return action()
        except (NotReplayableError, FrameTooLargeError) as reason:
            print(f"autograder: a call can't be replayed: {reason}", file=sys.stderr)
            return None
        except Exception as error:  # noqa: BLE001 (the student's call goes on without us)
            print(f"autograder: a call is not observed: {error!r}", file=sys.stderr)
            return None


def _call_with(original: Original, bound: inspect.BoundArguments, **changed: Any) -> Any:
    """Make the call with some arguments replaced; `bound` itself stays as the notebook wrote it."""
    other = inspect.BoundArguments(bound.signature, bound.arguments.copy())
    other.arguments.update(changed)
    return original(*other.args, **other.kwargs)
