# ruff: noqa: INP001, T201
"""Supervise the grading of one submission: end it in time, and report in results.json why it did not finish.

It must work even if the grader is not installed, so it needs Python only, and little memory: when memory runs out, this
process must survive to report it.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parent
OWN_SECONDS = 20
PR_SET_CHILD_SUBREAPER = 36
PORTUGUESE = "Ainda sem nota: {}. Avise o(a) professor(a); a entrega está guardada."
ENGLISH = "Not graded yet: {}. Please tell your instructor; what you handed in is kept."


def main() -> None:
    """Start the grading and wait for it."""
    began = time.monotonic()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        minutes = float(json.loads((SOURCE / "settings.json").read_text(encoding="utf-8"))["time_limit_minutes"])
    except (OSError, ValueError, KeyError, TypeError):
        say(
            began,
            "falta um arquivo da correção",
            "a file of the grader is missing",
            "settings.json is not there or not whole: upload the zip of `autograder build`",
        )
        return
    # Without `site`, Python does not know its virtual environment; derive it from its own path.
    if not list(Path(sys.executable).parents[1].glob("lib/python3*/site-packages/autograder/gradescope/__main__.py")):
        say(
            began,
            "o programa de correção não está instalado",
            "the grader is not installed",
            "the grader is not installed: its wheel was missing or setup.sh failed; look at the image's build log",
        )
        return
    seconds = 60 * minutes - OWN_SECONDS
    command = [sys.executable, "-I", "-m", "autograder.gradescope", str(ROOT), str(seconds - OWN_SECONDS)]
    # Not with `child_process`: the grader may not be installed.
    with subprocess.Popen(command, cwd=ROOT) as grading:  # noqa: TID251
        try:
            status = grading.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
            grading.kill()
    end_what_is_left()
    if status is None:
        say(began, "o tempo acabou", "time ran out", f"grading did not end within {seconds:.0f} s")
    elif status == -signal.SIGKILL:
        say(
            began,
            "a memória acabou",
            "memory ran out",
            "the grader was killed, most likely as memory ran out: choose a larger container on Gradescope",
        )
    elif status:
        say(
            began,
            "a correção falhou",
            "grading failed",
            f"the grader ended with status {status}: its last lines stand above",
        )


def end_what_is_left() -> None:
    """Kill all remaining processes of the grading, of any user, until none is left."""
    for _ in range(100):
        left = descendants()
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)
        reap()


def descendants() -> list[int]:
    """Return the running descendants of this process. Orphans are re-parented to it, so none can hide."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # A process chooses its name, which is in brackets and may contain brackets.
            state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        parents[int(folder.name)] = (int(parent), state)
    found, below = [], [os.getpid()]
    while below:
        here = below.pop()
        children = [pid for pid, (parent, _) in parents.items() if parent == here]
        below += children
        found += [pid for pid in children if parents[pid][1] not in b"ZX"]
    return found


def reap() -> None:
    """Reap orphans that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def say(began: float, portuguese: str, english: str, instructor: str) -> None:
    """Write results without a score, and a line for the instructor."""
    results = {
        "output": f"{PORTUGUESE.format(portuguese)}\n{ENGLISH.format(english)}",
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(time.monotonic() - began, 2),
        "tests": [],
    }
    unfinished = ROOT / "results" / ".watch.json"
    unfinished.write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(ROOT / "results" / "results.json")
    print(f"instructor: not graded: {instructor}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
