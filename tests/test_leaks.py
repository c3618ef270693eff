"""Everything that a student can get hold of, searched for every letter of the key, reference value and test.

What is searched for is found where it does stand, and where it is planted: a search that finds nothing proves nothing.
"""

import base64
import dataclasses
import itertools
import json
import re
import sys
from pathlib import Path

import pytest

from autograder.evidence import examine
from autograder.grading import grade, load_baseline
from autograder.otter_bridge import assign, write_hidden_tests, write_students_zip
from autograder.otter_bridge.leaks import find_hidden_tests, key_patterns
from autograder.otter_bridge.passages import passages_of_file
from autograder.records import Cell, Job, Run, RunVerdict, Usage, to_json
from autograder.replay import TrainingStore
from autograder.report import grade_document, student_page
from autograder.sandbox import PAYLOAD, open_sandbox
from autograder.spec import load
from autograder.spec.model import Choice, Close, Equal, KeySpec

LANGUAGES = ("pt-BR", "en")
PLANTED = "q02_answer"


@pytest.fixture(scope="module")
def specification(root):
    """Read the project's rubric."""
    return load(root / "grading.yml")


def numbers_in(value):
    """Yield the numbers in a value, in their order."""
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(child)
    elif isinstance(value, int | float):
        yield value


def rows_in(value):
    """Yield the numbers that stand side by side."""
    children = list(value.values()) if isinstance(value, dict) else value
    if any(isinstance(child, dict | list) for child in children):
        for child in children:
            yield from rows_in(child)
    else:
        yield list(numbers_in(children))


@pytest.fixture(scope="module")
def needles(specification, root):
    """Return what nobody may find, as patterns.

    A letter beside its variable, two figures of an item in a row, a reference run's number, a sentence of a
    justification, a call of the hidden tests' judge.
    """
    found = {f"key of {name}": pattern.pattern for name, pattern in key_patterns(specification.questions).items()}
    for name, question in specification.questions.items():
        for item_name, item in question.items.items():
            if isinstance(item, Close | Equal):
                pairs = [pair for row in rows_in(item.expected) for pair in itertools.pairwise(row)]
                for number, (first, second) in enumerate((f"{one:g}", f"{other:g}") for one, other in pairs):
                    if len(first + second) > 6:
                        pattern = rf"{re.escape(first)}0*\D{{1,40}}{re.escape(second)}"
                        found[f"figures {number} of {name}.{item_name}"] = pattern
    for data in ("real", "practice"):
        baseline = json.loads((root / "reference" / data / "baseline.json").read_text())
        figures = [repr(number) for number in numbers_in(baseline) if len(repr(number)) > 12]
        for number in (0, len(figures) // 2, -1):
            found[f"figure {number} of the {data} baseline"] = re.escape(figures[number])
    justification = (root / "reference" / "justifications.yml").read_text(encoding="utf-8").splitlines()
    found["justification"] = re.escape(max(justification, key=len).strip())
    found["hidden test"] = r"autograder\.hidden"
    return {label: re.compile(pattern.encode()) for label, pattern in found.items()}


def search(needles, content):
    """Return the labels of what is found in some bytes."""
    return {label for label, pattern in needles.items() if pattern.search(content)}


def files_of(path):
    """Return the bytes of a file, or of every member of a folder, by name."""
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    return {file.name: "\n".join(passage.text for passage in passages_of_file(file)).encode() for file in files}


@pytest.fixture(scope="module")
def assigned(specification, root, tmp_path_factory):
    """Let Otter Assign build both languages."""
    return {
        language: assign(root / notebook, tmp_path_factory.mktemp(language))
        for language, notebook in specification.assignment.notebooks.items()
    }


def test_the_search_finds_every_secret_where_it_stands(needles, specification, root, tmp_path):
    """Each pattern is found in the rubric, the reference or the hidden tests: none is a pattern of nothing."""
    write_hidden_tests(tmp_path / "tests", specification)
    texts = [(root / "grading.yml").read_bytes(), (root / "reference" / "justifications.yml").read_bytes()]
    texts += [(root / "reference" / data / "baseline.json").read_bytes() for data in ("real", "practice")]
    texts += list(files_of(tmp_path / "tests").values())
    assert {label for text in texts for label in search(needles, text)} == set(needles)


def test_what_is_handed_out_holds_none_of_it(needles, specification, assigned, tmp_path):
    """Both notebooks, their tests and the zip of both."""
    students_zip = tmp_path / "cnn-training.zip"
    write_students_zip(students_zip, specification.assignment.name, assigned)
    texts = files_of(students_zip)
    for made in assigned.values():
        texts |= files_of(made.student_folder)
    assert {name: found for name, text in texts.items() if (found := search(needles, text))} == {}
    assert sum(map(len, texts.values())) > 100_000


def test_a_key_planted_in_a_notebook_is_found(needles, assigned, specification):
    """In a cell, an output, an attachment or the metadata of the very file that is handed out."""
    [letter] = [item.key for item in specification.questions["q02"].items.values()]
    notebook = json.loads(assigned["en"].student_notebook.read_text())
    for place in ("source", "outputs", "metadata"):
        planted = json.loads(json.dumps(notebook))
        cell = next(one for one in planted["cells"] if one["cell_type"] == "code")
        said = {"output_type": "stream", "name": "stdout", "text": f"{PLANTED} = '{letter}'"}
        cell[place] = {"source": said["text"], "outputs": [said], "metadata": {"note": said["text"]}}[place]
        path = assigned["en"].student_folder.parent / f"planted-{place}.ipynb"
        path.write_text(json.dumps(planted))
        assert search(needles, *files_of(path).values()) == {f"key of {PLANTED}"}


def test_the_payload_holds_none_of_it(needles):
    """Its source is what every notebook can read."""
    texts = files_of(PAYLOAD)
    assert len(texts) > 20
    assert {name: found for name, text in texts.items() if (found := search(needles, text))} == {}
    passages = [passage for file in PAYLOAD.rglob("*.py") for passage in passages_of_file(file)]
    assert list(find_hidden_tests(passages)) == []


def other_key(specification):
    """Return the rubric with every letter and every expected value changed."""

    def changed(item):
        match item:
            case Choice(key=key):
                return item.model_copy(update={"key": "abcd"[("abcd".index(key) + 1) % 4]})
            case Close() | Equal():
                return item.model_copy(update={"expected": shifted(item.expected)})
        return item

    def shifted(value):
        if isinstance(value, dict):
            return {key: shifted(child) for key, child in value.items()}
        if isinstance(value, list):
            return [shifted(child) for child in value]
        return value if isinstance(value, str) else value + 17

    questions = {
        name: question.model_copy(
            update={"items": {item_name: changed(item) for item_name, item in question.items.items()}}
        )
        for name, question in specification.questions.items()
    }
    return KeySpec.model_construct(
        assignment=specification.assignment, policy=specification.policy, questions=questions
    )


def wrong_values(specification):
    """Return values that are wrong under the rubric and under the other one, and far from both.

    Hints name the element that is furthest off, and the words that are out of place: that much they do tell.
    """

    def filled(shape):
        match shape.type:
            case "number":
                return -1000.5
            case "numbers":
                return [-1000.5] * shape.length
            case "words":
                return [*shape.words[1:], shape.words[0]]
            case "map":
                return {key: filled(shape.of) for key in shape.keys}
        raise AssertionError(shape)

    keys = {item.value: item.key for one in specification.questions.values() for item in one.items.values()
            if isinstance(item, Choice)}  # fmt: skip
    return {
        name: "abcd"[("abcd".index(keys[name]) + 2) % 4] if shape.type == "letter" else filled(shape)
        for name, shape in specification.run_spec.variables.items()
    }


@pytest.fixture(scope="module", params=LANGUAGES)
def two_grades(request, specification, root):
    """Grade the same wrong evidence under the key and under another one."""
    job = Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, request.param, ())
    run = Run(
        job.id, RunVerdict.COMPLETE, "", "", (), wrong_values(specification), (), (), (), {}, Usage()
    )  # fmt: skip
    evidence = examine(job, run, specification.run_spec)
    baseline = load_baseline(root / "reference" / "real")
    grades = [grade(evidence, key, baseline) for key in (specification.key_spec, other_key(specification))]
    # The digests say that the key is another; no page shows them.
    return evidence, [dataclasses.replace(one, rubric_sha256="") for one in grades]


@pytest.mark.parametrize("policy", ["none", "score", "hints", "full"])
def test_before_release_a_page_does_not_depend_on_the_key(two_grades, needles, policy):
    """Under another key the page of a wrong notebook is the same to the byte, so that it tells nothing of the key."""
    evidence, grades = two_grades
    assert [one.points for one in grades] == [grades[0].points] * 2
    pages = [student_page(one, evidence, policy, {}) for one in grades]
    assert (pages[0] == pages[1]) is (policy != "full")
    assert (search(needles, pages[0].encode()) == set()) is (policy != "full") or policy == "full"


def test_what_the_instructor_gets_does_depend_on_it(two_grades):
    """The same comparison on the JSON file finds the difference: it can see one."""
    _, grades = two_grades
    assert grade_document(grades[0]) != grade_document(grades[1])


def test_a_job_and_its_conditions_hold_none_of_it(needles, specification):
    """All that enters the sandbox is made of these two."""
    job = Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, "en", (Cell(0, "x = 1"),))
    said = to_json(job) + specification.run_spec.model_dump_json()
    assert search(needles, said.encode()) == set()


WALK = """
import base64, json, os, re
# As text the patterns would be found in this very cell.
patterns = {label: re.compile(base64.b64decode(text)) for label, text in json.loads(NEEDLES).items()}
literals = [base64.b64decode(text) for text in json.loads(LITERALS)]
python = (*PREFIXES,)
KINDS = (".yml", ".yaml", ".json", ".ipynb", ".sqlite", ".zip", ".gz", ".txt", ".md", ".html", ".toml", ".pth")
OURS = ("grading.yml", "baseline.json", "justifications.yml", "gradebook.sqlite")
found, names, seen = set(), [], 0

def look(place, content):
    if any(literal in content for literal in literals):
        found.update(f"{label} in {place}" for label, pattern in patterns.items() if pattern.search(content))

for top, folders, files in os.walk("/"):
    if top == "/":
        folders[:] = [name for name in folders if name not in ("proc", "sys")]
    for name in files:
        path = os.path.join(top, name)
        try:
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            # Of the operating system's files the names; among Python's packages the kinds and the size of our secrets.
            foreign = path.startswith(("/usr/", "/lib")) or (
                path.startswith(python) and (not name.endswith(KINDS) or os.path.getsize(path) > 2**18)
            )
            if name in OURS or "/autograder/" in path:
                names.append(path)
            seen += 1
            if foreign:
                continue
            with open(path, "rb") as file:
                look(path, file.read(2**26))
        except OSError:
            continue
for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
    for name in ("environ", "cmdline", "mountinfo", "maps"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                look(f"/proc/{pid}/{name}", file.read())
            seen += 1
        except OSError:
            continue
look("environment", repr(dict(os.environ)).encode())
q01_losses = {"found": sorted(found), "names": names, "seen": seen}
"""


def walk(specification, needles, data_home):
    """Let a notebook walk over everything that it can read, and return what it found."""
    encoded = {label: base64.b64encode(pattern.pattern).decode() for label, pattern in needles.items()}
    literals = {re.sub(rb"\\(.)", rb"\1", pattern.pattern.split(rb"0*")[0]) for label, pattern in needles.items()
                if label.startswith(("figure", "justification", "hidden"))} | {b"_answer"}  # fmt: skip
    literals = sorted(base64.b64encode(literal).decode() for literal in literals)
    prefixes = (sys.prefix, sys.base_prefix)
    source = WALK.replace("json.loads(NEEDLES)", f"json.loads({json.dumps(encoded)!r})")
    source = source.replace("json.loads(LITERALS)", f"json.loads({json.dumps(literals)!r})")
    source = source.replace("*PREFIXES", ", ".join(map(repr, prefixes)))
    job = Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, "en", (Cell(0, source),))
    box = open_sandbox("bubblewrap", specification.run_spec, data_home, TrainingStore(Path("/nowhere")))
    run = box.run(job)
    assert run.verdict is RunVerdict.COMPLETE, run.detail
    assert run.cells[0].status == "ok", run.cells[0].error
    return run.values["q01_losses"]


@pytest.mark.slow
def test_a_notebook_that_reads_all_it_can_finds_none_of_it(specification, needles, data_home):
    """Every file's name, every text that no package manager put there, every process's environment and command line."""
    said = walk(specification, needles, data_home.path)
    assert said["found"] == []
    assert said["names"] == []
    assert said["seen"] > 20_000


@pytest.mark.slow
def test_the_same_notebook_finds_what_was_planted(specification, needles, root, tmp_path):
    """The rubric among the data sets, which every notebook may read: the walk sees all of it."""
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "grading.yml").write_bytes((root / "grading.yml").read_bytes())
    said = walk(specification, needles, tmp_path)
    assert said["names"] == ["/keras/datasets/grading.yml"]
    in_rubric = search(needles, (root / "grading.yml").read_bytes())
    assert {line.partition(" in ")[0] for line in said["found"]} == in_rubric
