"""Stand-ins for the payload: real processes in real sandboxes that do what no honest payload would."""

import dataclasses
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_desk import SmallDesk

from autograder.records import Cell, Job, Run
from autograder.rubric import RunSpec
from autograder.sandbox import open_sandbox
from autograder.sandbox.trainer import TrainerProcess

TOOLS = """
import hashlib, json, os, signal, struct, subprocess, sys, threading, time

IN, OUT = (int(number) for number in sys.argv[-2:])

def raw(body):
    data = struct.pack(">I", len(body)) + body
    while data:
        data = data[os.write(OUT, data):]

def send(kind, /, **fields):
    raw(json.dumps({"type": kind, **fields}).encode())

def read(count):
    data = b""
    while len(data) < count:
        some = os.read(IN, count - len(data))
        if not some:
            sys.exit("nobody is there")
        data += some
    return data

def receive():
    length, = struct.unpack(">I", read(4))
    return read(length & 0x7fffffff) if length >> 31 else json.loads(read(length))

def piece(data):
    data = struct.pack(">I", 1 << 31 | len(data)) + data
    while data:
        data = data[os.write(OUT, data):]

def digest(content, shape=None):
    shape = [len(content)] if shape is None else shape
    return hashlib.sha256(json.dumps(["|u1", shape], separators=(",", ":")).encode() + b"\\n" + content).hexdigest()

def announce(content, shape=None):
    shape = [len(content)] if shape is None else shape
    send("array", sha256=digest(content, shape), dtype="|u1", shape=shape)

def order(number=1, **description):
    send("order", number=number, description=description)

def tell(value):
    send("value", name="q01_probabilities", cell=0, value=value)

def finish():
    for index in (0, 1):
        if index:
            send("cell", index=index, status="started")
        send("cell", index=index, status="ok", seconds=0.0, error="")
    send("done")

def supply(content):
    announce(content)
    for start in range(0, len(content), 2**22):
        piece(content[start:start + 2**22])
"""

PRELUDE = (
    TOOLS
    + """
job = receive()
send("hello", versions={"python": "3.11"})
send("cell", index=0, status="started")
"""
)

ECHO = """
assert sys.argv[1] == "trainer"
send("hello", versions={"python": "3.11"})
pieces = []
while True:
    message = receive()
    if isinstance(message, bytes):
        pieces.append(message)
    elif message["type"] == "do":
        exec(message["what"])
    elif message["type"] != "array":
        for one in pieces:
            piece(one)
        pieces.clear()
        raw(json.dumps(message).encode())
"""
"""A trainer that returns what it was sent, or executes it."""


def make_run_spec(**limits: float) -> RunSpec:
    """Two watched variables, and limits that a hostile notebook reaches quickly."""
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
    """Return a job of two cells, or of the given sources."""

    def make(*sources: str, **overrides: object) -> Job:
        cells = tuple(Cell(index, source) for index, source in enumerate(sources or ("first", "second")))
        job = Job(id="job", student="ana", source="ana.ipynb", notebook_sha256="0" * 64, language="en", cells=cells)
        return dataclasses.replace(job, **overrides)

    return make


@pytest.fixture
def run_spec() -> RunSpec:
    """The limits of most tests."""
    return make_run_spec()


@pytest.fixture
def desk() -> SmallDesk:
    """A desk that answers at once."""
    return SmallDesk()


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
def start_trainer(tmp_path: Path, desk: SmallDesk, write_stand_in: Callable[..., Path]) -> Iterator[Callable[..., Any]]:
    """Start a trainer that returns what it is sent, or executes it; closed after the test."""
    opened = []

    def start(sandbox: str = "bubblewrap", body: str = ECHO, **limits: float) -> TrainerProcess:
        payload = write_stand_in(body, TOOLS)
        box = open_sandbox(sandbox, make_run_spec(**limits), tmp_path / "keras", desk, payload=payload)
        opened.append(box.start_trainer())
        return opened[-1]

    yield start
    for trainer in opened:
        trainer.close()


@pytest.fixture(params=["cold", "warm"])
def temperature(request: pytest.FixtureRequest) -> str:
    """Both ways into a jail: a program started in it (cold), and a forked process (warm)."""
    return request.param


@pytest.fixture
def run_stand_in(
    tmp_path: Path,
    desk: SmallDesk,
    write_stand_in: Callable[..., Path],
    make_job: Callable[..., Job],
    temperature: str,
) -> Iterator[Callable[..., Run]]:
    """Execute a stand-in for the payload."""
    opened = []

    def run(
        body: str, *, sandbox: str = "bubblewrap", prelude: str = PRELUDE, job: Job | None = None, **limits: float
    ) -> Run:
        if temperature == "warm" and sandbox != "bubblewrap":
            pytest.skip("jails alone are entered by a forked process")
        payload = write_stand_in(body, prelude)
        warm = temperature == "warm"
        box = open_sandbox(sandbox, make_run_spec(**limits), tmp_path / "keras", desk, payload=payload, warm=warm)
        opened.append(box)
        result = box.run(job or make_job())
        assert not box.remark, "what works cold has to work warm where tests run"
        return result

    yield run
    for box in opened:
        box.close()


@pytest.fixture
def run_cells(tmp_path: Path, desk: SmallDesk, make_job: Callable[..., Job]) -> Iterator[Callable[..., Run]]:
    """Execute cells with the real payload in a jail, warm or cold; all warm ones of a test are forks of one process."""
    boxes: dict[bool, Any] = {}

    def run(*sources: str, warm: bool = True) -> Run:
        if warm not in boxes:
            spec = make_run_spec(memory_mebibytes=4096, processes=256, notebook_seconds=300, cell_seconds=300)
            boxes[warm] = open_sandbox("bubblewrap", spec, tmp_path / "keras", desk, warm=warm)
        result = boxes[warm].run(make_job(*map(textwrap.dedent, sources)))
        assert not boxes[warm].remark
        return result

    yield run
    for box in boxes.values():
        box.close()
