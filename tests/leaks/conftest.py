"""The secrets, and the searches for them: in bytes, in files, and from inside of a notebook."""

import base64
import itertools
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from gradescope_places import lay_out_tree

from autograder.gradescope import container_files
from autograder.otter import write_autograder_zip, write_hidden_tests
from autograder.otter.leaks import key_patterns
from autograder.otter.passages import passages_of_file
from autograder.rubric import load
from autograder.rubric.checks.close import Close
from autograder.rubric.checks.equal import Equal

# The cell of a notebook that opens whatever it can, and reports its findings.
WALK = """
import base64, json, os, re
# As plain text the patterns would be found in this very cell.
patterns = {label: re.compile(base64.b64decode(text)) for label, text in NEEDLES.items()}
literals = [base64.b64decode(text) for text in LITERALS]
KINDS = (".yml", ".yaml", ".json", ".ipynb", ".sqlite", ".zip", ".gz", ".txt", ".md", ".html", ".toml", ".pth")
OURS = ("grading.yml", "baseline.json", "justifications.yml", "gradebook.sqlite", "results.json")
found, names, seen = set(), [], 0

def look(place, content):
    if any(literal in content for literal in literals):
        found.update(f"{label} in {place}" for label, pattern in patterns.items() if pattern.search(content))

for start in STARTS:
    for top, folders, files in os.walk(start):
        if top == "/":
            folders[:] = [name for name in folders if name not in ("proc", "sys")]
        for name in files:
            path = os.path.join(top, name)
            try:
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                with open(path, "rb") as file:
                    if name in OURS or path.startswith(tuple(PRIVATE)):
                        names.append(path)
                    seen += 1
                    # Of the operating system's files the names; among Python's packages the kinds and the size of
                    # our secrets.
                    if path.startswith(("/usr/", "/lib")) or (
                        path.startswith(tuple(PACKAGES)) and (not name.endswith(KINDS) or os.path.getsize(path) > 2**18)
                    ):
                        continue
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
try:
    import autograder.rubric
    names.append("import autograder")
except ImportError:
    pass
q01_losses = {"found": sorted(found), "names": names, "seen": seen}
"""


@pytest.fixture(scope="session")
def specification(root):
    """Read the project's rubric."""
    return load(root / "grading.yml")


def numbers_in(value):
    """Yield the numbers in a value, in order."""
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(child)
    elif isinstance(value, int | float):
        yield value


def rows_in(value):
    """Yield adjacent numbers."""
    children = list(value.values()) if isinstance(value, dict) else value
    if any(isinstance(child, dict | list) for child in children):
        for child in children:
            yield from rows_in(child)
    else:
        yield list(numbers_in(children))


@pytest.fixture(scope="session")
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
    found["hidden test"] = r"autograder\.otter"
    return {label: re.compile(pattern.encode()) for label, pattern in found.items()}


@pytest.fixture(scope="session")
def search(needles):
    """Return a function that lists the labels of what is found in some bytes."""
    return lambda content: {label for label, pattern in needles.items() if pattern.search(content)}


@pytest.fixture(scope="session")
def files_of():
    """Return a function that reads a file, or every member of a folder, by name."""

    def read(path):
        files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        return {file.name: "\n".join(passage.text for passage in passages_of_file(file)).encode() for file in files}

    return read


@pytest.fixture(scope="session")
def write_walk(needles):
    """Return a function that writes the cell.

    It looks below `starts`, skims what lies below `packages`, and names each file that it can read below `private`.
    """

    def write(*, starts, packages, private):
        encoded = {label: base64.b64encode(pattern.pattern).decode() for label, pattern in needles.items()}
        literals = {re.sub(rb"\\(.)", rb"\1", pattern.pattern.split(rb"0*")[0]) for label, pattern in needles.items()
                    if label.startswith(("figure", "justification", "hidden"))} | {b"_answer"}  # fmt: skip
        settings = {
            "NEEDLES": encoded,
            "LITERALS": sorted(base64.b64encode(literal).decode() for literal in literals),
            "STARTS": list(starts),
            "PACKAGES": list(packages),
            "PRIVATE": list(private),
        }
        return "".join(f"{name} = {value!r}\n" for name, value in settings.items()) + WALK

    return write


@pytest.fixture
def gradescope_tree(specification, root, data_home, tmp_path):
    """Create the content of Gradescope's container after its set-up, in a plain world-accessible folder."""
    if os.geteuid():
        pytest.skip("only root can lay out what root alone may read")
    reference = root / "reference" / data_home.kind
    baseline = {f"{data_home.kind}/baseline.json": reference / "baseline.json"}
    members = container_files(specification.release, specification.assignment.data, data_home, carry_data=False)
    write_hidden_tests(tmp_path / "tests", specification)
    packed = tmp_path / "autograder.zip"
    tests, rubric = tmp_path / "tests", root / "grading.yml"
    write_autograder_zip(packed, tests, specification, rubric, data_home.kind, baseline, members)
    work = Path(tempfile.mkdtemp(prefix="gradescope-"))
    work.chmod(0o755)
    try:
        for folder in ("submission", "results"):
            (work / folder).mkdir()
        (work / "results" / "results.json").write_text("{}", encoding="utf-8")
        (work / "submission_metadata.json").write_text("{}", encoding="utf-8")
        lay_out_tree(work, packed, data_home.path)
        yield work
    finally:
        shutil.rmtree(work)
