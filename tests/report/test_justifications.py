"""Justifications of options: read from the reference's file, selected by the key and the student's own letter."""

import dataclasses
from pathlib import Path

import pytest

from autograder.errors import ConfigurationError
from autograder.records import Values
from autograder.report import justified, read_justifications, untranslated
from autograder.rubric import load

TEXTS = {"q01": {"en": {"a": "A is wrong.", "b": "B is right.", "c": "C is wrong."}}}


@pytest.fixture
def questions():
    """Read the questions of the small rubric, whose key is b."""
    return load(Path(__file__).parents[1] / "tiny.yml").questions


@pytest.fixture
def read(tmp_path, questions):
    """Return a function that reads a file of this text."""

    def reader(text):
        (tmp_path / "justifications.yml").write_text(text, encoding="utf-8")
        return read_justifications(tmp_path, questions)

    return reader


@pytest.mark.parametrize(
    ("executed", "claimed", "letters"),
    [
        pytest.param("b", None, "b", id="the key"),
        pytest.param("c", None, "bc", id="another"),
        pytest.param(None, "a", "ba", id="of the student's own run"),
        pytest.param("b", "c", "b", id="the executed one counts"),
        pytest.param("d", None, "b", id="one without a text"),
        pytest.param(None, None, "b", id="none"),
    ],
)
def test_the_key_is_told_and_the_students_own_letter_where_it_is_another(
    questions, make_evidence, executed, claimed, letters
):
    """The key comes first; other options are not shown."""
    given = [Values({} if letter is None else {"q01_answer": letter}, {}) for letter in (executed, claimed)]
    evidence = dataclasses.replace(make_evidence(), executed=given[0], claimed=given[1])
    expected = tuple((letter, TEXTS["q01"]["en"][letter]) for letter in letters)
    assert justified(TEXTS, questions, "en", evidence) == {"q01": expected}


def test_what_the_file_does_not_say_is_not_told(questions, make_evidence):
    """Without the language, or without a file, the question has no such part, and nothing fails."""
    assert justified(TEXTS, questions, "pt-BR", make_evidence()) == {"q01": ()}
    assert justified({}, questions, "en", None) == {"q01": ()}


@pytest.mark.parametrize(
    ("texts", "lacking"),
    [
        pytest.param({}, [], id="no file"),
        pytest.param({"en": {"a": "A.", "b": "B."}}, ["q01 has no text in pt-BR for a, b"], id="a language"),
        pytest.param({"en": {"a": "A."}, "pt-BR": {"b": "B."}}, [
            "q01 has no text in en for b", "q01 has no text in pt-BR for a"
        ], id="letters"),
        pytest.param({"en": {"a": "A."}, "pt-BR": {"a": "A."}}, [], id="whole"),
    ],
)  # fmt: skip
def test_what_one_language_lacks_is_named(texts, lacking):
    """A page in a language without a text would show no reason, so the question and its letters are named."""
    assert list(untranslated({"q01": texts} if texts else {}, ["en", "pt-BR"])) == lacking


def test_an_assignment_needs_no_such_file(tmp_path, questions):
    """Without it nothing is shown."""
    assert read_justifications(tmp_path, questions) == {}


def test_the_file_of_this_assignment_is_read(root):
    """Every text of it arrives."""
    found = read_justifications(root / "reference", load(root / "grading.yml").questions)
    assert [len(texts) for languages in found.values() for texts in languages.values()] == [4] * 20


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("q02: {en: {a: x}}", ":1: q02: there is no such question", id="question"),
        pytest.param("q01: x", ":1: q01: holds no languages", id="languages"),
        pytest.param("q01:\n  fr: {a: x}", ":2: q01.fr: is no language of pages: pt-BR or en", id="language"),
        pytest.param("q01:\n  en: x", ":2: q01.en: holds no letters", id="letters"),
        pytest.param("q01:\n  en:\n    e: x", ":3: q01.en.e: is no option of this question", id="letter"),
        pytest.param("q01:\n  en:\n    a: 7", ":3: q01.en.a: holds no text", id="number"),
        pytest.param("q01:\n  en:\n    a: ' '", ":3: q01.en.a: holds no text", id="blank"),
    ],
)
def test_a_file_that_does_not_fit_is_named_with_the_line(read, text, fault):
    """No one has to search forty texts for a mistake."""
    with pytest.raises(ConfigurationError, match="does not fit the questions") as raised:
        read(text)
    assert raised.value.faults == (f"justifications.yml{fault}",)


@pytest.mark.parametrize("text", ["- q01", "q01: {", "q01: \x07"])
def test_a_file_that_is_no_yaml_of_ours_is_one_line(read, text):
    """The error is a one-line ConfigurationError, not a traceback."""
    with pytest.raises(ConfigurationError, match=r"justifications\.yml"):
        read(text)
