"""The terminal's tables, at a terminal's default width."""

import dataclasses
import io
import random
from itertools import pairwise

import pytest
from rich.console import Console

from autograder.class_results import Results
from autograder.cli.class_table import draw_grades, flag_lines, named_students
from autograder.cli.drawing import draw_checks, draw_pending
from autograder.cli.tally import TimeLeft
from autograder.records import Detail, Finding, Grade, Reason, Refusal, RunVerdict, Verdict
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
    return Grade("j", student, "en", "n", run, None, points, 9.3, findings, (), "r", "b", "real")


GRADES = (grade("ana", Verdict.PASS), grade(LONG, Verdict.REVIEW), grade("bia", Verdict.MISSING, RunVerdict.TIMEOUT))


def shown(width, draw, *arguments):
    """Return the output on a terminal of some width."""
    console = Console(width=width, file=io.StringIO())
    draw(console, *arguments)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_class_fits_the_terminal(width):
    """Whatever the names: each item's mark, all points, the endings of runs and all parts of names are shown."""
    results = Results(GRADES, (Refusal("Érica Nascimento de Oliveira", "x", Detail("refused.empty")),), (), ())
    text = shown(width, draw_grades, results, {"bia"})
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    marks = [" ".join(symbol * count for count in ITEMS.values()) for symbol in "✓○·"]
    assert [mark for mark in marks if mark not in text] == []
    shown_too = ("Érica", "Nascimento", "Oliveira", "9.30", "pending", "REFUSED", "TIMEOUT,", "not", "given", "now")
    words = {*LONG.split(), *shown_too}
    assert words - {*text.split()} == set()
    # No name is broken, whatever the width.
    assert [name for name in (LONG, "Érica Nascimento de Oliveira", "bia") if name not in text] == []


def test_names_stand_above_their_rows_where_there_is_no_room_beside():
    """Points, marks and flags are in columns that all rows share."""
    text = shown(80, draw_grades, Results(GRADES, (), (), ()), {"bia"})
    lines = text.splitlines()
    place = lines.index(next(line for line in lines if line.startswith(LONG)))
    assert "0.3 pending" not in lines[place]
    assert lines[place].endswith("9.3 pending")
    starts = {line.index(symbol) for line in lines for symbol in "✓○·" if f"{symbol * 6} " in line}
    assert len(starts) == 1
    assert next(line for line in lines if line.startswith("bia")).split() == ["bia", "TIMEOUT,", "not", "given", "now"]


def test_flags_are_said_in_words_with_whom():
    """The most frequent first; of many students some are named."""
    late = (Reason("hand_in.late"),)
    grades = [dataclasses.replace(GRADES[0], student=f"s{number}", flags=late) for number in range(7)]
    worse = dataclasses.replace(GRADES[0], student="ana", flags=(Reason("hand_in.worse"), *late))
    assert flag_lines([worse, *grades]) == [
        "flag: late: ana, s0, s1, s2, s3 and 3 more",
        "flag: earlier one was better: ana",
    ]
    assert named_students(["a"]) == "a"


def test_what_is_not_needed_is_neutral():
    """It is shown without the sign of a failure."""
    rows = [("fails", "sandbox", "no bwrap", "install it"), ("spare", "docker", "no engine", "install it")]
    text = shown(100, draw_checks, rows)
    needed, spare, legend = text.splitlines()
    assert needed.split() == ["✗", "sandbox", "no", "bwrap", "(install", "it)"]
    assert "no engine (install it)" in spare
    assert "✗" not in spare
    assert legend.endswith("grading does not need it here")


def test_the_estimate_is_steady():
    """With submissions that take five to fifteen seconds it changes slowly, and ends near zero."""
    clock = [0.0]
    left = TimeLeft(lambda: clock[0])
    chance = random.Random(1)  # noqa: S311 (a class, not a secret)
    said = []
    for number in range(100):
        for _ in range(4):
            clock[0] += chance.uniform(5, 15) / 4
            said.append((clock[0], left.update((number + 0.9) / 100)))
        left.update((number + 1) / 100)
    known = [(at, value) for at, value in said if value is not None]
    assert len(known) > 380
    assert max(abs(one - other) for (_, one), (_, other) in pairwise(known[8:])) < 40
    assert known[-1][1] < 20


def test_pending_items_fit_the_terminal():
    """The reason has most of the space."""
    text = shown(80, draw_pending, tuple(pending_items(GRADES)))
    assert max(map(len, text.splitlines())) <= 80
    assert "this training ran inside the" in text
    assert text.count("q07.item_0") == 1
