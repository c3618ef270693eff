"""Progress: what is counted, and that a program can read it."""

import json

import pytest

from autograder.cli.progress import submission_progress
from autograder.cli.tally import State, Surroundings, Tally


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        """Return the time."""
        return self.now


@pytest.fixture
def clock():
    """A clock at 0."""
    return Clock()


def test_each_submission_is_in_one_state(clock):
    """Waiting, running, done or failed; one that is executed again is not counted twice."""
    tally = Tally(4, lambda: Surroundings(3, 2), clock)
    assert tally.state() == State(4, 0, 0, 0, None, None, 3, 2)
    tally.observe("ana", 0, 2)
    tally.observe("bia", 1, 2)
    clock.now = 1800.0
    state = tally.state()
    assert (state.done, state.running, tally.completed) == (0, 2, 0.5)
    tally.finish("bia", failed=False, executed=True)
    tally.finish("caio", failed=False, executed=False)
    tally.observe("ana", 2, 2)
    tally.finish("ana", failed=True, executed=True)
    tally.observe("ana", 0, 2)
    state = tally.state()
    assert (state.total, state.done, state.running, state.failed) == (4, 3, 0, 1)
    assert tally.completed == 3.0


def test_the_rate_counts_what_was_executed(clock):
    """Two in half an hour are four an hour, however many were there before; the estimate is of the rest."""
    tally = Tally(4, Surroundings, clock)
    for name in ("ana", "bia"):
        tally.finish(name, failed=False, executed=True)
    tally.finish("caio", failed=False, executed=False)
    clock.now = 1800.0
    state = tally.state()
    assert state.per_hour == 4.0
    assert state.seconds_left == pytest.approx(600.0)


def test_json_lines_are_for_programs(capfd):
    """One per change, with every field, also where stderr is no terminal; what is said is an event too."""
    with submission_progress("submissions", 2, "json", lambda: Surroundings(1, 2)) as progress:
        progress.observe("ana", 0, 3)
        progress.observe("ana", 1, 3)
        progress.finish("ana")
        progress.say('Ana [bold]"Lima"\x1b[2J: 2.00')
        progress.finish("bia", failed=True, executed=False)
    events = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    counts = [(one["done"], one["running"], one["failed"]) for one in events if one["event"] == "progress"]
    assert counts == [(0, 0, 0), (0, 1, 0), (1, 0, 0), (2, 0, 1)]
    assert events[0].keys() == {
        *("event", "what", "total", "done", "running", "failed"),
        *("per_hour", "seconds_left", "orders_in_flight", "machines"),
    }
    assert [one["text"] for one in events if one["event"] == "line"] == ['Ana [bold]"Lima"\x1b[2J: 2.00']


def test_without_a_terminal_there_is_a_bar_only_if_asked_for(capfd):
    """`auto` prints the lines alone."""
    for form, drawn in (("auto", False), ("bar", True)):
        with submission_progress("submissions", 1, form) as progress:
            progress.finish("ana")
            progress.say("ana: 2.00")
        said = capfd.readouterr().err
        assert "ana: 2.00" in said
        assert ("\x1b" in said) is drawn
