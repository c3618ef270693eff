"""Before release, nothing that a student of a graded class may get holds a key, an interval or a reference value.

The same search finds them in what the instructor gets, and on the pages once everything is released.
"""

import csv
import html
import itertools
import re
import shutil
import zipfile

import pytest
from typer.testing import CliRunner

from autograder.assignment import open_assignment
from autograder.cli import app
from autograder.gradebook import Gradebook
from autograder.otter.leaks import key_patterns
from autograder.report.numbers import number_text
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.close import Close
from autograder.rubric.checks.equal import Equal
from autograder.rubric.checks.interval import Interval

pytestmark = pytest.mark.slow

FIRST = 100
"""The first participant's number in Moodle."""
LEAST_DIGITS = 4
"""A number with fewer digits may stand on a page for another reason."""
SHEET = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
         "Last modified (grade)", "Feedback comments")  # fmt: skip


def run(place, *arguments):
    """Run a command on the class."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--config", str(place / "grading.yml")])
    assert done.exit_code == 0, (done.output, done.exception)


def lay_out(root, folder):
    """Lay out the sample class as an export of Moodle, with one student more, who chose wrong letters."""
    notebooks = sorted((root / "tests" / "sample_class").glob("*.ipynb"))
    for number, notebook in enumerate(notebooks, FIRST):
        place = folder / f"{notebook.stem.replace('_', ' ')}_{number}_assignsubmission_file_"
        place.mkdir(parents=True)
        shutil.copy(notebook, place)
    wrong = (root / "tests" / "sample_class" / "all_right.ipynb").read_text(encoding="utf-8")
    for question, letter in (("q02", "a"), ("q04", "a"), ("q05", "a"), ("q06", "a")):
        wrong = re.sub(rf'({question}_answer = \\")[a-d]', rf"\g<1>{letter}", wrong)
    place = folder / f"wrong letters_{FIRST + len(notebooks)}_assignsubmission_file_"
    place.mkdir()
    (place / "wrong.ipynb").write_text(wrong, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def place(root, tmp_path_factory):
    """Grade the sample class on practice data under `feedback: form`, with an objection that was answered."""
    folder = tmp_path_factory.mktemp("class")
    for name in ("assignments", "reference"):
        (folder / name).symlink_to(root / name)
    shutil.copy(root / "grading.yml", folder)
    assert "feedback: form" in (folder / "grading.yml").read_text(encoding="utf-8")
    grades = ("--out", folder / "grades")
    run(folder, "grade", lay_out(root, folder / "export"), "--data", "practice", *grades)
    run(folder, "objection", "no z score (105)", "q07.errors_a", "--text", "My network is the same.", *grades)
    with Gradebook.in_folder(folder / "grades") as book:
        [objection] = book.objections()
    run(folder, "objection", "--answer", objection.number, "--text", "See lecture 4.", "--by", "M. Silva", *grades)
    run(folder, "report", *grades)
    return folder


def written(number):
    """Yield how files and pages in two languages write a number, if it has enough digits to be told from others."""
    for text in (repr(number), f"{number:.4g}", number_text(number, "pt-BR"), number_text(number, "en")):
        if len(re.sub(r"\D", "", text.partition("E")[0]).strip("0")) >= LEAST_DIGITS:
            yield text


def numbers_in(value):
    """Yield the numbers in a value."""
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(child)
    elif isinstance(value, int | float):
        yield float(value)


@pytest.fixture(scope="module")
def secrets(place):
    """Return the patterns of each kind of secret: letters of the key in context, bounds, reference values."""
    assignment = open_assignment(place / "grading.yml")
    specification, baseline = assignment.specification, assignment.baseline("practice")
    letters = [pattern.pattern for pattern in key_patterns(specification.questions).values()]
    bounds, values = [], []
    for question in specification.questions.values():
        for item in question.items.values():
            match item:
                case Choice():
                    said = r"(?:[Aa] correta é|[Tt]he right one is|[Tt]he correct one is|gabarito|\bkey)"
                    letters.append(rf"{said}\W{{0,6}}{item.key}\b")
                case Interval():
                    for path in item.values:
                        found = baseline.interval(path, item, specification.policy.tolerance)
                        bounds += [*written(found.lower), *written(found.upper)]
                        runs = baseline.numbers()[path]
                        values += [text for number in (min(runs), max(runs)) for text in written(number)]
                case Close() | Equal():
                    values += [text for number in numbers_in(item.expected) for text in written(number)]
    return {
        "key": [re.compile(one) for one in letters],
        "bound": [re.compile(rf"(?<![\d.,]){re.escape(one)}(?!\d)") for one in dict.fromkeys(bounds)],
        "value": [re.compile(rf"(?<![\d.,]){re.escape(one)}(?!\d)") for one in dict.fromkeys(values)],
    }


def found_in(secrets, texts):
    """Return which kinds of secrets some files hold, and where: in their source, and as one reads them."""
    found = {}
    for (name, text), (kind, patterns) in itertools.product(texts.items(), secrets.items()):
        read = html.unescape(re.sub(r"<[^>]+>", "", text))
        hits = [one.pattern for one in patterns if one.search(text) or one.search(read)]
        if hits:
            found.setdefault(kind, {})[name] = hits[:3]
    return found


def texts_below(folder):
    """Read every file below a folder, and what lies in zips."""
    texts = {}
    for path in (one for one in sorted(folder.rglob("*")) if one.is_file()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                texts |= {
                    f"{path.name}/{name}": packed.read(name).decode("utf-8", "replace") for name in packed.namelist()
                }
        else:
            texts[path.name] = path.read_bytes().decode("utf-8", "replace")
    return texts


@pytest.fixture(scope="module")
def for_students(place, tmp_path_factory):
    """Return the pages, and the zip of feedback that Moodle shows to each student."""
    folder = tmp_path_factory.mktemp("students")
    shutil.copytree(place / "grades" / "pages", folder / "pages")
    with Gradebook.in_folder(place / "grades") as book:
        students = book.graded_students()
    sheet = folder / "sheet.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SHEET)
        for student in students:
            number = student.rpartition("(")[2].rstrip(")")
            about = (f"Participant {number}", student.partition(" (")[0], f"{number}@example.org")
            writer.writerow([*about, "Submitted", "", "10.00", "Yes", "-", ""])
    run(place, "export", place / "grades", "--to", "moodle", "--sheet", sheet, "--apply")
    sheet.unlink()
    for filled in folder.glob("*.csv"):
        filled.unlink()
    return texts_below(folder)


def test_nothing_that_students_get_holds_a_secret(secrets, for_students):
    """Neither on a page nor in its source, in no language, nor in the platform's zip."""
    assert all(len(patterns) > 10 for patterns in secrets.values())
    assert len([name for name in for_students if name.endswith(".html")]) >= 2 * 10
    assert any("-feedback.zip/" in name for name in for_students)
    assert found_in(secrets, for_students) == {}


def test_the_search_finds_each_kind_in_what_the_instructor_gets(secrets, place):
    """Class report, JSON files; and on the pages, once `feedback: full` releases everything."""
    assert found_in(secrets, {"class.html": (place / "grades" / "class.html").read_text(encoding="utf-8")}).keys() >= {
        "bound"
    }
    released = place / "grading.yml"
    before = released.read_text(encoding="utf-8")
    released.write_text(before.replace("feedback: form", "feedback: full"), encoding="utf-8")
    try:
        run(place, "report", "--out", place / "grades")
        found = found_in(secrets, texts_below(place / "grades" / "pages"))
    finally:
        released.write_text(before, encoding="utf-8")
    assert found.keys() == {"key", "bound", "value"}
