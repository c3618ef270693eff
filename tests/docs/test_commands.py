"""Every command in the documentation is valid, and those of the tutorial really do what it says."""

import csv
import json

import pytest
from documented_commands import PAGES, ROOT, USAGES, blocks, fault, inline_commands, inline_fault, shell_lines
from forked_command import run_command

LANGUAGES = {"sh", "text", "yaml", "json", "python"}
BY_PAGE = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
TUTORIAL = "docs/tutorial/first-class.md"
HARMLESS = {"audit", "data", "history", "pending", "regrade", "report", "schema"}
"""Commands that read what is there, or write again what can be made again: each documented one is really run."""


@pytest.mark.parametrize("page", BY_PAGE)
def test_commands_in_blocks_are_taken(page):
    """Each line of a shell block parses: the command, its options, their choices; or the target of make exists."""
    assert [(words, why) for words in shell_lines(BY_PAGE[page]) if (why := fault(words))] == []


@pytest.mark.parametrize("page", BY_PAGE)
def test_commands_in_sentences_exist(page):
    """Each command named in a sentence or table exists, with the options named beside it."""
    assert [(words, why) for words in inline_commands(BY_PAGE[page]) if (why := inline_fault(words))] == []


@pytest.mark.parametrize("page", BY_PAGE)
def test_no_command_hides_in_another_block(page):
    """Each block states its language, and only shell blocks contain commands, so that none escapes the tests above."""
    found = [*blocks(BY_PAGE[page])]
    assert [body for language, body in found if language not in LANGUAGES] == []
    assert BY_PAGE[page].count("```") == 2 * len(found)
    hidden = [line for language, body in found if language != "sh" for line in body.splitlines()]
    starts = ("autograder ", "make ", "$ ")
    assert page == USAGES or [line for line in hidden if line.lstrip().startswith(starts)] == []


@pytest.mark.parametrize(
    "line",
    [
        "autograder grad submissions",
        "autograder grade",
        "autograder grade submissions --fast",
        "autograder grade submissions --export teams",
        "autograder grade submissions --workers many",
        "autograder decide accept Ana",
        "autograder decide perhaps Ana --because x --by y",
        "autograder history Ana Lima",
        "make everything",
        "make gradescope SUBMISSION=class",
        "autgrader data",
    ],
)
def test_a_wrong_command_is_found(line):
    """A misspelt command, option, choice, target or variable, and a wrong number of arguments, are detected."""
    assert [fault(words) for words in shell_lines(f"```sh\n{line}\n```\n")] != [""]


@pytest.mark.parametrize("text", ["autograder grades", "autograder grade --fast", "make everything", "autograder -x"])
def test_a_wrong_command_in_a_sentence_is_found(text):
    """So is an unknown command, option or target within a sentence."""
    assert [inline_fault(words) for words in inline_commands(f"Give `{text}` now.")] != [""]


def test_the_commands_are_found_at_all():
    """The tutorial, README and LEIAME contain commands, the same ones in both languages."""
    for page in (TUTORIAL, "README.md", "LEIAME.md"):
        assert ["make", "grade"] in [*shell_lines(BY_PAGE[page])]
    assert [*shell_lines(BY_PAGE["README.md"])] == [*shell_lines(BY_PAGE["LEIAME.md"])]
    named = [{words[1] for words in inline_commands(BY_PAGE[page])} for page in ("README.md", "LEIAME.md")]
    assert named[0] == named[1]


LOOP = """
import keras
import numpy as np

network = keras.Sequential([keras.Input((13,)), keras.layers.Dense(1)])
network.compile(optimizer="sgd", loss="mse")
for step in range(3):
    network.train_on_batch(np.ones((4, 13)), np.ones((4, 1)))
q07_history = {history}
"""
"""A training loop of the student's own, which nobody outside can repeat, and numbers that it may have given."""


def typical_history():
    """Return numbers within every interval: the means of the reference runs on practice data."""
    baseline = json.loads((ROOT / "reference" / "practice" / "baseline.json").read_text(encoding="utf-8"))
    history = {}
    for network in "AB":
        for series in ("loss", "mae", "val_loss", "val_mae"):
            path = f"q07_history.{network}.{series}[-1]"
            values = [run["summary"]["values"][path] for run in baseline["runs"] if path in run["summary"]["values"]]
            healthy = sorted(values)[: len(values) * 3 // 4]
            history.setdefault(network, {})[series] = [healthy[len(healthy) // 2]] * 50
    return history


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Create the tutorial's folder: the project's assignment, and Ana's and Bia's notebooks in `submissions/`."""
    place = tmp_path_factory.mktemp("course")
    for name in ("grading.yml", "assignments", "reference"):
        (place / name).symlink_to(ROOT / name)
    submissions = place / "submissions"
    submissions.mkdir()
    options = (ROOT / "tests" / "sample_class" / "choices_only.ipynb").read_text(encoding="utf-8")
    (submissions / "Ana Lima.ipynb").write_text(options, encoding="utf-8")
    document = json.loads(options)
    loop = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    document["cells"].append(loop | {"source": LOOP.format(history=typical_history())})
    (submissions / "Bia Souza.ipynb").write_text(json.dumps(document), encoding="utf-8")
    return place


def run(place, words):
    """Run a documented command, on practice data if it executes notebooks."""
    data = ["--data", "practice"] if words[1] == "grade" else []
    done = run_command([*words[1:], *data], place)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.slow
def test_the_tutorial_does_what_it_says(course):
    """In order: Bia's items are pending until they are decided, Ana's points are changed by hand."""
    lines = [words for words in shell_lines(BY_PAGE[TUTORIAL]) if words[0] == "autograder"]
    out = {}
    for words in lines:
        out[words[1]] = run(course, words)
    assert "Bia Souza" in out["pending"]
    assert "q07.errors_a" in out["pending"]
    with (course / "grades" / "grades.csv").open(encoding="utf-8-sig") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert table["Ana Lima"]["points"] == "5.1"
    assert float(table["Bia Souza"]["points"]) > float(table["Ana Lima"]["points"])
    left = [row["item"] for row in json.loads(run(course, ["autograder", "pending", "--json"]))]
    assert "q07.errors_a" not in left
    assert "q07.errors_b" not in left


@pytest.mark.slow
def test_harmless_commands_run(course):
    """Every documented command that changes nothing important succeeds on the tutorial's class."""
    found = {tuple(words) for text in BY_PAGE.values() for words in shell_lines(text) if words[0] == "autograder"}
    # `assignments/sampling` is the assignment that readers of the how-to guide write.
    harmless = sorted(
        words
        for words in found
        if words[1] in HARMLESS and not {"--fetch", "assignments/sampling/grading.yml"} & set(words)
    )
    assert {words[1] for words in harmless} == HARMLESS
    if not (course / "grades").exists():
        run(course, ["autograder", "grade", "submissions"])
    for words in harmless:
        run(course, list(words))
