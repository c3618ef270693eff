"""The students of a class: submissions, refusals, and withdrawals."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.gradebook.entries import Withdrawal
from autograder.gradebook.store import Store, plain_text
from autograder.gradebook.upgrade import is_as_kept
from autograder.records import Account, Detail, Job, Refusal, Roster, collation_key, to_json

HANDED_IN_ANOTHER = "handed in something else"
"""The reason why a withdrawn student is back without a person's decision."""


class Roll:
    """The students of a gradebook; methods that write must be called within a transaction of its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def everybody(self) -> tuple[str, ...]:
        """Return all students with a submission, sorted by name."""
        names = self._store.column("SELECT student FROM jobs UNION SELECT student FROM refusals")
        return tuple(sorted(map(self._store.check_name, names), key=collation_key))

    def withdrawn(self) -> dict[str, Withdrawal]:
        """Return the withdrawals by student."""
        rows = self._store.rows(
            "SELECT student, withdrawn, reason, author, max(id) FROM withdrawals GROUP BY student ORDER BY max(id)"
        )
        found = (Withdrawal(self._store.check_name(row[0]), bool(row[1]), row[2], row[3]) for row in rows)
        return {one.student: one for one in found if one.withdrawn}

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the current refusals, sorted by name and source."""
        away = self.withdrawn()
        rows = self._store.rows("SELECT student, source, fault, account FROM refusals WHERE open = 1")
        found = (
            Refusal(
                self._store.check_name(student),
                source,
                self._store.read(Detail, fault),
                self._store.read(Account, account),
            )
            for student, source, fault, account in rows
        )
        present = (refusal for refusal in found if refusal.student not in away)
        return tuple(sorted(present, key=lambda one: (collation_key(one.student), one.source)))

    def takes(self, student: str, *, known: bool) -> bool:
        """Return whether a submission counts; a withdrawn student returns with one that was not `known`."""
        if not self._is_withdrawn(student):
            return True
        if not known:
            self.withdraw(Withdrawal(student, withdrawn=False, reason=HANDED_IN_ANOTHER, author=""))
        return not known

    def hand_in(self, job: Job) -> None:
        """Save a submission of a job; a resumed command adds none."""
        last = self._store.row(
            "SELECT job_id, days_late FROM hand_ins WHERE student = ? ORDER BY id DESC LIMIT 1", job.student
        )
        open_refusal = self._store.row("SELECT 1 FROM refusals WHERE student = ? AND open = 1", job.student)
        if last == (job.id, job.days_late) and open_refusal is None:
            return
        self._store.write(
            "INSERT INTO hand_ins (id, job_id, student, days_late) VALUES (?, ?, ?, ?)",
            *(self._store.new_event(), job.id, job.student, job.days_late),
        )
        self._store.write("UPDATE refusals SET open = 0 WHERE student = ?", job.student)

    def refuse(self, refused: Sequence[Refusal]) -> None:
        """Save refusals, replacing earlier ones of the same students."""
        by_student: dict[str, list[tuple[object, ...]]] = {}
        for refusal in refused:
            parts = tuple(map(plain_text, (refusal.source, to_json(refusal.fault), to_json(refusal.account))))
            by_student.setdefault(refusal.student, []).append(parts)
        for student, group in by_student.items():
            rows = self._store.rows("SELECT source, fault, account, open FROM refusals WHERE student = ?", student)
            known = {row[:-1] for row in rows}
            told = {source for source, fault, *_ in rows if is_as_kept(fault)}
            if not self.takes(student, known=all(parts in known or parts[0] in told for parts in group)):
                continue
            standing = [row[:-1] for row in rows if row[-1]]
            if standing == group:
                continue
            self._store.write("UPDATE refusals SET open = 0 WHERE student = ?", student)
            for parts in group:
                self._store.write(
                    "INSERT INTO refusals (id, student, source, fault, account, open) VALUES (?, ?, ?, ?, ?, 1)",
                    *(self._store.new_event(), student, *parts),
                )

    def accounts(self) -> dict[str, Account]:
        """Return by what the platform knows each student: as it was when they handed something in last."""
        found: dict[str, tuple[int, Account]] = {}
        hand_ins = self._store.rows(
            "SELECT hand_ins.student, max(hand_ins.id), coalesce(json_extract(jobs.record, '$.account'), 'null')"
            " FROM hand_ins JOIN jobs ON jobs.id = job_id"
            " GROUP BY hand_ins.student"
        )
        for student, number, record in hand_ins:
            found[self._store.check_name(student)] = (number, self._store.read(Account, record))
        refusals = self._store.rows("SELECT student, max(id), account FROM refusals GROUP BY student")
        for student, number, record in refusals:
            if student not in found or found[student][0] < number:
                found[self._store.check_name(student)] = (number, self._store.read(Account, record))
        return {student: account for student, (_, account) in found.items()}

    def roster(self) -> Roster | None:
        """Return who is in the course; None if no list was ever given."""
        row = self._store.row("SELECT record FROM rosters ORDER BY id DESC LIMIT 1")
        return None if row is None else self._store.read(Roster, row[0])

    def keep_roster(self, roster: Roster) -> None:
        """Keep who is in the course; a list equal to the last one adds nothing."""
        if roster != self.roster():
            self._store.write(
                "INSERT INTO rosters (id, record) VALUES (?, ?)", self._store.new_event(), to_json(roster)
            )

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Save that a student is out of the class, or back in it."""
        self._store.write(
            "INSERT INTO withdrawals (id, student, withdrawn, reason, author) VALUES (?, ?, ?, ?, ?)",
            *(self._store.new_event(), withdrawal.student, int(withdrawal.withdrawn)),
            *(withdrawal.reason, withdrawal.author),
        )

    def _is_withdrawn(self, student: str) -> bool:
        row = self._store.row("SELECT withdrawn FROM withdrawals WHERE student = ? ORDER BY id DESC LIMIT 1", student)
        return row is not None and bool(row[0])
