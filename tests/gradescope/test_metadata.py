"""Reading Gradescope's metadata, whatever they contain."""

import json

import pytest

from autograder.gradescope.metadata import Metadata, read_metadata


@pytest.fixture
def read(tmp_path):
    """Write a document and read it."""

    def write_and_read(document):
        path = tmp_path / "submission_metadata.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return read_metadata(path)

    return write_and_read


@pytest.mark.parametrize(
    ("handed_in", "due", "days"),
    [
        ("2026-03-02T10:00:00.000000-03:00", "2026-03-02T10:00:00.000000-03:00", 0),
        ("2026-03-02T10:00:01.000000-03:00", "2026-03-02T10:00:00.000000-03:00", 1),
        ("2026-03-03T10:00:01.000000-03:00", "2026-03-02T10:00:00.000000-03:00", 2),
        ("2026-03-02T12:30:00.000000+00:00", "2026-03-02T10:00:00.000000-03:00", 0),
        ("2026-03-02T10:00:00", "2026-03-01T10:00:00+00:00", 1),
        ("yesterday", "2026-03-01T10:00:00+00:00", 0),
        (None, None, 0),
    ],
)
def test_each_day_begun_counts(read, handed_in, due, days):
    """Time zones are respected; an unreadable date makes no one late."""
    assert read({"created_at": handed_in, "assignment": {"due_date": due}}).days_late == days


def test_a_groups_latest_extension_counts(read):
    """An extension for one member applies to the submission; otherwise the assignment's date counts."""
    dates = ["2026-03-02T10:00:00+00:00", "2026-03-05T10:00:00+00:00"]
    users = [{"assignment": {"due_date": date}} for date in dates]
    document = {"created_at": "2026-03-06T09:00:00+00:00", "users": users, "assignment": {"due_date": dates[0]}}
    assert (read(document).days_late, read(document).members) == (1, 2)


@pytest.mark.parametrize(
    "document",
    ["", "{", "[]", "null", "[" * 100_000, '{"users": 3, "assignment": [], "previous_submissions": {"a": 1}}'],
    ids=["empty", "broken", "a list", "null", "deep", "odd types"],
)
def test_odd_metadata_keeps_nobody_from_a_grade(read, document):
    """Unexpected content is treated as missing."""
    assert read(document) == Metadata()


def test_no_metadata_is_nothing_known(tmp_path):
    """A missing file leaves all fields empty."""
    assert read_metadata(tmp_path / "nowhere.json") == Metadata()
