"""The gradebook: what is stored, what counts, and failures of the machine or the file."""

import dataclasses
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from gradebook_builders import grade_one, make_evidence, make_grade, make_job, make_run

import autograder
from autograder.errors import ConfigurationError, EnvironmentFault, UsageError
from autograder.gradebook import Gradebook, Objection, Override
from autograder.records import Cell, Detail, Refusal, RunVerdict

PROJECT = Path(autograder.__file__).parents[1]
BUILDERS = str(Path(__file__).parents[1] / "gradebook_builders.py")


@pytest.fixture
def path(tmp_path):
    """Return a path for a gradebook."""
    return tmp_path / "grades" / "gradebook.sqlite"


@pytest.fixture
def book(path):
    """Open a new gradebook."""
    with Gradebook(path, busy_seconds=0.2) as book:
        yield book


def test_what_was_saved_is_read_back_equal_by_another_command(path):
    """Evidence, run and grade survive closing and opening, field by field."""
    job = make_job()
    with Gradebook(path) as book:
        grade_one(book, job)
    with Gradebook(path) as book:
        assert book.evidence_for(job.id, "key") == make_evidence(job)
        assert book.last_run(job.id) == make_run(job)
        assert list(book.current_grades()) == [make_grade(job)]


def test_a_closed_gradebook_is_one_file(path):
    """Copying the file copies the class, as no log is left beside it."""
    with Gradebook(path) as book:
        grade_one(book, make_job())
    assert [file.name for file in path.parent.iterdir()] == ["gradebook.sqlite"]


def test_the_gradebook_of_a_folder_is_made_once_and_found_again(tmp_path):
    """A command that needs a graded class says so if there is none."""
    with pytest.raises(UsageError, match=r"there is no gradebook \(grade the class first"):
        Gradebook.in_folder(tmp_path, must_exist=True)
    with Gradebook.in_folder(tmp_path) as book:
        grade_one(book, make_job())
    with Gradebook.in_folder(tmp_path, must_exist=True) as book:
        assert len(list(book.current_grades())) == 1


def test_evidence_is_not_reused_under_another_key_or_for_another_job(book):
    """After a change of limits, mode or data the notebook runs again."""
    grade_one(book, make_job())
    assert book.evidence_for("job-1", "other") is None
    assert book.evidence_for("job-2", "key") is None


def test_a_run_that_failed_by_our_fault_is_never_reused(book):
    """INTERNAL is stored for inspection, and run again; a later success counts."""
    job = make_job()
    book.add_job(job)
    book.save_run(make_run(job, RunVerdict.INTERNAL), make_evidence(job, RunVerdict.INTERNAL), "key", "real")
    assert book.evidence_for(job.id, "key") is None
    assert book.last_run(job.id).verdict is RunVerdict.INTERNAL
    book.save_run(make_run(job), make_evidence(job), "key", "real")
    book.save_run(make_run(job, RunVerdict.INTERNAL), make_evidence(job, RunVerdict.INTERNAL), "key", "real")
    assert book.evidence_for(job.id, "key") == make_evidence(job)
    assert book.evidence_of(job.id).evidence.run_verdict is RunVerdict.COMPLETE


@pytest.mark.parametrize("verdict", [RunVerdict.CRASHED, RunVerdict.TIMEOUT, RunVerdict.LIMIT])
def test_a_run_that_failed_by_the_students_fault_is_reused(book, verdict):
    """A notebook that exceeds its time limit is not run for another forty minutes on each resume."""
    job = make_job()
    book.add_job(job)
    book.save_run(make_run(job, verdict), make_evidence(job, verdict), "key", "real")
    assert book.evidence_for(job.id, "key").run_verdict is verdict


def test_evidence_says_which_data_it_came_from(book):
    """When regrading, numbers from practice data cannot be taken for numbers from real data."""
    job = make_job()
    book.add_job(job)
    book.save_run(make_run(job), make_evidence(job), "practice-key", "practice")
    examined = book.evidence_of(job.id)
    assert (examined.data, examined.run_key) == ("practice", "practice-key")


def test_every_grade_ever_given_stays_and_the_last_one_is_current(book):
    """A new grade is added to the history and removes nothing."""
    job = make_job()
    for points in (7.5, 8.0, None, 9.25):
        grade_one(book, job, points)
    assert [grade.points for grade in book.grade_history(job.student)] == [7.5, 8.0, None, 9.25]
    assert [grade.points for grade in book.current_grades()] == [9.25]


def test_an_equal_grade_is_not_kept_twice(book):
    """Resuming a batch ten times leaves one grade per notebook."""
    for _ in range(10):
        grade_one(book, make_job())
    assert len(list(book.grade_history("Ana Araújo"))) == 1


def test_a_later_submission_displaces_an_earlier_one(book):
    """A student who hands in twice has one current grade, and both notebooks can be regraded and compared."""
    first, second = make_job("job-1"), make_job("job-2", notebook_sha256="cd" * 32)
    grade_one(book, first, 4.0)
    grade_one(book, second, 9.0)
    assert [grade.points for grade in book.current_grades()] == [9.0]
    assert [hand_in.job_id for hand_in in book.executed("Ana Araújo")] == ["job-1", "job-2"]
    assert [one.grade.points for one in book.submissions("Ana Araújo")] == [4.0, 9.0]


def test_grading_an_earlier_submission_again_does_not_displace_the_later_one(book):
    """A late regrade of an old submission is added to the history only."""
    first, second = make_job("job-1"), make_job("job-2")
    grade_one(book, first, 4.0)
    grade_one(book, second, 9.0)
    book.save_grade(make_grade(first, 5.0))
    assert [grade.points for grade in book.current_grades()] == [9.0]
    assert [grade.points for grade in book.grade_history("Ana Araújo")] == [4.0, 9.0, 5.0]


def test_handing_in_the_earlier_notebook_again_makes_it_count_again(book):
    """The last submission is the one to be graded, even if it is known."""
    first, second = make_job("job-1"), make_job("job-2")
    grade_one(book, first, 4.0)
    grade_one(book, second, 9.0)
    grade_one(book, first, 4.0)
    assert [grade.points for grade in book.current_grades()] == [4.0]


def test_a_submission_that_waits_for_its_run_leaves_the_earlier_grade_in_place(book):
    """Between collecting and grading no student is without a grade, and regrading the old one still counts."""
    first, second = make_job("job-1"), make_job("job-2")
    grade_one(book, first, 4.0)
    book.add_job(second)
    assert [grade.points for grade in book.current_grades()] == [4.0]
    book.save_grade(make_grade(first, 5.0))
    assert [grade.points for grade in book.current_grades()] == [5.0]


def test_grades_come_in_the_order_of_names_and_saving_meanwhile_disturbs_nothing(book):
    """A caller may write while it iterates over the grades: each student comes once."""
    for number in (3, 1, 2):
        grade_one(book, make_job(f"job-{number}", f"student {number}"), float(number))
    seen = []
    for grade in book.current_grades():
        seen.append(grade.student)
        book.save_grade(dataclasses.replace(grade, points=0.0))
    assert seen == ["student 1", "student 2", "student 3"]
    assert [grade.points for grade in book.current_grades()] == [0.0, 0.0, 0.0]


def test_the_file_itself_refuses_to_lose_a_grade(book, path):
    """Neither a bug in a later version nor a user of SQLite can delete or rewrite a grade."""
    grade_one(book, make_job())
    with sqlite3.connect(path) as hand:
        for statement in ("DELETE FROM grades", "UPDATE grades SET points = 10", "UPDATE grades SET record = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="a grade is never"):
                hand.execute(statement)
    hand.close()


def test_a_refusal_stands_until_something_readable_is_handed_in(book):
    """The list of refusals shows what is still to be done, each once."""
    refusal = Refusal("Ana Araújo", "ana.ipynb", Detail.of("refused.not_whole", line=1, column=2))
    book.refuse([refusal])
    book.refuse([refusal, Refusal("Bia", "bia.txt", Detail("refused.not_json"))])
    assert [refused.student for refused in book.refusals()] == ["Ana Araújo", "Bia"]
    book.add_job(make_job())
    assert [refused.student for refused in book.refusals()] == ["Bia"]
    book.refuse([refusal])
    assert book.refusals()[0] == refusal


def test_what_is_refused_last_is_what_stands(book):
    """A student who hands in another unreadable file has only that to correct."""
    book.refuse(
        [Refusal("Ana", "ana.ipynb", Detail("refused.empty")), Refusal("Bia", "bia.ipynb", Detail("refused.empty"))]
    )
    both = [Refusal("Ana", f"ana/{name}.ipynb", Detail("refused.no_notebook")) for name in "ab"]
    book.refuse(both)
    assert book.refusals() == (*both, Refusal("Bia", "bia.ipynb", Detail("refused.empty")))


def test_a_failure_of_ours_takes_no_points_from_the_notebook_that_had_them(book):
    """A notebook that fails because of the grader when repeated keeps its grade; the history has the failure."""
    job = make_job()
    grade_one(book, job, 7.5)
    failed = make_grade(job, None, RunVerdict.INTERNAL)
    assert not book.save_grade(failed)
    assert list(book.current_grades()) == [make_grade(job, 7.5)]
    assert list(book.grade_history(job.student)) == [make_grade(job, 7.5), failed]
    assert book.save_grade(make_grade(job, 8.0))
    assert [grade.points for grade in book.current_grades()] == [8.0]


def test_a_failure_of_ours_on_a_later_notebook_is_no_grade(book):
    """The student's earlier notebook is not the one to be graded."""
    grade_one(book, make_job("job-1"), 4.0)
    book.add_job(make_job("job-2"))
    assert book.save_grade(make_grade(make_job("job-2"), None, RunVerdict.INTERNAL))
    assert [grade.points for grade in book.current_grades()] == [None]


def test_a_persons_decisions_are_all_kept(book):
    """Decisions are stored with author, reason and notebook."""
    book.add_job(make_job())
    first = Override("job-1", "Ana Araújo", "q07", "recipe_a", 0.2, "the seed was dead", "M. Silva", 1.0)
    second = dataclasses.replace(first, points=0.1, reason="half of it")
    book.override(first)
    book.override(second)
    assert book.overrides() == {"Ana Araújo": [first, second]}


def test_what_utf8_cannot_say_does_not_keep_anything_from_being_saved(book):
    """A lone surrogate in a name, cell, value or output costs only that character."""
    job = make_job(student="Jo\udce3o", cells=(Cell(0, "print('\ud83d')"),))
    book.add_job(job)
    book.save_run(make_run(job, values={"q02_answer": "\ud800"}), make_evidence(job, letter="\ud800"), "key", "real")
    book.save_grade(make_grade(job))
    book.refuse([Refusal("Jo\udce3o", "jo\udce3o.ipynb", Detail("refused.empty"))])
    book.override(Override(job.id, "Jo\udce3o", "q02", "answer", 1.0, "caf\udce9", "M. Silva", 1.0))
    assert book.evidence_for(job.id, "key").executed.given == {"q02_answer": "?"}
    assert len(list(book.grade_history("Jo\udce3o"))) == 1
    assert book.refusals()[0].student == "Jo?o"
    assert list(book.overrides()) == ["Jo?o"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"student,points\nana,10\n" * 100, id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(4096), id="picture"),
        pytest.param(b"student,points\n", id="shorter than a database"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(tmp_path, content):
    """A mistyped --gradebook costs an error, not the file."""
    path = tmp_path / "grades.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"grades\.csv: this file is not a gradebook \(name another"):
        Gradebook(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path):
    """Being an SQLite file does not suffice."""
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE places (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="not a gradebook"):
        Gradebook(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [2, 9])
def test_a_gradebook_of_another_version_is_refused_with_both_numbers(path, version):
    """An older or newer format is named as such and nothing is written to it."""
    Gradebook(path).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {version}")
    other.close()
    with pytest.raises(ConfigurationError, match=f"has format {version}, and this version .* reads format 8 .*--out"):
        Gradebook(path)


def test_a_record_of_another_shape_is_named_as_such(book, path):
    """A record of another version leads to a one-line error, not to a traceback of the parser."""
    grade_one(book, make_job())
    with sqlite3.connect(path) as hand:
        hand.execute("UPDATE evidence SET record = '{}'")
    hand.close()
    with pytest.raises(ConfigurationError, match="holds a record that is not a valid Evidence of this version"):
        book.evidence_for("job-1", "key")


def test_an_empty_file_becomes_a_gradebook(tmp_path):
    """`touch` and temporary files count as no file."""
    path = tmp_path / "empty.sqlite"
    path.touch()
    with Gradebook(path) as book:
        grade_one(book, make_job())
        assert len(list(book.current_grades())) == 1


def test_a_folder_is_no_gradebook(tmp_path):
    """The path of a folder leads to a one-line error."""
    with pytest.raises(EnvironmentFault, match="cannot be opened"):
        Gradebook(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    """A file in place of a folder is named."""
    (tmp_path / "grades").touch()
    with pytest.raises(EnvironmentFault, match="the folder cannot be made"):
        Gradebook(tmp_path / "grades" / "gradebook.sqlite")


def test_a_damaged_gradebook_is_named_as_such(path):
    """Bytes overwritten by a bad disk lead to a remedy, not a traceback."""
    with Gradebook(path) as book:
        for number in range(200):
            book.add_job(make_job(f"job-{number}", f"student {number}"))
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (path.stat().st_size - 8192))
    with pytest.raises(EnvironmentFault, match="damaged"), Gradebook(path) as book:
        grade_one(book, make_job("job-7", "student 7"))


def test_another_commands_write_is_waited_for_and_then_named(book, path):
    """A second command gives up with a clear error, and works once the first is done."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault, match="another command is writing to this gradebook"):
        book.add_job(make_job())
    other.execute("COMMIT")
    other.close()
    grade_one(book, make_job())
    assert len(list(book.current_grades())) == 1


def start(script, *arguments, prefix=()):
    """Start a script that has imported the builders as `builders`."""
    head = f"""
        import importlib.util, itertools, sys
        from pathlib import Path
        from autograder.errors import AutograderError
        from autograder.gradebook import Gradebook
        spec = importlib.util.spec_from_file_location("builders", {BUILDERS!r})
        builders = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(builders)
    """
    command = [*prefix, sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(script), *map(str, arguments)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_two_commands_fill_one_gradebook(path):
    """Commands that start together on a new file lose none of each other's records."""
    script = """
        with Gradebook(Path(sys.argv[1])) as book:
            for number in range(40):
                job = builders.make_job(f"{sys.argv[2]}-{number}", f"student {sys.argv[2]}-{number}")
                builders.grade_one(book, job)
    """
    writers = [start(script, path, name) for name in ("a", "b", "c")]
    assert [writer.communicate(timeout=120)[0] for writer in writers] == ["", "", ""]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with Gradebook(path) as book:
        assert len(list(book.current_grades())) == 120


@pytest.mark.slow
def test_a_command_killed_while_it_saves_leaves_every_saved_grade(path):
    """After `kill -9` at any moment the file is intact and has every grade that was reported as saved."""
    script = """
        with Gradebook(Path(sys.argv[1])) as book:
            job = builders.make_job(cells=tuple(builders.Cell(i, "x" * 1000) for i in range(200)))
            for number in itertools.count(int(sys.argv[2])):
                builders.grade_one(book, job, float(number))
                print(number, flush=True)
    """
    moments = random.Random(7)  # noqa: S311 (moments, no secrets)
    saved = 0
    for _ in range(3):
        with start(script, path, saved + 1) as writer:
            first = writer.stdout.readline()
            time.sleep(moments.uniform(0.05, 0.3))
            os.kill(writer.pid, signal.SIGKILL)
            # `communicate` would lose what `readline` has already buffered.
            rest = writer.stdout.read()
        said = [int(line) for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
        with Gradebook(path) as book:
            history = [int(grade.points) for grade in book.grade_history("Ana Araújo")]
            (current,) = book.current_grades()
        # One more may have been saved than was reported.
        assert history == list(range(1, len(history) + 1))
        assert said[-1] <= history[-1] <= said[-1] + 1
        assert current.points == history[-1]
        saved = history[-1]
    with sqlite3.connect(path) as check:
        assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    check.close()


needs_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap makes the small disk")

FILL = """
    with Gradebook(Path(sys.argv[1]) / "book.sqlite") as book:
        saved = 0
        try:
            for number in itertools.count(1):
                builders.grade_one(book, builders.make_job(cells=(builders.Cell(0, "x" * 20_000),)), float(number))
                saved = number
        except AutograderError as error:
            print(type(error).__name__, error)
        history = [grade.points for grade in book.grade_history("Ana Araújo")]
        assert history == [float(number) for number in range(1, saved + 1)], history
        print("kept", len(history), "lost", saved - len(history))
"""


@needs_bubblewrap
def test_a_full_disk_is_one_clear_line_and_loses_nothing(tmp_path):
    """On a real file system of one mebibyte, records saved before it was full can still be read."""
    disk = ("bwrap", "--dev-bind", "/", "/", "--size", "1048576", "--tmpfs", str(tmp_path))
    output = start(FILL, tmp_path, prefix=disk).communicate(timeout=120)[0].splitlines()
    assert output[0].startswith(f"EnvironmentFault {tmp_path}/book.sqlite: the disk is full (free some room")
    assert output[1].endswith("lost 0")
    assert int(output[1].split()[1]) >= 3


@needs_bubblewrap
def test_a_gradebook_on_a_read_only_disk_is_one_clear_line(path):
    """The error says why nothing is saved."""
    Gradebook(path).close()
    script = """
        try:
            with Gradebook(Path(sys.argv[1])) as book:
                book.add_job(builders.make_job())
        except AutograderError as error:
            print(type(error).__name__, error)
    """
    disk = ("bwrap", "--dev-bind", "/", "/", "--ro-bind", str(path.parent), str(path.parent))
    output = start(script, path, prefix=disk).communicate(timeout=60)[0]
    assert output.startswith(f"EnvironmentFault {path}: the gradebook cannot be ")
    assert "check" in output


def test_every_change_has_a_later_number_and_its_item(book):
    """What was seen before a change can be told from what came after it, item by item."""
    assert book.last_event() == 0
    job = make_job()
    grade_one(book, job)
    seen = book.last_event()
    book.override(Override(job.id, job.student, "q02", "answer", 1.0, "looked at", "M. Silva", 1.0))
    number = book.add_objection(Objection(job.id, job.student, "q02", "answer", "Por quê?"))
    book.answer_objection(number, "Veja a aula.", "M. Silva")
    later = [(event.kind, event.place) for event in book.history(job.student) if event.number > seen]
    assert later == [("override", "q02.answer"), ("objection", "q02.answer"), ("answer", "q02.answer")]
    assert {event.place for event in book.history(job.student) if event.number <= seen} == {""}
    assert book.last_event() == max(event.number for event in book.history(job.student))
