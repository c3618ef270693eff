"""What commands say of a class: the table or JSON, whose decisions no longer apply, and the counts at the end."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from autograder.class_results import Results
from autograder.cli.app import print_json, say, stderr, stdout
from autograder.cli.class_table import draw_grades, named_students
from autograder.cli.drawing import level_text
from autograder.cli.named_student import undo_withdrawal
from autograder.cli.reader_language import reader_language
from autograder.pipeline import Intake
from autograder.records import Grade, Language, Refusal, shell_word, to_json
from autograder.regrade_effect import Effect
from autograder.regrading import Settled
from autograder.report import ABSENT, REFUSED, refusal_line, summarise


def say_refused(refused: Sequence[Refusal]) -> None:
    """Name each submission that could not be read, with what mends it."""
    for refusal in refused:
        say("refused", refusal_line(refusal, reader_language()))


def say_not_submissions(lines: Iterable[object]) -> None:
    """Name what was given and is no submission."""
    for line in lines:
        say("not a submission", line)


def say_settled(settled: Settled) -> None:
    """Say what the change of a rubric, a baseline or a package's version means for the class."""
    if settled.rules:
        changed = f"everybody is graded under today's, and {len(settled.effect.changes)} grades changed"
        say("warning", f"{settled.rules} changed: {changed} ({level_text(settled.effect)})")
    if settled.versions:
        before = "what was executed before is not executed again unless it is given"
        say("warning", f"notebooks run on {settled.versions}: {before}")


def say_taken_in(intake: Intake) -> None:
    """Name everybody whose place in the class is not what it was, or is not what the command was given."""
    for one in intake.missing:
        perhaps = f"; or is it {shell_word(one.perhaps)}, who was given?" if one.perhaps else ""
        say("missing", f"{one.student}: not in what was given now; what the gradebook has stands{perhaps}")
    for student in intake.back:
        say("back", f"{student}: was withdrawn and has handed in something else")
    for withdrawal in intake.withdrawn:
        remedy = undo_withdrawal(withdrawal.student)
        say("withdrawn", f"{withdrawal.student}: not graded, by {withdrawal.author}: {withdrawal.reason} ({remedy})")


def say_lapsed(results: Results) -> None:
    """Warn of points given by hand that no longer count: a person has to look again."""
    for one in results.lapsed:
        say("warning", one)


def say_unlisted(results: Results) -> None:
    """Name whose hand-ins are of nobody that the course list is known to have."""
    for student in results.unlisted:
        say("not on the list", f"{student}: matches nobody on the course list, or several people")


def _grade_fields(given: Grade | None) -> dict[str, object] | None:
    """Return a grade's own fields as JSON has them; None for no grade."""
    if given is None:
        return None
    document: dict[str, object] = json.loads(to_json(given))
    return document


def effect_document(effect: Effect) -> dict[str, object]:
    """Return the effect of a regrading as JSON has it; the changes begin with the largest."""
    return {
        "class": {
            "students": effect.students,
            "before": dataclasses.asdict(effect.before),
            "after": dataclasses.asdict(effect.after),
        },
        "items": [dataclasses.asdict(one) for one in effect.items],
        "changes": [
            {
                "student": one.after.student,
                "difference": one.difference,
                "before": _grade_fields(one.before),
                "after": _grade_fields(one.after),
            }
            for one in effect.changes
        ],
    }


def show(
    results: Results, out: Path, missing: Collection[str] = (), *, as_json: bool, seconds: float | None = None
) -> None:
    """Print the whole class on stdout, and on stderr where the files are and how many there are of each kind.

    Args:
        results: The class.
        out: Where its files were written.
        missing: Who is not in what was given now.
        as_json: For a program to read.
        seconds: How long the command took, where that is worth telling.
    """
    if as_json:
        print_json(_document(results, missing))
    else:
        draw_grades(stdout, results, missing)
    say_lapsed(results)
    say_unlisted(results)
    stderr.print(
        f"wrote grades.csv, class.html, and one page and JSON file per student: {out}", highlight=False, soft_wrap=True
    )
    for line in (*_whom(results), *_mean(results, seconds), _counts(results, missing)):
        stderr.print(line, highlight=False, markup=False, soft_wrap=True)


def _document(results: Results, missing: Collection[str]) -> list[dict[str, object]]:
    """Return the grades; behind them, without points, the refusals and who handed in nothing: their run says why.

    Whoever is missing from what was given now has `given_now: false`.
    """
    grades = [_grade_fields(given) or {} for given in results.grades]
    refusals = [
        {
            **dataclasses.asdict(one),
            "why": {tag: refusal_line(one, tag) for tag in get_args(Language)},
            "points": None,
            "run_verdict": REFUSED,
        }
        for one in results.refused
    ]
    absent = [{"student": name, "points": None, "run_verdict": ABSENT} for name in results.absent]
    not_now = {"given_now": False}
    return [
        *({**entry, **(not_now if entry["student"] in missing else {})} for entry in (*grades, *refusals)),
        *absent,
    ]


def _whom(results: Results) -> Iterator[str]:
    """Name who waits for a person and who is refused: the last lines are what one sees of a large class."""
    waiting = [given.student for given in results.grades if given.pending > 0]
    refused = list(dict.fromkeys(refusal.student for refusal in results.refused))
    if waiting:
        yield f"students pending (`autograder pending`): {named_students(waiting)}"
    if refused:
        yield f"students refused: {named_students(refused)}"


def _mean(results: Results, seconds: float | None) -> Iterator[str]:
    """Say the mean and how long it took, as far as there is either."""
    summary = summarise(results.grades)
    parts = []
    if summary.mean is not None and summary.median is not None:
        possible = results.grades[0].points_possible
        parts.append(f"mean {summary.mean:.2f} of {possible:g}, median {summary.median:.2f}")
    if seconds is not None:
        minutes, rest = divmod(round(seconds), 60)
        parts.append(f"took {minutes} min {rest} s" if minutes else f"took {rest} s")
    if parts:
        yield ", ".join(parts)


def _counts(results: Results, missing: Collection[str]) -> str:
    counts = {
        "with pending points": sum(given.pending > 0 for given in results.grades),
        "refused": len({refusal.student for refusal in results.refused}),
        "lacking by a fault of ours": results.lacking,
        "not in what was given now": len(missing),
        "withdrawn": len(results.withdrawn),
        "handed in nothing": len(results.absent),
    }
    graded = len(results.grades) - results.lacking
    return ", ".join([f"graded {graded}", *(f"{what} {count}" for what, count in counts.items() if count)])
