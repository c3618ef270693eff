"""Runs the command in a course's folder."""

import json

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import AutograderError


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Change to a new folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def export(place):
    """Return a function that runs `autograder export` and parses its JSON; errors are raised."""

    def run(*arguments):
        done = CliRunner().invoke(app, ["export", *map(str, arguments), "--json"])
        if isinstance(done.exception, AutograderError):
            raise done.exception
        assert done.exit_code == 0, (done.stdout, done.stderr, done.exception)
        return json.loads(done.stdout)

    return run


def changed(outcome):
    """Return the changes of an outcome: before and after, by student."""
    return {one["student"]: (one["before"], one["after"]) for one in outcome["changes"]}


@pytest.fixture(name="changed")
def _changed():
    return changed
