"""Grades the corpus by the real command in the real sandbox, with secrets wherever a notebook might look.

CORPUS_SANDBOX selects another sandbox than bubblewrap: `docker`, or `uid`, which is tested in a container of the image
as root, where it is meant to be used. CORPUS_OPTIONS are further options of the command, such as `--cold`.
"""

import ctypes
import dataclasses
import functools
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from gradescope_places import image, image_is_lacking

from autograder.assignment import open_assignment
from autograder.child_process import find_program
from autograder.datasets import make_practice
from autograder.gradebook import Gradebook
from autograder.records import Evidence, Grade, Run
from autograder.report import refusal_line
from autograder.report.class_summary import summarise

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORKERS = (1, 4)
MARK = "left-by-the-corpus"
BACKEND = os.environ.get("CORPUS_SANDBOX", "bubblewrap")
OPTIONS = os.environ.get("CORPUS_OPTIONS", "").split()

LIMITS = yaml.safe_load((HERE / "limits.yml").read_text(encoding="utf-8"))
_SUBREAPER = 36


@dataclasses.dataclass(frozen=True)
class Submission:
    """The results of one case."""

    grade: Grade
    run: Run
    evidence: Evidence
    artefacts: dict[str, str]
    """All that was written about it, by where."""

    @property
    def row(self):
        """The case's row in the class's table."""
        return summarise([self.grade]).rows[0]


@dataclasses.dataclass(frozen=True)
class Part:
    """What one command left behind."""

    submissions: dict[str, Submission]
    refused: dict[str, str]
    status: int
    said: str
    strays: list[str]
    changed: list[str]


@dataclasses.dataclass(frozen=True)
class Graded(Part):
    """What all commands left behind, including processes that outlive them."""

    survivors: list[str]


@dataclasses.dataclass(frozen=True)
class World:
    """The folders that imitate an instructor's machine, and the secrets in them."""

    folder: Path
    secrets: dict[str, str]
    connections: list[bytes]

    def project(self, limits):
        """The folder of the rubric with these limits."""
        return self.folder / f"project-{limits}"

    def submissions(self, limits):
        """The class that is graded under these limits."""
        return self.folder / f"class-{limits}" / "submissions"


def load_cases():
    """Read each case's expectation, and the one in a sandbox without some protection (`docs/how-to/gradescope.md`)."""
    return {
        path.parent.name: {
            name: value
            for place in (path, path.with_name(f"expect.{BACKEND}.yml"))
            if place.exists()
            for name, value in yaml.safe_load(place.read_text(encoding="utf-8")).items()
        }
        for path in sorted(HERE.glob("*/expect.yml"))
    }


_CASES = load_cases()
_SUMMARY = pytest.StashKey[tuple[str, ...]]()


@pytest.fixture(scope="session")
def cases():
    """The expectation of each case, by name."""
    return _CASES


@pytest.fixture(scope="session")
def corpus_folder():
    """The folder of the cases."""
    return HERE


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Create projects, classes and secrets, and listen for connections that must not arrive."""
    folder = tmp_path_factory.mktemp("world")
    where = ("environment", "beside", "project", "rubric", "reference", "submission", "tracer")
    marks = {name: f"secret-{name}-{secrets.token_hex(16)}" for name in where}
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        port = server.getsockname()[1]
        abstract.bind(f"\0corpus-{port}")
        abstract.listen()
        connections: list[bytes] = []
        for listener in (server, abstract):
            threading.Thread(target=_listen, args=(listener, connections), daemon=True).start()
        made = World(folder, marks, connections)
        for limits in LIMITS:
            _lay_out(made, limits, port)
        yield made


def _listen(listener, connections):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connections.append(connection.recv(100))


def _lay_out(world, limits, port):
    project, submissions = world.project(limits), world.submissions(limits)
    shutil.copytree(ROOT / "reference" / "practice", project / "reference" / "practice")
    for path, mark in (
        (project / "secret.txt", "project"),
        (project / "reference" / "secret.txt", "reference"),
        (submissions.parent / "beside-the-submissions.txt", "beside"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(world.secrets[mark], encoding="utf-8")
    rubric = yaml.safe_load((ROOT / "grading.yml").read_text(encoding="utf-8"))
    rubric["limits"] |= LIMITS[limits]
    text = f"# {world.secrets['rubric']}\n{yaml.safe_dump(rubric, allow_unicode=True)}"
    (project / "grading.yml").write_text(text, encoding="utf-8")
    own_run = json.loads((ROOT / "reference" / "practice" / "runs" / "seed-own.json").read_text(encoding="utf-8"))
    places = {
        "PROJECT": project,
        "SUBMISSIONS": submissions,
        "GRADES": world.folder / f"grades-{limits}-{WORKERS[0]}",
        "PORT": port,
        "SECRET": world.secrets["submission"],
        "TRACER": world.secrets["tracer"],
        "ANOTHER_STUDENTS_HISTORY": json.dumps(own_run["evidence"]["executed"]["given"]["q07_history"]),
    }
    names = [name for name, expected in _CASES.items() if expected["limits"] == limits]
    settings = [word for name, value in places.items() for word in ("--set", f"{name}={value}")]
    subprocess.run([sys.executable, ROOT / "tests" / "hand_in_corpus.py", submissions, *settings, *names], check=True)


@pytest.fixture(scope="session", params=WORKERS, ids=lambda count: f"{count}-workers")
def graded(request, all_graded):
    """The whole corpus, graded with a number of workers."""
    return all_graded[request.param]


@pytest.fixture(scope="session")
def all_graded(world):
    """Grade the corpus with one worker, and with several on a machine that is otherwise busy."""
    results = {}
    # Orphans that outlive their command become our children, whatever their session.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    for workers in WORKERS:
        children = _children()
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(workers > 1)]
        try:
            # One worker leaves the machine idle, because most of the small class waits for its time limits. Meanwhile
            # another command grades the other class.
            with ThreadPoolExecutor(1 if busy else len(LIMITS)) as commands:
                parts = list(commands.map(functools.partial(_grade, world, workers=workers), LIMITS))
        finally:
            for process in busy:
                process.kill()
                process.wait()
        results[workers] = Graded(
            submissions={name: one for part in parts for name, one in part.submissions.items()},
            refused={name: why for part in parts for name, why in part.refused.items()},
            status=max(part.status for part in parts),
            said="\n".join(part.said for part in parts),
            survivors=sorted(_children() - children),
            strays=[one for part in parts for one in part.strays],
            changed=[one for part in parts for one in part.changed],
        )
    return results


def _grade(world, limits, workers):
    project, submissions = world.project(limits), world.submissions(limits)
    out, temporary = world.folder / f"grades-{limits}-{workers}", world.folder / f"tmp-{limits}-{workers}"
    temporary.mkdir()
    command = ["grade", str(submissions), "--config", str(project / "grading.yml"), "--out", str(out)]
    command += ["--data", "practice", "--sandbox", BACKEND, "--workers", str(workers), *OPTIONS]
    environment = {"TMPDIR": str(temporary), "COURSE_TOKEN": world.secrets["environment"]}
    if BACKEND == "uid":
        # A student's user needs access to this folder, but must not enter the folder of the class.
        temporary.chmod(0o1777)
        environment["TMPDIR"] = "/temporary"
        command = [*_in_container(world, temporary, environment), *command]
    else:
        command = [sys.executable, "-m", "autograder", *command]
    watched = (project, submissions.parent, ROOT / "autograder" / "payload")
    before = {folder: _digest(folder) for folder in watched}
    environment = {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    with Gradebook.in_folder(out) as book:
        found = {
            grade.student: _submission(grade, book.last_run(grade.job_id), book.evidence_of(grade.job_id).evidence, out)
            for grade in book.current_grades()
        }
        refused = {refusal.student: refusal_line(refusal, "en") for refusal in book.refusals()}
    strays = [str(path) for path in temporary.iterdir()]
    for folder in ("/tmp", "/dev/shm", Path.home(), ROOT, ROOT / "autograder" / "payload"):  # noqa: S108
        strays += [str(path) for path in Path(folder).glob(f"*{MARK}*")]
    changed = [str(folder) for folder in watched if _digest(folder) != before[folder]]
    return Part(found, refused, done.returncode, done.stdout + done.stderr, strays, changed)


def _in_container(world, temporary, environment):
    """The command that grades in a container of the image, with the class under the same paths as here."""
    if lacking := image_is_lacking():
        pytest.skip(lacking)
    practice = make_practice(open_assignment(ROOT / "grading.yml").data).parents[1]
    # Files in memory count against the container's own limit, as on Gradescope.
    options = ["--rm", "--network=none", "--shm-size=2g", "--memory=8g", "--memory-swap=8g"]
    options += [f"--volume={world.folder}:{world.folder}", f"--volume={temporary}:/temporary"]
    options += [f"--volume={practice}:/practice:ro", "--env=XDG_CACHE_HOME=/practice", "--workdir=/"]
    options += [f"--env={name}={value}" for name, value in environment.items()]
    return [find_program("docker"), "run", *options, image(), "/opt/autograder/bin/autograder"]


def _submission(grade, run, evidence, out):
    artefacts = {"run": repr(run), "evidence": repr(evidence), "grade": repr(grade)}
    for path in (out / "pages" / f"{grade.student}.html", out / "json" / f"{grade.student}.json"):
        artefacts[path.suffix] = path.read_text(encoding="utf-8")
    artefacts["figures"] = " ".join(
        "".join(chr(int(value)) for value in line if value is not None and 0 < value < sys.maxunicode)
        for figure in evidence.figures
        for line in figure.lines
    )
    return Submission(grade, run, evidence, artefacts)


def _children():
    """The living children of this process, by their command lines."""
    found = set()
    for path in Path("/proc/self/task").glob("*/children"):
        for pid in path.read_text().split():
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if state != "Z":
                found.add(f"{pid}: {line}")
    return found


def _digest(folder):
    """A checksum of names, links and contents; of each file the first megabyte, as one has 500."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if "__pycache__" not in path.parts:
            total.update(str(path).encode())
            total.update(str(path.readlink()).encode() if path.is_symlink() else b"")
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    total.update(file.read(2**20))
    return total.hexdigest()


@pytest.fixture
def limits():
    """The limits of each group of cases, by the group's name."""
    return LIMITS


@pytest.fixture
def say(pytestconfig):
    """Print figures at the end of the test run, whether it is quiet or not, and write them to a file for benchmarks."""

    def keep(figures):
        pytestconfig.stash[_SUMMARY] = tuple(f"{name}: {figure}" for name, figure in figures.items())
        if os.environ.get("CORPUS_SUMMARY"):
            Path(os.environ["CORPUS_SUMMARY"]).write_text(json.dumps(figures), encoding="utf-8")

    return keep


@pytest.fixture
def write_corpus_table(cases):
    """Write the table for the documentation, if the environment names a file for it."""

    def write(all_graded):
        if os.environ.get("CORPUS_TABLE"):
            Path(os.environ["CORPUS_TABLE"]).write_text(_table(cases, all_graded[WORKERS[0]]), encoding="utf-8")

    return write


def _table(cases, graded):
    lines = [
        "# The corpus",
        "",
        "Hostile and unlucky submissions, and the result of each, graded by the real command in the real sandbox on",
        f"practice data, with {WORKERS[0]} worker and again with {WORKERS[1]} on a busy machine, with the same grades.",
        "`make corpus` writes this page; `expect.yml` in each folder of `tests/corpus` states the expected result,",
        "item by item.",
        "",
        "| case | what it does | run | points | s | MiB | flags |",
        "|---|---|---|---:|---:|---:|---|",
    ]
    for name, expected in cases.items():
        about = expected["about"].replace("|", "\\|").replace("<", "&lt;")
        if name in graded.refused:
            lines.append(f"| `{name}` | {about} | refused: {expected['detail']} | – | – | – | |")  # noqa: RUF001
            continue
        one = graded.submissions[name]
        usage = one.run.usage
        flags = ", ".join(dict.fromkeys(flag.rpartition(" ")[2] for flag in one.row.flags))
        figures = f"{one.grade.points:g} | {usage.wall_seconds:.1f} | {usage.peak_memory_bytes >> 20}"
        lines.append(f"| `{name}` | {about} | {one.grade.run_verdict.value} | {figures} | {flags} |")
    return "\n".join(lines) + "\n"


def pytest_generate_tests(metafunc):
    """Parametrise tests that take a case with every case."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", sorted(_CASES))


def pytest_terminal_summary(terminalreporter, config):
    """Summarise the corpus in a few figures."""
    lines = config.stash.get(_SUMMARY, ())
    if lines:
        terminalreporter.section("corpus")
        for line in lines:
            terminalreporter.write_line(line)
