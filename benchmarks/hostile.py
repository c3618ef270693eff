"""Grade the whole corpus in every sandbox that works on this machine, and count the runs that went wrong.

    python benchmarks/hostile.py ['BACKEND [OPTION]']…

With bubblewrap both warm starts, the default, and cold starts are tested. Each case is graded alone and among others. A
run is wrong if it did not end as its case says in points, items, flags, time or memory. Also counted are points gained
by attacks, secrets that were read, processes and files that outlived their command, and errors in our commands' output.
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
_WAYS = (*BACKENDS, "bubblewrap --cold")
_COLUMNS = ("runs", "wrong", "points won", "secrets read", "processes left", "files left", "errors said")


def main() -> None:
    """Print one row per backend; fail if anything went wrong."""
    sys.stdout.write("| sandbox | " + " | ".join(_COLUMNS) + " |\n|---|" + "---:|" * len(_COLUMNS) + "\n")
    runs = bad = 0
    for backend in sys.argv[1:] or _WAYS:
        found = _grade(*backend.split())
        if found is None:
            sys.stdout.write(f"| `{backend}` | not to be had here |\n")
            continue
        runs += found["runs"]
        bad += sum(found[name] for name in _COLUMNS[1:])
        sys.stdout.write(f"| `{backend}` | " + " | ".join(f"{found[name]:g}" for name in _COLUMNS) + " |\n")
        sys.stdout.flush()
    sys.stdout.write(f"{runs} hostile runs, {bad:g} bad\n")
    sys.exit(bad > 0 or runs == 0)


def _grade(backend: str, *options: str) -> dict[str, float] | None:
    """Grade the corpus in one sandbox, with these options of the command; None if it does not open here."""
    with tempfile.TemporaryDirectory() as folder:
        said, tests = Path(folder) / "said.json", Path(folder) / "tests.xml"
        environment = listed_environment("KERAS_HOME", "XDG_CACHE_HOME", "AUTOGRADER_IMAGE", prefixes=("DOCKER_",))
        environment |= {
            "CORPUS_SANDBOX": backend,
            "CORPUS_OPTIONS": " ".join(options),
            "CORPUS_SUMMARY": str(said),
        }
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
