from autograder.payload.shell import is_installer_command

STANDARD_INPUT = "import sys, os\nread = sys.stdin.read()"


def test_a_cell_that_raises_does_not_stop_the_next(run_cells):
    """Every cell runs, and each failure is named by its exception and message."""
    talk = run_cells(
        "1 / 0",
        "x = 1",
        "if:",
        "raise SystemExit('bye')",
        "missing",
        "raise KeyboardInterrupt",
        "x += 1",
        watched=["x"],
    )
    statuses = [status for status, _ in talk.outcomes]
    errors = [error for _, error in talk.outcomes]
    assert statuses == ["error", "ok", "error", "error", "error", "error", "ok"]
    assert errors[0] == "ZeroDivisionError: division by zero"
    assert errors[2].startswith("SyntaxError: ")
    assert errors[3:5] == ["SystemExit: bye", "NameError: name 'missing' is not defined"]
    assert talk.values == {"x": 2}
    assert talk.status == 0


def test_an_exception_that_cannot_print_itself_is_still_named(run_cells):
    """A class of the student's that raises in `__str__`, or shouts for a megabyte, ends in a short line."""
    talk = run_cells(
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        "raise ValueError('\\ud800' + 'a' * 10**6)",
    )
    assert talk.outcomes[0] == ("error", "Mute")
    status, error = talk.outcomes[1]
    assert (status, len(error)) == ("error", 500)
    assert error.startswith("ValueError: ?aaa")


def test_the_conversation_has_its_order(run_cells):
    """First the versions, then a start and an end for each cell, then done; nothing after it."""
    talk = run_cells("x = 1", "y = 2")
    kinds = [(message["type"], message.get("status")) for message in talk.messages]
    assert kinds == [("hello", None), *[("cell", "started"), ("cell", "ok")] * 2, ("done", None)]
    assert set(talk.messages[0]["versions"]) >= {"python", "numpy", "keras", "tensorflow", "scikit-learn"}


def test_a_cell_out_of_time_is_interrupted(run_cells):
    """The endless cell ends as a timeout, even one that catches what it can, and the next one runs."""
    endless = "while True:\n    try:\n        while True: pass\n    except Exception: pass"
    # A loop over an iterator: CPython leaves the jump of a bare `while True` outside the `try` around it.
    stubborn = (
        "caught = 0\nwhile caught < 1:\n    try:\n        for _ in iter(int, 1): pass\n    except: caught += 1\n"
        "while True: pass"
    )
    talk = run_cells(endless, stubborn, "x = caught", watched=["x"], cell_seconds=0.5)
    assert [status for status, _ in talk.outcomes] == ["timeout", "timeout", "ok"]
    assert talk.details[0] == {"code": "cell.interrupted", "fields": {"seconds": 0.5}}
    assert talk.values == {"x": 1}


def test_there_is_nothing_to_read(run_cells):
    """`input()` fails at once and standard input is empty, so no notebook waits for a person."""
    talk = run_cells("name = input()", STANDARD_INPUT, watched=["read"])
    assert talk.outcomes[0][1].startswith("EOFError")
    assert talk.values == {"read": ""}


def test_otter_checks_cost_nothing(run_cells):
    """Whatever a notebook asks of Otter's `Notebook` is accepted, and Otter itself is never loaded."""
    talk = run_cells(
        "import otter\ngrader = otter.Notebook('x.ipynb')",
        "grader.check('q01')\ngrader.check_all()\ngrader.export(run_tests=True, pdf=False)",
        "import sys\nloaded = sorted(name for name in sys.modules if name.startswith('otter.'))",
        watched=["loaded"],
    )
    assert [status for status, _ in talk.outcomes] == ["ok"] * 3
    assert talk.values == {"loaded": []}


def test_magics_of_a_notebook_do_no_harm(run_cells):
    """Installing does nothing; `%matplotlib`, `display` and the common magics work."""
    talk = run_cells(
        "%pip install nothing-of-the-kind\n!pip install nothing-of-the-kind\n%matplotlib inline",
        "%%time\ndisplay({'a': 1})",
        "lines = !echo one",
        "!echo two",
        watched=["lines"],
    )
    assert [status for status, _ in talk.outcomes] == ["ok"] * 4
    assert "nothing-of-the-kind" not in talk.output
    assert "{'a': 1}" in talk.output
    assert "two" in talk.output


def test_installers_are_told_from_other_commands():
    """The usual ways to install are recognised; a command that only resembles one is not."""
    installers = [
        "pip install keras",
        " pip3 install -q x",
        "python3.11 -m pip install x",
        "sudo apt-get update",
        "uv pip list",
    ]
    others = ["ls", "pipes", "python train.py", "echo pip install", "cat apt.txt"]
    assert [is_installer_command(command) for command in installers] == [True] * 5
    assert [is_installer_command(command) for command in others] == [False] * 5


def test_parameters_are_assigned_after_their_cell(run_cells):
    """The cell's own value is overwritten, once, before the next cell reads it."""
    talk = run_cells("SEED = 1", "seen = SEED", parameters={"SEED": 7}, parameters_cell=0, watched=["seen", "SEED"])
    assert talk.values == {"seen": 7, "SEED": 7}


def test_parameters_without_a_cell_come_first(run_cells):
    """A notebook that lost its tagged cell still gets them, before its first."""
    talk = run_cells("seen = SEED", parameters={"SEED": 7}, watched=["seen"])
    assert talk.values == {"seen": 7}


def test_our_modules_cannot_be_imported(run_cells):
    """The payload's folder is not on the path: `import values` means the student's own file, or a stand-in."""
    talk = run_cells("import values, watch, keras_calls, session\nx = values.plain(1, 2)")
    assert talk.outcomes == [("error", "ModuleNotFoundError: No module named 'values' (imported above, used here)")]


def test_only_changes_are_sent(run_cells):
    """A value is sent when it is new or different, with its cell, and its disappearance as well."""
    talk = run_cells("x = 1", "pass", "x = True", "del x", "x = [1]", "x.append(2); 1/0", watched=["x", "y"])
    sent = [(message["type"], message.get("cell"), message.get("value")) for message in talk.messages]
    assert [entry for entry in sent if entry[0] in ("value", "absent")] == [
        ("value", 0, 1),
        ("value", 2, True),
        ("absent", None, None),
        ("value", 4, [1]),
        ("value", 5, [1, 2]),
    ]


def test_a_value_over_the_limit_is_named_so(run_cells):
    """A huge value doesn't end the run, and neither does one over what a frame can carry."""
    talk = run_cells("x = [0.5] * 10**5\ny = 'a' * 10**7", watched=["x", "y"], value_bytes=2**16)
    assert talk.values == {
        name: {"$unsupported": {"code": "unsupported.bytes", "fields": {"bytes": 2**16}}} for name in ("x", "y")
    }
    talk = run_cells("y = 'a' * 10**7", watched=["y"], value_bytes=2**26)
    assert talk.values["y"]["$unsupported"]["code"] == "unsupported.bytes"
    assert talk.status == 0


def test_a_forked_child_is_not_heard(run_cells):
    """What a child process goes on to do with the notebook never reaches the pipe."""
    talk = run_cells(
        "import os\nchild = os.fork()", "x = 1 if child else 2", "if child: os.waitpid(child, 0)", watched=["x"]
    )
    assert [message["value"] for message in talk.of("value")] == [1]
    assert len(talk.of("done")) == 1


def test_what_is_left_running_cannot_delay_the_end(run_cells):
    """Threads and atexit functions of the notebook don't run after the last cell."""
    talk = run_cells(
        "import atexit, threading, time\n"
        "atexit.register(lambda: (print('late'), time.sleep(60)))\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()",
        seconds=30,
    )
    assert talk.status == 0
    assert "late" not in talk.output


def test_lines_of_figures_are_collected(run_cells):
    """Figures count whether the cell shows them, closes them or does neither; NaN becomes null."""
    talk = run_cells(
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "plt.plot([1, 2, float('nan')]); plt.plot([3]); plt.show()",
        "fig, ax = plt.subplots(); ax.plot([0, 1], [5, 6]); plt.close(fig)",
        "plt.figure(); plt.plot([7.5])",
        "plt.bar([1], [2])",
        "open_figures = plt.get_fignums()",
        watched=["open_figures"],
    )
    assert [(figure["cell"], figure["lines"]) for figure in talk.of("figure")] == [
        (1, [[1.0, 2.0, None], [3.0]]),
        (2, [[5.0, 6.0]]),
        (3, [[7.5]]),
    ]
    assert talk.values == {"open_figures": []}


def test_figures_are_capped(run_cells):
    """Too many figures, lines and points are cut, not refused."""
    talk = run_cells(
        "import matplotlib.pyplot as plt, warnings; warnings.simplefilter('ignore')\n"
        "for _ in range(25): plt.figure(); plt.plot([1])",
        "plt.plot(range(20000))\nfor _ in range(30): plt.plot([1])",
    )
    figures = talk.of("figure")
    assert len(figures) == 21
    assert [len(line) for line in figures[-1]["lines"]] == [10_000, *[1] * 19]


def test_an_interruption_waits_until_a_frame_is_whole(run_cells):
    """Interrupted while it floods the pipe, a cell leaves no half frame: what comes after it is still read."""
    flood = """
import gc
channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
while True:
    channel.send({"type": "figure", "cell": 0, "lines": "x" * 2**18})
"""
    talk = run_cells(flood, "answer = 1", watched=["answer"], cell_seconds=0.5)
    assert [status for status, _ in talk.outcomes] == ["timeout", "ok"]
    assert talk.values == {"answer": 1}
    assert len(talk.of("figure")) > 1
