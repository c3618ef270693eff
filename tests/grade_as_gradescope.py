# ruff: noqa: T201 (a script: printing is its purpose)
"""Grade submissions as Gradescope would lay them out, and compare with `autograder grade` and `otter run`.

    python tests/grade_as_gradescope.py tests/sample_class all_right other_style --in image --memory 2048 --cpus 0.5

In `image`, each submission gets a container of the project's image, with that much memory and processor. In `tree`, for
where no engine can be had, root starts the same scripts in the same folders, laid out in a temporary one; `auto` takes
what works. The exit code is 1 where scores differ, or where there is no results.json of ours.
"""

import argparse
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from autograder.collect import collect
from autograder.datasets import locate
from autograder.errors import EnvironmentFault
from autograder.gradebook import Gradebook
from autograder.otter_bridge import score_with_otter_run, values_notebook
from autograder.sandbox import memory_of_machine
from autograder.sandbox.docker import IMAGE, IMAGE_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
ZIP = ROOT / "dist" / "autograder" / "cnn-training-autograder.zip"
METADATA = {
    "id": 1,
    "created_at": "2026-03-02T10:00:00.000000-03:00",
    "assignment": {"due_date": "2026-03-02T23:59:00.000000-03:00", "total_points": "10.0"},
    "users": [{"id": 1, "name": "Ana"}, {"id": 2, "name": "Bia"}],
    "previous_submissions": [],
}
PARTS = ("submission", "results")
SAME = 1e-4
SYSTEM_PYTHON = Path("/usr/bin/python3")

Grade = Callable[[Path], str]
"""Grade what lies in a folder laid out as `/autograder`, and return what the grader printed."""


@dataclasses.dataclass(frozen=True)
class Trial:
    """One submission, graded there: results.json, what the instructor reads, and how long it all took."""

    results: Mapping[str, object]
    said: tuple[str, ...]
    seconds: float

    @property
    def score(self) -> float | None:
        """The points, None for no grade."""
        score = self.results.get("score")
        return float(score) if isinstance(score, int | float) else None


def main() -> int:
    """Run the trial that the command line asks for."""
    arguments = parse()
    if not ZIP.is_file():
        sys.exit(f"{ZIP} is not there: make build")
    notebooks = {job.student: Path(job.source) for job in collect([arguments.folder], "cnn-training").jobs}
    names = arguments.names or sorted(notebooks)
    differing = 0
    with tempfile.TemporaryDirectory(prefix="gradescope-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        grade = in_image(arguments) if place_of(arguments) == "image" else in_tree(work)
        expected = {} if arguments.alone else graded_here({name: notebooks[name] for name in names}, work)
        print(f"{'':2}{'submission':26}{'here':>7}{'there':>7}{'otter':>7}{'seconds':>9}{'MiB':>7}")
        for name in names:
            trial = try_out(grade, notebooks[name])
            scores = (expected[name][0], trial.score, expected[name][1]) if expected else (trial.score,) * 3
            same = all(agree(scores[0], score) for score in scores)
            differing += not same
            print(f"{'= ' if same else '≠ '}{name:26}{show(scores)}{trial.seconds:9.1f}{peak_of(trial):7}", flush=True)
            if arguments.verbose or trial.score is None:
                print(*trial.said, str(trial.results["output"]), sep="\n    ")
    return int(differing > 0)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="submissions, as `autograder grade` takes them")
    parser.add_argument("names", nargs="*", help="those to grade; all if none is named")
    parser.add_argument("--in", dest="place", choices=("auto", "image", "tree"), default="auto")
    parser.add_argument("--memory", type=int, default=3072, metavar="MIB", help="of each container")
    parser.add_argument("--cpus", type=float, default=1.0, help="of each container")
    parser.add_argument("--alone", action="store_true", help="compare with nothing")
    parser.add_argument("--verbose", action="store_true", help="show what student and instructor read")
    return parser.parse_args()


def place_of(arguments: argparse.Namespace) -> str:
    """Choose where to grade, and say what was chosen and why."""
    if arguments.place != "auto":
        return arguments.place
    answer = (
        subprocess.run(["docker", "image", "inspect", image()], capture_output=True, check=False) if engine() else None
    )
    place = "image" if answer is not None and answer.returncode == 0 else "tree"
    why = f"the image {image()}" if place == "image" else "a plain folder tree: no Docker engine with the image is here"
    print(f"graded in {why}", flush=True)
    return place


def engine() -> bool:
    """Tell whether a Docker engine answers."""
    client = shutil.which("docker")
    return client is not None and not subprocess.run([client, "version"], capture_output=True, check=False).returncode


def image() -> str:
    """Return the image to use."""
    return os.environ.get(IMAGE_VARIABLE) or IMAGE


def in_image(arguments: argparse.Namespace) -> Grade:
    """Return what grades in a container each."""

    def grade(folder: Path) -> str:
        options = [f"--volume={folder / name}:/autograder/{name}" for name in (*PARTS, "submission_metadata.json")]
        options += [f"--volume={ZIP.parent / 'source'}:/autograder/source:ro", f"--cpus={arguments.cpus}"]
        options += [f"--memory={arguments.memory}m", f"--memory-swap={arguments.memory}m"]
        # Beside the project's own options: a network other than the default, a grader that is being worked on.
        options += os.environ.get("TRIAL_DOCKER_OPTIONS", "").split()
        done = subprocess.run(["docker", "run", "--rm", *options, image()], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return grade


def in_tree(work: Path) -> Grade:
    """Lay out what set-up would leave, with the packages of this environment, and return what grades there.

    Raises:
        EnvironmentFault: We are not root, or no Python here is for everybody.
    """
    if os.geteuid():
        raise EnvironmentFault("only root can grade as another user", remedy="sudo make gradescope")
    root = work / "autograder"
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(root / "source")
        subprocess.run([SYSTEM_PYTHON, "-m", "venv", "--without-pip", root / "venv"], check=True)
        packages = next((root / "venv").glob("lib/python3*/site-packages"))
        wheel = next(name for name in archive.namelist() if name.startswith("wheels/cnn_autograder"))
        with zipfile.ZipFile(root / "source" / wheel) as grader:
            grader.extractall(packages)
    ours = next(Path(entry) for entry in sys.path if Path(entry).name == "site-packages")
    if ours.parent.name != packages.parent.name:
        raise EnvironmentFault(f"{SYSTEM_PYTHON} is {packages.parent.name}, and ours {ours.parent.name}")
    # A line in a .pth adds a folder; what lies there as .pth, our own editable installation, is not followed.
    (packages / "packages.pth").write_text(f"{ours}\n", encoding="utf-8")
    shutil.copytree(locate("auto").path / "datasets", root / "keras" / "datasets")
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "run_autograder").chmod(0o755)
    subprocess.run(["chmod", "-R", "go-rwx", root / "source", packages / "autograder"], check=True)

    def grade(folder: Path) -> str:
        for name in PARTS:
            shutil.rmtree(root / name, ignore_errors=True)
            shutil.copytree(folder / name, root / name)
        shutil.copy(folder / "submission_metadata.json", root)
        done = subprocess.run([root / "run_autograder"], capture_output=True, text=True, check=False, cwd=root)
        shutil.copytree(root / "results", folder / "results", dirs_exist_ok=True)
        return done.stdout + done.stderr

    return grade


def graded_here(notebooks: Mapping[str, Path], work: Path) -> dict[str, tuple[float | None, float | None]]:
    """Return the points that `autograder grade` and `otter run` give, by student."""
    out = work / "grades"
    command = [sys.executable, "-m", "autograder", "grade", *map(str, notebooks.values()), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    kind = locate("auto").kind
    with Gradebook.in_folder(out, must_exist=True) as book:
        points = {grade.student: grade.points for grade in book.current_grades()}
        values = {one.evidence.student: values_notebook(one.evidence, kind) for one in book.all_evidence()}
    return {name: (points[name], score_with_otter_run(values[name], ZIP).points) for name in notebooks}


def try_out(grade: Grade, notebook: Path) -> Trial:
    """Hand one notebook in and grade it."""
    with tempfile.TemporaryDirectory(prefix="submission-") as place:
        folder = Path(place)
        for part in PARTS:
            (folder / part).mkdir()
        shutil.copy(notebook, folder / "submission")
        (folder / "submission_metadata.json").write_text(json.dumps(METADATA), encoding="utf-8")
        began = time.monotonic()
        said = grade(folder)
        seconds = time.monotonic() - began
        results = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    return Trial(results, tuple(line for line in said.splitlines() if line.startswith("instructor: ")), seconds)


def agree(one: float | None, other: float | None) -> bool:
    """Tell whether two scores are the same, or both lacking."""
    return one == other if one is None or other is None else abs(one - other) < SAME


def show(scores: tuple[float | None, ...]) -> str:
    """Return the scores as columns."""
    return "".join(f"{'none' if score is None else format(score, '.2f'):>7}" for score in scores)


def peak_of(trial: Trial) -> int:
    """Return the most memory, in MiB, that the notebook took; shared pages are counted once for each process."""
    extra = trial.results.get("extra_data")
    return extra["usage"]["peak_memory_bytes"] >> 20 if isinstance(extra, dict) else 0


if __name__ == "__main__":
    print(f"{memory_of_machine() >> 20} MiB, {len(os.sched_getaffinity(0))} cores", flush=True)
    sys.exit(main())
