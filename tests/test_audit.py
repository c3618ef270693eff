"""The key audit on the runs that the project ships: the real command, its page and its exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def audit(folder, *options, out):
    """Run the command in a folder that holds a `grading.yml`."""
    command = [sys.executable, "-m", "autograder", "audit", "--out", str(out), *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def changed(tmp_path):
    """Make a copy of the assignment whose rubric was changed; its reference is the project's."""

    def make(old, new):
        text = (ROOT / "grading.yml").read_text(encoding="utf-8")
        assert text.count(old) == 1
        (tmp_path / "grading.yml").write_text(text.replace(old, new), encoding="utf-8")
        for name in ("reference", "assignments"):
            (tmp_path / name).symlink_to(ROOT / name)
        return tmp_path

    return make


@pytest.mark.parametrize("data", ["real", "practice"])
def test_the_runs_bear_out_every_key(tmp_path, data):
    """On both kinds of data each key is the option that its question's runs support best."""
    done = audit(ROOT, "--data", data, "--json", out=tmp_path)
    found = json.loads(done.stdout)
    assert {key["question"]: key["upheld"] for key in found["keys"]} == dict.fromkeys(
        ("q01", "q03", "q07", "q08", "q10"), True
    )
    assert (done.returncode, found["passed"], found["data"]) == (0, True, data)


@pytest.mark.parametrize(
    ("data", "due"), [("real", {"q07": 40, "q08": 40, "q10": 10}), ("practice", {"q07": 20, "q10": 3})]
)
def test_the_baseline_stands_on_as_many_runs_as_were_asked_for(tmp_path, data, due):
    """Forty healthy seeds of questions 7 and 8; ten of question 10, whose runs take long; fewer on practice data."""
    found = json.loads(audit(ROOT, "--data", data, "--json", out=tmp_path).stdout)
    runs = {key["question"]: key["runs"] for key in found["keys"]}
    assert {question: min(runs[question], least) for question, least in due.items()} == due


def test_the_page_shows_support_and_published_figures(tmp_path):
    """Every option has its bar, every published figure its place; nothing in the page runs or loads."""
    done = audit(ROOT, out=tmp_path)
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    figures = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["figures"]
    assert page.count('<svg class="bar"') == 20
    assert page.count('<svg class="strip"') == len(figures) == 28
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "published figures reproduced: " in done.stdout


def test_a_wrong_key_is_found_out(changed, tmp_path):
    """With b for a key, the audit of question 8 names the option that the runs support, and the command fails."""
    folder = changed("        value: q08_answer\n        key: a\n", "        value: q08_answer\n        key: b\n")
    done = audit(folder, out=tmp_path / "out")
    assert done.returncode == 1
    assert "q08: the runs bear out option a (" in done.stderr
    assert "✗ key" in done.stdout


def test_a_figure_that_is_none_is_said_in_one_line(changed, tmp_path):
    """A number without quotes has lost its digits: the line says which, and how to write it."""
    folder = changed("  reference: reference\n", "  reference: own\n")
    (folder / "own").mkdir()
    for name in ("real", "practice"):
        (folder / "own" / name).symlink_to(ROOT / "reference" / name)
    (folder / "own" / "published.yml").write_text("q08_mse.2: 22.47\n")
    done = audit(folder, out=tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "own/published.yml: is no table of published figures\n"
        "  q08_mse.2: write the figure in quotes, with the digits that were printed\n"
    )
