"""Jobs, runs, evidence and grades of one item, for all tests that fill a gradebook."""

from autograder.records import (
    Cell,
    Detail,
    Evidence,
    Finding,
    Grade,
    Job,
    Reason,
    Refusal,
    Run,
    RunVerdict,
    Usage,
    Values,
    Verdict,
)

NOTHING = Values({}, {})


def make_job(identity="job-1", student="Ana Araújo", **overrides):
    """Build a job of one cell."""
    fields = {"source": "ana.ipynb", "notebook_sha256": "ab" * 32, "language": "pt-BR", "cells": (Cell(0, "x = 1"),)}
    return Job(identity, student, **{**fields, **overrides})


def make_run(job, verdict=RunVerdict.COMPLETE, **overrides):
    """Build a run that gave one letter."""
    fields = {"values": {"q02_answer": "c"}, "versions": {"python": "3.11"}, "usage": Usage(wall_seconds=1.5)}
    blank = {"cells": (), "trainings": (), "evaluations": (), "figures": ()}
    return Run(job.id, verdict, None, "bubblewrap", **{**blank, **fields, **overrides})


def make_evidence(job, verdict=RunVerdict.COMPLETE, letter="c"):
    """Build the evidence of such a run."""
    given = Values({"q02_answer": letter}, {"q07_history.B.loss": Detail.of("value.number_count", count=20, due=50)})
    return Evidence(
        job.id, job.student, job.language, job.notebook_sha256, verdict, None, given, NOTHING, (), (), (), (), ()
    )


def make_grade(job, points=7.5, run_verdict=RunVerdict.COMPLETE):
    """Build a grade of one item."""
    verdict = Verdict.INTERNAL if points is None else Verdict.PASS
    finding = Finding("answer", "q02", verdict, points or 0.0, 10.0, (Reason("choice.right", "q02_answer", "c"),))
    return Grade(
        job.id,
        job.student,
        job.language,
        job.notebook_sha256,
        run_verdict,
        None,
        points,
        10.0,
        (finding,),
        (),
        "rubric",
        "baseline",
        "real",
    )


def grade_one(book, job, points=7.5):
    """Save a job with its run, evidence and grade."""
    book.add_job(job)
    book.save_run(make_run(job), make_evidence(job), "key", "real")
    book.save_grade(make_grade(job, points))


def refuse_all(book, *students):
    """Refuse one file per student."""
    book.refuse([Refusal(student, f"{student}.ipynb", Detail("refused.empty")) for student in students])
