"""Run the command line: `python -m autograder` and the installed command `autograder`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run a command. Ctrl-C before it has begun ends it as quietly as it does later."""
    try:
        from autograder.cli import main as run  # noqa: PLC0415 (it takes seconds, and may be interrupted)

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
