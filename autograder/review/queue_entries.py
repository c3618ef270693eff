"""What asks for a person's eyes, as one list that can be filtered and searched; and what a person has settled."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, get_args

from autograder.records import Finding, Grade, RunVerdict, Verdict, folded
from autograder.report import refusal_line, why_no_grade
from autograder.review.review_writing import Writing
from autograder.review.reviewed_class import ClassState
from autograder.rubric import codes

EntryKind = Literal["objection", "pending", "no grade", "refused", "flag", "run", "settled"]
"""`flag`: an item's; `run`: a flag of the submission as a whole; `settled`: decided by a person, or answered."""

KINDS: Final[tuple[EntryKind, ...]] = get_args(EntryKind)
PER_PAGE: Final = 100
_OBJECTION: Final[Mapping[str, tuple[EntryKind, str]]] = {
    "open": ("objection", "objection {number}"),
    "answered": ("settled", "objection {number}, answered"),
    "withdrawn": ("settled", "objection {number}, withdrawn"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class QueueEntry:
    """One line of the queue: whose, of which item (empty: of the whole submission), in a few words, and why."""

    kind: EntryKind
    student: str
    place: str
    words: str
    why: str = ""
    points: float | None = None
    has_grade: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class QueueChoice:
    """What of the queue is shown: of one kind (empty: all that is open), one item or question, with these words."""

    kind: str = ""
    place: str = ""
    words: str = ""

    def takes(self, entry: QueueEntry) -> bool:
        """Tell whether an entry is shown."""
        if entry.kind != self.kind if self.kind else entry.kind == "settled":
            return False
        return self.takes_of_any_kind(entry)

    def takes_of_any_kind(self, entry: QueueEntry) -> bool:
        """Tell the same without regard to the kind."""
        if self.place and self.place not in {entry.place, entry.place.partition(".")[0]}:
            return False
        text = folded(f"{entry.student} {entry.place} {entry.words} {entry.why}")
        return all(word in text for word in folded(self.words).split())


def queue_entries(state: ClassState, writing: Writing) -> tuple[QueueEntry, ...]:
    """Return everything that is flagged, pending, refused, objected to or settled, what costs points first."""
    found = [*_objections(state, writing), *_refusals(state, writing)]
    for given in state.grades.values():
        found += _of_grade(given, writing)
    order = {kind: number for number, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda entry: order[entry.kind]))


def counts(entries: tuple[QueueEntry, ...], choice: QueueChoice) -> Mapping[EntryKind, int]:
    """Return how many entries of each kind the rest of the choice leaves."""
    found = Counter(entry.kind for entry in entries if choice.takes_of_any_kind(entry))
    return {kind: found[kind] for kind in KINDS}


def next_open(state: ClassState, entries: Iterable[QueueEntry], student: str, place: str) -> tuple[str, str] | None:
    """Return student and item with which to go on after a decision: the next open one, from student to student."""
    waiting = {(entry.student, entry.place) for entry in entries if entry.kind != "settled"}
    every = [(given.student, finding.place) for given in state.grades.values() for finding in given.findings]
    here = every.index((student, place))
    return next((one for one in (*every[here + 1 :], *every[:here]) if one in waiting), None)


def _objections(state: ClassState, writing: Writing) -> Iterator[QueueEntry]:
    for one in state.objections:
        kind, template = _OBJECTION[one.standing]
        words = writing.plain(template, number=one.number)
        yield QueueEntry(kind, one.student, one.place, words, one.text, has_grade=one.student in state.grades)


def _refusals(state: ClassState, writing: Writing) -> Iterator[QueueEntry]:
    for one in state.refusals:
        yield QueueEntry(
            "refused",
            one.student,
            "",
            writing.plain("refused"),
            refusal_line(one, writing.language),
            has_grade=one.student in state.grades,
        )


def _of_grade(given: Grade, writing: Writing) -> Iterator[QueueEntry]:
    if given.run_verdict is RunVerdict.INTERNAL:
        yield QueueEntry(
            "no grade", given.student, "", writing.plain("no grade"), why_no_grade(given, writing.language)
        )
        return
    for flag in given.flags:
        yield QueueEntry("run", given.student, "", writing.flag(flag.code), writing.said(flag))
    for finding in given.findings:
        yield from _of_finding(given.student, finding, writing)


def _of_finding(student: str, finding: Finding, writing: Writing) -> Iterator[QueueEntry]:
    why = writing.said(finding.reasons[0]) if finding.reasons else ""
    place = finding.place
    by_hand = next((flag for flag in finding.flags if flag.code == codes.POINTS_OVERRIDDEN), None)
    if by_hand is not None:
        yield QueueEntry("settled", student, place, writing.flag(by_hand.code), writing.said(by_hand), finding.points)
    elif finding.verdict is Verdict.REVIEW:
        yield QueueEntry("pending", student, place, writing.plain("pending"), why, finding.pending)
    elif finding.verdict is Verdict.INTERNAL:
        yield QueueEntry("no grade", student, place, writing.plain("no grade"), why)
    for flag in () if by_hand is not None else finding.flags:
        yield QueueEntry("flag", student, place, writing.flag(flag.code), writing.said(flag), finding.points)
