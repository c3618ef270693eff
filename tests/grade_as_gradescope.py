"""Grade submissions as Gradescope would lay them out, and compare with `autograder grade` and `otter run`.

    python tests/grade_as_gradescope.py tests/sample_class all_right other_style --in image --memory 2048 --cpus 0.5

In `image`, each submission gets a container of the project's image with that much memory and processor. In `tree`, where
no engine can be had, `/autograder`'s folders are laid out in a temporary one, and root starts the same scripts there.
The exit code is 1 where two of the three scores differ, or where there is no results.json of ours.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.collect import collect
from autograder.datasets import locate
from autograder.gradebook import Gradebook
from autograder.otter_bridge import score_with_otter_run, values_notebook
from autograder.sandbox.docker import IMAGE, IMAGE_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
METADATA = {
    "id": 1,
    "created_at": "2026-03-02T10:00:00.000000-03:00",
    "assignment": {"due_date": "2026-03-02T23:59:00.000000-03:00", "total_points": "10.0"},
    "users": [{"id": 1, "name": "Ana"}, {"id": 2, "name": "Bia"}],
    "previous_submissions": [],
}
SAME = 1e-4


def main() -> int:
    """Run the trial that the command line asks for."""
    arguments = parse()
    built = built_zip(arguments.zip)
    collection = collect([arguments.folder], "cnn-training")
    jobs = {job.student: Path(job.source) for job in collection.jobs}
    names = arguments.names or sorted(jobs)
    with tempfile.TemporaryDirectory(prefix="gradescope-") as folder:
        work = Path(folder)
        expected = graded_here(jobs, names, work) if not arguments.alone else {}
        with site(arguments, built, work) as grade:
            rows = [row(name, jobs[name], grade, expected.get(name), built) for name in names]
    print(f"{'submission':28}{'here':>8}{'there':>8}{'otter':>8}{'seconds':>9}{'MiB':>7}  what the instructor reads")
    for one in rows:
        print(one["text"])
    return int(any(one["differs"] for one in rows))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="submissions, as `autograder grade` takes them")
    parser.add_argument("names", nargs="*", help="those to grade; all if none is named")
    parser.add_argument("--in", dest="place", choices=("image", "tree"), default="image")
    parser.add_argument("--zip", type=Path, default=ROOT / "dist" / "autograder" / "cnn-training-autograder.zip")
    parser.add_argument("--memory", type=int, default=3072, metavar="MIB")
    parser.add_argument("--cpus", type=float, default=1.0)
    parser.add_argument("--alone", action="store_true", help="compare with nothing")
    return parser.parse_args()


def built_zip(path: Path) -> Path:
    """Return the zip, and say what makes it where it is not there."""
    if not path.is_file():
        sys.exit(f"{path} is not there: make build")
    return path


def graded_here(jobs: dict[str, Path], names: list[str], work: Path) -> dict[str, tuple[float | None, float | None]]:
    """Return the points that `autograder grade` and `otter run` give, by student."""
    out = work / "grades"
    command = [sys.executable, "-m", "autograder", "grade", *(str(jobs[name]) for name in names), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    kind = locate("auto").kind
    archive = ROOT / "dist" / "autograder" / "cnn-training-autograder.zip"
    with Gradebook.in_folder(out, must_exist=True) as book:
        points = {grade.student: grade.points for grade in book.current_grades()}
        evidence = {one.evidence.student: one.evidence for one in book.all_evidence()}
    scores = {name: score_with_otter_run(values_notebook(evidence[name], kind), archive).points for name in names}
    return {name: (points[name], scores[name]) for name in names}


@contextmanager
def site(arguments: argparse.Namespace, built: Path, work: Path) -> Iterator[object]:
    """Provide what grades one folder: a function from that folder to what the grader said."""
    if arguments.place == "image":
        source = built.parent / "source"

        def grade(folder: Path) -> str:
            image = os.environ.get(IMAGE_VARIABLE) or IMAGE
            mounts = {"submission": "submission", "results": "results"}
            mounts["submission_metadata.json"] = "submission_metadata.json"
            options = [f"--volume={folder / name}:/autograder/{target}" for name, target in mounts.items()]
            options += [f"--volume={source}:/autograder/source:ro", f"--cpus={arguments.cpus}"]
            options += [f"--memory={arguments.memory}m", f"--memory-swap={arguments.memory}m"]
            options += os.environ.get("TRIAL_DOCKER_OPTIONS", "").split()
            done = subprocess.run(["docker", "run", "--rm", *options, image], capture_output=True, text=True, check=False)
            return done.stdout + done.stderr

        yield grade
        return
    raise NotImplementedError


def row(name: str, notebook: Path, grade: object, expected: tuple[float | None, float | None] | None, built: Path) -> dict:
    """Grade one submission there and compare."""
    with tempfile.TemporaryDirectory(prefix="submission-") as place:
        folder = Path(place)
        for part in ("submission", "results"):
            (folder / part).mkdir()
        shutil.copy(notebook, folder / "submission" / notebook.name)
        (folder / "submission_metadata.json").write_text(json.dumps(METADATA), encoding="utf-8")
        began = time.monotonic()
        said = grade(folder)
        seconds = time.monotonic() - began
        results = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    score = results.get("score")
    peak = results.get("extra_data", {}).get("usage", {}).get("peak_memory_bytes", 0) >> 20
    here, otter = expected or (None, None)
    same = expected is None or all(one is not None and abs(one - score) < SAME for one in (here, otter) if score is not None)
    differs = not same or (expected is not None and (score is None) != (here is None))
    lines = [line.removeprefix("instructor: ") for line in said.splitlines() if line.startswith("instructor: ")]
    show = [f"{value:8.2f}" if value is not None else f"{'–':>8}" for value in (here, score, otter)]
    if "--alone" in sys.argv: print(said[-1500:], json.dumps(results, ensure_ascii=False)[:1500])
    text = f"{'≠ ' if differs else '= '}{name:26}{''.join(show)}{seconds:9.1f}{peak:7}  {(lines or [''])[0][:100]}"
    return {"text": text, "differs": differs, "results": results, "said": said}


if __name__ == "__main__":
    sys.exit(main())
