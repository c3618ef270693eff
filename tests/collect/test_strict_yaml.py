"""Gradescope's list if an attacker wrote it: refused in one line, in little time."""

import time

import pytest

from autograder.collect.exports.gradescope import read_owners
from autograder.collect.strict_yaml import MAXIMUM_BYTES, parse_plain_yaml
from autograder.errors import UsageError


def doubled(link, end):
    """Return mappings, each of which repeats the previous one nine times."""
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
        pytest.param("? [a, b]\n: 1", "a key at line 1 that is not text", id="a list as a key"),
        pytest.param("? {a: 1}\n: 1", "a key at line 1 that is not text", id="a mapping as a key"),
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
    """The one-line error says where the fault is and what to do."""
    began = time.process_time()
    with pytest.raises(UsageError, match=what) as caught:
        parse_plain_yaml(text, "list.yml", "do this")
    assert (caught.value.where, caught.value.remedy) == ("list.yml", "do this")
    assert time.process_time() - began < 5


def test_values_stay_the_text_that_they_are():
    """Leading zeros, invalid dates and Ruby symbols are kept as text."""
    text = "submission_1:\n  :sid: 007\n  :on: 2001-99-99\n  :no: no\n  :none:\n  :list: ['1e999', \"x\", ~]\n"
    about = {":sid": "007", ":on": "2001-99-99", ":no": "no", ":none": "", ":list": ["1e999", "x", ""]}
    assert parse_plain_yaml(text, "", "") == {"submission_1": about}


def test_a_list_of_a_megabyte_is_read_and_a_longer_one_says_what_to_do():
    """Thousands of submissions with their people fit, test results may not."""
    entry = "submission_{}:\n  :submitters:\n  - :name: Ana\n    :sid: '{}'\n"
    text = "".join(entry.format(number, number) for number in range(15_000)).encode()
    assert len(text) < MAXIMUM_BYTES
    began = time.process_time()
    assert len(read_owners(text, "list.yml")) == 15_000
    assert time.process_time() - began < 30
    with pytest.raises(UsageError, match=r"is larger than 1 MB \(keep of each submission only its :submitters:"):
        read_owners(text + b"#" * MAXIMUM_BYTES, "list.yml")


@pytest.mark.parametrize("text", ["a", "[1]", "submission_1"])
def test_yaml_of_another_kind_is_no_list(text):
    """It names no submissions."""
    with pytest.raises(UsageError, match="it names no submissions"):
        read_owners(text.encode(), "list.yml")


@pytest.mark.parametrize(
    ("created", "due", "days"),
    [
        ("2026-05-02 12:00:00 Z", "2026-05-01 23:59:00 Z", 1),
        ("2026-05-04 12:00:00 Z", "2026-05-01 12:00:00 Z", 3),
        ("2026-05-01 23:00:00.123456789 -03:00", "2026-05-01 23:59:00 Z", 1),
        ("2026-05-01T12:00:00Z", "2026-05-01T23:59:00Z", 0),
        ("2026-05-01 12:00:00", "", 0),
        ("yesterday", "2026-05-01", 0),
    ],
)
def test_how_late_somebody_was_is_known_where_both_moments_are(created, due, days):
    """Whatever the time zones."""
    text = f"s:\n  :submitters:\n  - :name: Ana\n    :sid: '1'\n  :created_at: {created}\n  :due_date: {due}\n"
    assert read_owners(text.encode(), "")["s"].days_late == days
