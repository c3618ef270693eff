"""The class as one table for spreadsheets and scripts.

UTF-8 with a byte order mark, comma, decimal point, CRLF: Excel reads accents only with the mark, and Python does with
`encoding="utf-8-sig"` (pandas by itself). Where Excel expects semicolons, as in Brazil, import the file by
Data, From Text/CSV instead of opening it by a double click.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from autograder.records import Grade
from autograder.report.files import write_atomically
from autograder.report.summary import summarise

# The wide forms are what a Japanese or Chinese spreadsheet takes for the same signs.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠\t\r\n")  # noqa: RUF001 (meant)


def write_grades_csv(path: Path, grades: Iterable[Grade]) -> None:
    """Write one line a student: points, each question's points, how the run ended, flags.

    Where there is no grade the cell is empty, not 0.

    Raises:
        EnvironmentFault: The file cannot be written.
    """
    summary = summarise(grades)
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(["student", "points", "points_possible", *summary.questions, "run", "flags"])
    for row in summary.rows:
        questions = [_number(row.questions.get(question)) for question in summary.questions]
        points = [_number(row.points), _number(row.points_possible), *questions]
        writer.writerow([_text(row.student), *points, row.run_verdict.value, _text("; ".join(row.flags))])
    write_atomically(path, "\ufeff" + table.getvalue())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _text(value: str) -> str:
    """Keep a spreadsheet from running a student's name as a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else value
