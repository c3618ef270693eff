"""An assignment in a separate folder: no data sets, no Keras, and numbers judged by reference runs alone."""

import csv
import json
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml

from autograder.assignment import open_assignment
from autograder.build import justification_check
from autograder.rubric import load

pytestmark = pytest.mark.slow

WRONG = {
    "q01-code-1": 'q01_answer = "c"',
    # A single tree where a forest is requested, and typed numbers in a wrong order.
    "q02-code-1": "forest = RandomForestClassifier(n_estimators=1, random_state=SEED).fit(train_x, train_y)\n"
    "q02_accuracy = forest.score(test_x, test_y)\nq02_log_loss = log_loss(test_y, forest.predict_proba(test_x))",
    "q03-code-1": 'q03_losses = {"depth_2": 0.1, "depth_4": 0.2, "depth_8": 0.3}\n'
    'q03_order = ["depth_8", "depth_4", "depth_2"]\nq03_curve = [5.0] * 8',
    "q03-code-2": "plt.plot([1, 2, 3])\nplt.show()",
}
CLAIMING = """\
{points: 0.5, check: choice, value: q01_answer, key: b, claims: {
        a: [{claim: less, left: q01_share, right: 0.5}], b: [{claim: less, left: 0.5, right: q01_share}]}}
      share: {points: 0.5, check: interval, scale: log, values: [q01_share]}"""
"""A letter whose options speak of a number, and an item for that number."""


def autograder(*arguments, folder):
    """Run a command as an instructor does."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def submission(root, place, *, seed="7", cells=None, solved=True):
    """Write a student's notebook made from the master: solved, with some cells changed, or empty."""
    master = root / "assignments" / "random-forests" / "random-forests.en.ipynb"
    notebook = json.loads(master.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] == "seed":
            cell["source"] = f"SEED = {seed}"
        elif cell["id"] in (cells or {}):
            cell["source"] = cells[cell["id"]]
        elif not solved and "-code-" in cell["id"]:
            cell["source"] = "..."
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["id"].endswith("-tests")]
    place.write_text(json.dumps(notebook), encoding="utf-8")


def test_right_wrong_and_empty_notebooks_get_their_points(root, tmp_path):
    """Another seed earns everything; each wrong answer costs its items only; an empty notebook earns nothing."""
    given = tmp_path / "given"
    given.mkdir()
    submission(root, given / "right.ipynb", seed="4711")
    submission(root, given / "wrong.ipynb", cells=WRONG)
    submission(root, given / "empty.ipynb", cells={"q01-code-1": "q01_answer = ..."}, solved=False)
    config = root / "assignments" / "random-forests" / "grading.yml"
    done = autograder("grade", given, "--config", config, "--out", tmp_path / "grades", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "data" not in done.stderr
    with (tmp_path / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        points = {row["student"]: float(row["points"]) for row in csv.DictReader(file)}
    assert points == {"right": load(config).assignment.points, "wrong": 0, "empty": 0}


def test_it_is_built_for_gradescope_without_data_sets(root, tmp_path):
    """The gate passes in both languages, the packed key is this assignment's, and no data set is included."""
    folder = tmp_path / "course"
    folder.mkdir()
    source = root / "assignments" / "random-forests"
    for path in source.glob("*.ipynb"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "reference").symlink_to(source / "reference")
    (folder / "notas.yml").write_bytes((source / "grading.yml").read_bytes())
    (folder / "grading.yml").write_text("a rubric of another assignment, that is to be left alone", encoding="utf-8")
    done = autograder("build", "--config", "notas.yml", "--out", tmp_path / "dist", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(tmp_path / "dist" / "autograder" / "random-forests-autograder.zip") as archive:
        packed = archive.read("assignment/grading.yml")
        names = archive.namelist()
    assert packed == (source / "grading.yml").read_bytes()
    assert not [name for name in names if name.startswith("datasets/")]
    assert "data --fetch" not in (tmp_path / "dist" / "autograder" / "Dockerfile").read_text(encoding="utf-8")
    secrets = open_assignment(folder / "notas.yml").secrets
    assert all(any(path.is_relative_to(one) for one in secrets) for path in folder.glob("*.yml"))
    with zipfile.ZipFile(tmp_path / "dist" / "random-forests.zip") as archive:
        for name in (name for name in archive.namelist() if name.endswith(".ipynb")):
            sources = ["".join(cell["source"]) for cell in json.loads(archive.read(name))["cells"]]
            assert sum("otter.Notebook(" in one for one in sources) == 1
            assert "EXPECTED" in sources[-1]


def changed_course(root, folder, **changes):
    """Copy the assignment into a folder, with changes of the rubric's text."""
    shutil.copytree(root / "assignments" / "random-forests", folder)
    rubric = folder / "grading.yml"
    text = rubric.read_text(encoding="utf-8")
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    rubric.write_text(text, encoding="utf-8")


def test_a_build_that_does_not_pass_leaves_the_folder_as_it_was(root, tmp_path):
    """A key that the solution contradicts: what an earlier build made stays, and nothing else appears beside it."""
    folder = tmp_path / "course"
    changed_course(root, folder, key=("q01_answer, key: b", "q01_answer, key: c"))
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "random-forests.zip").write_bytes(b"an earlier build")
    done = autograder("build", "--out", dist, folder=folder)
    assert done.returncode == 1, done.stderr
    assert "✗  en: the solution earns all" in done.stdout
    assert f"do not hand this out: the gate found the faults marked above; nothing in {dist} was changed" in done.stderr
    assert [path.name for path in dist.iterdir()] == ["random-forests.zip"]
    assert (dist / "random-forests.zip").read_bytes() == b"an earlier build"


def test_the_gate_warns_of_justifications_in_one_language(root, tmp_path):
    """With English texts alone, pages in Portuguese would give no reason; without such a file, nothing is asked for."""
    folder = tmp_path / "course"
    changed_course(root, folder)
    assert list(justification_check(open_assignment(folder / "grading.yml"))) == []
    texts = folder / "reference" / "justifications.yml"
    texts.write_text('q01: {en: {a: "No.", b: "Yes."}}', encoding="utf-8")
    (check,) = justification_check(open_assignment(folder / "grading.yml"))
    assert (check.mark, check.detail) == ("weak", "q01 has no text in pt-BR for a, b")
    texts.write_text('q01: {en: {e: "No."}}', encoding="utf-8")
    (check,) = justification_check(open_assignment(folder / "grading.yml"))
    assert check.mark == "weak"
    assert "is no option of this question" in check.detail


def test_numbers_that_no_run_has_are_named_before_anything_is_built(root, tmp_path):
    """A new item that is compared with reference runs: one line names it and says to calibrate, in audit and build."""
    folder = tmp_path / "course"
    changed_course(
        root,
        folder,
        variable=("{type: letter, options: abcd}", "{type: letter, options: ab}\n      q01_share: {type: number}"),
        answer=("{points: 1, check: choice, value: q01_answer, key: b}", CLAIMING),
    )
    done = autograder("build", "--out", tmp_path / "dist", folder=folder)
    assert done.returncode == 2, done.stdout
    (line,) = done.stderr.strip().splitlines()
    assert line.endswith(
        "baseline.json: no healthy reference run has what q01.share is compared with (autograder calibrate)"
    )
    assert [*(tmp_path / "dist").iterdir()] == []
    done = autograder("audit", "--out", tmp_path / "audit", folder=folder)
    assert "warning: q01: no healthy reference run has the numbers that its options speak of" in done.stderr


def test_a_new_assignment_is_calibrated_built_and_graded_at_once(root, tmp_path):
    """The commands of docs/how-to/new-assignment.md, in an otherwise empty folder."""
    text = (root / "docs" / "how-to" / "new-assignment.md").read_text(encoding="utf-8")
    commands = [line.split()[1:] for line in text.splitlines() if line.startswith("autograder ")]
    assert [command[0] for command in commands] == ["new", "calibrate", "audit", "build", "grade"]
    for command in commands:
        if command[0] == "grade":
            (tmp_path / "submissions").mkdir()
            # The students' notebook, filled in with the master's answers.
            master = tmp_path / "assignments" / "sampling" / "sampling.en.ipynb"
            (tmp_path / "submissions" / "ana.ipynb").write_bytes(master.read_bytes())
        done = autograder(*command, folder=tmp_path)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    rows = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8-sig")
    assert yaml.safe_load(rows.splitlines()[1].split(",")[1]) == 2
