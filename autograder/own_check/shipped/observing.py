"""Observe what `fit` and `evaluate` of Keras do in this notebook, without changing what they do."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import itertools
from collections.abc import Callable
from typing import Any

from .answer_form import plain

_DEFAULT_BATCH_SIZE = 32


@dataclasses.dataclass(frozen=True)
class ObservedTraining:
    """What one training was; a field is None where it could not be read.

    `network` is a number that belongs to one network alone.
    """

    network: int
    losses: list[float]
    rates: list[float]
    epochs: int
    batch_size: int | None
    loss: str | None
    optimizer: dict[str, Any] | None
    layers: list[dict[str, Any]] | None
    parameters: int | None
    validation: bool


TRAININGS: list[ObservedTraining] = []
"""The trainings so far, in their order. One in several calls of `fit` is there once per call, and as a whole."""
EVALUATIONS: list[tuple[int, list[float]]] = []
"""The network of each evaluation, and its numbers."""

_networks = itertools.count(1)


def observe() -> None:
    """Begin to observe; a second call changes nothing."""
    import keras  # noqa: PLC0415 (only where the exercise trains networks)

    for name, note in (("fit", _note_training), ("evaluate", _note_evaluation)):
        owner = next(kind for kind in keras.Model.__mro__ if name in vars(kind))
        original = vars(owner)[name]
        if not hasattr(original, "own_check"):
            setattr(owner, name, _observed(original, note))


def _observed(original: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def call(network: Any, *arguments: Any, **options: Any) -> Any:
        rate = _rate(network)
        result = original(network, *arguments, **options)
        # What cannot be read is not told, and the student's call goes on.
        with contextlib.suppress(Exception):
            note(network, signature.bind(network, *arguments, **options).arguments, result, rate)
        return result

    call.own_check = True  # type: ignore[attr-defined]
    return call


def _note_training(network: Any, arguments: dict[str, Any], history: Any, rate: float | None) -> None:
    import keras  # noqa: PLC0415 (a network is there, so Keras is)

    losses = [float(loss) for loss in history.history.get("loss", ())]
    rates = history.history.get("learning_rate") or ([] if rate is None else [rate] * len(losses))
    is_array = hasattr(arguments.get("x"), "shape") or isinstance(arguments.get("x"), list)
    loss = keras.losses.get(network.loss) if isinstance(network.loss, str) else network.loss
    name = getattr(loss, "name", None) or getattr(loss, "__name__", None)
    kind = type(network.optimizer).__name__
    one = ObservedTraining(
        network=_number_of(network),
        losses=losses,
        rates=[float(value) for value in rates],
        epochs=len(losses),
        batch_size=arguments.get("batch_size") or (_DEFAULT_BATCH_SIZE if is_array else None),
        loss=name if isinstance(name, str) else None,
        optimizer={**_settings(network.optimizer), "kind": kind},
        layers=_layers(network),
        parameters=network.count_params(),
        validation=bool(arguments.get("validation_data") is not None or arguments.get("validation_split")),
    )
    before = next((old for old in reversed(TRAININGS) if old.network == one.network), None)
    TRAININGS.append(one)
    if before is not None:
        losses, rates = before.losses + one.losses, before.rates + one.rates
        TRAININGS.append(dataclasses.replace(one, losses=losses, rates=rates, epochs=len(losses)))


def _note_evaluation(network: Any, _: dict[str, Any], results: Any, __: float | None) -> None:
    numbers = results.values() if isinstance(results, dict) else results if isinstance(results, list) else [results]
    EVALUATIONS.append((_number_of(network), [float(number) for number in numbers]))


def _number_of(network: Any) -> int:
    """Return a number that belongs to a network alone, even after another one took its place in memory."""
    if "_own_check_number" not in vars(network):
        # Keras would track an ordinary attribute.
        object.__setattr__(network, "_own_check_number", next(_networks))
    number: int = vars(network)["_own_check_number"]
    return number


def _rate(network: Any) -> float | None:
    try:
        return float(network.optimizer.learning_rate)
    except Exception:  # noqa: BLE001 (not compiled yet, or a schedule of the student's own)
        return None


def _layers(network: Any) -> list[dict[str, Any]] | None:
    """Return the layers of a network with their settings; None if it has layers of the student's own."""
    found: list[dict[str, Any]] = []
    for layer in network.layers:
        inside = (
            _layers(layer) if getattr(layer, "layers", None) else [{**_settings(layer), "kind": type(layer).__name__}]
        )
        if inside is None or not type(layer).__module__.startswith("keras."):
            return None
        found += inside
    return found


def _settings(part: Any) -> dict[str, Any]:
    return {name: plain(value) for name, value in part.get_config().items()}
