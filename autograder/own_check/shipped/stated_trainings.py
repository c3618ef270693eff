"""Compare the observed trainings with what the statement says of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .answer_form import Words, is_blank
from .check_words import WORDS
from .observing import EVALUATIONS, TRAININGS, ObservedTraining

_CLOSE = 1e-3
_ACTIVATIONS = frozenset({"Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"})


def training_lines(trainings: Sequence[Mapping[str, Any]], values: Mapping[str, Any], words: Words) -> list[str]:
    """Return a line per training that the statement describes, or one per difference from it.

    Args:
        trainings: What the statement says of each, and where its numbers are handed in.
        values: The notebook's values; a training whose numbers are missing is left to the form.
        words: The texts.
    """
    lines = [words["trainings"]] if trainings else []
    for asked in trainings:
        place = asked.get("history") or asked["result"]
        number = _at(values, place)
        if is_blank(number):
            continue
        found = _training_of(asked, number)
        if found is None:
            lines.append(f"  {place}: {words['unknown' if TRAININGS else 'not_watched']}")
            continue
        differences = list(_differences(asked, found, words))
        told = [f"{words[name]} {asked[name]}" for name in ("epochs", "batch_size") if name in asked]
        lines += [f"  {place}: {one}" for one in differences or [words["as_stated"].format(told=", ".join(told))]]
    return lines


def _training_of(asked: Mapping[str, Any], number: Any) -> ObservedTraining | None:
    """Return the training whose numbers were handed in, the last one if there are several; None if it is not known."""
    if "history" in asked:
        losses = number.get("loss") if isinstance(number, dict) else None
        same = [one for one in TRAININGS if _same_numbers(one.losses, losses)]
    else:
        networks = [network for network, results in EVALUATIONS if any(_equal(one, number) for one in results)]
        same = [one for one in TRAININGS if one.network in networks]
    return same[-1] if same else None


def _differences(asked: Mapping[str, Any], found: ObservedTraining, words: Words) -> Iterator[str]:
    for name in ("epochs", "batch_size", "loss", "parameters", "validation"):
        has = getattr(found, name)
        if name in asked and has is not None and has != asked[name]:
            yield _line(words[name], has, asked[name], words)
    for name, due in asked.get("optimizer", {}).items():
        has = (found.optimizer or {}).get(name)
        if has is not None and not _equal(has, due):
            what = words["optimizer"] if name == "kind" else f"{words['optimizer']}, {name}"
            yield _line(what, has, due, words)
    if "rates" in asked and found.rates:
        yield from _rate_difference(asked["rates"], found.rates, words)
    if "layers" in asked and found.layers is not None:
        yield from _layer_differences(asked["layers"], found.layers, words)


def _rate_difference(accepted: Sequence[Sequence[float]], rates: Sequence[float], words: Words) -> Iterator[str]:
    """Yield the first epoch whose rate is none of those that the statement leads to."""
    if any(all(map(_equal, rates, due)) for due in accepted):
        return
    for epoch, (has, due) in enumerate(zip(rates, accepted[0], strict=False)):
        if not _equal(has, due):
            yield _line(words["rates"].format(epoch=epoch), has, due, words)
            return


def _layer_differences(
    asked: Sequence[Mapping[str, Any]], layers: Sequence[Mapping[str, Any]], words: Words
) -> Iterator[str]:
    """Yield each kind of layer of which there are more or fewer than the statement describes.

    With activations that are layers of their own, those inside layers are not compared.
    """
    apart = any(layer["kind"] in _ACTIVATIONS for layer in layers)
    due_counts: dict[str, int] = {}
    for due in asked:
        left_out = {"count", "activation"} if apart else {"count"}
        key = json.dumps({name: value for name, value in due.items() if name not in left_out})
        due_counts[key] = due_counts.get(key, 0) + int(due.get("count", 1))
    for key, count in due_counts.items():
        settings = json.loads(key)
        has = sum(all(_equal(layer.get(name), value) for name, value in settings.items()) for layer in layers)
        if has != count:
            kind = settings.pop("kind")
            inside = ", ".join(f"{name}={value}" for name, value in settings.items())
            yield _line(words["layers"].format(layer=f"{kind}({inside})"), has, count, words)


def _line(what: str, found: Any, due: Any, words: Words) -> str:
    return words["asks"].format(what=what, found=_told(found, words), due=_told(due, words))


def _at(values: Any, place: str) -> Any:
    for key in place.split("."):
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def _same_numbers(one: Sequence[float], other: Any) -> bool:
    return isinstance(other, list) and len(one) == len(other) > 0 and all(map(_equal, one, other))


def _equal(one: Any, other: Any) -> bool:
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)):
        return math.isclose(one, other, rel_tol=_CLOSE)
    return bool(one == other)


def _told(value: Any, words: Words) -> str:
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace(".", ",") if isinstance(value, float) and words == WORDS["pt-BR"] else text
