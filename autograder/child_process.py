"""The only way in which this project starts a process, so that no planted file is run instead.

The working folder is often a class's, and the environment is whatever the operator's shell had. So Python starts
isolated, a program is found in the absolute folders of PATH alone, the working folder is one of ours, and the
environment is a list. `ruff` (banned-api in pyproject.toml) refuses any other start.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

NOWHERE = Path("/")
"""The working folder of processes that need none; it belongs to root on every machine."""

_PASSED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "TMPDIR", "TZ", "USER", "XDG_RUNTIME_DIR")

Process = subprocess.Popen[bytes]  # noqa: TID251 (its name alone)


def python_path() -> Path:
    """Return the path of the running Python."""
    return Path(sys.executable)


def python_command(*arguments: str, python: str = "", hash_seed: bool = False) -> tuple[str, ...]:
    """Return the command line that starts Python isolated: on its path are its own packages and nothing else.

    Args:
        arguments: What follows Python's own options.
        python: The full path of another Python.
        hash_seed: Read PYTHON… variables, PYTHONHASHSEED among them, for an environment that is a list of ours.
    """
    return (python or sys.executable, *(("-s", "-P") if hash_seed else ("-I",)), *arguments)


def find_program(name: str) -> str | None:
    """Return the full path of a program in the absolute folders of PATH; None if there is none.

    Empty and relative entries refer to the working folder, where a planted `bwrap` may be.
    """
    return shutil.which(name, path=absolute_path())  # noqa: TID251 (the one place)


def absolute_path() -> str:
    """Return PATH without the entries that depend on the working folder."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())


def listed_environment(*names: str, prefixes: Collection[str] = ()) -> dict[str, str]:
    """Return the environment of our child processes: user, PATH, and the named variables.

    Args:
        names: Further variables to pass.
        prefixes: Prefixes of further variables to pass.
    """
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED or name in names or any(name.startswith(prefix) for prefix in prefixes)
    }
    return passed | {"PATH": absolute_path()}


def start(command: Sequence[Any], *, folder: Path | str, environment: Mapping[str, str], **options: Any) -> Process:
    """Start a command by its full path; `options` are those of `subprocess.Popen`.

    Raises:
        ValueError: The program is not named by its full path, or is our Python and not isolated.
        OSError: It cannot be started.
    """
    _reject_folder_dependent(command)
    return subprocess.Popen(command, cwd=folder, env=environment, **options)  # noqa: TID251 (the one place)


def run(
    command: Sequence[Any],
    *,
    folder: Path | str = NOWHERE,
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:
    """Run a command to its end; `options` are those of `subprocess.run`, the environment is `listed_environment()`.

    Raises:
        ValueError: See `start`.
        OSError: Likewise.
        subprocess.TimeoutExpired: It took longer than `timeout`.
        subprocess.CalledProcessError: It failed, and `check` was asked for.
    """
    _reject_folder_dependent(command)
    environment = listed_environment() if environment is None else environment
    options = {"check": False, **options}
    return subprocess.run(command, cwd=folder, env=environment, **options)  # noqa: TID251, PLW1510 (the one place)


def _reject_folder_dependent(command: Sequence[Any]) -> None:
    words = [os.fspath(word) for word in command]
    if not Path(words[0]).is_absolute():
        raise ValueError(f"{words[0]!r} is not a full path")
    for word, option in zip(words, [*words[1:], ""], strict=True):
        if word == sys.executable and option not in {"-I", "-s"}:
            raise ValueError(f"Python is started without isolation: {words}")
