"""Students with hostile names, through the real command: no page is overwritten and nothing is executed."""

import csv
import html.parser
import json
import subprocess
import sys
import zipfile

import pytest

from autograder.gradebook import Gradebook

NAMES = [
    "Ana",
    "ana",
    "ANA",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[2J\x1b[31mred",
    "two\nlines, refused: nobody.ipynb",
    "\u202egnp.exe",
    "../../../etc/passwd",
    "..",
    "a/b\\c",
    "CON",
    '=HYPERLINK("http://127.0.0.1")',
    "[bold red]markup[/]",
    "x" * 300 + "1",
    "x" * 300 + "2",
]  # fmt: skip
BLANK = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "q02_answer = None"}
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [BLANK]})


class Tags(html.parser.HTMLParser):
    """Collects the elements of a page and the attributes that execute something."""

    def __init__(self, page):
        super().__init__()
        self.names, self.handlers = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """See `HTMLParser`."""
        self.names.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


@pytest.fixture(scope="module")
def done(root, tmp_path_factory):
    """Grade a Gradescope export with these students, and return the folder and the command's output."""
    folder = tmp_path_factory.mktemp("names")
    with zipfile.ZipFile(folder / "export.zip", "w") as export:
        listed = {
            f"submission_{number}": {":submitters": [{":name": name, ":sid": number}]}
            for number, name in enumerate(NAMES)
        }
        export.writestr("submission_metadata.yml", json.dumps(listed))
        for submission in listed:
            export.writestr(f"{submission}/cnn-training.en.ipynb", NOTEBOOK)
    command = [sys.executable, "-m", "autograder", "grade", str(folder / "export.zip"), "--data", "practice"]
    graded = subprocess.run(
        [*command, "--out", str(folder / "grades")], cwd=root, capture_output=True, text=True, check=False
    )
    assert graded.returncode == 0, graded.stderr
    return folder / "grades", graded


@pytest.mark.slow
def test_every_student_has_files_of_their_own(done):
    """As many pages and JSON files as students, even on a case-insensitive file system, and no other files anywhere."""
    folder, _ = done
    with Gradebook.in_folder(folder) as book:
        students = {grade.student for grade in book.current_grades()}
    assert len(students) == len(NAMES)
    for kind in ("pages", "json"):
        assert len({path.name.casefold() for path in (folder / kind).iterdir()}) == len(NAMES)
    assert {json.loads(path.read_text())["student"] for path in (folder / "json").iterdir()} == students
    assert sorted(path.name for path in folder.parent.iterdir()) == ["export.zip", "grades"]


def test_no_name_comes_alive(done):
    """Neither in a page, nor on a terminal, nor in a spreadsheet."""
    folder, graded = done
    for page in (folder / "pages").iterdir():
        tags = Tags(page.read_text(encoding="utf-8"))
        assert not tags.names & {"script", "img", "iframe"}
        assert tags.handlers == []
    said = graded.stdout + graded.stderr
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[bold red]markup[/]" in said
    assert not any(line.startswith("lines, refused") for line in said.splitlines())
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(NAMES)
    assert not any(row["student"].startswith(("=", "+", "-", "@")) for row in rows)
