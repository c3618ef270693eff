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
    from autograder.sandbox.conversation import Conversation, Ending
    from autograder.spec import load
    from autograder.wire import Decoder, parse_json

ARTEFACTS = Path(__file__).with_name("artefacts")
"""Where libFuzzer leaves what was slow or crashed; git ignores it."""

MOST_GROWTH_BYTES = 64 * 2**20
_RUNS = 1_000_000
_WARM_CASES = 2_000

RUN_SPEC = load(Path(__file__).parents[2] / "grading.yml").run_spec
NAMES = [*RUN_SPEC.variables, "points", "__class__"]
KINDS = [
    "hello",
    "cell",
    "value",
    "absent",
    "training",
    "evaluation",
    "figure",
    "record",
    "ask",
    "done",
    "job",
    "grade",
]
FIELDS = [
    "type", "versions", "index", "status", "seconds", "error", "name", "cell", "value", "fingerprint", "result",
    "lines", "number", "parameters", "layers", "kind", "settings", "optimizer", "optimizer_settings", "loss", "metrics",
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
]
NUMBERS = [0, 1, -1, True, False, 0.5, -0.0, 1e308, 5e-324, float("nan"), float("inf"), 10**30, 2**63, 50, 100]


JOB = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, ""), Cell(1, "")))
BEGINNING = b"".join(
    len(body).to_bytes(4, "big") + body
    for body in (b'{"type":"hello","versions":{"python":"3.11"}}', b'{"type":"cell","index":0,"status":"started"}')
)


class Nothing:
    """A store that knows one training."""

    def get(self, fingerprint: str) -> Any:
        """See `KnownTrainings`."""
        return {"history": {}} if fingerprint == "ab" * 32 else None

    def put(self, fingerprint: str, result: Any) -> None:
        """See `KnownTrainings`."""
        raise AssertionError(f"an untrusted run wrote to the store: {fingerprint}, {result!r}")


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
    }
    return fields | likely | ({"versions": {}} if data.ConsumeBool() else {})


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
            bodies = [json.dumps(message(data)).encode() for _ in range(data.ConsumeIntInRange(1, 4))]
            _examine(JOB, *_converse(BEGINNING + b"".join(map(_framed, bodies))))


def _converse(stream: bytes) -> tuple[Conversation, Ending]:
    conversation = Conversation(JOB, frozenset(RUN_SPEC.variables), 2**20, Nothing())
    decoder = Decoder()
    try:
        decoder.push(stream)
        conversation.hear(len(stream))
        while conversation.ending is None and (told := decoder.pop()) is not None:
            conversation.receive(told, 1.0)
    except WireError as error:
        return conversation, Ending(RunVerdict.CRASHED, str(error))
    return conversation, conversation.ending or Ending(RunVerdict.CRASHED, "it fell silent")


def _examine(job: Job, conversation: Conversation, ending: Ending) -> None:
    evidence = examine(job, _run(conversation, ending), RUN_SPEC)
    if from_json(Evidence, to_json(evidence)) != evidence:
        raise AssertionError("evidence is not what was written of it")


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def _run(conversation: Conversation, ending: Ending) -> Run:
    return Run(
        job_id="job",
        verdict=ending.verdict,
        detail=ending.detail,
        backend="fuzz",
        cells=conversation.outcomes(ending, 2.0),
        values=conversation.values,
        trainings=tuple(conversation.trainings),
        evaluations=tuple(conversation.evaluations),
        figures=tuple(conversation.figures),
        versions=conversation.versions,
        usage=Usage(),
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
    ARTEFACTS.mkdir(exist_ok=True)
    options = [f"-atheris_runs={_RUNS}", "-timeout=5", "-max_len=4096", f"-artifact_prefix={ARTEFACTS}/", *sys.argv[1:]]
    runs = int(next(one for one in reversed(options) if one.startswith("-atheris_runs=")).partition("=")[2])
    atheris.Setup([sys.argv[0], *options], Watch(runs))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
