import json
import subprocess
import sys
from pathlib import Path

import pytest

OBSERVATIONS = (Path(__file__).parent / "observations.py").read_text(encoding="utf-8")
FAST = ("schedule",)
SLOW = (
    *("convolutional", "sequential", "validation", "functional", "unbuilt", "unbuilt_even"),
    *("stepwise", "own_history", "rate_object", "diverging"),
)


def _plainly(names: tuple[str, ...]) -> dict:
    """Observe the same networks in a Python that has none of our code."""
    text = f"{OBSERVATIONS}\nimport json\nprint()\nprint(json.dumps({{name: observe(name) for name in {names!r}}}))"
    ran = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def _compare(run_cells, names: tuple[str, ...]) -> None:
    observe = f"seen = {{name: observe(name) for name in {names!r}}}"
    known: dict = {}
    plain = _plainly(names)
    recorded = run_cells(OBSERVATIONS, observe, watched=["seen"], mode="record", known=known)
    replayed = run_cells(OBSERVATIONS, observe, watched=["seen"], mode="replay", known=known)
    # A fit, an evaluate and a predict of each network; what has a foreign callback is never recorded.
    assert len(known) == 3 * len(names)
    assert [message["replayed"] for message in replayed.of("training")] == [True, False] * len(names)
    evaluations = replayed.of("evaluation")
    assert [one["replayed"] for one in evaluations if one["results"]] == [True, True, False] * len(names)
    # The others are predictions: the first is known, those with a callback of their own are not.
    assert [one["replayed"] for one in evaluations if not one["results"]] == [True, False, False] * len(names)
    for name in names:
        for what, expected in plain[name].items():
            for talk in (recorded, replayed):
                assert talk.values["seen"][name][what] == expected, (name, what)
    assert _journal(recorded) == _journal(replayed)


def _journal(talk) -> list[dict]:
    frames = [dict(message) for message in talk.messages if message["type"] in ("training", "evaluation", "value")]
    for frame in frames:
        frame.pop("seconds", None)
        frame.pop("replayed", None)
    return frames


@pytest.mark.timeout(300)
def test_a_replay_is_a_training(run_cells):
    """Replayed in another process, a network is bit for bit what training it gives, and so is all that follows.

    History, weights, optimizer, metrics, callbacks, predictions, a second real `fit`, the saved model, `summary`, and
    the next draws of every generator: the same as in a Python without the payload.
    """
    _compare(run_cells, FAST)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_kind_of_training_replays(run_cells):
    """The same for each way of writing a network, optimizer, schedule and call that can be replayed."""
    _compare(run_cells, SLOW)


def test_a_replay_in_the_process_that_trained(run_cells):
    """After an unknown training, a known one in the same process gives the same again, twice."""
    known: dict = {}
    define = (
        "seen = []\n"
        "def train(seed):\n"
        "    keras.utils.set_random_seed(seed)\n"
        "    model, x, y, options = VARIANTS['sequential']()\n"
        "    history = model.fit(x, y, epochs=2, verbose=0)\n"
        "    seen.append([repr(history.history), *state(model), *draws()])"
    )
    run_cells(OBSERVATIONS, define, "train(4)", mode="record", known=known)
    talk = run_cells(OBSERVATIONS, define, "for seed in (3, 4, 4): train(seed)", watched=["seen"], known=known)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 3
    assert [message["replayed"] for message in talk.of("training")] == [False, True, True]
    trained = run_cells(OBSERVATIONS, define, "for seed in (3, 4, 4): train(seed)", watched=["seen"], mode="train")
    assert talk.values == trained.values
