"""Executions that succeed, and failures of the grader itself."""

import threading
from pathlib import Path

import pytest
from small_desk import SmallDesk, digest_of

from autograder.records import Run, RunVerdict, from_json, to_json
from autograder.report import in_english
from autograder.sandbox import open_sandbox

SANDBOXES = pytest.mark.parametrize("sandbox", ["bubblewrap", "none"])


@SANDBOXES
def test_honest_execution_is_complete(run_stand_in, sandbox):
    """Values, journal, times and usage arrive, and the Run survives serialisation."""
    run = run_stand_in(
        """
        tell([1, 2.5, None, "å"])
        order(kind="fit")
        assert receive()["result"] == {"kind": "fit"}
        send("reported", description={"operation": "predict"}, summaries={}, result={})
        send("loop", kind="apply_gradients", steps=3)
        send("figure", cell=0, lines=[[1.0, None]])
        sum(range(10_000_000))
        print("hello")
        finish()
        """,
        sandbox=sandbox,
    )
    assert (run.verdict, run.detail, run.backend) == (RunVerdict.COMPLETE, None, sandbox)
    assert [cell.status for cell in run.cells] == ["ok", "ok"]
    assert run.values == {"q01_probabilities": [1, 2.5, None, "å"]}
    assert run.trainings == ({"number": 1, "cell": 0},)
    assert run.evaluations == ({"description": {"operation": "predict"}, "summaries": {}, "result": {}},)
    assert run.loops == ({"cell": 0, "kind": "apply_gradients", "steps": 3},)
    assert run.figures == ({"cell": 0, "lines": [[1.0, None]]},)
    assert run.output_tail == "hello\n"
    assert run.usage.output_bytes == 6
    assert run.usage.wall_seconds > run.usage.cpu_seconds > 0
    assert run.usage.peak_memory_bytes > 2**20
    assert from_json(Run, to_json(run)) == run


def test_order_holds_what_the_payload_needs_and_no_more(run_stand_in, make_job):
    """The first frame has the job's cells and settings; nothing in it names the student or the submission."""
    job = make_job(parameters={"SEED": 3}, parameters_cell=0, mode="train")
    run = run_stand_in("tell(job)\nfinish()", job=job, cell_seconds=7)
    order = run.values["q01_probabilities"]
    assert order.pop("cells") == [{"index": 0, "source": "first"}, {"index": 1, "source": "second"}]
    assert order.pop("value_bytes") > 10_000
    assert order == {
        "type": "job",
        "watched": ["q01_probabilities", "q02_answer"],
        "parameters": {"SEED": 3},
        "parameters_cell": 0,
        "cell_seconds": 7.0,
    }


def test_large_job_and_large_answers_pass(run_stand_in, desk, make_job):
    """A job and an answer larger than a pipe's buffer arrive complete, the answer's arrays before it, in chunks."""
    content = bytes(range(256)) * 40_000
    desk.arrays = [
        (digest_of("|u1", [len(content)], content), "|u1", (len(content),), content),
        ("0" * 64, "<f4", (0, 3), b""),
    ]
    run = run_stand_in(
        """
        order()
        heard = [receive() for _ in range(6)]
        sizes = [len(one) if isinstance(one, bytes) else one["type"] for one in heard]
        whole = digest(b"".join(one for one in heard if isinstance(one, bytes))) == heard[0]["sha256"]
        tell([len(job["cells"][0]["source"]), sizes, whole])
        finish()
        """,
        job=make_job("a" * 2**20, "b"),
    )
    sizes = ["array", 4 * 2**20, 4 * 2**20, len(content) - 8 * 2**20, "array", "answer"]
    assert run.values == {"q01_probabilities": [2**20, sizes, True]}
    assert run.usage.unknown == 1


def test_progress_is_observed(tmp_path, desk, run_spec, write_stand_in, make_job):
    """The observer is called for each cell that has ended."""
    heard = []
    sandbox = open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=write_stand_in("finish()"))
    sandbox.run(make_job(), lambda *event: heard.append(event))
    assert heard == [("job", 1, 2), ("job", 2, 2)]


@SANDBOXES
@pytest.mark.parametrize(
    ("prelude", "detail"),
    [
        pytest.param("import sys; sys.exit('no such thing')", "status 1: no such thing", id="exit"),
        pytest.param("import no_such_module", "ModuleNotFoundError", id="import"),
        pytest.param("import os; os.write(int(__import__('sys').argv[2]), b'\\xff' * 4)", "protocol", id="garbage"),
    ],
)
def test_fault_before_the_first_cell_is_ours(run_stand_in, sandbox, prelude, detail):
    """A failure before any student code ran is not attributed to the student."""
    run = run_stand_in("", prelude=prelude, sandbox=sandbox)
    assert run.verdict is RunVerdict.INTERNAL
    assert detail in in_english(run.detail)
    assert [cell.status for cell in run.cells] == ["not run", "not run"]


class BrokenDesk(SmallDesk):
    """A desk whose disk has failed."""

    def open(self, _job):
        """See `Desk`."""
        return self

    def cell(self, index):
        """See `Counter`."""

    def place(self, _number, _description):
        """See `Counter`."""
        raise OSError(5, "Input/output error", "shelf")

    trainings = evaluations = loops = faults = ()
    replayed = unknown = 0
    training_seconds = training_cpu_seconds = 0.0


def test_fault_of_the_desk_is_ours(tmp_path, run_spec, write_stand_in, make_job):
    """A failing desk costs the student nothing: the run is INTERNAL with a reason, and nothing is left of it."""
    payload = write_stand_in("order()\nreceive()")
    run = open_sandbox("bubblewrap", run_spec, tmp_path, BrokenDesk(), payload=payload).run(make_job())
    assert (run.verdict, in_english(run.detail)) == (
        RunVerdict.INTERNAL,
        "OSError: [Errno 5] Input/output error: 'shelf'",
    )


def test_executions_side_by_side_do_not_mix(tmp_path, run_spec, desk, write_stand_in, make_job):
    """Eight runs in parallel threads each return their own job's value, and leave no descriptor open."""
    payload = write_stand_in("tell(job['cells'][0]['source'])\nfinish()")
    sandbox = open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=payload)
    sandbox.run(make_job())
    before = len(list(Path("/proc/self/fd").iterdir()))
    runs = {}

    def execute(number):
        runs[number] = sandbox.run(make_job(f"number {number}", "b", id=str(number)))

    threads = [threading.Thread(target=execute, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values = {number: run.values.get("q01_probabilities") for number, run in runs.items()}
    assert values == {number: f"number {number}" for number in range(8)}
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_threads_are_shared_out_when_asked(tmp_path, run_spec, desk, write_stand_in, make_job):
    """Every numerical library is told its share of the machine's processors."""
    body = "tell({name: value for name, value in os.environ.items() if 'THREADS' in name})\nfinish()"
    sandbox = open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=write_stand_in(body), threads=2)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")
    assert sandbox.run(make_job()).values["q01_probabilities"] == dict.fromkeys(names, "2")
