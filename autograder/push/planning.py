"""Plan a push: the marks that differ from those on the platform, each with an idempotency key."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence

from autograder.export import CellChange, Held, Recipients, User, converted, rounded
from autograder.push.push_journal import PushJournal
from autograder.roster import bare_name, is_name_of


@dataclasses.dataclass(frozen=True, slots=True)
class CurrentMark:
    """A user's mark on the platform, None if there is none; `files` are attached to comments."""

    name: str = ""
    points: float | None = None
    excused: bool = False
    files: frozenset[str] = frozenset()
    is_group: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """One mark to send. `key` identifies this upload and `moment` dates it; both stay the same when it is repeated."""

    student: str
    user: str
    points: float
    points_possible: float
    key: str
    moment: str
    begun: bool = False
    page: bytes = b""

    @property
    def page_name(self) -> str:
        """The page's file name on the platform, derived from its content so that a sent page is recognised."""
        return f"feedback-{hashlib.sha256(self.page).hexdigest()[:10]}.html" if self.page else ""


@dataclasses.dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push would do."""

    uploads: tuple[Upload, ...]
    changes: tuple[CellChange, ...]
    unchanged: int
    held: tuple[Held, ...]
    unmatched: tuple[Held, ...]


def plan(
    recipients: Recipients,
    current: Mapping[str, CurrentMark] | None,
    maximum: float | None,
    journal: PushJournal,
    page_of: Callable[[str], bytes],
    *,
    scale: bool,
    overwrite: bool,
) -> PushPlan:
    """Find out which marks have to be sent.

    Args:
        recipients: The marks and their users.
        current: The platform's marks; with None, the journal's last uploads are used instead.
        maximum: The platform's highest possible mark; None if any is accepted.
        journal: The earlier uploads.
        page_of: Returns a student's page; empty if none is to be sent.
        scale: Convert marks to the platform's maximum.
        overwrite: Also replace marks that did not come from here.

    Raises:
        UsageError: The platform has another maximum, and `scale` is off.
    """
    uploads: list[Upload] = []
    changes: list[CellChange] = []
    held, unmatched = list(recipients.held), list(recipients.unmatched)
    unchanged = 0
    for user in recipients.users:
        mark = user.mark
        points = converted(mark, maximum, journal.destination, scale=scale)
        sent = journal.last(user.number)
        there = CurrentMark(points=sent) if current is None else current.get(user.number)
        why = _unknown(user, there)
        if why or there is None:
            unmatched.append(Held(mark.student, why))
            continue
        why = _kept(there, points, journal, user.number, overwrite=overwrite)
        if why:
            held.append(Held(mark.student, why))
            continue
        page = page_of(mark.student)
        possible = mark.points_possible if maximum is None else maximum
        upload = _parcel(user, points, possible, journal, page)
        has_page = not page or upload.page_name in there.files
        if _is_same(there.points, points) and has_page:
            unchanged += 1
            continue
        uploads.append(upload)
        what = "" if has_page else f", {upload.page_name}"
        before = "" if there.points is None else f"{rounded(there.points)}"
        changes.append(CellChange(mark.student, there.name or user.number, before, f"{rounded(points)}{what}"))
    return PushPlan(tuple(uploads), tuple(changes), unchanged, tuple(held), tuple(unmatched))


def _parcel(user: User, points: float, possible: float, journal: PushJournal, page: bytes) -> Upload:
    key = journal.key(user.number, points, possible, page)
    begun = journal.begun(key)
    moment = begun or journal.now()
    return Upload(user.mark.student, user.number, points, possible, key, moment, begun=bool(begun), page=page)


def _unknown(user: User, there: CurrentMark | None) -> str:
    """Return why the user may be another student; empty if the match is clear."""
    if there is None:
        return f"user {user.number} is not among those of the assignment"
    by_list = user.by_list or there.is_group or not there.name
    return (
        ""
        if by_list or is_name_of(there.name, bare_name(user.mark.student))
        else f"user {user.number} is {there.name} there"
    )


def _kept(there: CurrentMark, points: float, journal: PushJournal, user: str, *, overwrite: bool) -> str:
    """Return why the platform's mark must not be replaced; empty if it may be."""
    if there.excused:
        return "is excused there"
    # An upload that was begun but not confirmed may have arrived.
    is_ours = there.points is None or _is_same(there.points, points) or journal.tried(user, there.points)
    return "" if is_ours or overwrite else f"has {there.points:g} there, not sent from here (--overwrite replaces it)"


def _is_same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and rounded(one) == rounded(other)


def in_order(uploads: Sequence[Upload]) -> Sequence[Upload]:
    """Return uploads in sending order: those begun earlier come first."""
    return sorted(uploads, key=lambda upload: not upload.begun)
