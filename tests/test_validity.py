"""The validity bench: stored runs still get the expected verdicts, and its bank fits the solved notebook."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BENCH = ROOT / "benchmarks" / "validity"


@pytest.fixture(scope="module")
def judged():
    """Judge the stored runs under today's rubric and baseline; nothing is executed."""
    command = [sys.executable, str(BENCH), "--judge-only"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
def test_the_kept_runs_get_what_they_deserve(judged):
    """At least 98 % of the honest solutions keep every point, and 95 % of the mutants lose exactly the right ones."""
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.slow
def test_enough_runs_are_kept(judged):
    """Neither share is computed from an empty folder."""
    counts = {
        what.split()[0]: int(runs)
        for what, runs in re.findall(r"^(\w[^:]*): \d+ of (\d+), .*confidence", judged.stdout, re.MULTILINE)
    }
    assert counts["honest"] >= 42
    assert counts["mutants"] >= 74
    assert counts["reference"] >= 40


def test_both_error_rates_are_stated_for_every_item_of_numbers(judged, root):
    """Each has a row with the share of reference runs that it rejects, of at least ten."""
    questions = yaml.safe_load((root / "grading.yml").read_text(encoding="utf-8"))["questions"]
    due = {
        f"{name}.{item}"
        for name, question in questions.items()
        for item, fields in question["items"].items()
        if fields.get("check") == "interval"
    }
    rows = dict(re.findall(r"^(\S+) +\d+ of (\d+), [\d.]+% .* of \d+, [\d.]+% ", judged.stdout, re.MULTILINE))
    assert rows.keys() == due
    assert all(int(runs) >= 10 for runs in rows.values())


def test_what_accepts_its_nearest_mistake_says_why_it_keeps_its_weight(judged, root):
    """No item of numbers accepts more than half of the runs with a known mistake without a reason in both languages."""
    questions = yaml.safe_load((root / "grading.yml").read_text(encoding="utf-8"))["questions"]
    nearest = re.findall(r"^(q\d+)\.(\w+) .*: \d+ of \d+, ([\d.]+)% \([^)]*\)\s*$", judged.stdout, re.MULTILINE)
    assert nearest
    for question, item, share in nearest:
        if float(share) > 50:
            assert questions[question]["items"][item].get("because", {}).keys() == {"pt-BR", "en"}, item


def test_every_mutant_names_items_that_there_are(root):
    """A mutant with a wrong item name would never be detected."""
    bank = yaml.safe_load((BENCH / "bank.yml").read_text(encoding="utf-8"))
    questions = yaml.safe_load((root / "grading.yml").read_text(encoding="utf-8"))["questions"]
    items = {f"{name}.{item}" for name, question in questions.items() for item in question["items"]}
    for mutant in bank["mutants"]:
        assert mutant["fails"], mutant["name"]
        named = {*mutant["fails"], *mutant.get("may", ())}
        assert named <= items, mutant["name"]
        assert {item.partition(".")[0] for item in named} <= {*mutant["questions"]}, mutant["name"]


def test_no_kept_run_is_of_another_bank(judged):
    """Each file is named after its run; a file that no trial of the bank has is left over from another bank."""
    there = int(re.search(r"runs: (\d+) kept", judged.stderr)[1])
    assert there == len(list((ROOT / "reference" / "real" / "validity").glob("*.json")))
    assert json.loads(next((ROOT / "reference" / "real" / "validity").glob("*.json")).read_text())["evidence"]
