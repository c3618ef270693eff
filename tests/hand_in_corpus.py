"""Hand in the corpus: make of each folder of `tests/corpus` what a student would upload.

    python tests/hand_in_corpus.py FOLDER [--set NAME=VALUE]… [CASE]…

A case's `notebook.py` is text, so that it can be read: `# %%` begins a cell, and JSON behind it overrides fields of
the cell; `# %%% {…}` overrides fields of the notebook; `# %%< FILE` stands for the cells of a file that several cases
share. `@NAME@` is replaced by VALUE. What lies beside it is handed in as it is, and what is too large to keep is built.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).with_name("corpus")
_SHARED = CORPUS / "shared_cells"
_OURS = {"expect.yml", "notebook.py"}


def main() -> None:
    """Write the cases that were named, or all, into a folder a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="places")
    arguments = parser.parse_intermixed_args()
    places = dict(place.split("=", 1) for place in arguments.places)
    for case in arguments.cases or [path.parent.name for path in sorted(CORPUS.glob("*/expect.yml"))]:
        hand_in(CORPUS / case, arguments.folder / case, places)


def hand_in(case: Path, folder: Path, places: Mapping[str, str]) -> None:
    """Write one submission."""
    folder.mkdir(parents=True)
    for path in case.iterdir():
        if path.name in _OURS or path.match("expect.*.yml"):
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
        else:
            shutil.copy(path, folder)
    if (case / "notebook.py").exists():
        text = _with_shared_cells((case / "notebook.py").read_text(encoding="utf-8"))
        for name, value in places.items():
            text = text.replace(f"@{name}@", value)
        (folder / "notebook.ipynb").write_text(json.dumps(notebook(text)), encoding="utf-8")
    elif not (folder / "notebook.ipynb").exists():
        _BUILDERS[case.name](folder / "notebook.ipynb")


def _with_shared_cells(text: str) -> str:
    return re.sub(
        r"^# %%< (.*)$", lambda name: (_SHARED / name[1]).read_text(encoding="utf-8"), text, flags=re.MULTILINE
    )


def notebook(text: str) -> dict[str, Any]:
    """Return the notebook that a text with `# %%` between its cells spells."""
    head, *parts = ("\n" + text).split("\n# %%")
    if head.strip():
        raise ValueError(f"text before the first cell: {head.strip()[:80]}")
    whole: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    for number, part in enumerate(parts):
        header, _, source = part.partition("\n")
        if header.startswith("%"):
            whole |= json.loads(header[1:])
            continue
        cell = {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "execution_count": None, "outputs": []}
        whole["cells"].append({**cell, "source": source.strip("\n"), **json.loads(header or "{}")})
    return whole


def _five_hundred_megabytes(path: Path) -> None:
    """Leave a hole in the file, beyond what is read."""
    with path.open("wb") as file:
        file.write(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [')
        file.truncate(500 * 10**6)


def _nested_100000_deep(path: Path) -> None:
    path.write_text('{"nbformat": 4, "metadata": ' + "[" * 100_000 + "]" * 100_000 + ', "cells": []}', encoding="utf-8")


def _five_million_small_values(path: Path) -> None:
    path.write_text('{"nbformat": 4, "cells": [' + "{}," * 5_000_000 + "{}]}", encoding="utf-8")


def _honest() -> str:
    return json.dumps(notebook('# %%\nq02_answer = "c"\n# %%\nq09_answer = "d"\n'))


def _in_utf16(path: Path) -> None:
    path.write_text(_honest(), encoding="utf-16")


def _begins_with_a_byte_order_mark(path: Path) -> None:
    path.write_text(_honest(), encoding="utf-8-sig")


def _breaks_off(path: Path) -> None:
    path.write_text(_honest()[:-40], encoding="utf-8")


def _a_link_to_a_file_of_ours(path: Path) -> None:
    path.symlink_to(path.parents[2] / "beside-the-submissions.txt")


def _a_link_to_another_submission(path: Path) -> None:
    path.symlink_to("../holds_a_secret/notebook.ipynb")


def _a_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


def _an_empty_file(path: Path) -> None:
    path.touch()


_BUILDERS: dict[str, Callable[[Path], None]] = {
    builder.__name__.lstrip("_"): builder
    for builder in (
        _a_link_to_a_file_of_ours,
        _a_link_to_another_submission,
        _a_picture,
        _an_empty_file,
        _begins_with_a_byte_order_mark,
        _breaks_off,
        _five_hundred_megabytes,
        _five_million_small_values,
        _in_utf16,
        _nested_100000_deep,
    )
}


if __name__ == "__main__":
    main()
