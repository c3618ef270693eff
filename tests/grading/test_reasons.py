import pytest

from autograder.grading import FLAGS, REASONS, reasons
from autograder.grading.reasons import plain


def test_every_code_has_a_meaning():
    """Each constant stands in exactly one of the two tables, with one line of meaning."""
    codes = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    assert codes == REASONS.keys() | FLAGS.keys()
    assert not REASONS.keys() & FLAGS.keys()
    assert all(gloss and "\n" not in gloss for gloss in (*REASONS.values(), *FLAGS.values()))


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
    """A blank holds a short text, however long the value."""
    assert plain(value) == text
