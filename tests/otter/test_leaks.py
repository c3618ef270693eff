import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.otter.leaks import (
    find_figures,
    find_hidden_tests,
    find_keys,
    find_outputs,
    find_solutions,
    solution_lines,
)
from autograder.otter.passages import Passage, passages_of_file
from autograder.otter.written_numbers import WrittenNumber, figures_in


def code(text):
    """Make the text of a student's code cell."""
    return Passage("cell 1", "code", text)


def prose(text):
    """Make the text of a student's Markdown cell."""
    return Passage("cell 2", "prose", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("196154", 196154, id="plain"),
        pytest.param("196,154", 196154, id="english"),
        pytest.param("196.154", 196154, id="portuguese"),
        pytest.param("$196{,}154$", 196154, id="latex"),
        pytest.param("196\u202f154", 196154, id="thin_space"),
        pytest.param("0,1421", 0.1421, id="decimal_comma"),
        pytest.param(".142.", 0.142, id="sentence_end"),
        pytest.param("1,234,567", 1234567, id="millions"),
        pytest.param("0.13,0.18", 0.18, id="list"),
    ],
)
def test_a_number_in_prose_is_read_as_people_write_it(text, value):
    """Commas, points and spaces are parsed as Brazilians, Americans and LaTeX use them."""
    assert value in {figure.value for figure in figures_in(text, prose=True)}


@given(text=st.text("0123456789.,-e {}\\~", max_size=30))
def test_no_text_breaks_the_reading_of_numbers(text):
    """Versions, dates and typing errors are not numbers, and raise nothing."""
    for figure in [*figures_in(text, prose=True), *figures_in(text, prose=False)]:
        assert figure.value >= 0


def test_a_version_is_no_number():
    """`2.21.0` is neither 2.21 nor 2210."""
    assert list(figures_in("TensorFlow 2.21.0", prose=True)) == []


@pytest.mark.parametrize(
    ("written", "expected", "told"),
    [
        pytest.param("0.1421", 0.1421, True, id="as_is"),
        pytest.param("0.142", 0.1421, True, id="three_digits"),
        pytest.param("0.14209", 0.1421, True, id="more_digits"),
        pytest.param("0.14", 0.1421, False, id="two_digits_say_nothing"),
        pytest.param("0.143", 0.1421, False, id="another_number"),
        pytest.param("0.8", 0.8, False, id="expected_too_short"),
        pytest.param("-0.1421", 0.1421, True, id="sign"),
        pytest.param("17", 17, False, id="small_integer"),
    ],
)
def test_a_figure_is_told_by_three_digits(written, expected, told):
    """Three significant digits reveal a figure, rounded or not; two are too common."""
    assert any(figure.tells(expected) for figure in figures_in(written, prose=False)) is told


def test_a_figure_knows_its_places():
    """The decimals are those that were written: five for 1e-05, one for 20.0."""
    assert [WrittenNumber.of(number).places for number in (1e-05, 20.0, 20)] == [5, 1, 0]


def test_figures_in_code_are_found(specification):
    """A public test that compares with the reference is reported with the item that it reveals."""
    leaks = list(find_figures([code("assert abs(q01_losses['squared'] - 0.142) < 1e-2")], specification.questions))
    assert [str(leak) for leak in leaks] == ["cell 1: 0.1421, a figure of q01.losses"]


def test_a_figure_of_the_statement_is_no_leak(specification):
    """Code may contain what the statement itself reveals."""
    passages = [prose("The mean is 0,1421."), code("mean = 0.1421")]
    assert list(find_figures(passages, specification.questions)) == []


def test_a_statement_that_tells_the_answer_is_a_leak(specification):
    """Three figures or more, and half of an item's, are its answer rather than an option of it."""
    item = specification.questions["q01"].items["losses"].model_copy(update={"expected": [0.133, 0.178, 0.325, 0.433]})
    question = specification.questions["q01"].model_copy(update={"items": {"losses": item}})
    assert list(find_figures([prose("0.133 and 0.178")], {"q01": question})) == []
    leaks = list(find_figures([prose("0.133, 0.178 and 0.325")], {"q01": question}))
    assert [leak.what for leak in leaks] == ["3 of 4 figures of q01.losses"]


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        pytest.param('q02_answer = "c"', 1, id="assignment"),
        pytest.param("assert q02_answer == '(c)'", 1, id="comparison"),
        pytest.param('assert q02_answer in ["c"]', 1, id="membership"),
        pytest.param('{"q02_answer": "C"}', 1, id="json"),
        pytest.param("Set `q02_answer` to a letter, c or another.", 0, id="prose"),
        pytest.param('q02_answer = "a"', 0, id="another_letter"),
        pytest.param('q02_answer in ("c", "d", "a", "b")', 0, id="list_of_letters"),
        pytest.param('q02_answer in "cdab"', 0, id="letters_in_a_row"),
        pytest.param("q02_answer = ...  # choose", 0, id="scaffold"),
    ],
)
def test_the_key_is_found_where_it_is_said(specification, text, leaks):
    """The key's letter beside its variable is a leak; the letters that the form allows are not."""
    assert len(list(find_keys([code(text)], specification.questions))) == leaks


def test_solution_lines_are_those_that_only_solutions_hold(master):
    """Marked lines and the justification are secret; scaffolding and short lines are not."""
    lines = solution_lines(nbformat.read(master, as_version=4))
    assert "total = math.fsum(v**2 for v in values)" in lines
    assert 'q02_answer = "c"' in lines
    assert "The third option holds, as the gradient of a saturated unit vanishes." in lines
    assert not any(line.startswith(("def mean_squared", "import math")) for line in lines)


def test_a_solution_without_markers_is_a_secret_as_a_whole(make_master, tmp_path):
    """Otter hands out unmarked code in a solution block, contrary to the author's intention."""
    path = make_master(tmp_path / "master", solution="q01_order = sorted(q01_losses)\nplt.show()")
    assert "q01_order = sorted(q01_losses)" in solution_lines(nbformat.read(path, as_version=4))


def test_a_solution_is_found_in_any_passage():
    """Neither indentation and spacing nor a remaining marker hide a line."""
    lines = frozenset({"total = math.fsum(v**2 for v in values)"})
    found = list(
        find_solutions([prose("`total =  math.fsum(v**2 for v in values)`"), code("x = 1  # SOLUTION")], lines)
    )
    assert [leak.where for leak in found] == ["cell 2", "cell 1"]


@pytest.mark.parametrize(
    "text",
    [
        "from autograder.otter.judge_item import ask",
        "@test_case(points=1, hidden=True)",
        "hidden: true",
        "ask('q01', 'x')",
    ],
)
def test_a_hidden_test_is_known_by_any_trace(text):
    """An import of the judge, Otter's flag in either notation, or a call suffices."""
    assert len(list(find_hidden_tests([code(text)]))) == 1


def test_a_public_test_is_no_hidden_one(assigned):
    """Otter writes `hidden=False` into each public test file, which must not be reported."""
    passages = [passage for path in assigned.public_tests for passage in passages_of_file(path)]
    assert "hidden=False" in passages[0].text
    assert list(find_hidden_tests(passages)) == []


def test_every_place_of_a_notebook_is_read(tmp_path):
    """Sources, outputs, attachments and metadata are searched, because a key may be in any of them."""
    notebook = nbformat.v4.new_notebook(metadata={"note": "in metadata", "otter": {"tests": {"q01": "in a test"}}})
    output = nbformat.v4.new_output("display_data", data={"text/plain": "in output"})
    notebook.cells = [
        nbformat.v4.new_code_cell("in code", outputs=[output], metadata={"note": "in cell metadata"}),
        nbformat.v4.new_markdown_cell("in prose", attachments={"a.png": {"text/plain": "in attachment"}}),
    ]
    path = tmp_path / "n.ipynb"
    nbformat.write(notebook, path)
    passages = passages_of_file(path)
    places = ("in metadata", "in a test", "in output", "in code", "in cell metadata", "in prose", "in attachment")
    assert [place for place in places if not any(place in passage.text for passage in passages)] == []
    assert len(list(find_outputs(passages))) == 1
