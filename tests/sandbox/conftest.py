"""Stand-ins for the payload: real processes in real sandboxes that do what no honest payload would."""

import dataclasses
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.records import JSON, Cell, Job, Run
from autograder.sandbox import open_sandbox
from autograder.spec import RunSpec

PRELUDE = """
import json, os, signal, struct, subprocess, sys, threading, time

IN, OUT = int(sys.argv[1]), int(sys.argv[2])

def raw(body):
    data = struct.pack(">I", len(body)) + body
    while data:
        data = data[os.write(OUT, data):]

def send(kind, **fields):
    raw(json.dumps({"type": kind, **fields}).encode())

def read(count):
    data = b""
    while len(data) < count:
        data += os.read(IN, count - len(data))
    return data

def receive():
    return json.loads(read(struct.unpack(">I", read(4))[0]))

def tell(value):
    send("value", name="q01_probabilities", cell=0, value=value)

def finish():
    for index in (0, 1):
        if index:
            send("cell", index=index, status="started")
        send("cell", index=index, status="ok", seconds=0.0, error="")
    send("done")

job = receive()
send("hello", versions={"python": "3.11"})
send("cell", index=0, status="started")
"""


@dataclasses.dataclass
class Store:
    """Known trainings in a dictionary."""

    known: dict[str, JSON] = dataclasses.field(default_factory=dict)

    def get(self, fingerprint: str) -> JSON | None:
        """See `KnownTrainings`."""
        return self.known.get(fingerprint)

    def put(self, fingerprint: str, result: JSON) -> None:
        """See `KnownTrainings`."""
        self.known[fingerprint] = result


def make_run_spec(**limits: float) -> RunSpec:
    """Two watched variables, and limits that a hostile notebook meets soon."""
    usual = {
        "cell_seconds": 20,
        "notebook_seconds": 20,
        "memory_mebibytes": 512,
        "processes": 64,
        "output_mebibytes": 4,
        "files_mebibytes": 16,
        "evidence_mebibytes": 2,
    }
    variables = {"q01_probabilities": {"type": "number"}, "q02_answer": {"type": "letter", "options": "abcd"}}
    return RunSpec.model_validate({"assignment": "test", "variables": variables, "limits": usual | limits})


@pytest.fixture
def make_job() -> Callable[..., Job]:
    """Make a job of two cells, or of the sources given."""

    def make(*sources: str, **overrides: object) -> Job:
        cells = tuple(Cell(index, source) for index, source in enumerate(sources or ("first", "second")))
        job = Job(id="job", student="ana", source="ana.ipynb", notebook_sha256="0" * 64, language="en", cells=cells)
        return dataclasses.replace(job, **overrides)

    return make


@pytest.fixture
def run_spec() -> RunSpec:
    """Limits as most tests want them."""
    return make_run_spec()


@pytest.fixture
def store() -> Store:
    """An empty store."""
    return Store()


@pytest.fixture
def write_stand_in(tmp_path: Path) -> Callable[..., Path]:
    """Write a payload whose cell 0 is running when `body` begins."""

    def write(body: str, prelude: str = PRELUDE) -> Path:
        payload = tmp_path / "payload"
        payload.mkdir(exist_ok=True)
        (payload / "__main__.py").write_text(prelude + textwrap.dedent(body), encoding="utf-8")
        return payload

    return write


@pytest.fixture
def run_stand_in(
    tmp_path: Path, store: Store, write_stand_in: Callable[..., Path], make_job: Callable[..., Job]
) -> Callable[..., Run]:
    """Execute a stand-in for the payload."""

    def run(
        body: str, *, sandbox: str = "bubblewrap", prelude: str = PRELUDE, job: Job | None = None, **limits: float
    ) -> Run:
        payload = write_stand_in(body, prelude)
        opened = open_sandbox(sandbox, make_run_spec(**limits), tmp_path / "keras", store, payload=payload)
        return opened.run(job or make_job())

    return run
