"""Run the command line: `python -m autograder` and the installed command `autograder`."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.interrupts import INTERRUPTED, ignore_requests, stop_at_once


def main() -> None:
    """Run a command. Before it has started, Ctrl-C ends the program as quietly as later."""
    _forget_the_working_folder()
    stop_at_once()
    try:
        from autograder.cli import main as run  # noqa: PLC0415 (it takes seconds)

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        ignore_requests()


def _forget_the_working_folder() -> None:
    """Remove the working folder from Python's path (`python -m`, PYTHONPATH): submissions may contain a `numpy.py`."""
    here = Path.cwd()
    sys.path[:] = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry).resolve() != here]


if __name__ == "__main__":
    main()
