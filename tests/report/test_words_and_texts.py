"""Paths in words, Markdown as safe HTML, the texts of options, and titles equal to those of the notebooks."""

import json
import re

import pytest

from autograder.assignment import open_assignment
from autograder.records import Reason
from autograder.report import question_label, read_option_texts, sentence
from autograder.report.markdown import rendered, rendered_inline
from autograder.report.path_words import path_words, short_path


@pytest.mark.parametrize(
    ("path", "english", "portuguese"),
    [
        ("q07_history.A.mae[-1]", "the last value of mae of A in q07_history",
         "o último valor de mae de A em q07_history"),
        ("q01_order[1]", "value 2 of q01_order", "o 2º valor de q01_order"),
        ("q07_history.A.loss[-10]", "value 10 from the end of loss of A in q07_history",
         "o 10º valor a partir do fim de loss de A em q07_history"),
        ("q01_losses.hinge", "hinge in q01_losses", "hinge em q01_losses"),
        ("q01_order", "q01_order", "q01_order"),
        ("256", "256", "256"),
        ("not a path.[", "not a path.[", "not a path.["),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_path_is_said_in_words(path, english, portuguese):
    """Values are counted from 1; anything that is not a path is unchanged."""
    said = ["".join(word.text for word in path_words(path, language)) for language in ("en", "pt-BR")]
    assert said == [english, portuguese]


def test_only_names_of_the_notebook_are_quoted():
    """The page distinguishes them from our own words."""
    assert [word.text for word in path_words("q07_history.A.mae[-1]", "en") if word.name] == ["mae", "A", "q07_history"]
    assert short_path("q07_history.A.mae[-1]") == "A · mae"


def test_a_sentence_begins_with_a_capital_letter_and_says_the_path():
    """Also if the path is its beginning."""
    said = sentence(Reason("equal.wrong", "q01_order[1]", "hinge"), "pt-BR", reveal=False)
    assert said == "O 2º valor de q01_order não é o esperado: você obteve hinge."


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** `d`", "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1)) ![b](http://x.invalid/)", "<p>[a](javascript:alert(1)) ![b](http://x.invalid/)</p>"),
        ("<http://x.invalid>", "<p>&lt;http://x.invalid&gt;</p>"),
        ("# a", "<p># a</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    ],
)
def test_markdown_is_rendered_and_nothing_in_it_acts(text, html):
    """Emphasis, code and lists are rendered; links, images and markup are not."""
    assert str(rendered(text)).strip() == html


def test_a_formula_is_drawn_by_the_browser_itself():
    """As MathML, without a script; an invalid one is unchanged, and markup in it is text."""
    assert "<mo" in rendered_inline(r"filters of $3\times3$")
    hostile = str(rendered_inline(r"$\text{<script>alert(1)</script>}$ and $\frac{$"))
    assert "<script" not in hostile


def test_the_options_are_those_of_the_statement(root):
    """Every choice of the assignment has the texts of all options, in both languages, on one line each."""
    for language in ("pt-BR", "en"):
        found = read_option_texts(root / f"assignments/cnn-training/cnn-training.{language}.ipynb")
        assert {name: "".join(texts) for name, texts in found.items()} == {
            f"q{number:02}": "abcd" for number in range(1, 11)
        }
        assert not [text for texts in found.values() for text in texts.values() if not text or "\n" in text]
    assert found["q01"]["d"] == "squared, 0-1, cross-entropy, hinge"


def test_an_option_may_go_on_in_the_next_line(tmp_path):
    """If the continuation is indented, as in any list."""
    cells = [
        {"cell_type": "raw", "source": "# BEGIN QUESTION\nname: q01\n"},
        {
            "cell_type": "markdown",
            "source": ["- **(a)** one\n", "  goes on\n", "- **(b)** two\n", "\n", "Then this.\n"],
        },
        {"cell_type": "raw", "source": "# END QUESTION"},
        {"cell_type": "markdown", "source": "- **(a)** not of a question"},
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}))
    assert read_option_texts(tmp_path / "n.ipynb") == {"q01": {"a": "one goes on", "b": "two"}}


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 1}', '{"cells": [{}]}'])
def test_without_a_readable_notebook_there_are_no_texts(tmp_path, text):
    """Grading alone does not need the master notebook."""
    assert read_option_texts(tmp_path / "none.ipynb") == {}
    (tmp_path / "n.ipynb").write_text(text)
    assert read_option_texts(tmp_path / "n.ipynb") == {}


def test_titles_are_those_of_the_notebooks(root):
    """A page uses the notebook's title for each question."""
    titles = open_assignment(root / "grading.yml").specification.titles
    for language, heading in (("pt-BR", "Questão"), ("en", "Question")):
        notebook = json.loads((root / f"assignments/cnn-training/cnn-training.{language}.ipynb").read_text())
        text = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
        named = re.findall(rf"^## {heading} (\d+)\. (.*) \(1 (?:ponto|point)\)$", text, re.MULTILINE)
        assert {f"q{int(number):02}": title for number, title in named} == {
            name: title for name, title in titles[language].items() if "." not in name
        }


@pytest.mark.parametrize(
    ("name", "label"), [("q01", "1"), ("q10", "10"), ("q2", "2"), ("gini", "gini"), ("quality", "quality")]
)
def test_a_question_is_called_by_its_number_or_its_name(name, label):
    """A name that only begins like a numbered one is kept whole."""
    assert question_label(name) == label
