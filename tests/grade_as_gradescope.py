# ruff: noqa: T201 (a script: printing is its purpose)
"""Grade submissions as Gradescope would lay them out, and compare with `autograder grade` and `otter run`.

    python tests/grade_as_gradescope.py tests/sample_class all_right other_style --in image --memory 2048 --cpus 0.5
    python tests/grade_as_gradescope.py tests/corpus --at-once 2

In `image`, each submission gets a container of the project's image, with that much memory and processor. In `tree`, for
where no engine can be had, root starts the same scripts in the same folders, laid out in a temporary one; `auto` takes
what works. The exit code is 1 where scores differ, where there is no results.json of ours, or where a secret got out,
and 3 where there is no place to grade.
"""

import argparse
import dataclasses
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gradescope_classes import read_classes
from gradescope_places import ROOT, Grade, HandedIn, Size, choose_place, in_image, in_tree

from autograder.child_process import listed_environment, python_command, run
from autograder.errors import EnvironmentFault
from autograder.gradebook import Gradebook
from autograder.otter import score_in_process, score_with_otter_run, values_notebook
from autograder.sandbox import memory_of_machine

Scores = tuple[float | None, float | None]
"""The points that `autograder grade` and `otter run` give; None for no grade."""

SAME = 1e-4
USAGE = 2
NOWHERE = 3
EXECUTED_HERE = "a-student-was-here"
"""What the corpus's submissions print where the grader would execute them with its own rights."""


@dataclasses.dataclass(frozen=True)
class Trial:
    """One submission graded there: results.json, the instructor's output, leaked secrets, and the duration."""

    results: Mapping[str, object]
    said: tuple[str, ...]
    leaked: bool
    seconds: float

    @property
    def score(self) -> float | None:
        """The points, None for no grade."""
        score = self.results.get("score")
        return float(score) if isinstance(score, int | float) else None


def main() -> int:
    """Run the trial that the command line asks for."""
    arguments = parse()
    place = choose_place(arguments.place)
    at_once = arguments.at_once if place == "image" else 1
    size = Size(arguments.memory, arguments.cpus)
    mark = f"secret-{secrets.token_hex(16)}"
    print(f"  {'submission':44}{'here':>7}{'there':>7}{'otter':>7}{'seconds':>9}{'MiB':>7}")
    counted = wrong = 0
    with tempfile.TemporaryDirectory(prefix="gradescope-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        for number, handed_in in enumerate(read_classes(arguments.folder, arguments.names, work, mark)):
            own = work / f"class-{number}"
            own.mkdir(mode=0o755)
            try:
                grade = in_image(handed_in, size, mark) if place == "image" else in_tree(handed_in, own, mark)
            except EnvironmentFault as fault:
                print(f"it cannot be tried here: {fault}")
                return NOWHERE
            expected = (
                {} if arguments.alone else graded_here(handed_in, own, at_once, by_command=not arguments.in_process)
            )
            counted += len(handed_in.submissions)
            wrong += compare(handed_in, grade, expected, at_once, mark, verbose=arguments.verbose)
    print(f"{counted} submissions, {wrong} of them wrong", flush=True)
    return int(wrong > 0)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="submissions, as `autograder grade` takes them")
    parser.add_argument("names", nargs="*", help="those to grade; all if none is named")
    parser.add_argument("--in", dest="place", choices=("auto", "image", "tree"), default="auto")
    parser.add_argument("--memory", type=int, default=2048, metavar="MIB", help="of each container")
    parser.add_argument("--cpus", type=float, default=1.0, help="of each container")
    parser.add_argument("--at-once", type=int, default=1, metavar="N", help="containers at a time (a tree takes one)")
    parser.add_argument("--in-process", action="store_true", help="ask Otter's tests without `otter run`: in no time")
    parser.add_argument("--alone", action="store_true", help="compare with nothing")
    parser.add_argument("--verbose", action="store_true", help="show what student and instructor read")
    return parser.parse_args()


def compare(
    handed_in: HandedIn, grade: Grade, expected: Mapping[str, Scores], at_once: int, mark: str, *, verbose: bool
) -> int:
    """Grade a class there, print a line per submission, and return how many are wrong."""
    wrong = 0
    with ThreadPoolExecutor(at_once) as pool:
        trials = pool.map(lambda place: try_out(grade, place, mark), handed_in.submissions.values())
        for name, trial in zip(handed_in.submissions, trials, strict=True):
            here, otter = expected.get(name, (trial.score, trial.score))
            right = agree(here, trial.score) and agree(here, otter) and not trial.leaked
            wrong += not right
            scores = show((here, trial.score, otter))
            print(f"{'= ' if right else '≠ '}{name:44}{scores}{trial.seconds:9.1f}{peak_of(trial):7}", flush=True)
            if trial.leaked:
                print("    a secret got out, or a student's code ran with the grader's rights")
            if verbose or not right:
                print(*("", *trial.said, str(trial.results["output"])), sep="\n    ", flush=True)
    return wrong


def graded_here(handed_in: HandedIn, work: Path, at_once: int, *, by_command: bool) -> dict[str, Scores]:
    """Return the points that `autograder grade` and `otter run` give, by student; None where there is no grade."""
    out = work / "grades"
    (submissions,) = {place.parent for place in handed_in.submissions.values()}
    options = ["--config", str(handed_in.rubric), "--data", handed_in.data.kind, "--out", str(out)]
    command = python_command("-m", "autograder", "grade", str(submissions), *options)
    environment = listed_environment("KERAS_HOME", "XDG_CACHE_HOME")
    done = run(command, folder=ROOT, environment=environment, capture_output=True, text=True)
    if done.returncode == USAGE:
        sys.exit(done.stderr)
    with Gradebook.in_folder(out, must_exist=True) as book:
        grades = list(book.current_grades())
        points = {grade.student: grade.points for grade in grades}
        evidence = {grade.student: book.evidence_of(grade.job_id).evidence for grade in grades}

    def score(name: str) -> Scores:
        if name not in evidence:
            return None, None
        values = values_notebook(evidence[name], handed_in.data.kind)
        if by_command:
            return points[name], score_with_otter_run(values, handed_in.archive).points
        return points[name], score_in_process(values, handed_in.source / "tests", handed_in.rubric).points

    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(handed_in.submissions, pool.map(score, handed_in.submissions), strict=True))


def try_out(grade: Grade, submission: Path, mark: str) -> Trial:
    """Submit one notebook and grade it."""
    with tempfile.TemporaryDirectory(prefix="submission-") as place:
        folder = Path(place)
        (folder / "results").mkdir()
        run(["/bin/cp", "-a", submission, folder / "submission"], check=True)
        (folder / "submission_metadata.json").write_text(json.dumps(metadata(mark)), encoding="utf-8")
        began = time.monotonic()
        said = grade(folder)
        seconds = time.monotonic() - began
        text = (folder / "results" / "results.json").read_text(encoding="utf-8")
    leaked = any(word in text + said for word in (mark, EXECUTED_HERE))
    lines = tuple(line for line in said.splitlines() if line.startswith("instructor: "))
    return Trial(json.loads(text), lines, leaked, seconds)


def metadata(mark: str) -> dict[str, object]:
    """Return Gradescope's metadata of a submission: here of a group of two, in time and for the first time."""
    return {
        "id": 1,
        "created_at": "2026-03-02T10:00:00.000000-03:00",
        "assignment": {"due_date": "2026-03-02T23:59:00.000000-03:00", "total_points": "10.0"},
        "users": [{"id": 1, "name": mark}, {"id": 2, "name": mark}],
        "previous_submissions": [],
    }


def agree(one: float | None, other: float | None) -> bool:
    """Return whether two scores are equal, or both missing."""
    return one == other if one is None or other is None else abs(one - other) < SAME


def show(scores: tuple[float | None, ...]) -> str:
    """Return the scores as columns."""
    return "".join(f"{'none' if score is None else format(score, '.2f'):>7}" for score in scores)


def peak_of(trial: Trial) -> int:
    """Return the notebook's peak memory in MiB; shared pages count once per process."""
    extra = trial.results.get("extra_data")
    return extra["usage"]["peak_memory_bytes"] >> 20 if isinstance(extra, dict) else 0


if __name__ == "__main__":
    print(f"{memory_of_machine() >> 20} MiB, {len(os.sched_getaffinity(0))} cores", flush=True)
    sys.exit(main())
