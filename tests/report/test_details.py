"""The catalogue of details: complete in both languages, matching the fields of each code, safe with hostile texts."""

from __future__ import annotations

import ast
import itertools
import string
from pathlib import Path

import pytest

import autograder
from autograder.evidence import conform
from autograder.records import VOCABULARY, Detail, admit_detail, from_json, to_json
from autograder.report import detail_text
from autograder.report.phrases import PHRASES
from autograder.report.refusal_phrases import REMEDIES
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, WordsShape

LANGUAGES = ("pt-BR", "en")
NESTED = Detail("found.list")
EXAMPLES = {str: "swirl", int: 1_234, float: 1_234.5, tuple: ("squared", "hinge"), object: NESTED}
PACKAGE = Path(autograder.__file__).parent


def example(code: str) -> Detail:
    """Return a detail of a code."""
    return Detail(code, {name: EXAMPLES[kind] for name, kind in VOCABULARY[code].items()})


def blanks(template: str) -> set[str]:
    """Return the names of the blanks of a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_code_has_phrases_and_no_phrase_is_without_a_code():
    """No stage can use a code for which the report has no words."""
    assert set(PHRASES) == set(VOCABULARY)


@pytest.mark.parametrize("code", VOCABULARY)
def test_both_languages_tell_every_field(code):
    """Each blank is filled by a field, and each field is used."""
    phrases = [PHRASES[code], *([REMEDIES[code]] if code in REMEDIES else [])]
    for language in LANGUAGES:
        told = {blank for phrase in phrases for blank in blanks(phrase.template(language))}
        assert told == set(VOCABULARY[code])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", VOCABULARY)
def test_every_code_is_said_whole(code, language):
    """No brace or code is left in the text."""
    said = detail_text(example(code), language)
    assert said
    assert not {"{", "}"} & set(said)
    assert code not in said


@pytest.mark.parametrize("code", VOCABULARY)
def test_a_detail_is_equal_after_json(code):
    """Stored details are unchanged, and equal details are interchangeable."""
    detail = example(code)
    again = from_json(Detail, to_json(detail))
    assert (again, hash(again)) == (detail, hash(detail))


def _constructed() -> list[tuple[str, str, set[str] | None]]:
    """Return place, code and fields of every detail that the package creates; None if the fields are not literal."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            made = ast.unparse(node.func)
            first = node.args[0]
            if made in {"Detail", "Detail.of"} and isinstance(first, ast.Constant):
                fields = {keyword.arg for keyword in node.keywords}
                found.append((f"{path.name}:{node.lineno}", first.value, fields))
            elif made == "unsupported" and isinstance(first, ast.Constant):
                names = [keyword.arg for keyword in node.keywords]
                fields = None if None in names else set(names)
                found.append((f"{path.name}:{node.lineno}", f"unsupported.{first.value}", fields))
    return found


@pytest.mark.parametrize(("place", "code", "fields"), _constructed(), ids=itertools.count())
def test_every_detail_that_is_made_has_the_fields_of_its_code(place, code, fields):
    """A misspelt code or forgotten field is detected here."""
    assert code in VOCABULARY, place
    assert fields is None or fields == set(VOCABULARY[code]), place


HOSTILE = "<b onclick=x>\x1b[2J\u202e{error}{0.__class__}%s\n" + "x" * 9_999


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_type_name_stays_inert(language):
    """A class may have any name: the text is one short line without control characters or filled blanks."""
    value = {"$unsupported": {"code": "unsupported.class", "fields": {"name": HOSTILE, "module": HOSTILE}}}
    _, faults = conform("q01_x", value, NumberShape(type="number"))
    said = detail_text(faults["q01_x"], language)
    assert said.isprintable()
    assert len(said) < 500
    assert "{error}{0.__class__}%s" in said


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "unsupported.nesting",
        {"code": "unsupported.nesting"},
        {"code": "unsupported.nesting", "fields": {}, "more": 1},
        {"code": ["unsupported.nesting"], "fields": {}},
        {"code": "unsupported.nesting", "fields": {"bits": 1}},
        {"code": "unsupported.integer", "fields": {"bits": True}},
        {"code": "unsupported.integer", "fields": {"bits": "many"}},
        {"code": "value.element", "fields": {"index": 1, "fault": {"code": "found.list", "fields": {}}}},
        {"code": "limit.memory", "fields": {"mebibytes": 1}},
    ],
)
def test_a_forged_detail_is_none(forged):
    """An untrusted process can only use the payload's codes in the payload's form."""
    assert admit_detail(forged, [code for code in VOCABULARY if code.startswith(("unsupported.", "value."))]) is None


def test_a_code_of_another_version_is_shown_as_it_is():
    """Old gradebooks remain readable."""
    assert detail_text(Detail.of("swirl.lost", turns=3), "pt-BR") == "swirl.lost (turns: 3)"
    assert detail_text(Detail("limit.memory"), "en") == "limit.memory"


NUMBERS = NumbersShape(type="numbers", length=3)
LETTER = LetterShape(type="letter", options="abcd")
WORDS = WordsShape(type="words", words=("hinge", "squared"), length=2)
MAP = MapShape(type="map", keys=("A", "B"), of=NUMBERS)


@pytest.mark.parametrize(
    ("shape", "value", "portuguese"),
    [
        (NUMBERS, [1, "a", []], "[1]: um texto em vez de um número (e mais 1 assim)"),
        (NUMBERS, [0.5] * 1_200, "1.200 números em vez de 3"),
        (LETTER, "e", "'e' em vez de uma das letras a, b, c, d"),
        (LETTER, ["c", "d"], "uma lista em vez de uma das letras a, b, c, d, o que pode ser lido de mais de um modo"),
        (WORDS, ["hinge", "hinge"], "hinge aparece duas vezes"),
        (
            WORDS,
            ["hinge", "swirl"],
            "'swirl' em vez de uma destas palavras: hinge, squared, o que pode ser lido de mais de um modo",
        ),
        (MAP, {"C": 1}, "não há nenhuma das chaves A, B; há C"),
        (MAP, {"A": [1, 2, 3]}, "falta este valor"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_portuguese(shape, value, portuguese):
    """Nested details form one clause, in the order of the reader's language."""
    _, faults = conform("q01_x", value, shape)
    assert [detail_text(fault, "pt-BR") for fault in faults.values()] == [portuguese]


@pytest.mark.parametrize(
    ("detail", "portuguese"),
    [
        (
            Detail.of("time.cell", cell=30, seconds=1200.0),
            "a célula 31 levou mais de 1.200 s e não pôde ser interrompida",
        ),
        (Detail.of("time.notebook", seconds=0.5), "o notebook levou mais de 0,5 s"),
        (Detail.of("limit.memory", mebibytes=4096), "mais de 4.096 MiB de memória"),
        (
            Detail.of("ended.in_cell", how=Detail.of("ended.signal", signal="SIGSEGV"), cell=4),
            "o processo foi morto pelo sinal SIGSEGV, na célula 5",
        ),
    ],
)
def test_why_a_run_ended_is_said_in_the_readers_language_and_count(detail, portuguese):
    """Cells are counted from 1 on a page, and numbers have the reader's separators."""
    assert detail_text(detail, "pt-BR") == portuguese
