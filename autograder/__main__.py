"""Run the command line: `python -m autograder` and the installed command `autograder`."""

from __future__ import annotations

from autograder.cli import main

if __name__ == "__main__":
    main()
