"""Compare seventeen attacks on Otter's grading under `otter run` and under our grader: which one is fooled?

    python benchmarks/attacks.py [CASE]…

Each case of `tests/corpus/otter_*` answers two of five questions correctly and tries to gain the others. `otter run`
gets it as a zip, with a small assignment whose hidden tests check the five letters. Everything runs in a temporary
folder. A grader is fooled if it gives more than two points, or runs the student's code in the process that grades.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.child_process import listed_environment, python_command, run

ROOT = Path(__file__).parents[1]
HONEST = 2.0
PHRASE = "a-student-was-here"
KEY = {"q02": "c", "q04": "a", "q05": "c", "q06": "d", "q09": "d"}
TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = 1


@test_case(points=1, hidden=True)
def test_{name}(env):
    from course import same

    assert same(env.get("{name}_answer"), "{letter}")
"""
_SECONDS = 300


def main() -> None:
    """Print one row per case."""
    cases = sys.argv[1:] or sorted(path.name for path in (ROOT / "tests" / "corpus").glob("otter_*"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        handed = folder / "class"
        hand_in = python_command(str(ROOT / "tests" / "hand_in_corpus.py"), str(handed), *cases)
        run(hand_in, folder=ROOT, check=True)
        ours, said = _ours(handed, folder / "grades")
        sys.stdout.write("| attack | `otter run` | fooled | ours | fooled |\n|---|---:|---|---:|---|\n")
        for case in cases:
            score, output = _otter(handed / case, folder / case, from_log=case.startswith("otter_16"))
            theirs_fooled = PHRASE in output or (score or 0.0) > HONEST
            ours_fooled = PHRASE in said or ours[case] > HONEST
            shown = "no result" if score is None else f"{score:g} of {len(KEY)}"
            words = {True: "**yes**", False: "no"}
            row = f"| `{case}` | {shown} | {words[theirs_fooled]} | {ours[case]:g} of 10 | {words[ours_fooled]} |\n"
            sys.stdout.write(row)
            sys.stdout.flush()


def _ours(handed: Path, out: Path) -> tuple[dict[str, float], str]:
    command = python_command(
        "-m", "autograder", "grade", str(handed), "--out", str(out), "--data", "practice", "--json"
    )
    done = run(command, folder=ROOT, capture_output=True, text=True, check=True)
    return {grade["student"]: grade["points"] for grade in json.loads(done.stdout)}, done.stderr


def _otter(submission: Path, folder: Path, *, from_log: bool) -> tuple[float | None, str]:
    source = folder / "source"
    (source / "tests").mkdir(parents=True)
    (source / "files" / "course").mkdir(parents=True)
    for name, letter in KEY.items():
        (source / "tests" / f"{name}.py").write_text(TEST.format(name=name, letter=letter), encoding="utf-8")
    course = "def same(obtained, expected):\n    return obtained == expected\n"
    (source / "files" / "course" / "__init__.py").write_text(course, encoding="utf-8")
    (source / "otter_config.json").write_text(json.dumps({"grade_from_log": from_log}), encoding="utf-8")
    autograder = shutil.make_archive(str(folder / "autograder"), "zip", source)
    archive = shutil.make_archive(str(folder / "submission"), "zip", submission)
    command = python_command("-m", "otter", "run", "--no-logo", "-a", autograder, "-o", str(folder), archive)
    aside = dict.fromkeys(
        ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"), str(folder / "j")
    )
    try:
        environment = listed_environment() | aside | {"TMPDIR": str(folder)}
        done = run(command, folder=folder, environment=environment, capture_output=True, text=True, timeout=_SECONDS)
        output = done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return None, ""
    results = folder / "results.json"
    if results.exists():
        tests = json.loads(results.read_text(encoding="utf-8"))["tests"]
        return float(sum(test.get("score", 0.0) for test in tests)), output
    printed = re.search(r"Total Score: ([\d.]+)", output)
    return (float(printed[1]) if printed else None), output


if __name__ == "__main__":
    main()
