"""Throw a million hostile messages at whatever reads what a sandbox says: frames, the conversation, evidence, claims.

    python tests/fuzz/fuzz_frames.py [-atheris_runs=N] [any option of libFuzzer]

One case in four is raw bytes, one is a claim; the others are messages of the protocol's own kinds, filled with what no
honest payload would send. Allowed are a `WireError`, which ends a run, and faults that evidence names; anything else is
a crash.
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
    from autograder.errors import WireError
    from autograder.evidence import examine
    from autograder.records import Cell, Evidence, Job, Run, RunVerdict, Usage, from_json, to_json
    from autograder.sandbox.conversation import Conversation
    from autograder.sandbox.ending import Ending
    from autograder.sandbox.ordering import Ordering
    from autograder.spec import load
    from autograder.wire import Decoder, parse_json

MOST_GROWTH_BYTES = 64 * 2**20
_RUNS = 1_000_000
_WARM_CASES = 2_000

RUN_SPEC = load(Path(__file__).parents[2] / "grading.yml").run_spec
NAMES = [*RUN_SPEC.variables, "points", "__class__"]
KINDS = ["hello", "cell", "value", "absent", "figure", "order", "array", "claim", "loop", "done", "job", "grade"]
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


JOB = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, ""), Cell(1, "")))
BEGINNING = b"".join(
    len(body).to_bytes(4, "big") + body
    for body in (b'{"type":"hello","versions":{"python":"3.11"}}', b'{"type":"cell","index":0,"status":"started"}')
)


def invent(data: atheris.FuzzedDataProvider, depth: int = 0) -> Any:  # noqa: PLR0911 (one return a kind)
    """Return a value such as JSON, or Python's idea of it, may have."""
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
    """Return a message of some kind, rightly or wrongly filled."""
    fields = {data.PickValueInList(FIELDS): invent(data, 1) for _ in range(data.ConsumeIntInRange(0, 8))}
    likely = {
        "type": data.PickValueInList(KINDS),
        "name": data.PickValueInList(NAMES),
        "index": data.ConsumeIntInRange(0, 3),
        "number": data.ConsumeIntInRange(0, 2),
        "description": {"arrays": ["ab" * 32]} if data.ConsumeBool() else invent(data, 1),
        "sha256": "ab" * 32,
        "dtype": data.PickValueInList(["<f4", "|u1", "|O", 1]),
        "shape": data.PickValueInList([[], [1], [2, 1], [0], [-1], [2**63], 1]),
    }
    return fields | likely | ({"versions": {}} if data.ConsumeBool() else {})


class Incoming:
    """Takes any bytes for the array that was wanted."""

    def write(self, chunk: bytes) -> None:
        """See `sandbox.interfaces.Incoming`."""

    def finish(self) -> None:
        """See `sandbox.interfaces.Incoming`."""

    drop = finish


class Pending:
    """Wants what an order names under `arrays`, and never answers."""

    answer = None

    def __init__(self, arrays: Any) -> None:
        self.wanted = tuple(one for one in arrays if isinstance(one, str)) if isinstance(arrays, list) else ()

    def supply(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> Incoming:
        """See `sandbox.interfaces.Pending`."""
        if sha256 not in self.wanted or len(shape) > 32 or len(dtype) > 3:
            raise AssertionError(f"an unchecked array reached the desk: {sha256}, {dtype}, {shape}")
        return Incoming()

    def start(self, wake: Any) -> None:
        """See `sandbox.interfaces.Pending`."""

    def abandon(self) -> None:
        """See `sandbox.interfaces.Pending`."""


class Counter:
    """Journals whatever is claimed, unread, so that evidence meets it as it came."""

    replayed = unknown = 0

    def __init__(self) -> None:
        self.trainings: list[Any] = []
        self.evaluations: list[Any] = []
        self.loops: list[Any] = []

    def place(self, number: int, description: dict[str, Any]) -> Pending:
        """See `sandbox.interfaces.Counter`."""
        self.trainings.append({"number": number, **description})
        return Pending(description.get("arrays"))

    def claim(self, description: dict[str, Any], summaries: dict[str, Any], result: dict[str, Any]) -> None:
        """See `sandbox.interfaces.Counter`."""
        self.trainings.append(description)
        self.evaluations += [summaries, result]

    def loop(self, kind: str, steps: int) -> None:
        """See `sandbox.interfaces.Counter`."""
        self.loops.append({"cell": 0, "kind": kind, "steps": steps})

    def cell(self, index: int) -> None:
        """See `sandbox.interfaces.Counter`."""


def one_case(raw: bytes) -> None:
    """Read one hostile stream, or one hostile claim, to its end and examine what is left of it."""
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
    """Return a message, or at times a piece of an array."""
    if data.ConsumeIntInRange(0, 5):
        body = json.dumps(message(data)).encode()
        return len(body).to_bytes(4, "big") + body
    body = data.ConsumeBytes(data.PickValueInList([0, 1, 4, 8]))
    return (1 << 31 | len(body)).to_bytes(4, "big") + body


def _converse(stream: bytes) -> tuple[Conversation, Counter, Ending]:
    counter = Counter()
    ordering = Ordering(counter, 2**20, lambda: None)
    conversation = Conversation(JOB, frozenset(RUN_SPEC.variables), 2**20, ordering)
    decoder = Decoder()
    try:
        decoder.push(stream)
        conversation.hear(len(stream))
        while conversation.ending is None and (told := decoder.pop()) is not None:
            conversation.receive(told, 1.0)
            ordering.take_answer()
    except WireError as error:
        return conversation, counter, Ending(RunVerdict.CRASHED, str(error))
    finally:
        ordering.hang_up()
    return conversation, counter, conversation.ending or Ending(RunVerdict.CRASHED, "it fell silent")


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
    """Count the cases and what the process holds in memory; stop where that grows.

    Args:
        cases: After so many, say what was seen: libFuzzer ends the process without coming back.
    """

    def __init__(self, cases: int) -> None:
        self._last = cases
        self._cases = 0
        self._before = 0

    def __call__(self, raw: bytes) -> None:
        """Try one case."""
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
    options = [f"-atheris_runs={_RUNS}", "-timeout=5", "-max_len=4096", *sys.argv[1:]]
    runs = int(next(one for one in reversed(options) if one.startswith("-atheris_runs=")).partition("=")[2])
    atheris.Setup([sys.argv[0], *options], Watch(runs))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
