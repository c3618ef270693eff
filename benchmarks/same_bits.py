"""Whether a training gives the same bits in a notebook as outside it, in every known way of writing the solution.

Each way of `reference/ways.yml`, and the solution itself, is run twice with the same number of threads: in a plain
process without any of our code, where Keras trains what the cells say, and in the sandbox, where every call becomes an
order that a trainer carries out. Every series of every history and every result of an evaluation is compared.
Rows are kept in `same-bits.jsonl`, so that the run goes on where it was stopped. Run it by `make bench-bits`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plain_process import threads_of, train

from autograder.assignment import Assignment, open_assignment
from autograder.calibrate import ways_of_writing
from autograder.datasets import locate
from autograder.orders import Desk, OrderStore
from autograder.records import Job, RunVerdict
from autograder.report import in_english
from autograder.sandbox import open_sandbox
from autograder.solution import Plan

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "same-bits.jsonl"
QUESTIONS = ("q07", "q08")
THREADS = (1, 2)

# Keras evaluates within `fit` as well: only what the cells call themselves is told.
_LISTEN = """
import functools, json, keras
told, depth = {"fit": [], "evaluate": []}, [0]
def listen(name):
    call = getattr(keras.Model, name)
    @functools.wraps(call)
    def heard(self, *arguments, **options):
        depth[0] += 1
        try:
            result = call(self, *arguments, **options)
        finally:
            depth[0] -= 1
        if not depth[0]:
            told[name].append(result)
        return result
    setattr(keras.Model, name, heard)
listen("fit")
listen("evaluate")
"""
_TELL = """
def plain(values):
    return sorted(repr(float(value)) for value in values)
histories = [{k: v for k, v in one.history.items() if k != "learning_rate"} for one in told["fit"]]
fits = [[plain(values) for _, values in sorted(history.items())] for history in histories]
evaluations = [plain(one if isinstance(one, list) else [one]) for one in told["evaluate"]]
print(json.dumps([*fits, *evaluations]))
"""


def main() -> None:
    """Compare what is not compared yet, and print one row for each way and number of threads."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--ways", type=int, help="only so many ways")
    most: int | None = options.parse_args().ways
    assignment = open_assignment(ROOT / "grading.yml")
    data = locate(assignment.data, "real").path
    solved = assignment.solution().job(Plan(None, QUESTIONS))
    jobs = [("the solution", solved)]
    jobs += [(way.name, job) for way, job in ways_of_writing(assignment) if set(way.questions) <= set(QUESTIONS)]
    rows = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()] if KEPT.exists() else []
    done = {(row["way"], row["threads"]) for row in rows}
    for name, job in jobs[:most]:
        for threads in THREADS:
            if (name, threads) in done:
                continue
            plain = train(job, threads_of(threads), data, first=_LISTEN, last=_TELL)
            ordered = _by_orders(assignment, job, threads, data)
            row = {"way": name, "threads": threads, "calls": len(plain)}
            row |= {"same": sum(one == other for one, other in zip(plain, ordered, strict=True))}
            rows.append(row)
            with KEPT.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            sys.stdout.write(f"{row['same']:3} of {row['calls']:3} with {threads} threads: {name}\n")
            sys.stdout.flush()
    same, calls = (sum(row[field] for row in rows) for field in ("same", "calls"))
    sys.stdout.write(f"{same} of {calls} calls in {len(jobs[:most])} ways of writing give the same bits\n")
    sys.exit(same != calls)


def _by_orders(assignment: Assignment, job: Job, threads: int, data: Path) -> list[Any]:
    """Return each call's series, as a trainer computes them that knows no earlier training."""
    run_spec = assignment.specification.run_spec
    with tempfile.TemporaryDirectory() as folder:
        nothing = OrderStore(Path(folder))
        with Desk(run_spec.limits, nothing, None, 1) as desk:
            sandbox = open_sandbox("auto", run_spec, data, desk, threads=threads)
            desk.engage(sandbox.start_trainer)
            ran = sandbox.run(dataclasses.replace(job, mode="train"))
            sandbox.close()
    if ran.verdict is not RunVerdict.COMPLETE:
        sys.exit(f"the run ended {ran.verdict}: {in_english(ran.detail)}")
    if not all(one["attested"] for one in ran.trainings):
        sys.exit("a training was not done by order")
    fits: list[Any] = [
        [_plain(values) for name, values in sorted(one["history"].items()) if name != "learning_rate"]
        for one in ran.trainings
    ]
    return fits + [_plain(one["results"].values()) for one in ran.evaluations if one["results"]]


def _plain(values: Iterable[float]) -> list[str]:
    return sorted(repr(float(value)) for value in values)


if __name__ == "__main__":
    main()
