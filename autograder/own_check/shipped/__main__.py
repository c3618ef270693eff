"""Check a saved notebook: `python -m own_check notebook.ipynb`."""

from __future__ import annotations

import sys

from . import check_file

if len(sys.argv) != 2:  # noqa: PLR2004 (the notebook)
    sys.exit("python -m own_check notebook.ipynb")
sys.exit(0 if check_file(sys.argv[1]) else 1)
