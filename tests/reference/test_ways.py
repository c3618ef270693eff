"""The known ways of writing: each fits the solved notebook, and an invalid file is reported."""

import pytest

from autograder.assignment import open_assignment
from autograder.calibrate import ways_of_writing
from autograder.errors import ConfigurationError
from autograder.reference.ways import Edit, edited, read_ways
from autograder.solution import Plan


@pytest.fixture(scope="module")
def assignment(root):
    """Open the course's own rubric."""
    return open_assignment(root / "grading.yml")


def test_every_way_fits_the_solved_notebook_and_records(assignment):
    """Each edit's text occurs once and leaves valid Python, and only the notebook's own seed is recorded."""
    ways = ways_of_writing(assignment)
    assert len({job.id for _, job in ways}) == len({(way.questions, way.name) for way, _ in ways}) == len(ways)
    for way, job in ways:
        assert (job.mode, job.parameters) == ("record", {})
        for cell in job.cells:
            compile(cell.source, way.name, "exec")


def test_a_way_is_one_choice_of_each_kind(tmp_path):
    """Two ways of rounding and three of scaling are six; without a file there is none."""
    assert read_ways(tmp_path) == ()
    edits = "[{find: a, put: b}]"
    choices = f"{{rates: {{one: [], two: {edits}}}, scaling: {{one: [], two: [], three: {edits}}}}}"
    (tmp_path / "ways.yml").write_text(f"- {{questions: [q07], choices: {choices}}}\n")
    ways = read_ways(tmp_path)
    assert len(ways) == 6
    assert (ways[-1].name, len(ways[-1].edits)) == ("rates two; scaling three", 2)


@pytest.mark.parametrize(
    "text", ["3", "- 2026-02-30", "- {questions: [q07]}", "- {questions: q07, choices: {}}", "a: [", "\x00"]
)
def test_what_is_no_list_of_ways_is_said_in_one_line(tmp_path, text):
    """The line names the file and what to do."""
    (tmp_path / "ways.yml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_ways(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'ways.yml'}: is not a list of ways: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("find", "often"), [("no such text", "nowhere"), ("keras", "more than once")])
def test_an_edit_that_does_not_fit_is_said(assignment, find, often):
    """No trainings are recorded under the name of a way that was not applied."""
    job = assignment.solution().job(Plan(None))
    with pytest.raises(ConfigurationError, match=f"the way 'another' edits text that the notebook holds {often}"):
        edited(job, [Edit(find=find, put="")], "another")
