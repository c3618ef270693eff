"""A notebook that opens every file it can, in each environment of students' code, finds no key, reference or test."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from gradescope_places import image, image_is_lacking

from autograder.orders import Desk, OrderStore
from autograder.records import Cell, Job, RunVerdict
from autograder.sandbox import open_sandbox

pytestmark = [pytest.mark.slow]

PACKAGE = "import autograder, pathlib; print(pathlib.Path(autograder.__file__).parent)"

# Executes the cell that it reads as Gradescope's grader would: with what is installed there, and nothing of ours here.
GRADER = """
import json, sys
from pathlib import Path
from autograder.gradescope.layout import Layout
from autograder.orders import Desk, OrderStore
from autograder.records import Cell, Job
from autograder.sandbox import open_sandbox

layout = Layout(Path(sys.argv[1]))
layout.close()
assignment = layout.open_assignment()
secrets = (*assignment.secrets, *layout.private)
run_spec = assignment.specification.run_spec
desk = Desk(run_spec.limits, OrderStore(Path("/nowhere")), None, 1)
data = layout.find_data(assignment.specification.assignment.data)
box = open_sandbox("uid", run_spec, data.path, desk, secrets=secrets)
run = box.run(Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, "en", (Cell(0, sys.stdin.read()),)))
print(json.dumps([run.detail, run.cells[0].status, run.cells[0].error, run.values.get("q01_losses")]))
"""


def walk_here(specification, write_walk, root, data_home):
    """Run the search in a jail of this checkout, and return its findings."""
    project = [str(path) for path in root.iterdir() if not Path(sys.prefix).is_relative_to(path)]
    source = write_walk(starts=["/"], packages=[sys.prefix, sys.base_prefix], private=project)
    job = Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, "en", (Cell(0, source),))
    desk = Desk(specification.run_spec.limits, OrderStore(Path("/nowhere")), None, 1)
    run = open_sandbox("bubblewrap", specification.run_spec, data_home, desk).run(job)
    assert run.verdict is RunVerdict.COMPLETE, run.detail
    assert run.cells[0].status == "ok", run.cells[0].error
    return run.values["q01_losses"]


def test_a_notebook_that_reads_all_it_can_finds_none_of_it(specification, write_walk, root, data_home):
    """Every file's name, every text that no package manager installed, every process's environment and command line."""
    said = walk_here(specification, write_walk, root, data_home.path)
    assert said["found"] == []
    assert said["names"] == []
    assert said["seen"] > 20_000


def test_the_same_notebook_finds_what_was_planted(specification, write_walk, search, root, tmp_path):
    """With the rubric among the data sets, which every notebook may read, the search finds all of it."""
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "grading.yml").write_bytes((root / "grading.yml").read_bytes())
    said = walk_here(specification, write_walk, root, tmp_path)
    assert said["names"] == ["/keras/datasets/grading.yml"]
    in_rubric = search((root / "grading.yml").read_bytes())
    assert {line.partition(" in ")[0] for line in said["found"]} == in_rubric


def walk_there(command, source):
    """Run the search beside an installed grader, and return its findings."""
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    detail, status, error, said = json.loads(done.stdout.splitlines()[-1])
    assert status == "ok", (detail, error)
    return said


@pytest.fixture
def tree(gradescope_tree):
    """The container's folders, where the student's user can read what grading needs of this machine."""
    packages = next(Path(entry) for entry in sys.path if Path(entry).name == "site-packages")
    if not all(folder.stat().st_mode & 0o001 for folder in (packages, *packages.parents)):
        pytest.skip(f"no other user may read {packages}, where the notebook's packages are")
    return gradescope_tree


def test_another_user_reads_nothing_of_it_beside_an_installed_grader(tree, write_walk, search):
    """In the tree of Gradescope's container neither the zip's content nor the grader's own package can be opened.

    If they are made accessible, each of them is found: the search would have seen it.
    """
    package = next((tree / "venv").glob("lib/python3*/site-packages/autograder"))
    private = (tree / "source", package, tree / "submission", tree / "results", tree / "submission_metadata.json")
    source = write_walk(starts=[str(tree)], packages=[f"{tree}/venv/"], private=map(str, private))
    command = [str(tree / "venv" / "bin" / "python"), "-I", "-c", GRADER, str(tree)]
    said = walk_there(command, source)
    assert (said["found"], said["names"]) == ([], [])
    assert said["seen"] > 50
    beside = tree / "keras" / "datasets" / "grading.yml"
    shutil.copy(tree / "source" / "assignment" / "grading.yml", beside)
    beside.chmod(0o644)
    subprocess.run(["chmod", "-R", "go+rX", package], check=True)
    said = walk_there(command, source)
    assert {str(beside), str(package / "otter/judge_item.py"), "import autograder"} <= set(said["names"])
    in_rubric = search(beside.read_bytes())
    assert {line.partition(" in ")[0] for line in said["found"] if str(beside) in line} == in_rubric


def test_another_user_reads_nothing_of_it_in_the_image(gradescope_tree, write_walk, search):
    """The whole container as the student's user sees it, and the image's record of how its layers were made."""
    if lacking := image_is_lacking():
        pytest.skip(lacking)
    name = image()
    asked = [*("docker", "run", "--rm", "--network=none", name, "/opt/autograder/bin/python", "-I", "-c"), PACKAGE]
    package = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    private = [package, "/autograder/source", "/autograder/submission", "/autograder/results"]
    source = write_walk(starts=["/"], packages=["/opt/autograder/"], private=private)
    options = ["--rm", "--interactive", "--network=none", "--memory=2g", "--memory-swap=2g"]
    options += [f"--volume={gradescope_tree}/source:/autograder/source:ro"]
    grader = ["/opt/autograder/bin/python", "-I", "-c", GRADER, "/autograder"]
    said = walk_there(["docker", "run", *options, name, *grader], source)
    assert (said["found"], said["names"]) == ([], [])
    assert said["seen"] > 5_000
    made = subprocess.run(["docker", "history", "--no-trunc", name], capture_output=True, check=True).stdout
    made += subprocess.run(["docker", "inspect", name], capture_output=True, check=True).stdout
    assert search(made) == set()
