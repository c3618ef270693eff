import dataclasses
import string

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from autograder.errors import UsageError
from autograder.otter import evidence_of, read_values, values_notebook
from autograder.records import Detail, RunVerdict

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(string.printable), inner),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=PLAIN)
def test_evidence_goes_through_the_notebook_unchanged(make_evidence, value):
    """Any JSON value, with any text in it, is read back equal and of the same type."""
    evidence = make_evidence(q01_losses=value, q02_answer="c")
    again = evidence_of(read_values(values_notebook(evidence)), ("q01_losses", "q02_answer"))
    assert again == evidence
    assert repr(again.executed.given) == repr(evidence.executed.given)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_ipython_takes_no_cell_for_a_magic(make_evidence, text):
    """Neither `%`, `!` nor `?` in a student's text changes what the kernel executes."""
    for cell in values_notebook(make_evidence(student=text, q02_answer=text)).cells:
        if cell.cell_type == "code":
            assert TransformerManager().transform_cell(cell.source).strip() == cell.source


def test_equal_evidence_gives_equal_notebooks(make_evidence):
    """Neither the order of assignments nor the time affects it."""
    first = make_evidence(q01_losses={"a": 1}, q02_answer="c")
    second = make_evidence(q02_answer="c", q01_losses={"a": 1})
    assert nbformat.writes(values_notebook(first)) == nbformat.writes(values_notebook(second))


def test_each_value_stands_once(solved):
    """Values are not repeated in the evidence's text: what Otter sees is what is judged."""
    values = read_values(values_notebook(solved))
    assert values["q02_answer"] == "c"
    assert "hinge" not in values["_evidence"]
    changed = values | {"q02_answer": "a"}
    assert evidence_of(changed, ["q02_answer"]).executed.given == {"q02_answer": "a"}


def test_unexpected_variables_are_left_behind(solved):
    """Only the watched variables are taken from the environment."""
    environment = read_values(values_notebook(solved)) | {"q99_bonus": 10}
    assert "q99_bonus" not in evidence_of(environment, ["q02_answer"]).executed.given


def test_a_run_that_we_broke_has_no_notebook(solved):
    """INTERNAL is not a grade: Otter would count it as a zero, so it never sees it."""
    broken = dataclasses.replace(
        solved, run_verdict=RunVerdict.INTERNAL, run_detail=Detail.of("error", error="the disk is full")
    )
    with pytest.raises(UsageError, match=r"ana: .*INTERNAL.*the disk is full"):
        values_notebook(broken)


def test_a_notebook_that_computes_is_refused(solved):
    """A cell with anything but literals is named; nothing of it is executed."""
    notebook = values_notebook(solved)
    notebook.cells[1].source = "q01_losses = {}\nprint('x')"
    with pytest.raises(UsageError, match="cell values-0, line 2"):
        read_values(notebook)
    notebook.cells[1].source = "q01_losses = open('x').read()"
    with pytest.raises(UsageError, match="cell values-0, line 1"):
        read_values(notebook)


def test_another_notebook_is_refused():
    """Variables without evidence are not a values notebook, which is an error, not a score."""
    with pytest.raises(UsageError, match="holds no _evidence"):
        evidence_of({"q02_answer": "c"}, ["q02_answer"])
