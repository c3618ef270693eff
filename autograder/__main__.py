"""Run the command line: `python -m autograder` and the installed command `autograder`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path


def main() -> None:
    """Run a command. Ctrl-C before it has begun ends it as quietly as it does later."""
    _forget_the_working_folder()
    try:
        from autograder.cli import main as run  # noqa: PLC0415 (it takes seconds, and may be interrupted)

        run()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # The command has its exit code: another Ctrl-C while Python cleans up must not change it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _forget_the_working_folder() -> None:
    """Take it off Python's path, where `python -m` and PYTHONPATH put it: a `numpy.py` may lie among submissions."""
    here = Path.cwd()
    sys.path[:] = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry).resolve() != here]


if __name__ == "__main__":
    main()
