"""Hostile runs: the whole corpus in every sandbox that this machine has, and how many of them went wrong.

    python benchmarks/hostile.py [BACKEND]…

Each case is graded alone and in a crowd. Wrong is a run that did not end as its case says, by points, items, flags,
time or memory; beside the runs are counted points that an attack won, secrets that were read, processes and files that
outlived their command, and errors in what our commands said.
"""

from __future__ import annotations

import json
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from autograder.child_process import listed_environment, python_command, run
from autograder.sandbox import BACKENDS

ROOT = Path(__file__).parents[1]
_COLUMNS = ("runs", "wrong", "points won", "secrets read", "processes left", "files left", "errors said")


def main() -> None:
    """Print one row a backend; fail if anything went wrong."""
    sys.stdout.write("| sandbox | " + " | ".join(_COLUMNS) + " |\n|---|" + "---:|" * len(_COLUMNS) + "\n")
    runs = bad = 0
    for backend in sys.argv[1:] or BACKENDS:
        found = _grade(backend)
        if found is None:
            sys.stdout.write(f"| `{backend}` | not to be had here |\n")
            continue
        runs += found["runs"]
        bad += sum(found[name] for name in _COLUMNS[1:])
        sys.stdout.write(f"| `{backend}` | " + " | ".join(f"{found[name]:g}" for name in _COLUMNS) + " |\n")
        sys.stdout.flush()
    sys.stdout.write(f"{runs} hostile runs, {bad:g} bad\n")
    sys.exit(bad > 0 or runs == 0)


def _grade(backend: str) -> dict[str, float] | None:
    """Grade the corpus in one sandbox; None where it cannot be opened here."""
    with tempfile.TemporaryDirectory() as folder:
        said, tests = Path(folder) / "said.json", Path(folder) / "tests.xml"
        environment = listed_environment("KERAS_HOME", "XDG_CACHE_HOME", "AUTOGRADER_IMAGE", prefixes=("DOCKER_",))
        environment |= {"CORPUS_SANDBOX": backend, "CORPUS_SUMMARY": str(said)}
        command = python_command("-m", "pytest", "tests/corpus/test_corpus.py", "-q", f"--junitxml={tests}")
        done = run(command, folder=ROOT, environment=environment, capture_output=True, text=True)
        if not said.exists():
            sys.stderr.write(done.stdout[-3000:])
            return None
        suite = ET.parse(tests).getroot()  # noqa: S314 (pytest wrote it)
        wrong = [case.get("name", "") for case in suite.iter("testcase") if case.find("failure") is not None]
        for name in wrong:
            sys.stderr.write(f"{backend}: {name}\n")
        result: dict[str, float] = json.loads(said.read_text(encoding="utf-8"))
        return result | {"wrong": sum(name.startswith("test_gets_what_it_must") for name in wrong)}


if __name__ == "__main__":
    main()
