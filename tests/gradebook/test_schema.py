"""A gradebook made or changed by someone else: nothing in it takes effect, and foreign content is a one-line error."""

import dataclasses
import hashlib
import sqlite3

import pytest
from gradebook_builders import grade_one, make_job, refuse_all

from autograder.errors import AutograderError, ConfigurationError, EnvironmentFault
from autograder.gradebook import Gradebook, Override, Withdrawal
from autograder.gradebook import schema as tables
from autograder.gradebook.upgrade import former_schema
from autograder.records import Detail
from autograder.report import refusal_line

STUDENT = "Ana Araújo"


@pytest.fixture
def path(tmp_path):
    """Create a gradebook with one graded student, one refused and one decision, and return its file."""
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        grade_one(book, make_job())
        refuse_all(book, "Bia")
        book.override(Override("job-1", STUDENT, "q02", "answer", 1.0, "why", "who", 1.0))
    return tmp_path / "gradebook.sqlite"


def change(path, statement):
    """Change a row without the file's own triggers; the schema is ours again afterwards."""
    hand = sqlite3.connect(path, isolation_level=None)
    hand.execute("PRAGMA ignore_check_constraints = ON")
    hand.execute("PRAGMA foreign_keys = OFF")
    triggers = hand.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        hand.execute(f"DROP TRIGGER {name}")
    hand.execute(statement)
    for _, sql in triggers:
        hand.execute(sql)
    hand.close()


def read_all(path):
    """Read everything that commands read."""
    with Gradebook(path) as book:
        for student in book.students():
            book.history(student)
            list(book.grade_history(student))
            for hand_in in book.executed(student):
                book.evidence_of(hand_in.job_id)
                book.last_run(hand_in.job_id)
        list(book.current_grades())
        return book.identity(), book.refusals(), book.overrides(), book.withdrawn()


def test_the_schema_and_its_version_change_together():
    """Files are compared with the schema literally: an edit requires a new version and this digest."""
    digest = hashlib.sha256(tables._SCHEMA.encode()).hexdigest()
    assert (tables.SCHEMA_VERSION, digest[:16]) == (8, "504230bee5f3200d")


def test_what_we_made_ourselves_is_read(path):
    """The comparison accepts our own files."""
    read_all(path)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        pytest.param(
            "CREATE TRIGGER evil AFTER INSERT ON events BEGIN UPDATE refusals SET open = 0; END", "trigger 'evil'",
            id="trigger",
        ),
        pytest.param("CREATE VIEW names AS SELECT student FROM jobs", "view 'names'", id="view"),
        pytest.param("CREATE TABLE more (x)", "table 'more'", id="table"),
        pytest.param("CREATE VIRTUAL TABLE words USING fts5(x)", "table 'words", id="virtual table"),
        pytest.param("CREATE INDEX slow ON events (saved_at)", "index 'slow'", id="index"),
        pytest.param("DROP TRIGGER grades_stay", "trigger 'grades_stay'", id="a trigger of ours is gone"),
        pytest.param("ALTER TABLE refusals ADD COLUMN x INTEGER DEFAULT 1", "table 'refusals'", id="column"),
        pytest.param(
            'CREATE TRIGGER "\x1b[2Jno" AFTER INSERT ON events BEGIN SELECT 1; END', "trigger '�[2Jno'", id="escape"
        ),
    ],
)  # fmt: skip
def test_what_is_not_ours_in_a_gradebook_is_named_and_refused(path, statement, named):
    """Triggers run on writes and views on reads: neither can, and the file is left unchanged."""
    with sqlite3.connect(path) as hand:
        hand.execute(statement)
    hand.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"this gradebook was changed by another program") as error:
        Gradebook(path)
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE grades SET points = 10",
        "UPDATE grades SET student = 'Bia'",
        "UPDATE grades SET record = '{\"points\": 10}'",
        "UPDATE grades SET record = '[1'",
        "UPDATE runs SET data = '../../reference'",
        "UPDATE runs SET record = '{}'",
        "UPDATE evidence SET record = replace(record, 'job-1', 'job-9')",
        "UPDATE evidence SET record = CAST(x'ff' AS TEXT)",
        "DELETE FROM evidence",
        "UPDATE jobs SET record = 'null'",
        "UPDATE jobs SET student = char(27) || '[2J'",
        "UPDATE refusals SET student = 'two' || char(10) || 'lines'",
        "UPDATE overrides SET points = 9e999",
        "UPDATE overrides SET points = -1",
        "INSERT INTO identities VALUES (1, '{}')",
    ],
)
def test_a_row_that_was_edited_into_nonsense_is_one_line(path, statement):
    """There is never a traceback, a path from the file, or a control character on the terminal."""
    change(path, statement)
    with pytest.raises(AutograderError) as error:
        read_all(path)
    assert len(str(error.value).splitlines()) == 1
    assert "\x1b" not in str(error.value)


def test_a_row_larger_than_any_of_ours_is_one_line(path):
    """A hostile file cannot make us allocate a gigabyte."""
    change(path, "UPDATE evidence SET record = CAST(zeroblob(300000000) AS TEXT)")
    with pytest.raises(EnvironmentFault, match="a record is larger than any that autograder keeps"):
        read_all(path)


def test_nothing_of_the_file_is_trusted(path):
    """SQLite's own protections are enabled in every connection."""
    with Gradebook(path) as book:
        connection = book._store._connection
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert connection.execute("PRAGMA cell_size_check").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="not authorized"):
            connection.execute("SELECT load_extension('x')")
        with pytest.raises(sqlite3.OperationalError, match="too many attached databases"):
            connection.execute("ATTACH ':memory:' AS other")


def test_a_gradebook_of_the_format_before_is_read_and_upgraded(path):
    """Refusals were sentences then: they stay as they are, and everything else does too."""
    before = read_all(path)
    hand = sqlite3.connect(path, isolation_level=None)
    kept = hand.execute("SELECT id, student, source, account, open FROM refusals").fetchall()
    assert kept
    for name in ("refusals", "answers", "undone"):
        hand.execute(f"DROP TABLE {name}")
    for statement in tables._statements(former_schema(tables._SCHEMA)):
        if " refusals" in statement or "TABLE answers" in statement:
            hand.execute(statement)
    for number, student, source, account, is_open in kept:
        row = (number, student, source, "is empty", "copy it again", account, is_open)
        hand.execute("INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    hand.execute("PRAGMA user_version = 7")
    hand.close()
    identity, refusals, *rest = read_all(path)
    assert (identity, *rest) == (before[0], *before[2:])
    assert [refusal_line(one, "pt-BR") for one in refusals] == [
        f"{one.source}: is empty (copy it again)" for one in before[1]
    ]
    with Gradebook(path) as book:
        last = book.last_event()
        # The same file given again is no news that would bring a withdrawn student back.
        book.withdraw(Withdrawal(refusals[0].student, withdrawn=True, reason="left", author="Zoe"))
        book.refuse([dataclasses.replace(refusals[0], fault=Detail("refused.empty"))])
        assert refusals[0].student in book.withdrawn()
        assert book.last_event() == last + 1


def test_a_changed_gradebook_of_the_format_before_is_rejected(path):
    """The upgrade trusts no other table or trigger than the format had."""
    hand = sqlite3.connect(path, isolation_level=None)
    hand.execute("PRAGMA user_version = 7")
    hand.close()
    with pytest.raises(ConfigurationError, match="is not as autograder makes it"):
        read_all(path)
