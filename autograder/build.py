"""Build what is handed out and what grades it, and let nothing pass that the gate would not let pass.

master notebooks ─► Otter Assign ─► students' notebooks, zip
grading.yml, this package ───────► hidden tests, autograder zip, the image's last layer
                                     └─► gate: solution 10, blank 0, nothing given away
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from autograder import __version__
from autograder.audit import Audit, audit, warnings
from autograder.check import form_of
from autograder.collect import read_notebook
from autograder.engine import execute
from autograder.errors import EnvironmentFault
from autograder.evidence import examine
from autograder.gradescope import container_files
from autograder.orders import OrderStore
from autograder.otter_bridge import (
    Assigned,
    BuildCheck,
    BuildReport,
    Trial,
    assign,
    check_build,
    write_autograder_zip,
    write_hidden_tests,
    write_students_zip,
)
from autograder.pipeline import GradingSession, Observe
from autograder.records import Evidence, Job, Language
from autograder.spec import Specification

_IN_THE_IMAGE = ("wheels/", "datasets/", "requirements.txt", "packages.txt", "setup.sh", "install.sh")

_LAST_LAYER = """\
# An assignment as the last layer of the image that serves all of them: docker build -t NAME .
FROM cnn-autograder:{version}
COPY source /autograder/source
RUN chmod -R go-rwx /autograder/source
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Built:
    """What came of a build, and whether it may be handed out."""

    students_zip: Path
    autograder_zip: Path
    source: Path
    report: BuildReport


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """Otter Assign's work, not yet through the gate: `jobs` are the notebooks that the gate wants executed."""

    assigned: dict[Language, Assigned]
    jobs: tuple[Job, ...]


def draft(session: GradingSession, folder: Path) -> Draft:
    """Let Otter Assign make each language's notebooks in `folder`.

    Raises:
        BuildError: Otter failed, or what it made would not work for a student.
    """
    # Before anything is in it: what is made below is nobody else's for a moment.
    close(folder)
    specification = session.assignment.specification
    assigned: dict[Language, Assigned] = {
        language: assign(session.assignment.folder / notebook, folder / language)
        for language, notebook in specification.assignment.notebooks.items()
    }
    for made in assigned.values():
        _tell_the_form(made.student_notebook, specification)
    jobs = [
        dataclasses.replace(read_notebook(path, name), id=f"{language}-{name}", language=language)
        for language, made in assigned.items()
        for name, path in (("solution", made.solution), ("blank", made.student_notebook))
    ]
    return Draft(assigned, tuple(jobs))


def _tell_the_form(notebook: Path, specification: Specification) -> None:
    """Write into a student's notebook what form its answers are due in, for `autograder check`."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"].setdefault("autograder", {})["variables"] = form_of(specification.run_spec.variables)
    notebook.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def finish(
    session: GradingSession, made: Draft, folder: Path, workers: int, observe: Observe, *, carry_data: bool = False
) -> Built:
    """Execute solutions and blank notebooks, write hidden tests and zips, and ask the gate.

    Args:
        session: The assignment, its data sets and its sandbox.
        made: What `draft` returned.
        folder: Where everything goes.
        workers: How many notebooks run at once.
        observe: Told of each cell.
        carry_data: Put the data sets into the autograder's zip, instead of letting its set-up fetch them.
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
        assignment.folder / "grading.yml",
        reference_files(assignment.reference(session.data.kind)),
        container_files(specification.release, session.data, carry_data=carry_data),
    )
    source = folder / "autograder" / "source"
    unpack_for_root(autograder_zip, source)
    trials = {
        language: Trial(
            master=assignment.folder / specification.assignment.notebooks[language],
            assigned=assigned,
            solution=evidence[f"{language}-solution"],
            blank=evidence[f"{language}-blank"],
        )
        for language, assigned in made.assigned.items()
    }
    close(folder, students_zip, folder / "autograder", *(folder / language for language in made.assigned))
    report = check_build(specification, trials, tests, students_zip, assignment.folder, session.data.kind)
    report = BuildReport((*report.checks, key_check(audit(assignment, session.data.kind))))
    return Built(students_zip, autograder_zip, source, report)


def key_check(found: Audit) -> BuildCheck:
    """Turn the key audit into a check of the gate: a key that the reference runs do not bear out stops a build.

    That an option is the best-supported one in some runs only is no reason to stop, but is said.
    """
    said = warnings(found) or (f"each is the best-supported option in nearly every run: {len(found.keys)} questions",)
    return BuildCheck(f"the reference runs on {found.data} data bear out the keys", found.passed, "; ".join(said))


def reference_files(reference: Path) -> dict[str, Path]:
    """Return what grading reads of a reference folder, by its name in the zip: the baseline and the known trainings."""
    paths = [reference / "baseline.json", *OrderStore(reference / "trainings").files()]
    return {path.relative_to(reference.parent).as_posix(): path for path in paths}


def close(folder: Path, *parts: Path) -> None:
    """Make a folder its owner's alone, and all that is in some parts of it, whatever the umask: they hold the key.

    Raises:
        EnvironmentFault: Something of it is not ours to close.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for path in (within for part in parts for within in (part, *part.rglob("*"))):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)
    except OSError as error:
        raise EnvironmentFault(
            f"others could read what is built here: {error.strerror}",
            str(error.filename),
            "build into a folder of your own",
        ) from error


def unpack_for_root(archive: Path, folder: Path) -> None:
    """Lay the zip's content out as a container has it, for its owner alone: so it can be mounted, or added to an image.

    Data sets and packages stay out: the image has both.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            if not name.startswith(_IN_THE_IMAGE):
                source.extract(name, folder)
    (folder.parent / "Dockerfile").write_text(_LAST_LAYER.format(version=__version__), encoding="utf-8")


def _execute(session: GradingSession, jobs: Sequence[Job], workers: int, observe: Observe) -> dict[str, Evidence]:
    runs = execute(lambda job: session.sandbox.run(job, observe), jobs, workers)
    return {job.id: examine(job, run, session.assignment.specification.run_spec) for job, run in runs}
