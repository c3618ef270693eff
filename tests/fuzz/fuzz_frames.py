"""Send a million hostile messages to everything that parses a sandbox's output: frames, conversation, evidence.

    python tests/fuzz/fuzz_frames.py [-atheris_runs=N] [any option of libFuzzer]

One case in four is raw bytes, one is saved evidence; the others are messages of the protocol's own kinds with contents
that no honest payload would send. Allowed are a `WireError`, which ends a run, the fault that there is no trainer, and
faults reported by evidence; anything else is a crash.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import resource
import sys
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["autograder"]):
    from autograder.errors import EnvironmentFault, WireError
    from autograder.evidence import examine
    from autograder.orders import Desk, OrderStore
    from autograder.orders.counter import Counter
    from autograder.records import Cell, Detail, Evidence, Job, Run, RunVerdict, Usage, from_json, to_json
    from autograder.rubric import load
    from autograder.sandbox.conversation import Conversation
    from autograder.sandbox.ending import Ending
    from autograder.sandbox.order_frames import Ordering
    from autograder.wire import Decoder, parse_json

sys.path.append(str(Path(__file__).parents[1]))
from orders_to_try import make_order

ARTEFACTS = Path(__file__).with_name("artefacts")
"""Where libFuzzer leaves what was slow or crashed; git ignores it."""

MOST_GROWTH_BYTES = 64 * 2**20
_RUNS = 1_000_000
_WARM_CASES = 2_000

RUN_SPEC = load(Path(__file__).parents[2] / "grading.yml").run_spec
NAMES = [*RUN_SPEC.variables, "points", "__class__"]
KINDS = ["hello", "cell", "value", "absent", "figure", "order", "array", "reported", "loop", "done", "job", "grade"]
FIELDS = [
    "type", "versions", "index", "status", "seconds", "error", "name", "cell", "value", "result", "steps",
    "description", "arrays", "summaries", "sha256", "dtype", "lines", "number", "parameters", "layers", "kind",
    "settings", "optimizer", "optimizer_settings", "loss", "metrics",
    "rates", "epochs", "batch_size", "shuffle", "seed", "inputs", "targets", "validation", "history", "replayed",
    "training", "results", "shape", "minimum", "maximum", "mean", "std", "probes", "A", "B", "val_loss",
    "inception", "2", "256", "squared", "hinge", "version", "variables", "language", "$unsupported",
]  # fmt: skip
TEXTS = [
    "started",
    "ok",
    "error",
    "timeout",
    "a",
    " (D) ",
    "\uff44",
    "\ud800",
    "\u202e\0",
    "ab" * 32,
    "../secret",
    "ellipsis",
    "<f4",
    "|b1",
    "apply_gradients",
]
NUMBERS = [0, 1, -1, True, False, 0.5, -0.0, 1e308, 5e-324, float("nan"), float("inf"), 10**30, 2**63, 50, 100]


DESCRIPTIONS = [json.dumps(make_order(operation).plain) for operation in ("fit", "evaluate", "predict")]
DESK = Desk(RUN_SPEC.limits, OrderStore(Path("/nowhere")), None, 0)
"""The desk itself; it has no trainer."""

JOB = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, ""), Cell(1, "")))
BEGINNING = b"".join(
    len(body).to_bytes(4, "big") + body
    for body in (b'{"type":"hello","versions":{"python":"3.11"}}', b'{"type":"cell","index":0,"status":"started"}')
)


def invent(data: atheris.FuzzedDataProvider, depth: int = 0) -> Any:  # noqa: PLR0911 (one return a kind)
    """Return a value that JSON, or Python's version of it, may have."""
    choice = data.ConsumeIntInRange(0, 7 if depth < 6 else 4)
    match choice:
        case 0:
            return data.PickValueInList(NUMBERS)
        case 1:
            return data.PickValueInList(TEXTS)
        case 2:
            return data.ConsumeRegularFloat()
        case 3:
            return data.ConsumeUnicode(20)
        case 4:
            return None
        case 5:
            return [invent(data, depth + 1) for _ in range(data.ConsumeIntInRange(0, 4))]
        case 6:
            return [data.PickValueInList(NUMBERS)] * data.PickValueInList([2, 10, 50, 100])
        case _:
            return {data.PickValueInList(FIELDS): invent(data, depth + 1) for _ in range(data.ConsumeIntInRange(0, 5))}


def message(data: atheris.FuzzedDataProvider) -> dict[str, Any]:
    """Return a message of some kind, with valid or invalid fields."""
    fields = {data.PickValueInList(FIELDS): invent(data, 1) for _ in range(data.ConsumeIntInRange(0, 8))}
    likely = {
        "type": data.PickValueInList(KINDS),
        "name": data.PickValueInList(NAMES),
        "index": data.ConsumeIntInRange(0, 3),
        "number": data.ConsumeIntInRange(0, 2),
        "description": described(data) if data.ConsumeIntInRange(0, 5) else invent(data, 1),
        "summaries": {"ab" * 32: invent(data, 2)} if data.ConsumeBool() else {},
        "result": {"history": {"loss": [0.5]}, "rates": [0.1], "epochs_run": 1, "weights": ["ab" * 32]}
        if data.ConsumeBool()
        else invent(data, 1),
        "sha256": "ab" * 32,
        "dtype": data.PickValueInList(["<f4", "|u1", "|O", 1]),
        "shape": data.PickValueInList([[], [1], [2, 1], [0], [-1], [2**63], 1]),
    }
    return fields | likely | ({"versions": {}} if data.ConsumeBool() else {})


def described(data: atheris.FuzzedDataProvider) -> Any:
    """Return the description of a call, valid except for one change."""
    description = json.loads(data.PickValueInList(DESCRIPTIONS))
    for _ in range(data.ConsumeIntInRange(0, 3)):
        place = description
        for _ in range(data.ConsumeIntInRange(0, 4)):
            parts = [one for one in (place.values() if isinstance(place, dict) else place) if one and _holds(one)]
            place = data.PickValueInList(parts) if parts else place
        if isinstance(place, list):
            place[data.ConsumeIntInRange(0, len(place) - 1)] = invent(data, 2)
        else:
            place[data.PickValueInList([*sorted(place), *FIELDS])] = invent(data, 2)
    return description


def _holds(value: Any) -> bool:
    return isinstance(value, dict | list)


def one_case(raw: bytes) -> None:
    """Process one hostile stream, or one hostile saved evidence, and examine what is left of it."""
    data = atheris.FuzzedDataProvider(raw)
    match data.ConsumeIntInRange(0, 3):
        case 0:
            _converse(data.ConsumeBytes(len(raw)))
        case 1:
            claimed = json.dumps({"version": 1, "variables": {data.PickValueInList(NAMES): invent(data)}})
            with contextlib.suppress(WireError):
                parse_json(claimed)
            _examine(dataclasses.replace(JOB, claimed=claimed), *_converse(b""))
        case _:
            frames = [frame(data) for _ in range(data.ConsumeIntInRange(1, 4))]
            _examine(JOB, *_converse(BEGINNING + b"".join(frames)))


def frame(data: atheris.FuzzedDataProvider) -> bytes:
    """Return a message, or sometimes a chunk of an array."""
    if data.ConsumeIntInRange(0, 5):
        body = json.dumps(message(data)).encode()
        return len(body).to_bytes(4, "big") + body
    body = data.ConsumeBytes(data.PickValueInList([0, 1, 4, 8]))
    return (1 << 31 | len(body)).to_bytes(4, "big") + body


def _converse(stream: bytes) -> tuple[Conversation, Counter, Ending]:
    counter = DESK.open(JOB)
    ordering = Ordering(counter, 2**20, lambda: None)
    conversation = Conversation(JOB, frozenset(RUN_SPEC.variables), 2**20, ordering)
    decoder = Decoder()
    try:
        decoder.push(stream)
        conversation.count_received(len(stream))
        while conversation.ending is None and (told := decoder.pop()) is not None:
            conversation.receive(told, 1.0)
            ordering.take_answer()
    except EnvironmentFault as fault:
        return conversation, counter, Ending(RunVerdict.INTERNAL, str(fault))
    except WireError as error:
        return conversation, counter, Ending(RunVerdict.CRASHED, Detail.of("ended.protocol", error=str(error)))
    finally:
        ordering.close()
    return conversation, counter, conversation.ending or Ending(RunVerdict.CRASHED, Detail("ended.pipe"))


def _examine(job: Job, conversation: Conversation, counter: Counter, ending: Ending) -> None:
    evidence = examine(job, _run(conversation, counter, ending), RUN_SPEC)
    if from_json(Evidence, to_json(evidence)) != evidence:
        raise AssertionError("evidence is not what was written of it")


def _run(conversation: Conversation, counter: Counter, ending: Ending) -> Run:
    return Run(
        job_id="job",
        verdict=ending.verdict,
        detail=ending.detail,
        backend="fuzz",
        cells=conversation.outcomes(ending, 2.0),
        values=conversation.values,
        trainings=tuple(counter.trainings),
        evaluations=tuple(counter.evaluations),
        figures=tuple(conversation.figures),
        versions=conversation.versions,
        usage=Usage(),
        loops=tuple(counter.loops),
    )


class Watch:
    """Count the cases and this process's memory; stop if that grows.

    Args:
        cases: The number of cases after which to report: libFuzzer ends the process without returning.
    """

    def __init__(self, cases: int) -> None:
        self._last = cases
        self._cases = 0
        self._before = 0

    def __call__(self, raw: bytes) -> None:
        """Run one case."""
        one_case(raw)
        self._cases += 1
        if self._cases == _WARM_CASES:
            self._before = _peak_bytes()
        if self._cases % 10_000 == 0 or self._cases == self._last:
            grown = _peak_bytes() - self._before
            if grown > MOST_GROWTH_BYTES:
                raise MemoryError(f"grown by {grown:,} bytes in {self._cases:,} cases")
            if self._cases == self._last:
                sys.stderr.write(f"{self._cases:,} cases, memory grown by {grown / 2**20:.1f} MiB\n")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Fuzz; a case may take five seconds."""
    ARTEFACTS.mkdir(exist_ok=True)
    options = [f"-atheris_runs={_RUNS}", "-timeout=5", "-max_len=4096", f"-artifact_prefix={ARTEFACTS}/", *sys.argv[1:]]
    runs = int(next(one for one in reversed(options) if one.startswith("-atheris_runs=")).partition("=")[2])
    atheris.Setup([sys.argv[0], *options], Watch(runs))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
