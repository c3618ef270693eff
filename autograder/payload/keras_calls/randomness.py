"""The states of the three random generators: Python's, NumPy's, TensorFlow's."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from tensorflow.python.eager import context
from tensorflow.python.framework.config import is_op_determinism_enabled


@dataclass(frozen=True)
class RandomStates:
    """The states of all three at one moment. Equal states draw equal numbers."""

    python: Any
    numpy: tuple[str, bytes, int, int, float]
    tensorflow: Any


def take() -> RandomStates:
    """Return the current states."""
    name, keys, *rest = np.random.get_state(legacy=True)
    generator = getattr(context.context(), "_rng", None)
    return RandomStates(
        random.getstate(),
        (str(name), np.asarray(keys).tobytes(), int(rest[0]), int(rest[1]), float(rest[2])),
        None if generator is None else generator.getstate(),
    )


def put(states: RandomStates) -> None:
    """Restore earlier states."""
    random.setstate(states.python)
    name, keys, position, has_gauss, gauss = states.numpy
    np.random.set_state((name, np.frombuffer(keys, np.uint32), position, has_gauss, gauss))
    if states.tensorflow is not None:
        context.context()._rng.setstate(states.tensorflow)


def tensorflow_seed() -> int | None:
    """Return TensorFlow's global seed, None if it was never set. It decides how `fit` shuffles."""
    seed = context.global_seed()
    return None if seed is None else int(seed)


@contextlib.contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Temporarily set a seed for TensorFlow's shuffling, if the notebook has set none."""
    if seed is None or tensorflow_seed() is not None:
        yield
        return
    context.set_global_seed(seed)
    try:
        yield
    finally:
        context.set_global_seed(None)


def determinism() -> bool:
    """Return whether TensorFlow was told to use deterministic operations only."""
    return bool(is_op_determinism_enabled())
