"""The catalogue of sentences: complete, in both languages, and without what must not be revealed."""

import re

import pytest

from autograder.records import Detail, Reason
from autograder.report import is_for_student, sentence
from autograder.report.sentences import sentence_parts
from autograder.rubric.checks import MESSAGES

CODES = sorted(MESSAGES)
LANGUAGES = ("pt-BR", "en")


@pytest.mark.parametrize("code", CODES)
def test_the_two_languages_say_the_same_things(code):
    """Both sentences have the same blanks, optional or required alike."""
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
    """No bracket, brace, double space or stray comma is left by an empty blank."""
    for subject in ("", "q07_history.B.loss") if code.startswith(("recipe.", "claimed.")) else ("q07_history.B.loss",):
        said = sentence(Reason(code, subject, found, expected), language, reveal=True)
        assert not re.search(r"[\[\]{}]|  | [,.;:]|[,;:]\.|^\W", said), said
        assert said.endswith(".")
        assert said[0].isupper() or said.startswith(("q07", "loss"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_what_was_expected_is_said_only_when_it_may_be(code, language):
    """A secret expectation is in no sentence unless revealed; a public one always is."""
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
    """A person looks into a suspicion before the student is told."""
    assert not is_for_student(Reason(code))


@pytest.mark.parametrize("code", ["network.dead", "claimed.used", "claimed.accepted", "claimed.review"])
def test_what_a_student_needs_to_know_is_for_students(code):
    """An unusual reason for a mark is explained."""
    assert is_for_student(Reason(code))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["PASS", "FAIL"])
def test_a_review_does_not_tell_how_it_would_end(language, verdict):
    """A student whose saved values are pending cannot tell which of them are right."""
    assert sentence(Reason("claimed.review", found=verdict), language, reveal=False) == sentence(
        Reason("claimed.review"), language, reveal=False
    )


def test_a_code_of_another_version_is_shown_as_it_is():
    """Old gradebooks remain readable, and unknown codes are not shown to students."""
    reason = Reason("swirl.wrong", "q11_swirl", "3", "4")
    assert sentence(reason, "en", reveal=True) == "swirl.wrong: q11_swirl: 3; expected: 4"
    assert not is_for_student(reason)


def test_blanks_are_never_read_as_templates():
    """Braces and brackets in a student's value are unchanged."""
    said = sentence(Reason("choice.wrong", "", "{expected}[x]", "c"), "en", reveal=False)
    assert said == "The option {expected}[x] is not the right one."


def test_words_from_a_submission_are_marked_as_quoted():
    """A page can distinguish quoted words from ours."""
    parts = sentence_parts(Reason("choice.wrong", "", "b", "c"), "pt-BR", reveal=True)
    assert [part.text for part in parts if part.quoted] == ["b", "c"]


def test_a_detail_is_said_in_words_of_ours_and_not_quoted():
    """Quoted words come from a submission or a rubric; a detail does not."""
    missed = Reason("value.malformed", "q01_x", Detail.of("value.number_count", count=1_200, due=50))
    parts = sentence_parts(missed, "pt-BR", reveal=False)
    assert [part.text for part in parts if part.quoted] == ["q01_x"]
    assert sentence(missed, "pt-BR", reveal=False) == "q01_x não está no formato pedido: 1.200 números em vez de 50."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt-BR", "você obteve 50,5, e a faixa vai de 10,25 a 1.040."),
        ("en", "you have 50.5, and the range is 10.25 to 1,040."),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(language, said):
    """1.040 means a thousand and forty to some readers, and about one to others."""
    allowed = Detail.of("interval.range", lower=10.25, upper=1040.0)
    assert sentence(Reason("interval.outside", "q08_mse.2", 50.5, allowed), language, reveal=True).endswith(said)
