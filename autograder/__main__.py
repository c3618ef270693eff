"""Run the command line: `python -m autograder` and the installed command `autograder`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run a command. Ctrl-C before it has begun ends it as quietly as it does later."""
    try:
        from autograder.cli import main as run  # noqa: PLC0415 (it takes seconds, and may be interrupted)

        run()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # The command has its exit code: another Ctrl-C while Python cleans up must not change it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
