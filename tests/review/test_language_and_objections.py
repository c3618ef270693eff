"""The review in Portuguese, decisions that are taken back, and a student's own file."""

import pickle
import re
from pathlib import Path
from typing import get_args
from urllib.parse import urlencode

import pytest
from review_class import ALIKE, HOSTILE
from review_visitor import Visitor, served
from typer.testing import CliRunner

from autograder import decisions, objections
from autograder.cli import app
from autograder.errors import InputError
from autograder.gradebook import Gradebook
from autograder.gradebook.history import Kind
from autograder.records import Detail, Refusal, RunVerdict, Verdict
from autograder.review import command_texts, queue_entries, review_actions, review_pages
from autograder.review.review_pages import item_url, submission_url
from autograder.review.review_writing import PORTUGUESE, WRITINGS

BIA, CAIO = ALIKE
BIAS = submission_url(BIA, "q07.recipe_a")
WHY = {"because": "looked at it", "by": "M. Silva"}
# fmt: off
VIEWS = ["/", "/items", item_url("q07.recipe_a"), BIAS, submission_url(BIA),
         submission_url("Ana Lima", "q07.errors_a"),
         submission_url("Érica Nascimento", "q08.answer"), "/regrade", "/release", "/nowhere", "/?kind=settled"]
# fmt: on
ENGLISH = re.compile(
    r"\b(the|of|and|student|students|points|pending|Queue|Regrade|Release|Reason|Decided|flags|Item over|Saved|What|"
    r"When|Why|passed|missing|objection|grading|notebook's|Batch|Weights|cell|cells)\b"
)


@pytest.fixture
def brazilian(place):
    """Visit the page in Portuguese."""
    with served(place, "pt-BR") as address:
        yield Visitor(address)


def read_aloud(page):
    """Return a page's own words: without code, the rubric's text, commands, names and what students wrote."""
    page = re.sub(r"<(pre|code|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>|/tmp/\S+", " ", page.replace(HOSTILE, " "))
    labels = " ".join(re.findall(r'(?:aria-label|alt)="([^"]*)"', page))
    return f"{text} {labels}".replace("autograder", " ")


def test_every_text_of_the_page_has_a_translation_with_the_same_blanks():
    """The templates' texts, those of forms, and every word that a record brings."""
    texts = set()
    for template in review_pages._TEMPLATES.glob("*.html"):
        texts |= set(re.findall(r'(?:\b_|writing\.text)\("([^"]*)"', template.read_text(encoding="utf-8")))
    for module in (queue_entries, command_texts, review_actions, review_pages, decisions, objections):
        source = Path(module.__file__).read_text(encoding="utf-8")
        texts |= set(re.findall(r'(?:plain|InputError)\(\s*"([^"]*)"', source))
    texts |= set(get_args(Kind)) | {one.value.lower() for one in Verdict} | {one.value for one in RunVerdict}
    assert len(texts) > 150
    assert texts - {*PORTUGUESE} == set()
    blanks = re.compile(r"{\w+}")
    assert [one for one, other in PORTUGUESE.items() if {*blanks.findall(one)} != {*blanks.findall(other)}] == []


@pytest.mark.parametrize("path", VIEWS)
def test_no_english_is_left_on_a_page_in_portuguese(brazilian, path):
    """Headings, labels, reasons, times; numbers have a decimal comma."""
    page = brazilian.get(path).page
    assert '<html lang="pt-BR">' in page
    said = read_aloud(page)
    assert ENGLISH.findall(said) == [], said
    assert not re.search(r"\d\.\d(?!\d\d)", re.sub(r"\d+\.\d+\.\d+", " ", said))


def test_a_link_switches_the_language_of_the_page_at_hand(visitor):
    """It stays so on every other page, and leads to no other server."""
    page = visitor.get(BIAS).page
    switch = re.search(r'href="(/language\?[^"]*)"', page).group(1).replace("&amp;", "&")
    there = visitor.get(switch)
    assert (there.status, there.headers["location"]) == (303, BIAS)
    assert '<html lang="pt-BR">' in visitor.get("/items").page
    outside = visitor.get("/language?" + urlencode({"to": "en", "back": "//example.org"}))
    assert outside.headers["location"] == "/"
    assert '<html lang="en">' in visitor.get("/items").page
    visitor.get("/language?to=xx")
    assert '<html lang="en">' in visitor.get("/items").page


def test_a_form_in_portuguese_takes_a_comma_and_tells_what_it_lacks(brazilian, place):
    """The number stands in the field as it is typed in Brazil."""
    form = brazilian.form(submission_url("Ana Lima", "q02.answer"), "Dar pontos à mão: ")
    refused = brazilian.send(form, points="dois", **WHY)
    assert (refused.status, "'dois' não é um número de pontos (escreva 0,5)" in refused.read.text) == (400, True)
    assert "falta o motivo" in brazilian.send(form, points="0,5", by="M. Silva").read.text
    assert brazilian.send(form, points="0,5", **WHY).status == 200
    with Gradebook.in_folder(place / "grades") as book:
        assert [one.points for one in book.overrides()["Ana Lima"]] == [0.5]
    fields = dict(brazilian.form(submission_url("Ana Lima", "q02.answer"), "Dar pontos à mão: ")["fields"])
    assert fields["points"] == "0,5"


def test_a_refusal_is_told_in_the_language_of_the_page(brazilian, place):
    """On the student's page, in the queue and in the history."""
    with Gradebook.in_folder(place / "grades") as book:
        book.refuse([Refusal("Zoe", "zoe.ipynb", Detail.of("refused.conflict", line=1234))])
    for path in (submission_url("Zoe"), "/?kind=refused"):
        assert "tem marcas de conflito do git na linha 1.234" in brazilian.get(path).page


def test_a_decision_is_taken_back_and_the_one_before_it_counts_again(visitor, place):
    """It stays in the history, and cannot be taken back twice."""
    for points in ("0.1", "0"):
        visitor.send(visitor.form(BIAS, "Give points by hand: "), points=points, **WHY)
    label = [one["label"] for one in visitor.get(BIAS).read.forms if one["action"] == "/act/undo"][-1]
    form = visitor.form(BIAS, label)
    assert visitor.send(form, because="", by="").status == 400
    page = visitor.send(form, because="wrong student", by="A. Reis")
    assert (page.status, "wrong student" in page.page, "takes back event" in page.page) == (200, True, True)
    with Gradebook.in_folder(place / "grades") as book:
        assert [one.points for one in book.overrides()[BIA]] == [0.1]
        number = book.history(BIA)[-1].undone
    assert visitor.send(form, because="again", by="A. Reis").status == 409
    fields = [(name, value) for name, value in form["fields"] if name != "seen"]
    with Gradebook.in_folder(place / "grades") as book:
        fields.append(("seen", str(book.last_event())))
    again = visitor.post("/act/undo", [*[(n, v) for n, v in fields if n not in WHY], *WHY.items()])
    assert (again.status, f"event {number} was taken back before" in again.read.text) == (400, True)


def test_an_answer_and_an_objection_are_taken_back(visitor, place):
    """Without its answer an objection waits again; a withdrawn one needs none any more."""
    visitor.send(visitor.form(BIAS, "File an objection of the student's"), text="It is the same.")
    with Gradebook.in_folder(place / "grades") as book:
        [number] = [one.number for one in book.objections()]
    visitor.send(visitor.form(BIAS, f"Answer objection {number}"), text="Wrong.", by="M. Silva")
    assert "It is the same." not in visitor.get("/?kind=objection").page
    with Gradebook.in_folder(place / "grades") as book:
        answer = book.history(BIA)[-1].number
    visitor.send(visitor.form(BIAS, f"Take back event {answer}"), **WHY)
    assert "It is the same." in visitor.get("/?kind=objection").page
    visitor.send(visitor.form(BIAS, f"Answer objection {number}"), text="Right.", by="M. Silva")
    visitor.send(visitor.form(BIAS, f"Take back event {number}"), **WHY)
    assert "It is the same." not in visitor.get("/?kind=objection").page
    assert "withdrawn" in visitor.get("/?kind=settled").page
    with Gradebook.in_folder(place / "grades") as book:
        assert [one.standing for one in book.objections()] == ["withdrawn"]
        assert [event.kind for event in book.history(BIA)][-5:] == ["objection", "answer", "undo", "answer", "undo"]


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        pytest.param(b"q07.recipe_a\nMinha rede \xc3\xa9 a mesma.", 200, "Minha rede é a mesma.", id="text"),
        pytest.param(b'{"item": "q07.recipe_a", "text": "the same", "student": "bia souza"}', 200, "the same", id="x"),
        pytest.param(b'{"item": "q07.recipe_a", "text": "x", "student": "Ana Lima"}', 400, "another", id="Ana's"),
        pytest.param(b'{"item": ', 400, "is not JSON", id="cut off"),
        pytest.param(b"q07.recipe_a", 400, "has no text about it", id="no text"),
        pytest.param(b"q99.answer\nwhy", 400, "there is no item 'q99.answer'", id="no item"),
        pytest.param(b"q07.recipe_a\n" + b"x" * 70_000, 400, "is larger than 64 KiB", id="too large"),
        pytest.param(b"", 400, "the file is missing", id="empty"),
    ],
)  # fmt: skip
def test_a_students_own_file_is_taken_as_the_command_takes_it(visitor, place, content, status, said):
    """Item and text come from the file; what is wrong with it is told in one line."""
    form = visitor.form(submission_url(BIA), "File the student's own file")
    fields = [(name, value) for name, value in form["fields"] if name != "file"]
    page = visitor.upload("/act/objection-file", fields, ("file", "bia.json", content))
    if page.status == 303:
        page = visitor.get(page.headers["location"])
    assert (page.status, said in page.page or said in page.read.text) == (status, True), page.read.text
    with Gradebook.in_folder(place / "grades") as book:
        assert len(book.objections()) == (status == 200)


@pytest.mark.slow
def test_a_new_key_that_the_reference_runs_contradict_is_warned_of(visitor, place):
    """Before it is applied, on the page and by the command; under the old rubric nothing is said."""
    rubric = place / "grading.yml"
    said = "the runs support option b"
    assert said not in visitor.get("/regrade").read.text
    text = rubric.read_text(encoding="utf-8")
    rubric.write_text(re.sub(r"(value: q07_answer,? *\s*key: )b", r"\1a", text), encoding="utf-8")
    assert rubric.read_text(encoding="utf-8") != text
    assert said in visitor.get("/regrade").read.text
    visitor.get("/language?to=pt-BR")
    assert "as execuções apoiam a alternativa b" in visitor.get("/regrade").read.text
    done = CliRunner().invoke(app, ["regrade", "--config", str(rubric), "--out", str(place / "grades")])
    assert (done.exit_code, said in done.stderr) == (0, True), done.output


def test_an_error_about_input_is_told_in_the_pages_language():
    """With its remedy, and numbers as the language writes them; also after a process has passed it on."""
    error = InputError("{item} is worth 0 to {most} points, not {points}", item="q07.answer", most=0.5, points=2.0)
    error = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own object, made a line ago)
    assert str(error) == "q07.answer is worth 0 to 0.5 points, not 2"
    assert WRITINGS["pt-BR"].error(error) == "q07.answer vale de 0 a 0,5 pontos, não 2"
