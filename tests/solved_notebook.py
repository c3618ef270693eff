"""A solved notebook of two questions that runs in a second, its rubric, and its reference runs."""

import json
from pathlib import Path

from autograder.calibrate import calibrate
from autograder.calibration_plan import plan_runs

RUBRIC = (
    Path(__file__).with_name("tiny.yml").read_text().partition("questions:")[0]
    + """\
questions:
  q01:
    variables: {q01_answer: {type: letter, options: abcd}}
    items:
      answer: {points: 1, check: choice, value: q01_answer, key: b}
  q02:
    variables: {q02_loss: {type: number}}
    items:
      loss: {points: 1, check: interval, scale: log, values: [q02_loss]}
"""
)
MASTER = (
    ("raw", "# ASSIGNMENT CONFIG\nname: tiny"),
    ("code", "SEED = 21"),
    ("raw", "# BEGIN QUESTION\nname: q01\npoints: 1"),
    ("markdown", "Which letter?"),
    ("raw", "# BEGIN SOLUTION"),
    ("code", 'q01_answer = "b"  # SOLUTION'),
    ("raw", "# END SOLUTION"),
    ("raw", "# END QUESTION"),
    ("code", "shared = 1"),
    ("raw", "# BEGIN QUESTION\nname: q02\npoints: 1"),
    ("code", "q02_loss = SEED + shared / 2"),
    ("raw", "# END QUESTION"),
    ("markdown", "The end."),
)


def write_master(folder, cells=MASTER):
    """Write a master notebook in Otter Assign's format; the cell with the seed takes parameters."""
    written = [
        {
            "cell_type": kind,
            "metadata": {"tags": ["parameters"]} if source.startswith("SEED") else {},
            "source": source.splitlines(keepends=True),
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for kind, source in cells
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": written}
    (folder / "tiny.ipynb").write_text(json.dumps(notebook))


def with_source(old, new):
    """Return the master's cells with one of them changed."""
    return tuple((kind, new if source == old else source) for kind, source in MASTER)


def carry_out(assignment, data, seeds=(), questions=(), *, renew=False):
    """Make the planned runs with the notebook's own seed and some others."""
    pending = plan_runs(assignment, data, seeds, questions, renew=renew).pending
    return list(calibrate(assignment, data, pending, "auto", 1, lambda *_: None))
