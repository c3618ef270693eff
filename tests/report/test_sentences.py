"""The catalogue of sentences: complete, in both languages, and silent on what may not be said."""

import re

import pytest

from autograder.evidence import conform
from autograder.grading import reasons
from autograder.records import Reason
from autograder.report import is_for_student, sentence
from autograder.report.clauses import in_portuguese, why_it_ended
from autograder.report.messages import MESSAGES
from autograder.report.sentences import sentence_parts
from autograder.spec.shapes import LetterShape, MapShape, NumberShape, NumbersShape, WordsShape

CODES = sorted({*reasons.REASONS, *reasons.FLAGS})
LANGUAGES = ("pt-BR", "en")


def test_every_code_of_grading_has_its_sentences_and_no_sentence_is_without_a_code():
    """Grading cannot give a reason that the report has no words for."""
    assert set(MESSAGES) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_two_languages_say_the_same_things(code):
    """Both sentences have the same blanks, as optional or as needed as in the other."""
    message = MESSAGES[code]
    assert message.portuguese != message.english
    needed, optional = (
        [sorted(re.findall(pattern, text)) for text in (message.portuguese, message.english)]
        for pattern in (r"\{\w+\}", r"\[[^\]]*\{(\w+)\}[^\]]*\]")
    )
    assert needed[0] == needed[1]
    assert optional[0] == optional[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("found", ["", "7.25"])
@pytest.mark.parametrize("expected", ["", "8.5"])
def test_a_sentence_is_whole_whatever_is_left_out(code, language, found, expected):
    """No bracket, brace, doubled blank or stray comma is left where a blank was empty."""
    for subject in ("", "q07_history.B.loss") if code.startswith(("recipe.", "claimed.")) else ("q07_history.B.loss",):
        said = sentence(Reason(code, subject, found, expected), language, reveal=True)
        assert not re.search(r"[\[\]{}]|  | [,.;:]|[,;:]\.|^\W", said), said
        assert said.endswith(".")
        assert said[0].isupper() or said.startswith("q07")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_what_was_expected_is_said_only_when_it_may_be(code, language):
    """Without leave, a secret expectation is in no sentence; a public one is."""
    secret = Reason(code, "q07_history.B.loss", "7.25", "the-secret")
    public = Reason(code, "q07_history.B.loss", "7.25", "the-secret", public=True)
    assert "the-secret" not in sentence(secret, language, reveal=False)
    if "{expected}" in MESSAGES[code].english:
        assert "the-secret" in sentence(secret, language, reveal=True)
        assert "the-secret" in sentence(public, language, reveal=False)


@pytest.mark.parametrize(
    "code",
    [
        "numbers.untrained",
        "claimed.differs",
        "journal.refused",
        "interval.few_runs",
        "choice.defensible",
        "numbers.predicted",
        "run.incomplete",
    ],
)
def test_what_an_instructor_is_to_look_into_is_not_for_students(code):
    """A suspicion is looked into by a person before it is said to anybody."""
    assert not is_for_student(Reason(code))


@pytest.mark.parametrize("code", ["network.dead", "claimed.used", "claimed.accepted", "claimed.review"])
def test_what_a_student_needs_to_know_is_for_students(code):
    """How a mark came about that is not the usual one is said."""
    assert is_for_student(Reason(code))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["PASS", "FAIL"])
def test_a_review_does_not_tell_how_it_would_end(language, verdict):
    """A student whose saved values wait for a person cannot read off which of them are right."""
    assert sentence(Reason("claimed.review", found=verdict), language, reveal=False) == sentence(
        Reason("claimed.review"), language, reveal=False
    )


def test_a_code_of_another_version_is_shown_as_it_is():
    """An old gradebook can still be read, and what nobody can judge is not for students."""
    reason = Reason("swirl.wrong", "q11_swirl", "3", "4")
    assert sentence(reason, "en", reveal=True) == "swirl.wrong: q11_swirl: 3; expected: 4"
    assert not is_for_student(reason)


def test_blanks_are_never_read_as_templates():
    """Braces and brackets in a student's value stay what they are."""
    said = sentence(Reason("choice.wrong", "", "{expected}[x]", "c"), "en", reveal=False)
    assert said == "The option {expected}[x] is not the right one."


def test_words_from_a_submission_are_marked_as_quoted():
    """A page can set apart what is quoted from what we say."""
    parts = sentence_parts(Reason("choice.wrong", "", "b", "c"), "pt-BR", reveal=True)
    assert [part.text for part in parts if part.quoted] == ["b", "c"]


NUMBERS = NumbersShape(type="numbers", length=3)
LETTER = LetterShape(type="letter", options="abcd")
WORDS = WordsShape(type="words", words=("hinge", "squared"), length=2)
MAP = MapShape(type="map", keys=("A", "B"), of=NUMBERS)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        pytest.param(NumberShape(type="number"), "seven", id="text for a number"),
        pytest.param(NumberShape(type="number"), True, id="bool for a number"),
        pytest.param(NumberShape(type="number"), 1e300, id="too large"),
        pytest.param(NumberShape(type="number"), {"$unsupported": "not a finite number"}, id="nan"),
        pytest.param(NUMBERS, [1, 2], id="too few"),
        pytest.param(NUMBERS, [1, "a", []], id="some are none"),
        pytest.param(NUMBERS, {"a": 1}, id="a map for a list"),
        pytest.param(NUMBERS, {"$unsupported": "larger than 1,048,576 bytes"}, id="too many bytes"),
        pytest.param(NUMBERS, {"$unsupported": "a DataFrame of pandas"}, id="a table"),
        pytest.param(NUMBERS, {"$unsupported": "an array of object"}, id="an array of objects"),
        pytest.param(MAP, {"$unsupported": "two keys read '2'"}, id="two keys of one name"),
        pytest.param(
            MAP,
            {"$unsupported": "a key is neither text nor a whole number but tuple of builtins"},
            id="a tuple for a key",
        ),
        pytest.param(LETTER, "e", id="no option"),
        pytest.param(LETTER, "а", id="cyrillic"),  # noqa: RUF001 (meant)
        pytest.param(LETTER, ["d"], id="a list for a letter"),
        pytest.param(WORDS, ["hinge", "hinge"], id="a word twice"),
        pytest.param(WORDS, ["hinge", "swirl"], id="no such word"),
        pytest.param(WORDS, ["hinge", 3], id="a number for a word"),
        pytest.param(WORDS, ["hinge"], id="too few words"),
        pytest.param(MAP, {"C": 1}, id="no such keys"),
        pytest.param(MAP, [1], id="a list for a map"),
        pytest.param(MAP, {"A": [1, 2, 3]}, id="a key lacks"),
    ],
)
def test_what_examination_says_of_a_value_has_portuguese_words(shape, value):
    """No student of the Portuguese notebook is told in English how a value missed its form."""
    _, faults = conform("q01_x", value, shape)
    assert faults
    for fault in faults.values():
        said = in_portuguese(fault)
        assert not re.search(r"\b(where|is|are|due|there|the|of|a list|nothing|found|twice)\b", said), said


@pytest.mark.parametrize(
    ("detail", "portuguese"),
    [
        (
            "cell 30 ran longer than 1200 s and could not be interrupted",
            "a célula 31 levou mais de 1200 s e não pôde ser interrompida",
        ),
        ("the notebook ran longer than 2400 s", "o notebook levou mais de 2400 s"),
        ("more than 4096 MiB of memory", "mais de 4096 MiB de memória"),
        ("the process was killed by SIGSEGV in cell 4", "o processo foi morto pelo sinal SIGSEGV, na célula 5"),
        ("the notebook broke the protocol: a frame", "the notebook broke the protocol: a frame"),
    ],
)
def test_why_a_run_ended_is_said_in_the_readers_language_and_count(detail, portuguese):
    """Cells count from 1 on a page; a detail that has no translation is better in English than not at all."""
    assert why_it_ended(detail, "pt-BR") == portuguese
