"""Build the students' notebooks and the files that grade them, and check both at the gate.

master notebooks ─► Otter Assign ─► students' notebooks, zip
rubric, this package ────────────► hidden tests, autograder zip, the image's last layer
                                     └─► gate: solution 10, blank 0, nothing given away ─► output folder
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder import __version__
from autograder.assignment import Assignment
from autograder.audit import WORDINGS, Audit, audit
from autograder.check import form_of
from autograder.collect import read_notebook
from autograder.engine import execute
from autograder.errors import ConfigurationError, EnvironmentFault
from autograder.evidence import examine
from autograder.gradescope import container_files
from autograder.orders import OrderStore
from autograder.otter import (
    RUBRIC_MEMBER,
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

_IN_THE_IMAGE = ("wheels/", "datasets/", "requirements.txt", "packages.txt", "setup.sh", "install.sh")

_LAST_LAYER = """\
# An assignment as the last layer of the image that serves all of them: docker build -t NAME .
FROM cnn-autograder:{version}
COPY source /autograder/source
RUN chmod -R go-rwx /autograder/source
"""
_FETCH_DATA = f"""\
# What the image has is not fetched again.
RUN autograder data --fetch --config /autograder/source/{RUBRIC_MEMBER} && chmod -R a+rX $KERAS_HOME
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Built:
    """The result of a build, and whether it may be released."""

    students_zip: Path
    autograder_zip: Path
    source: Path
    report: BuildReport


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """Otter Assign's output before the gate; `jobs` are the notebooks that the gate needs executed."""

    assigned: dict[str, Assigned]
    jobs: tuple[Job, ...]


@contextlib.contextmanager
def unchecked_folder(folder: Path) -> Iterator[Path]:
    """Give a hidden folder inside the output folder, where a build stays until it has passed the gate.

    It is removed at the end: a build that did not pass leaves nothing that could be handed out by mistake.
    """
    close(folder)
    with tempfile.TemporaryDirectory(prefix=".unchecked-", dir=folder) as name:
        yield Path(name)


def release(built: Built, unchecked: Path, folder: Path) -> Built:
    """Move a build that passed the gate to the output folder, where it replaces an earlier one."""
    for part in sorted(unchecked.iterdir()):
        place = folder / part.name
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        part.rename(place)
    students_zip, autograder_zip, source = (
        folder / path.relative_to(unchecked) for path in (built.students_zip, built.autograder_zip, built.source)
    )
    return Built(students_zip, autograder_zip, source, built.report)


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
    autograder_zip = folder / "autograder" / f"{specification.assignment.name}-autograder.zip"
    write_autograder_zip(
        autograder_zip,
        tests,
        specification,
        assignment.rubric,
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


def close(folder: Path, *parts: Path) -> None:
    """Restrict a folder, and everything in some of its parts, to the owner, whatever the umask: they contain the key.

    Raises:
        EnvironmentFault: The permissions cannot be changed.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for path in (within for part in parts for within in (part, *part.rglob("*"))):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)
    except OSError as error:
        raise EnvironmentFault(
            f"other users could read the build: {error.strerror}",
            str(error.filename),
            "build into a folder of your own",
        ) from error


def unpack_for_root(archive: Path, folder: Path, *, fetch_data: bool = False) -> None:
    """Unpack the zip as in a container, readable by its owner only, to be mounted or added to an image.

    Data sets and packages are omitted: the image has the packages, and its last layer fetches the data sets if asked.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            if not name.startswith(_IN_THE_IMAGE):
                source.extract(name, folder)
    last_layer = _LAST_LAYER.format(version=__version__) + (_FETCH_DATA if fetch_data else "")
    (folder.parent / "Dockerfile").write_text(last_layer, encoding="utf-8")


def _execute(session: GradingSession, jobs: Sequence[Job], workers: int, observe: Observe) -> dict[str, Evidence]:
    runs = execute(lambda job: session.sandbox.run(job, observe), jobs, workers, in_english)
    return {job.id: examine(job, run, session.assignment.specification.run_spec) for job, run in runs}
