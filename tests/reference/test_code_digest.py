"""The digest of code depends on what it computes, and on nothing else."""

import pytest

from autograder.reference.code_digest import digest_of_code

CODE = 'rate = 0.1\nfor epoch in range(3):\n    print(f"{epoch}: {rate:.3f}")\n'


@pytest.mark.parametrize(
    "same",
    [
        pytest.param("# Why\n\n" + CODE + "\n\n# done", id="comments and blank lines"),
        pytest.param(CODE.replace("0.1", "0.1  # SOLUTION"), id="marks of a solution"),
        pytest.param(CODE.replace(" = ", "="), id="spaces around a sign"),
        pytest.param(CODE.replace("    print", "  print"), id="a narrower indent"),
        pytest.param(CODE.rstrip("\n"), id="no last line break"),
        pytest.param(CODE.replace("\n", "\r\n"), id="line breaks of Windows"),
        pytest.param(CODE.replace("range(3)", "range(\n    3  # few\n)"), id="a call over several lines"),
    ],
)
def test_layout_and_comments_decide_nothing(same):
    """Reformatting a notebook, or explaining it better, leaves every run valid."""
    assert digest_of_code([same]) == digest_of_code([CODE])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(CODE.replace("0.1", "0.2"), id="a number"),
        pytest.param(CODE.replace(".3f", ".2f"), id="within an f-string"),
        pytest.param(CODE.replace("    print", "print").replace("range(3):", "range(3): pass"), id="a line moved out"),
        pytest.param(CODE + "rate = 0", id="a line more"),
        pytest.param(CODE.replace("{epoch}: ", "{epoch}:  "), id="spaces within a text"),
        pytest.param(CODE.replace("{epoch}: ", "{epoch}# "), id="what looks like a comment within a text"),
    ],
)
def test_what_computes_something_else_is_told_apart(other):
    """Each of these gives another result, or prints another text."""
    assert digest_of_code([other]) != digest_of_code([CODE])


def test_cells_are_told_apart_and_empty_ones_left_out():
    """A cell with only comments or checks is ignored; the order of the others counts."""
    assert digest_of_code(["a = 1", "# b", "", 'grader.check("q01")', "c = 2"]) == digest_of_code(["a = 1", "c = 2"])
    assert digest_of_code(["c = 2", "a = 1"]) != digest_of_code(["a = 1", "c = 2"])
    assert digest_of_code(['x = grader.check("q01")']) != digest_of_code([])


@pytest.mark.parametrize(
    "line", ["%matplotlib inline", "!pip install x", "%%bash\nls  -l", "a = $b", "x = 'open", "f?"]
)
def test_what_is_no_plain_python_counts_by_its_lines(line):
    """IPython commands count as well, and a syntax error in a cell is not reported here."""
    assert digest_of_code([line]) == digest_of_code([line + "  \n\n"]) != digest_of_code([line + "x"])


def test_the_digest_is_the_same_under_every_version_of_python():
    """Fixed here, because Python parses f-strings differently since 3.12, which must not change it."""
    source = "x = f'{a!r:>{w}} {{}} {b}' + f\"{f'{y}'}\"  # c\nif x:\n\ty = f'''é\n  {x}'''\n"
    assert digest_of_code([source])[:16] == "b3c15e39049e662e"
