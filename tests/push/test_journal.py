"""The journal of a push survives a kill."""

import pytest

from autograder.push import PushJournal

STEP = ("k1", "1", 8.0, "2026-05-01T00:00:00.000+00:00")


def test_what_was_begun_and_not_done_is_known(tmp_path):
    """Its moment is kept so that it is repeated as the same push; once it is done, the next one has another key."""
    journal = PushJournal(tmp_path, "canvas x")
    key = journal.key("1", 8.0, 10.0, b"")
    journal.write("begun", key, "1", 8.0, STEP[3])
    again = PushJournal(tmp_path, "canvas x")
    assert (again.key("1", 8.0, 10.0, b""), again.begun(key), again.last("1")) == (key, STEP[3], None)
    again.write("done", key, "1", 8.0, STEP[3])
    third = PushJournal(tmp_path, "canvas x")
    assert (third.begun(key), third.last("1")) == ("", 8.0)
    assert third.key("1", 8.0, 10.0, b"") != key
    assert PushJournal(tmp_path, "canvas y").last("1") is None


@pytest.mark.parametrize("left", ["", "{", '{"step": "done", "key": "k1"', "\0\0\0", "[]"])
def test_a_torn_last_line_is_a_step_that_was_not_taken(tmp_path, left):
    """Later lines are read."""
    journal = PushJournal(tmp_path, "canvas x")
    journal.write("begun", *STEP)
    [path] = tmp_path.iterdir()
    path.write_text(path.read_text() + left)
    PushJournal(tmp_path, "canvas x").write("done", *STEP)
    assert PushJournal(tmp_path, "canvas x").last("1") == 8.0
    assert path.stat().st_mode & 0o077 == 0
