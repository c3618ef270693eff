"""Who is in the class: what was handed in and when, what was refused, and who was withdrawn or came back."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.gradebook.entries import Withdrawal
from autograder.gradebook.store import Store, plain_text
from autograder.records import Job, Refusal, collation_key

HANDED_IN_ANOTHER = "handed in something else"
"""Why a withdrawn student is back where no person decided it."""


class Roll:
    """The students of a gradebook; what writes is called within a transaction of its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def everybody(self) -> tuple[str, ...]:
        """Return everybody who ever handed something in, in the order of names."""
        names = self._store.column("SELECT student FROM jobs UNION SELECT student FROM refusals")
        return tuple(sorted(map(self._store.check_name, names), key=collation_key))

    def withdrawn(self) -> dict[str, Withdrawal]:
        """Return who is withdrawn, by name."""
        rows = self._store.rows(
            "SELECT student, withdrawn, reason, author, max(id) FROM withdrawals GROUP BY student ORDER BY max(id)"
        )
        found = (Withdrawal(self._store.check_name(row[0]), bool(row[1]), row[2], row[3]) for row in rows)
        return {one.student: one for one in found if one.withdrawn}

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the refusals that stand, in the order of names and then of sources."""
        away = self.withdrawn()
        rows = self._store.rows("SELECT student, source, what, remedy, platform_id FROM refusals WHERE open = 1")
        found = (Refusal(self._store.check_name(row[0]), *row[1:]) for row in rows)
        present = (refusal for refusal in found if refusal.student not in away)
        return tuple(sorted(present, key=lambda one: (collation_key(one.student), one.source)))

    def takes(self, student: str, *, known: bool) -> bool:
        """Tell whether a hand-in counts; a withdrawn student is back with one that was not `known`."""
        if not self._is_withdrawn(student):
            return True
        if not known:
            self.withdraw(Withdrawal(student, withdrawn=False, reason=HANDED_IN_ANOTHER, author=""))
        return not known

    def hand_in(self, job: Job) -> None:
        """Keep that a job was handed in; a command that goes on where it was hands in nothing new."""
        last = self._store.row(
            "SELECT job_id, late FROM hand_ins WHERE student = ? ORDER BY id DESC LIMIT 1", job.student
        )
        open_refusal = self._store.row("SELECT 1 FROM refusals WHERE student = ? AND open = 1", job.student)
        if last == (job.id, int(job.late)) and open_refusal is None:
            return
        self._store.write(
            "INSERT INTO hand_ins (id, job_id, student, late) VALUES (?, ?, ?, ?)",
            *(self._store.new_event(), job.id, job.student, int(job.late)),
        )
        self._store.write("UPDATE refusals SET open = 0 WHERE student = ?", job.student)

    def refuse(self, refused: Sequence[Refusal]) -> None:
        """Keep what could not be read, in place of what stood refused of the same students."""
        by_student: dict[str, list[tuple[object, ...]]] = {}
        for refusal in refused:
            parts = tuple(map(plain_text, (refusal.source, refusal.what, refusal.remedy, refusal.platform_id)))
            by_student.setdefault(refusal.student, []).append(parts)
        for student, group in by_student.items():
            rows = self._store.rows(
                "SELECT source, what, remedy, platform_id, open FROM refusals WHERE student = ?", student
            )
            known = {row[:-1] for row in rows}
            if not self.takes(student, known=all(parts in known for parts in group)):
                continue
            standing = [row[:-1] for row in rows if row[-1]]
            if standing == group:
                continue
            self._store.write("UPDATE refusals SET open = 0 WHERE student = ?", student)
            for parts in group:
                self._store.write(
                    "INSERT INTO refusals (id, student, source, what, remedy, platform_id, open)"
                    " VALUES (?, ?, ?, ?, ?, ?, 1)",
                    *(self._store.new_event(), student, *parts),
                )

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Keep that a student is out of the class, or back in it."""
        self._store.write(
            "INSERT INTO withdrawals (id, student, withdrawn, reason, author) VALUES (?, ?, ?, ?, ?)",
            *(self._store.new_event(), withdrawal.student, int(withdrawal.withdrawn)),
            *(withdrawal.reason, withdrawal.author),
        )

    def _is_withdrawn(self, student: str) -> bool:
        row = self._store.row("SELECT withdrawn FROM withdrawals WHERE student = ? ORDER BY id DESC LIMIT 1", student)
        return row is not None and bool(row[0])
