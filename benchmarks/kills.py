"""Kill processes during grading, as often as requested: how many kills does a class survive, and at what cost?

    python benchmarks/kills.py [KILLS]

The samplers are those of `tests/survival/test_kills.py`, which CI runs with fifty kills: bubblewrap, a jail's first
process, the notebook or a trainer is killed at random moments, and the command itself by SIGKILL, SIGTERM or Ctrl-C;
the command is then repeated until the class is done. A tenth as many kills hit a class that trains. A kill is bad if
something was lost, graded twice, left over, or different from an undisturbed grading.
"""

from __future__ import annotations

import collections
import re
import sys
from pathlib import Path

from autograder.child_process import listed_environment, python_command, run

ROOT = Path(__file__).parents[1]
_KILLS = 300


def main() -> None:
    """Print one row per kind of kill; fail if anything was lost."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else _KILLS
    environment = listed_environment("AUTOGRADER_SEED", "XDG_CACHE_HOME") | {"SURVIVAL_KILLS": str(kills)}
    # The test's own limit is meant for fifty.
    command = python_command("-m", "pytest", "tests/survival/test_kills.py", "-q", "-k", "survives", "--timeout=0")
    done = run(command, folder=ROOT, environment=environment, capture_output=True, text=True)
    talk = done.stdout + done.stderr
    summaries = re.findall(r"^({.*}) in (\d+) commands and (\d+) classes", talk, re.MULTILINE)
    if done.returncode or not summaries:
        sys.exit(talk[-5000:])
    killed: collections.Counter[str] = collections.Counter()
    for counts, _, _ in summaries:
        for name, count in re.findall(r"'([^']+)': (\d+)", counts):
            killed[name] += int(count)
    sys.stdout.write("| killed | times |\n|---|---:|\n")
    sys.stdout.writelines(f"| {name} | {count} |\n" for name, count in killed.most_common())
    commands, classes = (sum(int(summary[number]) for summary in summaries) for number in (1, 2))
    sys.stdout.write(f"{killed.total()} kills in {commands} commands and {classes} classes, 0 bad\n")


if __name__ == "__main__":
    main()
