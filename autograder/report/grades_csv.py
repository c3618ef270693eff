"""The class as one table for spreadsheets and scripts.

UTF-8 with a byte order mark, comma, decimal point, CRLF: Excel reads accents only with the mark, and Python does with
`encoding="utf-8-sig"` (pandas by itself). Where Excel expects semicolons, as in Brazil, import the file by
Data, From Text/CSV instead of opening it by a double click.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from autograder.records import Grade, Refusal, collation_key
from autograder.report.class_summary import summarise
from autograder.report.files import write_atomically
from autograder.report.refusals import refusal_line

REFUSED: Final = "REFUSED"
"""What stands in place of a run's verdict where a student has handed in nothing that can be graded."""

ABSENT: Final = "ABSENT"
"""What stands there for who is in the course and has handed in nothing."""

# The wide forms are what a Japanese or Chinese spreadsheet takes for the same signs.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠\t\r\n")  # noqa: RUF001 (meant)


def write_grades_csv(
    path: Path, grades: Iterable[Grade], refused: Iterable[Refusal] = (), absent: Iterable[str] = ()
) -> None:
    """Write one line per student: points, what is pending, each question's points, how the run ended, flags.

    Where there is no grade the cell is empty, not 0. A student whose submission stands refused has a line as well, or a
    flag beside the grade of an earlier one; who is in the course and handed in nothing, the `absent`, has one too. If
    the rubric cancels items, a last column names them.

    Raises:
        EnvironmentFault: The file cannot be written.
    """
    summary = summarise(grades)
    refusals: defaultdict[str, list[str]] = defaultdict(list)
    for refusal in refused:
        refusals[refusal.student].append(refusal_line(refusal, "en"))
    any_cancelled = any(row.cancelled for row in summary.rows)
    lines: list[list[str]] = []
    for row in summary.rows:
        questions = [_number(row.questions.get(question)) for question in summary.questions]
        points = [*map(_number, (row.points, row.pending, row.points_possible)), *questions]
        since = [f"a later submission is refused: {why}" for why in refusals.pop(row.student, [])]
        flags = "; ".join([*row.flags, *since])
        lines.append([row.student, *points, row.run_verdict.value, flags, "; ".join(row.cancelled)])
    for student, reasons in refusals.items():
        lines.append([student, *[""] * (3 + len(summary.questions)), REFUSED, "; ".join(reasons), ""])
    lines += [[name, *[""] * (3 + len(summary.questions)), ABSENT, "handed in nothing", ""] for name in absent]
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    heading = ["student", "points", "pending", "points_possible", *summary.questions, "run", "flags"]
    writer.writerow([*heading, *(["cancelled"] if any_cancelled else [])])
    for student, *cells, flags, cancelled in sorted(lines, key=lambda line: collation_key(line[0])):
        writer.writerow([cell_text(student), *cells, cell_text(flags), *([cancelled] if any_cancelled else [])])
    write_atomically(path, "\ufeff" + table.getvalue())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def cell_text(value: str) -> str:
    """Keep a spreadsheet from running a student's name, or that of their file, as a formula."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else value
