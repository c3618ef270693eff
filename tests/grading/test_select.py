import pytest

from autograder.grading import select
from autograder.grading.select import sound_part
from autograder.records import ABSENT, Detail, Values

GIVEN = {"q07_history": {"A": {"loss": [3.0, 2.0, 1.0]}}, "q02_answer": "c"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("q02_answer", "c"),
        ("q07_history.A.loss", [3.0, 2.0, 1.0]),
        ("q07_history.A.loss[-1]", 1.0),
        ("q07_history.A.loss[0]", 3.0),
    ],
)
def test_a_path_leads_to_its_value(path, expected):
    """Keys and an index lead from a variable to the value."""
    selection = select(Values(GIVEN, {}), path)
    assert (selection.state, selection.value) == ("given", expected)


def test_an_unknown_variable_is_missing():
    """A variable that was never assigned is missing, not malformed."""
    assert select(Values(GIVEN, {}), "q08_mse.2").state == "missing"


@pytest.mark.parametrize("path", ["q07_history.B", "q07_history.A.mae[-1]", "q07_history.A.loss[3]", "q02_answer.x"])
def test_a_part_that_is_not_there_is_malformed(path):
    """A variable without the required part is malformed."""
    selection = select(Values(GIVEN, {}), path)
    assert (selection.state, selection.fault) == ("malformed", ABSENT)


@pytest.mark.parametrize(
    ("fault", "overlaps"),
    [
        ("q07_history", True),
        ("q07_history.A", True),
        ("q07_history.A.loss", True),
        ("q07_history.A.loss[2]", True),
        ("q07_history.A.mae", False),
        ("q07_history.AB", False),
        ("q07_hist", False),
    ],
)
def test_faults_overlap_by_whole_steps(fault, overlaps):
    """A fault applies to paths above, at and below it, by whole names and not by common prefixes."""
    assert (
        select(Values(GIVEN, {fault: Detail("found.text")}), "q07_history.A.loss[-1]").state == "malformed"
    ) is overlaps


def test_a_fault_on_a_variable_that_was_left_out_is_malformed():
    """A variable that was rejected as a whole is malformed, not missing."""
    assert select(Values({}, {"q08_mse": Detail("found.text")}), "q08_mse.2").state == "malformed"


def test_the_sound_part_ignores_faults():
    """The valid part of a faulty variable can still be used."""
    values = Values(GIVEN, {"q07_history.A.mae": Detail("found.text")})
    assert sound_part(values, "q07_history.A") == {"loss": [3.0, 2.0, 1.0]}
    assert sound_part(values, "q07_history.B") is None
    assert sound_part(values, "q02_answer.x") is None
