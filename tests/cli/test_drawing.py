"""The tables of the terminal, at the width that a terminal has unless somebody widens it."""

import io

import pytest
from rich.console import Console

from autograder.cli.drawing import draw_grades, draw_pending
from autograder.records import Finding, Grade, Reason, Refusal, RunVerdict, Verdict
from autograder.results import Results
from autograder.reviews import pending_items

LONG = "Maria Aparecida dos Santos Albuquerque e Silva (123456)"
ITEMS = {"q01": 6, "q02": 1, "q03": 2, "q04": 1, "q05": 1, "q06": 1, "q07": 5, "q08": 6, "q09": 1, "q10": 7}
"""As many items in each question as the course's own rubric has."""


def grade(student, verdict, run=RunVerdict.COMPLETE):
    """Return a grade whose items all have one verdict."""
    earned = 0.3 if verdict is Verdict.PASS else 0.0
    why = (Reason("training.unattested", "256"),) if verdict is Verdict.REVIEW else ()
    findings = tuple(
        Finding(f"item_{number}", question, verdict, earned, 0.3, reasons=why)
        for question, count in ITEMS.items()
        for number in range(count)
    )
    points = sum(finding.points for finding in findings)
    return Grade("j", student, "en", "n", run, "", points, 9.3, findings, (), "r", "b", "real")


GRADES = (grade("ana", Verdict.PASS), grade(LONG, Verdict.REVIEW), grade("bia", Verdict.MISSING, RunVerdict.TIMEOUT))


def shown(width, draw, *arguments):
    """Return what a terminal of some width shows."""
    console = Console(width=width, file=io.StringIO())
    draw(console, *arguments)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_class_fits_the_terminal(width):
    """Whatever the names: each item's mark, all points, how runs ended and every part of every name are there."""
    results = Results(GRADES, (Refusal("Érica Nascimento de Oliveira", "x", "y", "z"),), (), ())
    text = shown(width, draw_grades, results, {"bia"})
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    marks = [" ".join(symbol * count for count in ITEMS.values()) for symbol in "✓⧖·"]
    assert [mark for mark in marks if mark not in text] == []
    shown_too = ("Érica", "Nascimento", "Oliveira", "9.30", "pending", "REFUSED", "TIMEOUT,", "not", "given", "now")
    words = {*LONG.split(), *shown_too}
    assert words - {*text.split()} == set()


def test_pending_items_fit_the_terminal():
    """The reason has most of the room."""
    text = shown(80, draw_pending, tuple(pending_items(GRADES)))
    assert max(map(len, text.splitlines())) <= 80
    assert "this training ran inside the" in text
    assert text.count("q07.item_0") == 1
