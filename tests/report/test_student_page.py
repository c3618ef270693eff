"""The student's page: whole pages as text, what each policy reveals, and that no text of a student takes effect."""

import dataclasses
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.grading import grade
from autograder.records import CellOutcome, Detail, Finding, Reason, RunVerdict, Values, Verdict
from autograder.report import student_page, write_student_page
from autograder.report.details import field_text

GOLDEN = Path(__file__).with_name("golden")

BLOCKS = {"p", "h1", "h2", "h3", "h4", "li", "tr", "title"}
# Everything that the template itself writes; anything else came from a submission.
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer", "h1", "h2", "h3", "h4"),
    *("p", "div", "span", "strong", "code", "a", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"),
    *("svg", "circle", "path", "rect"),
}


class Page(HTMLParser):
    """Parse a page as a browser would: its elements, its attributes, and its text, a line per block."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.lines, self.style = set(), [], [""], False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Record the element and its attributes, and begin a line at a block."""
        self.elements.add(tag)
        self.attributes += attrs
        self.style = self.style or tag == "style"
        if tag in BLOCKS:
            self.lines.append("")
        if tag in {"td", "th"}:
            self.lines[-1] += " | "

    def handle_endtag(self, tag):
        """End the line of a block."""
        self.style = self.style and tag != "style"
        if tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data):
        """Collect visible text, without the style sheet."""
        if not self.style:
            self.lines[-1] += data

    @property
    def text(self):
        """The page's text without blank lines."""
        lines = (" ".join(line.split()) for line in self.lines)
        return "\n".join(line for line in lines if line.strip("| ")) + "\n"


@pytest.mark.parametrize("language", ["pt-BR", "en"])
@pytest.mark.parametrize("policy", ["none", "form", "score", "hints", "full"])
def test_whole_page(language, policy, make_grade, make_evidence, titles, justifications):
    """The text of each page equals the reviewed one; UPDATE_GOLDEN=1 stores today's instead."""
    html = student_page(make_grade(language=language), make_evidence(), policy, titles[language], justifications)
    golden = GOLDEN / f"{policy}.{language}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(Page(html).text, encoding="utf-8")
    assert Page(html).text == golden.read_text(encoding="utf-8")


def secrets(grade):
    """Return what only the key reveals: expectations that are not public."""
    reasons = [reason for finding in grade.findings for reason in finding.reasons]
    said = [field_text(reason.expected, "en") for reason in reasons if reason.expected and not reason.public]
    return {text for text in said if len(text) > 2}


@pytest.mark.parametrize("policy", ["none", "form", "score", "hints"])
def test_the_key_is_on_no_page_but_a_full_one(policy, make_grade, make_evidence, titles, justifications):
    """No number, letter or justification of the key is shown before it is released."""
    grade = make_grade(language="en")
    text = Page(student_page(grade, make_evidence(), policy, titles["en"], justifications)).text
    assert secrets(grade) == {"0.6805", "zero_one", "hinge", "2.1 to 5.4"}
    assert "0.6805" not in text
    assert "2.1 to 5.4" not in text
    assert "The right one is" not in text
    assert "<para>" not in text
    full = Page(student_page(grade, make_evidence(), "full", titles["en"], justifications)).text
    assert all(word in full for word in ("0.6805", "2.1 to 5.4", "The right one is c.", "<para>"))


@pytest.mark.parametrize("policy", ["none", "score"])
def test_points_alone_means_points_alone(policy, make_grade, make_evidence, titles):
    """Under `score` no item, value or error is named; under `none` no points either."""
    text = Page(student_page(make_grade(), make_evidence(), policy, titles["pt-BR"])).text
    for word in ("Treinamento A", "q01_losses", "NameError", "incorreto"):
        assert word not in text
    assert ("1,65" in text) is (policy == "score")


@pytest.mark.parametrize("policy", ["none", "form", "score", "hints", "full"])
def test_what_is_for_the_instructor_alone_is_on_no_page(policy, make_grade, make_evidence, titles):
    """A flag for the instructor is not shown to its student."""
    html = student_page(make_grade(language="en"), make_evidence(), policy, titles["en"])
    assert "no training of this notebook" not in html
    assert "untrained" not in html
    assert "PASS" not in Page(html).text


def test_public_expectations_are_hints(make_grade, make_evidence, titles):
    """What the assignment's own text requests is shown, so that a student can correct it."""
    text = Page(student_page(make_grade(language="en"), make_evidence(), "hints", titles["en"])).text
    assert "you have 11: 0.02, and 11: 0.0190246 is asked for." in text


def test_one_sentence_is_said_once(make_grade, make_evidence, titles):
    """A dead network raises a flag for each of its four numbers and is explained once."""
    text = Page(student_page(make_grade(language="en"), make_evidence(), "hints", titles["en"])).text
    assert text.count("the network dies early") == 1


def test_no_grade_is_no_zero(make_grade, make_evidence, titles):
    """A fault of the grader is shown as such: no points, no verdicts, nothing for the student to do."""
    grade = make_grade(
        language="en",
        points=None,
        run_verdict=RunVerdict.INTERNAL,
        run_detail=Detail.of("error", error="OSError: /srv/x"),
        flags=(),
    )
    text = Page(student_page(grade, make_evidence(), "full", titles["en"])).text
    assert "There is no grade yet" in text
    assert "will be repeated" in text
    assert "/srv/x" not in text
    assert " 0 of" not in text


def test_one_undecided_item_leaves_its_question_open_and_the_others_shown(make_grade, make_evidence, titles):
    """Known results are shown; an undecided item has no points, and the details of our fault are not shown."""
    broken = Finding("answer", "q02", Verdict.INTERNAL, 0.0, 1.0, (Reason("internal.error", found="KeyError"),))
    findings = tuple(broken if one.question == "q02" else one for one in make_grade().findings)
    text = Page(student_page(make_grade(findings=findings, points=None, language="en"), None, "hints", {})).text
    assert "There is no grade yet" in text
    assert "q02 | | – of 1" in text  # noqa: RUF001 (a dash stands for no number)
    assert "answer open, because of a problem on our side – of 1" in text  # noqa: RUF001
    assert "KeyError" not in text
    assert "0.6 of 1" in text


def test_practice_data_are_said_on_the_page(make_grade, titles):
    """So that a rehearsal is not taken for a grade."""
    assert "rehearsal" in Page(student_page(make_grade(language="en", data="practice"), None, "score", {})).text


def test_cells_are_bounded_and_those_not_reached_are_one_line(make_grade, make_evidence):
    """A notebook of a thousand failing cells does not give a page of a thousand lines."""
    cells = [CellOutcome(index, "error", 0.1, f"ValueError: {index}") for index in range(1000)]
    text = Page(student_page(make_grade(language="en"), make_evidence(*cells), "hints", {})).text
    assert text.count("ValueError") == 40
    assert "and 960 more." in text


def test_a_policy_that_does_not_exist_is_named(make_grade):
    """A mistyped policy does not reveal more than intended."""
    with pytest.raises(UsageError, match="'Full' is not a feedback policy"):
        student_page(make_grade(), None, "Full", {})


HOSTILE = "</code></style><script>alert(1)</script><img src=x onerror=alert(1)> \" ' {{ 7*7 }} {% raw %} &lt;b&gt; <!--"


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_nothing_of_a_students_comes_alive(language, make_grade, make_evidence):
    """Markup in names, values, errors, titles and justifications is shown as text, without elements or addresses."""
    reasons = tuple(
        Reason(code, HOSTILE, HOSTILE, HOSTILE) for code in ("choice.wrong", "value.malformed", "close.outside")
    )
    finding = Finding(HOSTILE, "q01", Verdict.FAIL, 0.0, 1.0, reasons, (Reason("claimed.used", HOSTILE, HOSTILE),))
    other = dataclasses.replace(finding, question='q"><script>', item="x")
    grade = make_grade(
        language=language,
        student=HOSTILE,
        notebook_sha256=HOSTILE,
        run_detail=Detail.of("ended.protocol", error=HOSTILE),
        findings=(finding, other),
    )
    cells = (CellOutcome(3, "error", 0.1, HOSTILE), CellOutcome(4, "timeout", 0.1, HOSTILE))
    html = student_page(grade, make_evidence(*cells), "full", {"q01": HOSTILE}, {"q01": [(HOSTILE, HOSTILE)]})
    page = Page(html)
    assert page.elements <= ELEMENTS
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert {name for name, _ in page.attributes} & {"src", "action", "srcdoc", "formaction"} == set()
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert page.text.count("{{ 7*7 }}") > 8
    assert "<script" not in html


def test_a_page_needs_nothing_but_itself(make_grade, make_evidence, titles):
    """It has no script, address or external font, and its policy tells browsers so."""
    html = student_page(make_grade(), make_evidence(), "full", titles["pt-BR"])
    assert "http" not in html.replace("http-equiv", "")
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_a_page_says_its_language_and_never_speaks_by_colour_alone(language, make_grade, make_evidence, titles):
    """Screen readers know its language, drawings are hidden from them, and each verdict is a word."""
    page = Page(student_page(make_grade(language=language), make_evidence(), "hints", titles[language]))
    assert ("lang", language) in page.attributes
    drawings = [name for name, _ in page.attributes].count("viewbox")
    assert drawings == page.attributes.count(("aria-hidden", "true"))
    words = {"pt-BR": ("correto", "incorreto", "não entregue", "formato inválido")}.get(
        language, ("right", "not right", "not handed in", "wrong format")
    )
    assert all(word in page.text for word in words)


def test_the_file_is_named_after_the_student_and_replaces_the_one_before(tmp_path, make_grade):
    """A new page replaces the old one, and no other file is left in the folder."""
    first = write_student_page(tmp_path, make_grade(student="ana"), None, "none", {})
    second = write_student_page(tmp_path, make_grade(student="ana"), None, "score", {})
    assert first == second == tmp_path / "ana.html"
    assert [file.name for file in tmp_path.iterdir()] == ["ana.html"]
    assert "1,65" in first.read_text(encoding="utf-8")


PENDING = Finding(
    "recipe_a", "q07", Verdict.REVIEW, 0.0, 0.2, (Reason("training.unattested"), Reason("review.pending"))
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pt-BR", ("0 de 0,2; 0,2 em revisão", "Uma pessoa vai avaliar", "em revisão")),
        ("en", ("0 of 0.2; 0.2 pending", "A person will look", "pending: a person")),
    ],
)
def test_pending_points_are_told_apart_and_never_red(make_grade, titles, language, said):
    """The page says how much is pending and that a person will look, without any sign of a mistake."""
    grade = make_grade(language=language, points=0.0, points_possible=0.2, findings=(PENDING,), flags=())
    html = student_page(grade, None, "hints", titles[language])
    assert all(text in Page(html).text for text in said)
    assert 'class="symbol review"' in html
    assert 'class="symbol fail"' not in html


def test_pending_points_are_told_under_score_as_well(make_grade, titles):
    """If items are not shown, the total and the question say so."""
    grade = make_grade(language="en", points=0.0, points_possible=0.2, findings=(PENDING,), flags=())
    text = Page(student_page(grade, None, "score", titles["en"])).text
    assert text.count("0.2 pending") == 2
    assert "A person will look" in text


def test_what_depends_on_a_failed_cell_stands_beside_it(make_evidence, key_spec, baseline):
    """A student sees which answers a failed cell cost, and which cells failed because of it."""
    cells = (
        CellOutcome(2, "error", error="IndexError: list index out of range", unassigned=("q02_answer",)),
        CellOutcome(4, "error", error="NameError: x", lacks_cell=2),
    )
    right = make_evidence()
    given = {name: value for name, value in right.executed.given.items() if name != "q02_answer"}
    evidence = dataclasses.replace(right, executed=Values(given, {}), cells=cells, run_detail=None, language="en")
    page = student_page(grade(evidence, key_spec, baseline), evidence, "form", {})
    assert "without a value because of it: q02_answer; cells that failed because of it: 5." in page


@pytest.mark.parametrize(("language", "said"), [("en", "not counted"), ("pt-BR", "não conta")])
@pytest.mark.parametrize("code", ["numbers.required", "training.unseen", "training.foreign", "training.unattested"])
def test_an_item_whose_numbers_are_unproven_is_not_called_wrong(make_grade, language, said, code):
    """Its letter was not compared with the key and may be right, so no page under `hints` says that it is wrong."""
    finding = Finding("answer", "q01", Verdict.FAIL, 0.0, 1.0, (Reason(code, "q01_losses", public=True),))
    page = student_page(make_grade(language=language, findings=(finding,)), None, "hints", {})
    text = Page(page).text
    assert f"answer {said} 0 " in text
    assert "not right" not in text
    assert "incorreto" not in text
    assert 'class="symbol fail"' not in page
