"""A student's objection is queued with its item, answered with a text, and stays in the history."""

import json

import pytest
from export_class import Student, grade_class
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import AutograderError
from autograder.objections import Wording, parse_objection

CLASS = [Student("Ana Araújo", 7.5), Student("Bia", None)]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Change to a course with a graded class."""
    monkeypatch.chdir(tmp_path)
    grade_class(tmp_path, CLASS)
    return tmp_path


def command(*arguments):
    """Run a command and return its JSON; errors that the operator can fix are raised."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    if isinstance(done.exception, AutograderError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_an_objection_waits_is_answered_and_stays(place):
    """Objections are listed by student and item; an identical one counts once, and a second answer is an error."""
    [one] = command("objection", "ana araujo", "q02.answer", "--text", "A rede [B] também serve.")
    assert (one["student"], one["question"], one["item"], one["answer"]) == ("Ana Araújo", "q02", "answer", "")
    assert command("objection", "Ana Araújo", "q02.answer", "--text", "A rede [B] também serve.") == [one]
    assert command("objection") == [one]
    number = one["number"]
    [answered] = command("objection", "--answer", number, "--text", "Não: veja a aula 4.", "--by", "M. Silva")
    assert (answered["answer"], answered["author"]) == ("Não: veja a aula 4.", "M. Silva")
    assert command("objection") == []
    assert command("objection", "--all") == [answered]
    events = command("history", "Ana Araújo")["events"][-2:]
    assert [(event["kind"], event["detail"], event["author"]) for event in events] == [
        ("objection", "q02.answer: A rede [B] também serve.", ""),
        ("answer", "q02.answer: Não: veja a aula 4.", "M. Silva"),
    ]
    with pytest.raises(AutograderError, match=r"was answered by M\. Silva"):
        command("objection", "--answer", number, "--text", "x", "--by", "y")


@pytest.mark.parametrize(
    "text",
    [
        '{"student": "Ana Araújo", "item": "q02.answer", "text": "Por quê?"}',
        "\ufeffq02.answer\nPor quê?\n",
        "item: q02.answer\r\n\r\nPor quê?",
    ],
)
def test_a_students_own_file_is_read(place, text):
    """JSON, or a text whose first line names the item; the instructor may name the student."""
    (place / "o.txt").write_text(text)
    [one] = command("objection", "Ana Araújo", "--file", "o.txt")
    assert (one["item"], one["text"]) == ("answer", "Por quê?")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("Ana Araújo", "q02.x", "--text", "x"), "there is no item 'q02.x' (there are q02.answer)"),
        (("Ana Araújo", "q02.answer"), "an objection has 1 to 4000 characters"),
        (("Ana Araújo", "q02.answer", "--text", "x" * 5000), "an objection has 1 to 4000 characters"),
        (("Bia", "q02.answer", "--text", "x"), "Bia has no grade"),
        (("--file", "none.txt"), "none.txt: cannot be read"),
        (("--file", "empty.txt"), "names no item, or has no text about it"),
        (("--file", "broken.txt"), "is not JSON"),
        (("--answer", "9", "--text", "x", "--by", "y"), "there is no objection 9 (waiting for an answer: none)"),
        (("--answer", "9"), "an answer needs a text and a name"),
    ],
)
def test_what_cannot_be_queued_is_one_line(place, arguments, what):
    """The error says what is wrong and what exists; nothing is saved."""
    (place / "empty.txt").write_text("")
    (place / "broken.txt").write_text("{" * 60_000)
    with pytest.raises(AutograderError) as error:
        command("objection", *arguments)
    assert what in str(error.value)
    assert "\n" not in str(error.value)
    assert command("objection", "--all") == []


def test_an_objection_is_data_wherever_it_is_shown(place):
    """Neither markup nor control characters have an effect."""
    command("objection", "Ana Araújo", "q02.answer", "--text", "[red]\x1b[2J=1+1")
    for arguments in (["objection"], ["history", "Ana Araújo"]):
        shown = CliRunner().invoke(app, arguments).stdout
        assert "\x1b" not in shown
        assert "[red]" in shown


@pytest.mark.parametrize(
    "text", ["Item: q02.answer\n\tsee\tthis", "q02.answer\n see this", "ITEM:q02.answer\nsee this"]
)
def test_a_file_is_read_as_people_write_it(text):
    """The heading in any case, and tabs as spaces."""
    assert parse_objection(text.encode(), "objection.txt") == Wording("q02.answer", "see this", "")
