"""Gradescope's list as a stranger may write it: one line at once, whatever it says."""

import time

import pytest

from autograder.collect.exports.gradescope import read_owners
from autograder.collect.strict_yaml import MAXIMUM_BYTES, parse_plain_yaml
from autograder.errors import SubmissionError, UsageError


def doubled(link, end):
    """Return mappings each of which repeats the one before it nine times."""
    lines = [f"a0: &a0 {end}"]
    lines += [f"a{n}: &a{n} " + link.format(",".join([f"*a{n - 1}"] * 9)) for n in range(1, 12)]
    return "\n".join(lines)


ALIASES = doubled("[{}]", "[x]")
MERGES = doubled("{{<<: [{}]}}", "{k: 1}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param(ALIASES, "an anchor or an alias at line 1", id="aliases"),
        pytest.param(MERGES, "an anchor or an alias at line 1", id="merges"),
        pytest.param("a: {<<: {b: 1}}", "a merge key at line 1", id="a merge without an anchor"),
        pytest.param("a: &x {b: *x}", "an anchor or an alias", id="a circle"),
        pytest.param("a: &x 1", "an anchor or an alias", id="an anchor alone"),
        pytest.param("a: !!python/object/apply:os.system ['touch x']", "a tag at line 1", id="a class"),
        pytest.param("a: !!str 1", "a tag", id="a harmless tag"),
        pytest.param("a: 1\nb: 2\na: 3", "names a key twice at line 3", id="a key twice"),
        pytest.param("? [a, b]\n: 1", "a key at line 1 that is no text", id="a list as a key"),
        pytest.param("? {a: 1}\n: 1", "a key at line 1 that is no text", id="a mapping as a key"),
        pytest.param("a: " + "[" * 400_000, "nests deeper than 32 levels", id="deep"),
        pytest.param("a: " + "{b: " * 100 + "1" + "}" * 100, "nests deeper than 32 levels", id="deep mappings"),
        pytest.param("a: 1\n---\nb: 2", "does not hold one document", id="two documents"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("a: [", "is not YAML at line", id="cut off"),
        pytest.param("\x00: 1", "is not YAML", id="no text"),
        pytest.param("%YAML 9.9\n---\na: 1", "is not YAML", id="another version"),
    ],
)
def test_what_no_list_needs_is_refused_at_once(text, what):
    """In one line that says where and what to do."""
    began = time.monotonic()
    with pytest.raises(SubmissionError, match=what) as caught:
        parse_plain_yaml(text, "list.yml", "do this")
    assert (caught.value.where, caught.value.remedy) == ("list.yml", "do this")
    assert time.monotonic() - began < 5


def test_values_stay_the_text_that_they_are():
    """A number with zeros in front, a date that is none, a symbol of Ruby's: nothing is made of them."""
    text = "submission_1:\n  :sid: 007\n  :on: 2001-99-99\n  :no: no\n  :none:\n  :list: ['1e999', \"x\", ~]\n"
    about = {":sid": "007", ":on": "2001-99-99", ":no": "no", ":none": "", ":list": ["1e999", "x", ""]}
    assert parse_plain_yaml(text, "", "") == {"submission_1": about}


def test_a_list_of_a_megabyte_is_read_and_a_longer_one_says_what_to_do():
    """Thousands of submissions with their people fit; results of tests may not."""
    entry = "submission_{}:\n  :submitters:\n  - :name: Ana\n    :sid: '{}'\n"
    text = "".join(entry.format(number, number) for number in range(15_000)).encode()
    assert len(text) < MAXIMUM_BYTES
    began = time.monotonic()
    assert len(read_owners(text, "list.yml")) == 15_000
    assert time.monotonic() - began < 30
    with pytest.raises(UsageError, match=r"is larger than 1 MB \(keep of each submission only its :submitters:"):
        read_owners(text + b"#" * MAXIMUM_BYTES, "list.yml")


@pytest.mark.parametrize("text", ["a", "[1]", "submission_1"])
def test_yaml_of_another_kind_is_no_list(text):
    """It names no submissions."""
    with pytest.raises(UsageError, match="it names no submissions"):
        read_owners(text.encode(), "list.yml")


@pytest.mark.parametrize(
    ("created", "due", "late"),
    [
        ("2026-05-02 12:00:00 Z", "2026-05-01 23:59:00 Z", True),
        ("2026-05-01 23:00:00.123456789 -03:00", "2026-05-01 23:59:00 Z", True),
        ("2026-05-01T12:00:00Z", "2026-05-01T23:59:00Z", False),
        ("2026-05-01 12:00:00", "", False),
        ("yesterday", "2026-05-01", False),
    ],
)
def test_who_was_late_is_known_where_both_moments_are(created, due, late):
    """In whatever zone they are written."""
    text = f"s:\n  :submitters:\n  - :name: Ana\n    :sid: '1'\n  :created_at: {created}\n  :due_date: {due}\n"
    assert read_owners(text.encode(), "")["s"].late is late
