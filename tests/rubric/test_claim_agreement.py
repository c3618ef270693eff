"""Claims that cannot be decided from a student's numbers are faults of the file."""

from pathlib import Path

import pytest

from autograder.errors import ConfigurationError
from autograder.rubric import load

RUBRIC = (Path(__file__).parents[2] / "grading.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "{claim: less, left: q01_losses.hinge, right: q01_losses.squared}",
            "{claim: less, left: q01_losses.hinges, right: q01_losses.squared}",
            "questions.q01.items.answer.claims.a[0].left: q01_losses.hinges: there is no hinges; did you mean hinge?",
            id="a path that leads nowhere",
        ),
        pytest.param(
            "{claim: less, left: q01_losses.hinge, right: q01_losses.squared}",
            "{claim: less, left: q01_losses, right: q01_losses.squared}",
            "claims.a[0].left: q01_losses does not lead to one number, which this check reads",
            id="no number",
        ),
        pytest.param(
            '{claim: extreme, key: "256", numbers: q08_mse, which: largest, count: 2}\n'
            '            - {claim: extreme, key: "4", numbers: q08_mse, which: smallest, count: 2}',
            '{claim: extreme, key: "265", numbers: q08_mse, which: largest, count: 2}\n'
            '            - {claim: extreme, key: "4", numbers: q08_mse, which: smallest, count: 8}',
            "questions.q08.items.answer.claims.a[1].key: q08_mse has no 265; did you mean 256?",
            id="no such key",
        ),
        pytest.param(
            'key: "16", numbers: q08_mse, which: smallest, count: 2}',
            'key: "16", numbers: q08_mse, which: smallest, count: 8}',
            "claims.a[3].count: q08_mse has 8 numbers: all of them are no extremes",
            id="all are extremes",
        ),
        pytest.param(
            "          d:\n            - {claim: near, value: q03_losses.cross_entropy, target: 0.32, relative: 0.05}\n"
            "            - {claim: near, value: q03_losses.squared, target: 0.8, relative: 0.05}\n",
            "",
            "questions.q03.items.answer.claims: must cover every option of q03_answer: a, b, c, d",
            id="an option that claims nothing",
        ),
        pytest.param(
            "{claim: near, value: q03_losses.cross_entropy, target: 2.3, relative: 0.05}",
            "{claim: nearly, value: q03_losses.cross_entropy, target: 2.3, relative: 0.05}",
            "claims.b[0].claim: 'nearly' where one of less, near, extreme is due; did you mean near?",
            id="no such claim",
        ),
    ],
)
def test_what_cannot_be_told_is_a_fault(tmp_path, old, new, said):
    """One line names the claim, its option and the fault."""
    assert RUBRIC.count(old) == 1
    path = tmp_path / "grading.yml"
    path.write_text(RUBRIC.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert any(fault.endswith(said) for fault in caught.value.faults), caught.value.faults
