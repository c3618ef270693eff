"""The key audit of the project's own runs: the real command, its page and its exit codes."""

import json
import shutil
from pathlib import Path

import pytest
from forked_command import run_command

ROOT = Path(__file__).parents[2]


def audit(folder, *options, out):
    """Run the command in a folder that holds a `grading.yml`."""
    return run_command(["audit", "--out", str(out), *options], folder)


@pytest.fixture
def changed(tmp_path):
    """Copy the assignment with a changed rubric and the project's reference."""

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
    """On both kinds of data each key is the option best supported by its question's runs."""
    done = audit(ROOT, "--data", data, "--json", out=tmp_path)
    found = json.loads(done.stdout)
    assert {key["question"]: key["upheld"] for key in found["keys"]} == dict.fromkeys(
        ("q01", "q03", "q07", "q08", "q10"), True
    )
    assert (done.returncode, found["passed"], found["stale"], found["data"]) == (0, True, "", data)


def test_three_marks_in_table_page_and_json(changed, tmp_path):
    """Holds, holds in too few runs (questions 7 and 8), and fails, if another letter is the key of question 3."""
    folder = changed("        value: q03_answer\n        key: a\n", "        value: q03_answer\n        key: b\n")
    due = {"q01": "holds", "q03": "fails", "q07": "weak", "q08": "weak", "q10": "holds"}
    done = audit(folder, out=tmp_path / "out")
    found = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    page = (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    assert {key["question"]: key["mark"] for key in found["keys"]} == due
    assert (done.returncode, found["mark"], found["passed"]) == (1, "fails", False)
    signs = {"holds": "✓", "weak": "⚠", "fails": "✗"}
    for question, mark in due.items():
        assert f'<h3><span class="{mark}">{signs[mark]}</span> {question} ' in page
    shown = [sign for line in done.stdout.splitlines() for sign in signs.values() if f"{sign} key" in line]
    assert shown == [signs[mark] for mark in due.values()]


def test_the_page_in_portuguese(tmp_path):
    """All its texts, with decimal commas; the JSON and the command's output stay English."""
    done = audit(ROOT, "--language", "pt-BR", out=tmp_path)
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert '<html lang="pt-BR">' in page
    assert "Auditoria do gabarito" in page
    assert "22,47" in page
    assert "22.47" not in page
    assert done.stderr.startswith("warning: q07: the key b is the best-supported option in 34 of 40 runs")


def test_stale_runs_are_told(tmp_path):
    """The audit by another solution's runs is still shown, and the first warning says so."""
    shutil.copy(ROOT / "grading.yml", tmp_path)
    (tmp_path / "reference").symlink_to(ROOT / "reference")
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    for notebook in (tmp_path / "assignments").rglob("*.ipynb"):
        notebook.write_text(notebook.read_text(encoding="utf-8").replace("epochs=50", "epochs=49"), encoding="utf-8")
    done = audit(tmp_path, out=tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr.startswith(
        "warning: 45 of 54 reference runs on real data are stale: the solution changed: `autograder calibrate --renew`"
    ), done.stderr


def test_without_claims_there_is_nothing_to_audit(tmp_path):
    """A quiz of letters has no reference runs; the audit says so, and passes."""
    (tmp_path / "grading.yml").write_text((ROOT / "tests" / "tiny.yml").read_text(encoding="utf-8"), encoding="utf-8")
    done = audit(tmp_path, out=tmp_path / "out")
    assert (done.returncode, done.stdout) == (
        0,
        "Nothing to audit: no option of the rubric makes claims about numbers.\n",
    )
    assert "Nothing to audit" in (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))["passed"] is True


@pytest.mark.parametrize(
    ("data", "due"), [("real", {"q07": 40, "q08": 40, "q10": 10}), ("practice", {"q07": 20, "q10": 3})]
)
def test_the_baseline_stands_on_as_many_runs_as_were_asked_for(tmp_path, data, due):
    """Forty healthy seeds of questions 7 and 8; ten of question 10, whose runs take long; fewer on practice data."""
    found = json.loads(audit(ROOT, "--data", data, "--json", out=tmp_path).stdout)
    runs = {key["question"]: key["runs"] for key in found["keys"]}
    assert {question: min(runs[question], least) for question, least in due.items()} == due


def test_the_page_shows_support_and_published_figures(tmp_path):
    """Every option has its bar, every published figure its place; the page has no script and loads nothing."""
    done = audit(ROOT, out=tmp_path)
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    figures = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["figures"]
    assert page.count('<svg class="bar"') == 20
    assert page.count('<svg class="strip"') == len(figures) == 28
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "published figures reproduced: " in done.stdout


def test_a_wrong_key_is_found_out(changed, tmp_path):
    """With b as the key, the audit of question 8 names the supported option, and the command fails."""
    folder = changed("        value: q08_answer\n        key: a\n", "        value: q08_answer\n        key: b\n")
    done = audit(folder, out=tmp_path / "out")
    assert done.returncode == 1
    assert "q08: the runs support option a (" in done.stderr
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
        "own/published.yml: is not a table of published figures\n"
        "  q08_mse.2: write the figure in quotes, with the digits that were printed\n"
    )


@pytest.mark.parametrize(
    ("language", "helps", "kept", "reason"),
    [
        ("en", "What helps", "Why items of numbers keep their weight", "The recipe recognises"),
        ("pt-BR", "O que ajuda", "Por que itens de números mantêm o seu peso", "A receita reconhece"),
    ],
)
def test_remedies_and_reasons_are_shown(tmp_path, language, helps, kept, reason):
    """For both weak keys what each remedy does, the one in use marked; and why items of numbers keep their points."""
    done = audit(ROOT, "--language", language, out=tmp_path)
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    found = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert f"<h2>{helps}</h2>" in page
    assert f"<h2>{kept}</h2>" in page
    assert all(one["because"][language] in page for one in found["kept"])
    assert reason in page
    assert page.count("defensible: accept") == 2
    assert "What helps" in done.stdout
    assert len([line for line in done.stdout.splitlines() if "defensible: own_numbers ✓" in line]) == 2
    assert found["policy"] == "own_numbers"
    assert [one["place"] for one in found["kept"]] == [
        "q07.errors_a", "q07.errors_b", "q08.errors", "q10.losses", "q10.accuracies",
    ]  # fmt: skip
    remedies = {key["question"]: {one["way"]: one for one in key["remedies"]} for key in found["keys"]}
    for question, ways in remedies.items():
        right = [ways[way]["right"] for way in ("reject", "accept", "own_numbers")]
        assert right == sorted(right), question
        runs = next(key["runs"] for key in found["keys"] if key["question"] == question)
        for one in ways.values():
            assert one["right"] + one["tied"] + one["flagged"] + one["wrong"] == runs
        assert ways["own_numbers"]["right"] == runs


def test_without_weak_keys_no_remedy_is_shown(changed, tmp_path):
    """A key that all runs support needs none: with both weak questions cancelled the table is gone."""
    folder = changed("  q07:\n    variables:", "  q07:\n    cancelled: full_points\n    variables:")
    rubric = (folder / "grading.yml").read_text(encoding="utf-8")
    (folder / "grading.yml").write_text(
        rubric.replace("  q08:\n    variables:", "  q08:\n    cancelled: full_points\n    variables:"), encoding="utf-8"
    )
    done = audit(folder, out=tmp_path / "out")
    assert "What helps" not in done.stdout
    assert "What helps" not in (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
