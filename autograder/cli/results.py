"""What commands say of a class: the table or JSON, whose decisions no longer apply, and the counts at the end."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from autograder.cli.app import print_json, say, stderr, stdout
from autograder.cli.drawing import draw_grades
from autograder.records import Grade, Refusal, to_json
from autograder.report import REFUSED
from autograder.results import Results


def say_refused(refused: Sequence[Refusal]) -> None:
    """Name each submission that could not be read, with what mends it."""
    for refusal in refused:
        say("refused", refusal)


def say_lapsed(results: Results) -> None:
    """Warn of points given by hand that no longer count: a person has to look again."""
    for one in results.lapsed:
        say("warning", one)


def grade_fields(given: Grade | None) -> dict[str, object] | None:
    """Return a grade's own fields as JSON has them; None for no grade."""
    if given is None:
        return None
    document: dict[str, object] = json.loads(to_json(given))
    return document


def show(results: Results, out: Path, missing: Collection[str] = (), *, as_json: bool) -> None:
    """Print the whole class on stdout, and on stderr where the files are and how many there are of each kind.

    Args:
        results: The class.
        out: Where its files were written.
        missing: Who is not in what was given now.
        as_json: For a program to read.
    """
    if as_json:
        print_json(_document(results, missing))
    else:
        draw_grades(stdout, results, missing)
    say_lapsed(results)
    stderr.print(f"wrote grades.csv, and a page and a JSON file per student: {out}", highlight=False, soft_wrap=True)
    stderr.print(_counts(results, missing), highlight=False, soft_wrap=True)


def _document(results: Results, missing: Collection[str]) -> list[dict[str, object]]:
    """Return the grades, and behind them the refusals: these have no points, and their run says why.

    Whoever is missing from what was given now has `given_now: false`.
    """
    grades = [grade_fields(given) or {} for given in results.grades]
    refusals = [{**dataclasses.asdict(one), "points": None, "run_verdict": REFUSED} for one in results.refused]
    absent = {"given_now": False}
    return [{**entry, **(absent if entry["student"] in missing else {})} for entry in (*grades, *refusals)]


def _counts(results: Results, missing: Collection[str]) -> str:
    counts = {
        "with pending points": sum(given.pending > 0 for given in results.grades),
        "refused": len({refusal.student for refusal in results.refused}),
        "lacking by a fault of ours": results.lacking,
        "not in what was given now": len(missing),
        "withdrawn": len(results.withdrawn),
    }
    graded = len(results.grades) - results.lacking
    return ", ".join([f"graded {graded}", *(f"{what} {count}" for what, count in counts.items() if count)])
