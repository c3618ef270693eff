"""Runs the command in a process of its own that is forked from one which has imported it, so that a start costs little.

Arguments, environment, working folder, output and exit code are those of `python -m autograder`, whose own start
takes a second: tests that are about the start, the terminal or signals run that.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECONDS = 300

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["autograder.__main__", "autograder.cli"])


def run_command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; the environment is this process's unless another is given."""
    with tempfile.TemporaryDirectory() as outputs:
        paths = [Path(outputs, name) for name in ("stdout", "stderr")]
        process = _FORKS.Process(target=_run, args=(arguments, folder, dict(environment or os.environ), paths))
        process.start()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, _SECONDS)
        stdout, stderr = (path.read_text(encoding="utf-8") for path in paths)
        return subprocess.CompletedProcess(arguments, process.exitcode, stdout, stderr)


def _run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], paths: Sequence[Path]) -> None:
    from autograder import __main__ as command  # noqa: PLC0415 (in the new process, which has it already)

    for descriptor, path in enumerate(paths, start=1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, descriptor)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [str(Path(command.__file__)), *arguments]
    command.main()
