"""The command as an instructor runs it: a real process and a real sandbox, with notebooks that take a second."""

import contextlib
import csv
import dataclasses
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from courses import RIGHT, RUBRIC, WRONG, make_course, notebook
from forked_command import run_command
from typer.testing import CliRunner

from autograder.cli import app, elsewhere
from autograder.errors import EnvironmentFault
from autograder.gradebook import Gradebook
from autograder.records import Reason, Verdict

COMMANDS = typer.main.get_command(app).commands
ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3|9)[0-7](?:;\d+)*m")


@pytest.fixture
def place(tmp_path):
    """Create a folder with a rubric, a baseline without runs, and a class of one correct notebook."""
    make_course(tmp_path)
    (tmp_path / "class" / "ana.ipynb").write_text(notebook(*RIGHT))
    return tmp_path


def command(*arguments):
    """Return the command line."""
    return [sys.executable, "-m", "autograder", *arguments]


def run(place, *arguments, **environment):
    """Run the command in a folder and return what came of it."""
    return run_command(arguments, place, {**os.environ, **environment})


def grade(place, *arguments, **options):
    """Grade `class` on practice data."""
    return run(place, "grade", "class", "--data", "practice", *arguments, **options)


def the_error(done):
    """Return the single line of a command that could not begin, and check that there is no other output."""
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def table(place, out="grades"):
    """Return the table's rows by student."""
    with (place / out / "grades.csv").open(encoding="utf-8-sig") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def points(place, out="grades"):
    """Return the table's points by student, of the graded students."""
    return {name: float(row["points"]) for name, row in table(place, out).items() if row["run"] != "REFUSED"}


@pytest.mark.slow
def test_a_class_and_its_results_are_secrets(place, monkeypatch):
    """Submissions and earlier results are secrets of the sandbox, which opens only if they are hidden."""
    told = []

    def refuse(*_, secrets, **_others):
        told.extend(secrets)
        raise EnvironmentFault("enough")

    monkeypatch.chdir(place)
    assert grade(place).returncode == 0
    assert (place / "grades").stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(elsewhere, "open_session", refuse)
    CliRunner().invoke(app, ["grade", "class", "--data", "practice"])
    assert told == [Path("class"), Path("grades")]


def test_what_cannot_be_read_gets_a_line_each_and_the_rest_is_graded(place):
    """Each line says what, where and what to do; the batch counts as done."""
    files = {
        "bia.ipynb": "my homework",
        "caio.ipynb": notebook(*RIGHT)[:90],
        "davi.ipynb": json.dumps({"nbformat": 3, "worksheets": []}),
        "eva/one.ipynb": notebook(*RIGHT),
        "eva/two.ipynb": notebook(*WRONG),
    }
    for name, text in {**files, "notas.csv": ""}.items():
        (place / "class" / name).parent.mkdir(exist_ok=True)
        (place / "class" / name).write_text(text)
    done = grade(place, "--export", "folder")
    assert done.returncode == 0, done.stderr
    assert "not a submission: class/notas.csv: not a kind of file in which notebooks are handed in" in done.stderr
    refused = [line.removeprefix("refused: ") for line in done.stderr.splitlines() if line.startswith("refused: ")]
    broken = "is not whole: its JSON breaks off or is broken at line 1, column 86"
    convert = "jupyter nbconvert --to notebook --nbformat 4"
    again = "download or copy the notebook again and hand that in"
    assert refused == [
        "class/bia.ipynb: is not a notebook: not JSON (hand in the .ipynb file)",
        f"class/caio.ipynb: {broken} ({again})",
        f"class/davi.ipynb: is of notebook format 3, and 4 is read ({convert} davi.ipynb)",
        "class/eva/one.ipynb: is one of 2 notebooks of the same student, beside class/eva/two.ipynb (keep one)",
    ]
    assert points(place) == {"ana": 2.0}


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_notebook_that_may_not_be_read_gets_a_line(place):
    """Whoever copied the class may have kept the permissions."""
    (place / "class" / "bia.ipynb").write_text(notebook(*RIGHT))
    (place / "class" / "bia.ipynb").chmod(0)
    done = grade(place)
    assert done.returncode == 0
    assert "refused: class/bia.ipynb: cannot be read: Permission denied (look at its permissions)" in done.stderr


def test_a_class_of_which_nobody_can_be_graded_is_still_done(place):
    """The lines explain it: the command itself has not failed."""
    (place / "class" / "ana.ipynb").write_text("")
    done = grade(place, "--json")
    [entry] = json.loads(done.stdout)
    assert (done.returncode, entry["student"], entry["fault"]["code"]) == (0, "ana", "refused.empty")
    assert "refused: class/ana.ipynb: is empty (" in done.stderr


@pytest.mark.slow
def test_a_refused_submission_is_in_the_results_until_another_is_handed_in(place):
    """The table has its row and JSON its entry with a remedy; beside an older grade, the row has a flag."""
    bia = place / "class" / "bia.ipynb"
    bia.write_text("my homework")
    why = "class/bia.ipynb: is not a notebook: not JSON (hand in the .ipynb file)"
    refused = {
        "student": "bia",
        "source": "class/bia.ipynb",
        "fault": {"code": "refused.not_json", "fields": {}},
        "why": {
            "pt-BR": "class/bia.ipynb: não é um notebook: o conteúdo não é JSON (entregue o arquivo .ipynb)",
            "en": why,
        },
        "account": {"platform": "", "ids": [], "addresses": [], "submission": ""},
        "points": None,
        "run_verdict": "REFUSED",
    }
    for done in (grade(place, "--json"), run(place, "report", "--json")):
        assert done.returncode == 0
        ana, bias = json.loads(done.stdout)
        assert (ana["student"], ana["points"], bias) == ("ana", 2.0, refused)
        assert f"refused: {why}" in done.stderr.splitlines()
    row = table(place)["bia"]
    assert (row["points"], row["q01"], row["run"], row["flags"]) == ("", "", "REFUSED", why)
    bia.write_text(notebook(*RIGHT))
    assert [one["student"] for one in json.loads(grade(place, "--json").stdout)] == ["ana", "bia"]
    assert (table(place)["bia"]["points"], table(place)["bia"]["flags"]) == ("2", "")
    bia.write_text("my homework")
    _, grade_before, entry = json.loads(grade(place, "--json").stdout)
    assert (grade_before["student"], grade_before["points"], entry) == ("bia", 2.0, refused)
    row = table(place)["bia"]
    assert (row["points"], row["run"], row["flags"]) == ("2", "COMPLETE", f"a later submission is refused: {why}")


def test_a_folder_without_notebooks_is_an_error(place):
    """It is most likely the wrong folder."""
    (place / "other").mkdir()
    line = the_error(run(place, "grade", "other", "--data", "practice"))
    assert line == "other: there is no notebook in this folder: no name ends in .ipynb (give another)"


def test_a_path_that_does_not_exist_is_an_error_and_leaves_nothing_behind(place):
    """A mistyped path is reported at once, before data are fetched or a gradebook is created."""
    line = the_error(run(place, "grade", "clas", KERAS_HOME=str(place / "none")))
    assert line == "clas: there is no such file or folder (give a notebook or a folder of notebooks)"
    assert not (place / "grades").exists()


def test_every_fault_of_a_rubric_is_said_at_once(place):
    """One line per fault, each with its line, key and the most similar known name."""
    wrong = RUBRIC.replace("claimed: review", "claimed: maybe").replace("key: b", "key: bb")
    (place / "grading.yml").write_text(wrong.replace("cell_seconds", "cell_secnds"))
    done = grade(place)
    assert (done.returncode, done.stdout) == (2, "")
    first, *faults = done.stderr.splitlines()
    assert first == "error: grading.yml: 3 faults, nothing was done"
    assert [fault.split(": ", 2)[:2] for fault in faults] == [
        ["  grading.yml:17", "limits.cell_secnds"],
        ["  grading.yml:25", "policy.claimed"],
        ["  grading.yml:32", "questions.q01.items.answer.key"],
    ]
    assert "did you mean cell_seconds?" in faults[0]


def test_a_rubric_that_is_not_there_is_an_error(place):
    """The line names the option for another path."""
    line = the_error(grade(place, "--config", "rubric.yml"))
    assert line == "rubric.yml: there is no such file (name the rubric with --config FILE)"


def test_without_bubblewrap_nothing_is_executed(place):
    """The sandbox is never skipped because it is missing; the line says how to get it."""
    line = the_error(grade(place, PATH=str(place / "empty")))
    assert line.startswith("bwrap: no sandbox works here: bubblewrap: bubblewrap is not installed; docker: ")
    assert line.endswith("(apt-get install bubblewrap)")


def test_real_data_that_cannot_be_had_are_an_error(place):
    """Without files and network, the line says what failed, and that practice data suffice for a trial."""
    # An unreachable proxy on the loopback stands for a machine without a network.
    environment = {"KERAS_HOME": str(place / "keras"), "https_proxy": "http://127.0.0.1:9"}
    line = the_error(run(place, "grade", "class", "--data", "real", **environment))
    assert line.startswith(f"{place}/keras/datasets: the data sets could not be fetched: ")
    assert line.endswith("(copy the files there, or grade on practice data with --data practice)")


def test_practice_data_that_cannot_be_written_are_an_error(place):
    """With an unusable cache folder, the line names the variable for another one."""
    line = the_error(grade(place, XDG_CACHE_HOME="/dev/null"))
    assert line.startswith("/dev/null/cnn-autograder/practice-1-")
    assert ": practice data cannot be written: Not a directory (" in line
    assert "XDG_CACHE_HOME" in line


@pytest.mark.slow
@pytest.mark.parametrize("size", ["64k", "100k"])
@pytest.mark.skipif(os.getuid() != 0 or shutil.which("unshare") is None, reason="only root may mount a small disk")
def test_a_full_disk_is_an_error_and_the_same_command_goes_on(place, size):
    """One line names the file, whichever write fails first; with free space, the grading is completed."""
    (place / "grades").mkdir()
    script = f"""
        mount -t tmpfs -o size={size} tmpfs grades || exit 77
        "$@" 2>failed.txt; echo $? >failed
        mount -o remount,size=8m grades || exit 77
        "$@" >graded.json
    """
    # A mount in a namespace of its own is gone when the process is.
    arguments = ("grade", "class", "--data", "practice", "--json")
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", *command(*arguments)],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("mounting is not allowed here")
    assert done.returncode == 0, done.stderr
    assert (place / "failed").read_text() == "2\n"
    [line] = [line for line in (place / "failed.txt").read_text().splitlines() if line.startswith("error: ")]
    assert re.match(r"error: grades/\S+: .*(disk|No space left).* \(.*room.*\)$", line)
    assert "Traceback" not in (place / "failed.txt").read_text()
    assert [one["points"] for one in json.loads((place / "graded.json").read_text())] == [2.0]


def test_a_file_of_another_program_is_not_taken_for_a_gradebook(place):
    """It is left unchanged."""
    (place / "grades").mkdir()
    book = place / "grades" / "gradebook.sqlite"
    book.write_text("dear diary, " * 100)
    line = the_error(grade(place))
    assert line.startswith("grades/gradebook.sqlite: this file is not a gradebook (")
    assert book.read_text() == "dear diary, " * 100


def test_results_that_have_no_folder_to_go_to_are_an_error(place):
    """A file is where the folder should be."""
    (place / "grades").write_text("")
    assert the_error(grade(place)).startswith("grades: the folder cannot be made (")


def test_a_missing_baseline_is_an_error(place):
    """The line says which command makes one. A rubric without stochastic numbers needs none."""
    (place / "reference" / "practice" / "baseline.json").unlink()
    assert grade(place).returncode == 0
    item = "trained: {points: 1, check: interval, scale: log, values: [q01_loss]}"
    (place / "grading.yml").write_text(RUBRIC.replace("points: 2", "points: 3") + f"      {item}\n")
    line = the_error(grade(place))
    assert line.endswith(
        "reference/practice/baseline.json: cannot be read: No such file or directory (run `autograder calibrate`)"
    )


def test_an_edited_baseline_is_an_error(place):
    """Tolerances come from reference runs only, and must not be edited by hand."""
    path = place / "reference" / "practice" / "baseline.json"
    path.write_text(path.read_text().replace('"practice"', '"real"'))
    line = the_error(grade(place))
    assert "reference/practice/baseline.json: was edited by hand: its digest does not match its content" in line


@pytest.mark.slow
def test_a_grade_that_is_lacking_by_our_fault_is_no_zero_and_tells_by_the_exit_code(place):
    """If the baseline lacks an item's number: INTERNAL, no points, exit code 1."""
    item = "trained: {points: 1, check: interval, scale: log, values: [q01_loss]}"
    (place / "grading.yml").write_text(RUBRIC.replace("points: 2", "points: 3") + f"      {item}\n")
    done = grade(place, "--json")
    assert done.returncode == 1, done.stderr
    [given] = json.loads(done.stdout)
    assert given["points"] is None
    assert [finding["verdict"] for finding in given["findings"]] == ["PASS", "PASS", "INTERNAL"]
    assert "ana: no grade" in done.stderr
    # The exit code is the same whenever such a grade is shown, or would be given.
    for arguments in (["report"], ["regrade"], ["regrade", "--apply"]):
        assert run(place, *arguments).returncode == 1
    (place / "grading.yml").write_text(RUBRIC)
    assert run(place, "regrade", "--apply").returncode == 0
    (place / "grading.yml").write_text(RUBRIC.replace("points: 2", "points: 3") + f"      {item}\n")
    # Pages of one rubric are not written beside grades of another.
    assert the_error(run(place, "report")).startswith("the rubric changed since this class was graded (`autograder reg")
    assert run(place, "regrade").returncode == 1


@pytest.mark.slow
def test_points_given_by_hand_show_wherever_the_grade_does(place):
    """Table, page and JSON have the new points, author and reason; they survive regrading and the next grading."""
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG))
    assert grade(place).returncode == 0
    decided = run(place, "override", "ana", "q01.answer", "0.5", "--because", "b ou c", "--by", "M. Silva")
    assert (decided.returncode, decided.stdout) == (0, "ana: 1.50\n"), decided.stderr
    assert run(place, "regrade", "--apply").returncode == 0
    assert grade(place).returncode == 0
    assert points(place) == {"ana": 1.5}
    page = re.sub("<[^>]*>", "", (place / "grades" / "pages" / "ana.html").read_text())
    assert "Pontuação atribuída por M. Silva: b ou c; o corretor tinha atribuído 0." in page
    document = json.loads((place / "grades" / "json" / "ana.json").read_text())
    assert (document["points"], document["findings"][0]["points"]) == (1.5, 0.5)
    assert [flag["code"] for flag in document["findings"][0]["flags"]] == ["points.overridden"]


@pytest.mark.slow
def test_points_given_to_an_older_notebook_are_not_the_newer_ones(place):
    """The newer one is graded by itself, and every command that writes grades says what no longer applies."""
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG))
    grade(place)
    assert run(place, "override", "ana", "q01.answer", "1", "--because", "x", "--by", "y").stdout == "ana: 2.00\n"
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG, "pass"))
    for done in (grade(place), run(place, "report"), run(place, "regrade", "--apply")):
        assert done.returncode == 0, done.stderr
        [line] = [line for line in done.stderr.splitlines() if "given by hand" in line]
        assert line.startswith(
            "warning: ana: points given by hand do not count for q01.answer, given to another notebook"
        )
    assert points(place) == {"ana": 1.0}


@pytest.mark.slow
def test_regrading_compares_what_people_decided(place):
    """A decision counts before and after, limited to the item's points under the new rubric."""
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG))
    grade(place)
    run(place, "override", "ana", "q01.answer", "0.8", "--because", "x", "--by", "y")
    lowered = RUBRIC.replace("answer: {points: 1", "answer: {points: 0.5").replace(
        "loss: {points: 1", "loss: {points: 1.5"
    )
    (place / "grading.yml").write_text(lowered)
    [change] = json.loads(run(place, "regrade", "--json").stdout)["changes"]
    assert (change["before"]["points"], change["after"]["points"]) == (1.8, 2.0)
    assert run(place, "regrade", "--apply").returncode == 0
    assert points(place) == {"ana": 2.0}
    (place / "grading.yml").write_text(RUBRIC.replace("answer: {points", "letter: {points"))
    done = run(place, "regrade", "--apply")
    assert (
        "warning: ana: points given by hand do not count for q01.answer, which the rubric no longer has" in done.stderr
    )
    assert points(place) == {"ana": 1.0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ("bia", "q01.answer", "1"),
            "there is no student bia in this gradebook (write the name as grades.csv does)",
            id="student",
        ),
        pytest.param(
            ("ana", "q01.figure", "1"), "there is no item q01.figure (there are q01.answer, q01.loss)", id="item"
        ),
        pytest.param(("ana", "q02.answer", "1"), "there is no item q02.answer (there are q01)", id="question"),
        pytest.param(("ana", "q01.loss", "2"), "q01.loss is worth 0 to 1 points, not 2", id="points"),
        pytest.param(("ana", "q01.loss", "nan"), "q01.loss is worth 0 to 1 points, not nan", id="no number"),
    ],
)
def test_a_decision_that_fits_nothing_is_refused(place, arguments, said):
    """One line says what exists."""
    assert grade(place).returncode == 0
    assert said in the_error(run(place, "override", *arguments, "--because", "x", "--by", "y"))


def hold_back(place):
    """Make Ana's loss pending."""
    with Gradebook.in_folder(place / "grades") as book:
        [given] = book.current_grades()
        answer, loss = given.findings
        reasons = (Reason("training.unseen"), Reason("review.pending"))
        loss = dataclasses.replace(loss, verdict=Verdict.REVIEW, points=0.0, reasons=reasons)
        book.save_grade(dataclasses.replace(given, points=1.0, findings=(answer, loss)))


@pytest.mark.slow
@pytest.mark.parametrize(("ruling", "expected"), [("accept", 2.0), ("reject", 1.0)])
def test_pending_points_are_listed_shown_and_decided(place, ruling, expected):
    """The list names the item and the reason; table, page and JSON show pending points until a person has decided."""
    assert grade(place).returncode == 0
    hold_back(place)
    report = run(place, "report")
    assert "1.00, 1 pending" in report.stdout
    assert "○" in report.stdout
    assert "1 de 2; 1 em revisão" in re.sub("<[^>]*>", "", (place / "grades" / "pages" / "ana.html").read_text())
    [listed] = json.loads(run(place, "pending", "--json").stdout)
    assert (listed["student"], listed["item"], listed["points"]) == ("ana", "q01.loss", 1.0)
    assert "A person will look at this item" in listed["why"][-1]
    assert "q01.loss" in run(place, "pending").stdout
    who = ("--because", "visto", "--by", "M. Silva")
    names = ("ana", "q01.loss") if ruling == "accept" else ("--all",)
    done = run(place, "decide", ruling, *names, *who)
    assert (done.returncode, done.stdout) == (0, f"ana: q01.loss {ruling}ed, 1 points\n"), done.stderr
    assert points(place) == {"ana": expected}
    assert "em revisão" not in (place / "grades" / "pages" / "ana.html").read_text()
    assert "no points are pending" in the_error(run(place, "decide", ruling, "--all", *who))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param((), "no student is named", id="nobody"),
        pytest.param(("bia",), "there is no student bia", id="student"),
        pytest.param(("ana", "q01.answer"), "not pending: q01.answer (there are q01.loss)", id="item"),
    ],
)
def test_a_ruling_that_fits_nothing_is_refused(place, arguments, said):
    """One line says what exists, and nothing is decided."""
    assert grade(place).returncode == 0
    hold_back(place)
    assert said in the_error(run(place, "decide", "accept", *arguments, "--because", "x", "--by", "y"))
    assert len(json.loads(run(place, "pending", "--json").stdout)) == 1


def test_json_on_stdout_is_nothing_but_json(place):
    """Progress, warnings and refusals go to stderr, so that programs can parse stdout."""
    (place / "class" / "bia.ipynb").write_text("no notebook")
    done = grade(place, "--json")
    assert [one["student"] for one in json.loads(done.stdout)] == ["ana", "bia"]
    for talk in ("practice data", "refused: ", "ana: 2.00"):
        assert talk in done.stderr


def test_what_goes_to_a_file_holds_no_escape_codes(place):
    """Neither ours nor those in the name of a file."""
    (place / "class" / f"b{ESCAPE}[31mia.ipynb").write_text("no notebook")
    done = grade(place)
    assert "b�[31mia.ipynb" in done.stderr
    assert ESCAPE not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_shows_colours_unless_they_are_unwanted(place, environment, coloured):
    """NO_COLOR is respected."""
    ours, theirs = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        subprocess.run(
            command("grade", "nowhere"),
            cwd=place,
            env={**inherited, "TERM": "xterm-256color", **environment},
            stdout=theirs,
            stderr=theirs,
            check=False,
        )
        os.close(theirs)
        said = terminal.read(65536).decode()
    assert "there is no such file or folder" in said
    assert bool(COLOUR.search(said)) is coloured


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    """Its purpose and each of its options are described."""
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    assert COMMANDS[name].help.splitlines()[0].split(";")[0][:40] in " ".join(shown.output.split())
    assert [option.name for option in COMMANDS[name].params if not option.help] == []


def test_help_names_every_command(place, root):
    """The real command lists them in the order of work, as does the project's README."""
    done = run(place, "--help")
    assert done.returncode == 0
    listed = re.findall(r"^. ([a-z][a-z-]*) ", done.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)
    readme = re.findall(r"^\| `autograder ([a-z-]+)", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == list(dict.fromkeys(readme))


def test_an_unknown_option_is_wrong_usage(place):
    """The exit code for wrong usage is always the same."""
    done = run(place, "grade", "class", "--dtaa", "real")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--dtaa" in done.stderr


def test_the_readme_names_every_command(root):
    """Readers of the README learn about all commands."""
    text = (root / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"autograder {name}" not in text] == []


@pytest.mark.slow
def test_an_interrupted_grading_keeps_what_is_done_and_goes_on(place):
    """Ctrl-C ends it quickly with 130; the same command then executes only what is missing."""
    (place / "class" / "zoe.ipynb").write_text(notebook(*RIGHT, "import time; time.sleep(3)"))
    arguments = ("grade", "class", "--data", "practice", "--workers", "1")
    # A session of its own, so that the signal reaches the whole group, as a terminal's does.
    with subprocess.Popen(
        command(*arguments),
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said = ""
            while "ana: 2.00" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            time.sleep(0.5)
            os.killpg(process.pid, signal.SIGINT)
            said += process.communicate(timeout=60)[1]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130, said
    assert "What was graded is kept: the same command goes on from here." in said
    assert "Traceback" not in said
    assert points(place) == {"ana": 2.0}
    again = run(place, *arguments)
    assert again.returncode == 0, again.stderr
    assert "ana: 2.00 (evidence was there)\n" in again.stderr
    assert "zoe: 2.00\n" in again.stderr
    assert points(place) == {"ana": 2.0, "zoe": 2.0}


def test_regrading_needs_a_gradebook_and_makes_none(place):
    """The line says which command comes first."""
    line = the_error(run(place, "regrade"))
    assert line == "grades/gradebook.sqlite: there is no gradebook (grade the class first: autograder grade PATH…)"
    assert not (place / "grades").exists()


@pytest.mark.slow
def test_a_corrected_key_changes_grades_only_when_it_is_applied(place):
    """Shown first, written on demand, also in the table; nothing is executed."""
    grade(place)
    (place / "grading.yml").write_text(RUBRIC.replace("key: b", "key: c"))
    # Without bubblewrap nothing could be executed.
    nowhere = {"PATH": str(place / "empty")}
    shown = run(place, "regrade", "--json", **nowhere)
    [change] = json.loads(shown.stdout)["changes"]
    assert (shown.returncode, change["before"]["points"], change["after"]["points"]) == (0, 2.0, 1.0)
    assert points(place) == {"ana": 2.0}
    applied = run(place, "regrade", "--apply", **nowhere)
    assert applied.returncode == 0
    assert points(place) == {"ana": 1.0}


@pytest.mark.slow
def test_a_report_is_written_anew_without_executing_or_grading(place):
    """A lost page is restored, and a changed feedback policy applies to it; the grades stay."""
    grade(place)
    page = place / "grades" / "pages" / "ana.html"
    before, rows = page.read_bytes(), (place / "grades" / "grades.csv").read_bytes()
    page.unlink()
    # Without bubblewrap nothing could be executed.
    nowhere = {"PATH": str(place / "empty")}
    assert run(place, "report", **nowhere).returncode == 0
    assert page.read_bytes() == before
    (place / "grading.yml").write_text(RUBRIC.replace("feedback: full", "feedback: none"))
    done = run(place, "report", "--json", **nowhere)
    assert [one["points"] for one in json.loads(done.stdout)] == [2.0]
    assert b"Option" in before or b"q01" in before
    assert b"q01" not in page.read_bytes()
    assert (place / "grades" / "grades.csv").read_bytes() == rows


@pytest.mark.slow
@pytest.mark.parametrize("feedback", ["none", "score", "hints", "full"])
def test_why_an_option_is_right_or_wrong_is_told_under_full_feedback_alone(place, feedback):
    """The texts of the key and of the student's own letter, in the page's language; before release neither is shown."""
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG))
    (place / "grading.yml").write_text(RUBRIC.replace("feedback: full", f"feedback: {feedback}"))
    texts = {letter: f"Sobre a letra {letter}." for letter in "abcd"}
    (place / "reference" / "justifications.yml").write_text(json.dumps({"q01": {"pt-BR": texts}}))
    assert grade(place).returncode == 0
    page = re.sub("<[^>]*>", "", (place / "grades" / "pages" / "ana.html").read_text())
    told = [letter for letter in "abcd" if f"({letter}) {texts[letter]}" in page]
    assert told == (["b", "c"] if feedback == "full" else [])
    assert ("Sobre" in page) is (feedback == "full")


def test_justifications_that_do_not_fit_are_said_before_anything_runs(place):
    """A line with the place, as for the rubric."""
    (place / "reference" / "justifications.yml").write_text("q01:\n  en:\n    e: x\n")
    done = grade(place)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "  justifications.yml:3: q01.en.e: is no option of this question"
    assert not (place / "grades").exists()


def test_a_report_needs_a_gradebook(place):
    """The line says which command comes first."""
    assert the_error(run(place, "report")).endswith("(grade the class first: autograder grade PATH…)")


def test_data_says_what_is_here(place):
    """Each missing real file, and the place of practice data."""
    done = run(place, "data", "--json", KERAS_HOME=str(place / "keras"))
    said = json.loads(done.stdout)
    assert (done.returncode, said["real"], len(said["faults"])) == (0, None, 1)
    assert Path(said["practice"], "datasets", "boston_housing.npz").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--seeds", "8-1"], "--seeds: '8-1' runs backwards (write 1-8)"),
        (["--only", "q07"], "--only: there is no question 'q07' (there are q01)"),
    ],
)
def test_a_calibration_that_cannot_be_meant_is_an_error(place, arguments, says):
    """The error comes before anything runs or is written."""
    assert the_error(run(place, "calibrate", "--data", "practice", *arguments)) == says
    assert not (place / "reference" / "practice" / "runs").exists()
