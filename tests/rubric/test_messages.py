import pytest

from autograder.rubric.message import plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (369, "369"),
        (0.30000000000000004, "0.3"),
        (129.7612345, "129.761"),
        ([256, 128], "256, 128"),
        (["hinge", 0.5], "hinge, 0.5"),
        ({"a": 1.0}, "a: 1"),
        (list(range(100)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"),
        ("x" * 500, "x" * 200),
    ],
)
def test_values_are_written_plainly(value, text):
    """A blank is filled with a short text, however long the value."""
    assert plain(value) == text
