"""Item analysis of a class: each item's difficulty and discrimination, and for choices who chose which option."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from autograder.class_report.report_entries import ReportEntry
from autograder.grading import KeyAudit
from autograder.records import Verdict
from autograder.rubric.cancellation import cancelled_items, worth
from autograder.rubric.checks.choice import Choice
from autograder.rubric.lookup import shape_at
from autograder.rubric.model import KeySpec
from autograder.rubric.variable_shapes import LetterShape
from autograder.statistics import Estimate, Reliability, correlation, item_rest, reliability

TOO_HARD: Final = 0.30
TOO_EASY: Final = 0.95
LEAST_DISCRIMINATION: Final = 0.2


@dataclasses.dataclass(frozen=True, slots=True)
class OptionRow:
    """One option of a choice, as the class and as the reference runs see it.

    `discrimination` is the correlation of having chosen it with the points of all other items. `upheld` is the share of
    the reference runs that bear it out best, alone, and `shared` those in which another is borne out as well; None
    where the option claims nothing that runs could bear out.
    """

    letter: str
    is_key: bool
    is_accepted: bool
    students: int
    share: float | None
    discrimination: Estimate | None
    upheld: float | None
    shared: float | None

    @property
    def repels(self) -> bool:
        """Whether clearly the weaker students choose it."""
        found = self.discrimination
        return found is not None and found.high is not None and found.high < 0


@dataclasses.dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the rubric over the class; what is undefined is None, and so is everything of a cancelled item.

    `difficulty` is the mean as a share of the points possible: easy items are near 1. `verdicts` counts everybody,
    the rest the students whose grade is the last word.
    """

    place: str
    points_possible: float
    verdicts: Mapping[Verdict, int]
    mean: float | None
    difficulty: float | None
    discrimination: Estimate | None
    alpha_without: float | None
    cancelled: bool = False
    options: tuple[OptionRow, ...] = ()
    runs: int = 0
    """The reference runs that the options were held against."""

    @property
    def suspect_key(self) -> bool:
        """Whether the numbers speak against the key: the better students choose another letter, or the runs do."""
        right = [option for option in self.options if option.is_key or option.is_accepted]
        if self.cancelled or not right:
            return False
        others = [option.upheld for option in self.options if option not in right and option.upheld is not None]
        upheld = [option.upheld for option in right if option.upheld is not None]
        return all(option.repels for option in right) or (bool(upheld) and bool(others) and max(others) > max(upheld))

    @property
    def notes(self) -> tuple[str, ...]:
        """Name what is odd about the item, by the usual bounds."""
        found = ["cancelled"] if self.cancelled else []
        if self.difficulty is not None and self.difficulty < TOO_HARD:
            found.append("hard")
        if self.difficulty is not None and self.difficulty > TOO_EASY:
            found.append("easy")
        if self.discrimination is not None and self.discrimination.value < LEAST_DISCRIMINATION:
            found.append("negative" if self.discrimination.value < 0 else "weak")
        return (*(["key"] if self.suspect_key else []), *found)


@dataclasses.dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """All items, and the reliability of the total; `students` is on how many it stands."""

    students: int
    items: tuple[ItemRow, ...]
    reliability: Reliability


def analyse_items(entries: Sequence[ReportEntry], key_spec: KeySpec, support: Sequence[KeyAudit]) -> ItemAnalysis:
    """Analyse the items of a class.

    Students without a grade, and those of whom something waits for a person, count in the verdicts alone: their points
    are not known yet. A cancelled item measures nobody: it is left out of every figure but its options' counts.

    Args:
        entries: The class.
        key_spec: The rubric that it was graded under.
        support: What the reference runs say of the options.
    """
    places = {
        f"{question_name}.{item_name}": item
        for question_name, question in key_spec.questions.items()
        for item_name, item in question.items.items()
    }
    verdicts: dict[str, Counter[Verdict]] = {place: Counter() for place in places}
    for entry in entries:
        for finding in entry.grade.findings:
            verdicts.setdefault(finding.place, Counter())[finding.verdict] += 1
    decided = [entry for entry in entries if entry.is_decided]
    possible, cancelled = worth(key_spec.questions), cancelled_items(key_spec.questions)
    judged = [place for place in places if place not in cancelled]
    table = [[points.get(place, 0.0) for place in judged] for points in map(_points, decided)]
    whole = reliability(table)
    rows = []
    for place, item in places.items():
        index = judged.index(place) if place not in cancelled else None
        column = [] if index is None else [row[index] for row in table]
        mean = sum(column) / len(column) if column else None
        audit = next((one for one in support if f"{one.question}.{one.item}" == place), None)
        rest = [sum(row) - (0.0 if index is None else row[index]) for row in table]
        options = _options(place, item, decided, rest, key_spec, audit) if isinstance(item, Choice) else ()
        rows.append(
            ItemRow(
                place=place,
                points_possible=possible[place],
                verdicts=verdicts[place],
                mean=mean,
                difficulty=None if mean is None or possible[place] <= 0 else mean / possible[place],
                discrimination=None if index is None else item_rest(table, index),
                alpha_without=whole.without[index] if whole.without and index is not None else None,
                cancelled=index is None,
                options=options,
                runs=0 if audit is None else audit.runs,
            )
        )
    return ItemAnalysis(len(decided), tuple(rows), whole)


def _points(entry: ReportEntry) -> dict[str, float]:
    return {finding.place: finding.points for finding in entry.grade.findings}


def _options(
    place: str,
    item: Choice,
    decided: Sequence[ReportEntry],
    rest: Sequence[float],
    key_spec: KeySpec,
    audit: KeyAudit | None,
) -> tuple[OptionRow, ...]:
    question = key_spec.questions[place.partition(".")[0]]
    shape = shape_at(item.value, question.variables)
    letters = shape.options if isinstance(shape, LetterShape) else item.key
    chosen = [entry.letters.get(place) for entry in decided]
    of_runs = {} if audit is None or not audit.runs else {option.option: option for option in audit.options}
    runs = 0 if audit is None else audit.runs
    return tuple(
        OptionRow(
            letter=letter,
            is_key=letter == item.key,
            is_accepted=letter in item.accepted,
            students=chosen.count(letter),
            share=chosen.count(letter) / len(chosen) if chosen else None,
            discrimination=correlation([float(one == letter) for one in chosen], rest),
            upheld=of_runs[letter].alone / runs if letter in of_runs else None,
            shared=of_runs[letter].shared / runs if letter in of_runs else None,
        )
        for letter in letters
    )
