"""Commands in messages can be copied: they name the rubric that the present command was given."""

import pytest

from autograder.cli.copied_commands import with_rubric

TAKERS = ["class-report", "calibrate", "report"]


@pytest.mark.parametrize("given", [["--config", "x/grading.yml"], ["--config=x/grading.yml"]])
def test_each_command_names_the_rubric(given):
    """Also where options follow, and where one command's name is the beginning of another's."""
    text = "stale (autograder calibrate --renew), then `autograder report` or `autograder class-report`"
    assert with_rubric(text, TAKERS, ["audit", *given]) == (
        "stale (autograder calibrate --config x/grading.yml --renew), then `autograder report --config x/grading.yml` "
        "or `autograder class-report --config x/grading.yml`"
    )


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("run `autograder calibrate`", ["audit"]),
        ("run `autograder calibrate --config y.yml`", ["audit", "--config", "x.yml"]),
        ("`autograder doctor` says more", ["audit", "--config", "x.yml"]),
    ],
)
def test_what_needs_no_rubric_or_names_one_stays(text, arguments):
    """The usual rubric need not be named, and a command without a rubric takes none."""
    assert with_rubric(text, TAKERS, arguments) == text
