"""Build the students' notebooks and the files that grade them, and check both at the gate.

master notebooks ─► Otter Assign ─► students' notebooks, zip
rubric, this package ────────────► hidden tests, autograder zip, the image's last layer
                                     └─► gate: solution 10, blank 0, nothing given away ─► output folder
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.audit import WORDINGS, Audit, audit
from autograder.build_folder import Built, autograder_zip_in, close, unpack_for_root
from autograder.check import form_of
from autograder.collect import read_notebook
from autograder.engine import execute
from autograder.errors import ConfigurationError
from autograder.evidence import examine
from autograder.gradescope import container_files
from autograder.orders import OrderStore
from autograder.otter import (
    Assigned,
    BuildCheck,
    BuildReport,
    LanguageBuild,
    assign,
    check_build,
    write_autograder_zip,
    write_hidden_tests,
    write_students_zip,
)
from autograder.own_check import write_own_check
from autograder.pipeline import GradingSession, Observe
from autograder.records import Evidence, Job, spoken_language
from autograder.report import in_english, read_justifications, untranslated
from autograder.rubric import Specification
from autograder.rubric.checks.interval import Interval
from autograder.rubric.checks.recipe import Recipe


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """Otter Assign's output before the gate; `jobs` are the notebooks that the gate needs executed."""

    assigned: dict[str, Assigned]
    jobs: tuple[Job, ...]


def draft(session: GradingSession, folder: Path) -> Draft:
    """Generate each language's notebooks in `folder` with Otter Assign.

    Raises:
        BuildError: Otter failed, or its output would not work for a student.
        ConfigurationError: The baseline lacks numbers that an item is compared with.
    """
    _require_reference_numbers(session)
    # While it is still empty, so that its content is never readable by others.
    close(folder)
    specification = session.assignment.specification
    variables = specification.run_spec.variables
    assigned = {
        language: assign(
            session.assignment.folder / notebook, folder / language, language, variables, specification.letters
        )
        for language, notebook in specification.assignment.notebooks.items()
    }
    for language, made in assigned.items():
        _write_form(made.student_notebook, specification)
        write_own_check(made.student_folder, specification, spoken_language(language))
    jobs = [
        dataclasses.replace(read_notebook(path, name), id=f"{language}-{name}", language=spoken_language(language))
        for language, made in assigned.items()
        for name, path in (("solution", made.solution), ("blank", made.student_notebook))
    ]
    return Draft(assigned, tuple(jobs))


def _write_form(notebook: Path, specification: Specification) -> None:
    """Write the expected form of the answers into a student's notebook, for `autograder check`."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"].setdefault("autograder", {})["questions"] = form_of(specification.questions)
    notebook.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def finish(
    session: GradingSession, made: Draft, folder: Path, workers: int, observe: Observe, *, carry_data: bool = False
) -> Built:
    """Execute solutions and blank notebooks, write hidden tests and zips, and run the gate's checks.

    Args:
        session: The assignment, its data sets and its sandbox.
        made: The result of `draft`.
        folder: The output folder.
        workers: How many notebooks run at once.
        observe: Called after each cell.
        carry_data: Put the data sets into the autograder's zip instead of letting its set-up fetch them.
    """
    specification = session.assignment.specification
    assignment = session.assignment
    evidence = _execute(session, made.jobs, workers, observe)
    students_zip = folder / f"{specification.assignment.name}.zip"
    write_students_zip(students_zip, specification.assignment.name, made.assigned)
    tests = folder / "autograder" / "tests"
    write_hidden_tests(tests, specification)
    autograder_zip = autograder_zip_in(folder, specification.assignment.name)
    write_autograder_zip(
        autograder_zip,
        tests,
        specification,
        assignment.rubric,
        session.data.kind,
        reference_files(assignment.reference(session.data.kind)),
        container_files(specification.release, assignment.data, session.data, carry_data=carry_data),
    )
    source = folder / "autograder" / "source"
    unpack_for_root(autograder_zip, source, fetch_data=bool(assignment.data) and session.data.kind == "real")
    trials = {
        language: LanguageBuild(
            master=assignment.folder / specification.assignment.notebooks[language],
            assigned=assigned,
            solution=evidence[f"{language}-solution"],
            blank=evidence[f"{language}-blank"],
        )
        for language, assigned in made.assigned.items()
    }
    close(folder, students_zip, folder / "autograder", *(folder / language for language in made.assigned))
    report = check_build(specification, trials, tests, students_zip, assignment.rubric, session.data.kind)
    checks = (
        solution_check(assignment, session.data.kind),
        key_check(audit(assignment, session.data.kind)),
        *justification_check(assignment),
    )
    report = BuildReport((*report.checks, *checks))
    return Built(students_zip, autograder_zip, source, report)


def _require_reference_numbers(session: GradingSession) -> None:
    """Reject a baseline without the numbers of an item: it could not be judged, so the gate could say nothing of it."""
    baseline = session.baseline
    items = {
        f"{name}.{item_name}": item
        for name, question in session.assignment.specification.questions.items()
        for item_name, item in question.items.items()
    }
    missing = [
        place
        for place, item in items.items()
        if (isinstance(item, Interval) and not baseline.fewest_runs(item))
        or (
            isinstance(item, Recipe)
            and not {name for name, _ in item.trainings()} <= {*baseline.trainings.get(place, ())}
        )
    ]
    if missing:
        stale = session.assignment.stale_solution(baseline)
        verb = "is" if len(missing) == 1 else "are"
        raise ConfigurationError(
            f"no healthy reference run has what {', '.join(missing)} {verb} compared with",
            str(session.assignment.reference(session.data.kind) / "baseline.json"),
            f"autograder calibrate{' --renew' if stale else ''}",
        )


def key_check(found: Audit) -> BuildCheck:
    """Turn the key audit into a check of the gate, which fails if the reference runs do not support a key.

    A key that is the best-supported option in only some runs leads to a warning, not a failure.
    """
    name = f"the reference runs on {found.data} data support the keys"
    wording = WORDINGS["en"]
    if not found.keys:
        return BuildCheck(name, passed=True, detail=wording.nothing)
    count = len(found.keys)
    said = wording.warnings(found) or (
        f"{count} {'key is' if count == 1 else 'keys are'} the best-supported option in nearly every run",
    )
    return BuildCheck(name, found.passed, "; ".join(said), weak=found.mark == "weak")


def justification_check(assignment: Assignment) -> Iterator[BuildCheck]:
    """Yield a warning if pages in a language of the notebooks would lack the justifications that another one has."""
    specification = assignment.specification
    languages = sorted({spoken_language(tag) for tag in specification.assignment.notebooks})
    try:
        texts = read_justifications(assignment.folder / specification.assignment.reference, specification.questions)
        found = tuple(untranslated(texts, languages))
    except ConfigurationError as error:
        texts, found = {}, (str(error),)
    if texts or found:
        detail = "; ".join(found) or f"{len(texts)} questions in {', '.join(languages)}"
        yield BuildCheck("every language has the justifications", passed=True, detail=detail, weak=bool(found))


def solution_check(assignment: Assignment, data: str) -> BuildCheck:
    """Fail if the baseline was made from another solution or other data than today's."""
    baseline = assignment.baseline(data)
    stale = assignment.stale_solution(baseline)
    said = f"{stale} (autograder calibrate --renew)" if stale else f"{len(baseline.runs)} runs"
    return BuildCheck(f"the baseline on {data} data is of today's solution", not stale, said)


def reference_files(reference: Path) -> dict[str, Path]:
    """Return the files of a reference folder that grading reads, by name in the zip: baseline and known trainings."""
    # A rubric without stochastic numbers has no baseline.
    paths = [*reference.glob("baseline.json"), *OrderStore(reference / "trainings").files()]
    return {path.relative_to(reference.parent).as_posix(): path for path in paths}


def _execute(session: GradingSession, jobs: Sequence[Job], workers: int, observe: Observe) -> dict[str, Evidence]:
    runs = execute(lambda job: session.sandbox.run(job, observe), jobs, workers, in_english)
    return {job.id: examine(job, run, session.assignment.specification.run_spec) for job, run in runs}
