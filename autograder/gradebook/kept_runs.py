"""Which notebooks were executed, and the evidence that each execution left."""

from __future__ import annotations

from autograder.gradebook.class_identity import DATA_KINDS
from autograder.gradebook.entries import Examined
from autograder.gradebook.store import Store
from autograder.records import Evidence, Run, RunVerdict, to_json


class Runs:
    """The runs in a gradebook's file, with their evidence. Callers open the transaction before writing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, run: Run, evidence: Evidence, run_key: str, data: str) -> None:
        """Keep a run and its evidence."""
        number = self._store.write(
            "INSERT INTO runs (job_id, run_key, data, verdict, record, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
            *(run.job_id, run_key, data, run.verdict.value, to_json(run), self._store.now()),
        )
        self._store.write("INSERT INTO evidence VALUES (?, ?)", number, to_json(evidence))

    def evidence_for(self, job_id: str, run_key: str) -> Evidence | None:
        """Return the evidence of an equal run, None if there is none; a failure of the grader never counts."""
        row = self._store.row(
            "SELECT evidence.record FROM runs JOIN evidence ON evidence.run_id = runs.id"
            " WHERE job_id = ? AND run_key = ? AND verdict <> ? ORDER BY runs.id DESC LIMIT 1",
            *(job_id, run_key, RunVerdict.INTERNAL.value),
        )
        return None if row is None else self._evidence(row[0], job_id)

    def evidence_of(self, job_id: str) -> Examined:
        """Return the latest evidence of an executed notebook, preferably not from a failure of the grader.

        Raises:
            ConfigurationError: There is none, so the file was changed.
        """
        row = self._store.row(
            "SELECT evidence.record, data, run_key FROM runs JOIN evidence ON evidence.run_id = runs.id"
            " WHERE job_id = ? ORDER BY runs.verdict = ?, runs.id DESC LIMIT 1",
            *(job_id, RunVerdict.INTERNAL.value),
        )
        if row is None:
            raise self._store.invalid("a notebook without evidence")
        self._store.check(sound=row[1] in DATA_KINDS, what="a run on data of an unknown kind")
        return Examined(self._evidence(row[0], job_id), row[1], row[2])

    def last(self, job_id: str) -> Run | None:
        """Return the latest saved run of a job, whatever its verdict."""
        row = self._store.row("SELECT record FROM runs WHERE job_id = ? ORDER BY id DESC LIMIT 1", job_id)
        return None if row is None else self._store.read(Run, row[0])

    def failed_jobs(self) -> frozenset[str]:
        """Return the jobs whose runs all failed because of the grader."""
        query = "SELECT job_id FROM runs GROUP BY job_id HAVING min(verdict = ?)"
        return frozenset(self._store.column(query, RunVerdict.INTERNAL.value))

    def were_made(self) -> bool:
        """Return whether any notebook was ever executed for this class."""
        return self._store.row("SELECT 1 FROM runs LIMIT 1") is not None

    def _evidence(self, text: str, job_id: str) -> Evidence:
        evidence = self._store.read(Evidence, text)
        self._store.check(sound=evidence.job_id == job_id, what="evidence that is of another notebook than its run")
        return evidence
