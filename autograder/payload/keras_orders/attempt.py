"""One attempt to turn a call into an order: its description, or why there is none."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from ..keras_calls.call import BuiltCall, Operation
from ..keras_calls.captured_arrays import Arrays, digest_of
from ..keras_calls.describing import Description, describe_call
from ..keras_calls.own import NotOrderableError
from .reading import Reading, most_epochs
from .reported_calls import ReportedCall
from .schedule import PrecomputedRates, rates_ahead
from .seen import replaced_step

_Made = TypeVar("_Made")


class Attempt:
    """An attempt to turn a call into an order, with the reason if it fails.

    Args:
        bound: The call.
        read: Parses the call.
    """

    def __init__(self, bound: inspect.BoundArguments, read: Callable[[inspect.BoundArguments], Reading]) -> None:
        self.bound = bound
        self.description: Description | None = None
        self.arrays = Arrays()
        self.left_out: tuple[str, ...] = ()
        self.scheduler: Any = None
        self._reasons: list[str] = []
        self._reading: Reading | None = None
        try:
            own = replaced_step(bound.arguments["self"])
            if own:
                raise NotOrderableError(own)  # noqa: TRY301 (all reasons are kept below)
            self._reading = read(bound)
            self.left_out = self._reading.left_out
            self.description, self.arrays = describe_call(self._reading.call)
        except Exception as error:  # noqa: BLE001 (the student's call must go on)
            self.refuse(error)

    @property
    def is_whole(self) -> bool:
        """Whether the order describes the whole call, so that its answer can replace it."""
        return self.description is not None and not self.left_out

    @property
    def call(self) -> BuiltCall:
        """The parsed call."""
        assert self._reading is not None  # noqa: S101 (there is a description)
        return self._reading.call

    def refuse(self, error: Exception) -> None:
        """Record why this is not an order, or no longer one."""
        reason = str(error) if isinstance(error, NotOrderableError) else repr(error)
        print(f"autograder: a call can't be ordered: {reason}", file=sys.stderr)
        self._reasons.append(reason)

    def ask_schedule(self) -> PrecomputedRates | None:
        """Call the notebook's schedule for the rate of every epoch, once everything else fits into an order."""
        assert self._reading is not None  # noqa: S101 (there is a description)
        if not self._reading.schedulers:
            return None
        (self.scheduler,) = self._reading.schedulers
        call = self._reading.call
        try:
            rates = rates_ahead(self.scheduler, call.model, range(call.initial_epoch, most_epochs(call)))
        except Exception as error:  # noqa: BLE001 (the student's call must go on)
            self.refuse(error)
            self.description = None
            return None
        if rates.error is not None:
            self.refuse(NotOrderableError(f"the schedule raises {type(rates.error).__name__}"))
            self.description = None
        else:
            self.set_rates(rates.rates)
        return rates

    def set_rates(self, rates: Any) -> None:
        """Put the rate of every epoch into the description."""
        if self.description is not None:
            self.description["rates"] = list(rates)

    def is_unchanged(self) -> bool:
        """Whether the arrays are still those described: the notebook's own part may have modified them."""
        return not self.left_out or all(digest_of(self.arrays[digest]) == digest for digest in self.arrays)

    def put(self, restore: Callable[[], _Made]) -> _Made | None:
        """Apply an answer; return None if it does not fit."""
        try:
            return restore()
        except Exception as error:  # noqa: BLE001 (the student's call must go on)
            self.refuse(error)
            return None

    def report(self, operation: Operation) -> ReportedCall:
        """Return the report of this call, which is about to run in the notebook."""
        own = [*self.left_out, *self._reasons]
        call = None if self._reading is None else self._reading.call
        return ReportedCall(operation, self.bound, own, self.description, call)
