"""Measure a class of a thousand after grading: the time to write all pages and the class report, and to open it.

The class consists of real evidence: the reference runs and those of the validity bench, combined with the answers of
the sample class's correct notebook and random letters. Nothing is executed. Run it by `make bench-large`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import Assignment, open_assignment
from autograder.child_process import find_program
from autograder.class_results import CLASS_PAGES, write_results
from autograder.collect import collect
from autograder.gradebook import ClassIdentity, Gradebook
from autograder.grading import grade
from autograder.records import Evidence, Job, Run, RunVerdict, Usage, Values, from_json
from autograder.reference import read_runs

ROOT = Path(__file__).parents[1]
CLASS = ROOT / "tests" / "sample_class"
WAYS_OF_MISTAKING = 0.3
"""The share of letters that are random instead of the key's."""


def evidence_of_runs(assignment: Assignment) -> Iterator[Evidence]:
    """Yield the evidence of every stored run: the reference's, and the validity bench's with its mistakes."""
    for run in read_runs(assignment.runs_folder("real")):
        yield run.evidence
    for path in sorted((assignment.reference("real") / "validity").glob("*.json")):
        yield from_json(Evidence, json.dumps(json.loads(path.read_text(encoding="utf-8"))["evidence"]))


def submissions(assignment: Assignment, count: int) -> Iterator[tuple[Job, Evidence, Usage]]:
    """Yield a number of students: common answers, a run's trainings, and letters of their own."""
    specification = assignment.specification
    notebooks = collect([CLASS], specification.assignment.name, specification.run_spec.variables).jobs
    runs = list(evidence_of_runs(assignment))
    whole = max(runs, key=lambda one: len(one.executed.given)).executed.given
    chance = random.Random(1)  # noqa: S311 (a class, not a secret)
    for number in range(count):
        run, notebook = runs[number % len(runs)], notebooks[number % len(notebooks)]
        given = {**whole, **run.executed.given}
        for name, shape in specification.run_spec.variables.items():
            if shape.type == "letter" and chance.random() < WAYS_OF_MISTAKING:
                given[name] = chance.choice(shape.options)
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(LAST)} {number:04}"
        job = dataclasses.replace(notebook, id=f"{number:016x}", student=name, notebook_sha256=f"{number:064x}")
        evidence = dataclasses.replace(
            run,
            job_id=job.id,
            student=name,
            notebook_sha256=job.notebook_sha256,
            language=job.language,
            executed=Values(given, run.executed.faults),
        )
        yield job, evidence, Usage(wall_seconds=20 + number % 50, cpu_seconds=15 + number % 40)


FIRST = ("Ana", "Bia", "Caio", "Davi", "Érica", "Fábio", "Gabriela", "Heitor", "Íris", "João", "Karina", "Luís")
LAST = ("Albuquerque", "Barbosa", "Conceição", "dos Santos", "Esteves", "Ferreira", "Gonçalves", "Lima", "Nascimento")


def fill(book: Gradebook, assignment: Assignment, count: int) -> None:
    """Grade such a class into a gradebook."""
    specification, baseline = assignment.specification, assignment.baseline("real")
    identity: ClassIdentity = assignment.identity("real", baseline)
    book.identify(identity)
    for job, evidence, usage in submissions(assignment, count):
        book.add_job(job)
        run = Run(job.id, RunVerdict.COMPLETE, None, "bubblewrap", (), {}, (), (), (), {}, usage)
        book.save_run(run, evidence, "large", "real")
        book.save_grade(grade(evidence, specification.key_spec, baseline))


def opening_seconds(page: Path) -> float:
    """Return how long Chromium takes to load and lay out a page, in seconds."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only where a browser is)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_program("chromium")), args=["--no-sandbox"])
        tab = browser.new_page()
        begun = time.perf_counter()
        tab.goto(page.as_uri(), wait_until="load")
        tab.evaluate("document.body.offsetHeight")
        seconds = time.perf_counter() - begun
        browser.close()
    return seconds


def main() -> None:
    """Create the class in a folder, write its results, and print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    assignment = open_assignment(ROOT / "grading.yml")
    with Gradebook.in_folder(options.out) as book:
        if not book.students():
            fill(book, assignment, options.students)
        begun = time.perf_counter()
        write_results(assignment, book, options.out)
        seconds = time.perf_counter() - begun
    page = options.out / CLASS_PAGES["en"]
    pages = sum(1 for _ in (options.out / "pages").glob("*.html"))
    print(f"{pages} pages and the class report: {seconds:.1f} s, {pages / seconds:.0f} pages a second")  # noqa: T201
    print(f"class report: {page.stat().st_size / 2**20:.2f} MiB, opens in {opening_seconds(page):.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
