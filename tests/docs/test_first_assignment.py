"""The tutorial on a first assignment, walked through: its cells are put in, its commands are given in their order."""

import csv
import os
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest
from documented_commands import ROOT, blocks, shell_lines

PAGE = (ROOT / "docs" / "tutorial" / "first-assignment.md").read_text(encoding="utf-8")
ANSWERS = {
    "q01_answer": 'q01_answer = "b"',
    "q02_loss": "numbers = np.random.default_rng(SEED).normal(size=200)\nq02_loss = float((numbers**2).mean())",
    "q03_spread": (
        "generator = np.random.default_rng(SEED)\n"
        "spreads = [generator.normal(size=(TIMES, n)).mean(axis=1).std() for n in (25, 100, 400)]\n"
        'q03_spread = dict(zip(["n25", "n100", "n400"], map(float, spreads)))\nq03_answer = "c"'
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Give every command of the tutorial, and between them do by hand what it asks its reader to do."""
    folder = tmp_path_factory.mktemp("author")
    for words in shell_lines(PAGE):
        if "--renew" in words:
            add_the_question(folder / "assignments" / "sampling")
        if words[1] == "grade":
            hand_in(folder)
        if words[1] == "report":
            rubric = folder / "assignments" / "sampling" / "grading.yml"
            rubric.write_text(rubric.read_text("utf-8").replace("feedback: form", "feedback: hints"), encoding="utf-8")
        run(folder, words)
    return folder


def run(folder, words):
    """Give a command in the author's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *words[1:]],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)


def add_the_question(assignment):
    """Put the tutorial's cells into both notebooks, and its lines into the rubric."""
    found = [*blocks(PAGE)]
    begin, statement, end = [body.strip() for language, body in found if language == "text"]
    solution, form = [body.strip() for language, body in found if language == "python"]
    [question] = [body for language, body in found if language == "yaml"]
    raw, code = nbformat.v4.new_raw_cell, nbformat.v4.new_code_cell
    for path in assignment.glob("*.ipynb"):
        notebook = nbformat.read(path, 4)
        notebook.cells += [raw(begin), nbformat.v4.new_markdown_cell(statement)]
        notebook.cells += [raw("# BEGIN SOLUTION"), code(solution), raw("# END SOLUTION")]
        notebook.cells += [raw("# BEGIN TESTS"), code(form), raw("# END TESTS"), raw(end)]
        config = notebook.cells[0]
        config.source = config.source.replace("points_possible: 2", "points_possible: 4")
        nbformat.write(notebook, path)
    rubric = assignment / "grading.yml"
    text = rubric.read_text(encoding="utf-8").replace("  points: 2\n", "  points: 4\n")
    rubric.write_text(f"{text}\n{question}", encoding="utf-8")


def hand_in(folder):
    """Make the class: Ana solves everything, Bia repeats too seldom, Caio hands in what he got."""
    with zipfile.ZipFile(folder / "dist" / "sampling.zip") as archive:
        handed_out = archive.read("sampling/en/sampling.en.ipynb").decode()
    (folder / "submissions").mkdir()
    for student, times in (("Ana Lima", 400), ("Bia Souza", 20), ("Caio Reis", None)):
        notebook = nbformat.reads(handed_out, 4)
        for cell in notebook.cells:
            asked = [name for name in ANSWERS if f"{name} = ..." in cell.source]
            if times and asked:
                cell.source = ANSWERS[asked[0]].replace("TIMES", str(times))
        nbformat.write(notebook, folder / "submissions" / f"{student}.ipynb")


@pytest.mark.slow
def test_the_three_students_have_the_points_that_the_tutorial_names(place):
    """Ana has 4 points, Bia 3 and Caio 0."""
    with (place / "grades" / "grades.csv").open(encoding="utf-8-sig") as file:
        table = {row["student"]: float(row["points"]) for row in csv.DictReader(file)}
    assert table == {"Ana Lima": 4, "Bia Souza": 3, "Caio Reis": 0}


@pytest.mark.slow
def test_hints_are_told_when_the_tutorial_releases_them(place):
    """Bia's page names the number that is wrong, and not what was expected."""
    [page] = [path.read_text(encoding="utf-8") for path in (place / "grades" / "pages").glob("bia*")]
    assert "q03_spread lies outside the range" in re.sub(r"<[^>]+>", "", page)
    assert "and the range is" not in page
