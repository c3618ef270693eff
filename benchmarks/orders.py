"""Measure unknown evaluations: in the process that has their network, and in a new process for each.

One notebook trains two networks and evaluates each several times in a row; another alternates between them, so that the
trainer's last process never has the requested network. The results are compared bit for bit. Run it by
`make bench-orders`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from autograder.assignment import open_assignment
from autograder.datasets import locate
from autograder.orders import Desk, OrderStore
from autograder.records import Cell, Job, Run, RunVerdict
from autograder.sandbox import open_sandbox

ROOT = Path(__file__).parents[1]
CALLS = 8
ROUNDS = 3
TRAIN = """
import keras, numpy as np
keras.utils.set_random_seed(21)
x = np.random.default_rng(21).normal(size=(404, 13)).astype("float32")
y = x[:, :1] ** 2
networks = []
for units in (16, 24):
    network = keras.Sequential([keras.Input((13,)), *(
        keras.layers.Dense(size, activation="relu") for size in (units, 8, 1)
    )])
    network.compile(optimizer="adam", loss="mse", metrics=["mae"])
    network.fit(x, y, epochs=5, verbose=0)
    networks.append(network)
"""
EVALUATE = "networks[{network}].evaluate(x[: {rows}], y[: {rows}], verbose=0)"


def main() -> None:
    """Run the notebooks alternately, and print the processor time of an evaluation."""
    rows = range(404 - CALLS, 404)
    calls = {
        "in a row": [(network, count) for network in (1, 0) for count in rows],
        "in turns": [(network, count) for count in rows for network in (0, 1)],
        "not at all": [],
    }
    spent: dict[str, list[float]] = {name: [] for name in calls}
    results = set()
    for _ in range(ROUNDS):
        for name, made in calls.items():
            done = _run([TRAIN, *(EVALUATE.format(network=network, rows=count) for network, count in made)])
            spent[name].append(done.usage.training_cpu_seconds)
            if made:
                results.add(frozenset(str((one["weights"], one["inputs"], one["results"])) for one in done.evaluations))
    trainings = statistics.median(spent["not at all"])
    kept, fresh = ((statistics.median(spent[name]) - trainings) / (2 * CALLS) for name in ("in a row", "in turns"))
    sys.stdout.write(
        f"processor time of an evaluation: {kept:.3f} s where its network is, {fresh:.3f} s in a new process "
        f"({fresh / kept:.1f} times as much); results {'equal' if len(results) == 1 else 'DIFFERENT'}\n"
    )
    if len(results) != 1:
        sys.exit(1)


def _run(cells: list[str]) -> Run:
    """Execute a notebook with an empty store."""
    assignment = open_assignment(ROOT / "grading.yml")
    run_spec = assignment.specification.run_spec
    data = locate(assignment.data, "auto")
    with tempfile.TemporaryDirectory() as folder, Desk(run_spec.limits, OrderStore(Path(folder)), None, 1) as desk:
        sandbox = open_sandbox("auto", run_spec, data.path, desk)
        desk.engage(sandbox.start_trainer)
        numbered = tuple(Cell(index, source) for index, source in enumerate(cells))
        done = sandbox.run(Job("1" * 16, "ana", "ana.ipynb", "ab" * 32, "en", numbered, mode="train"))
    if done.verdict is not RunVerdict.COMPLETE or any(cell.status != "ok" for cell in done.cells):
        sys.exit(f"the notebook did not run: {done.detail} {done.output_tail[-500:]!r}")
    return done


if __name__ == "__main__":
    main()
