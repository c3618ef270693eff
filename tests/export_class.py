"""A class in a gradebook, as after collecting and grading, and platforms' sheets as exported.

Sources of the layouts: Canvas, `lib/gradebook_exporter.rb` (headings, the rows of manual posting and points possible,
`EX`, `N/A`, decimals by locale) and `lib/csv_with_i18n.rb` (separator, byte order mark); Moodle,
`mod/assign/gradingtable.php` (columns and their order) and the language packs `assign.php` of en, pt_br and es.
"""

import csv
import dataclasses
import io

from courses import RUBRIC, make_course
from gradebook_builders import make_evidence, make_grade, make_job, make_run

from autograder.gradebook import Gradebook
from autograder.records import Account, Detail, Refusal, Verdict


@dataclasses.dataclass
class Student:
    """A student's submission: points, None for a refusal; `pending` points wait for a person."""

    name: str
    points: float | None
    account: Account = Account()  # noqa: RUF009 (frozen)
    pending: bool = False
    days_late: int = 0


def canvas(number):
    """Return an account of Canvas."""
    return Account("canvas", (str(number),))


def moodle(number):
    """Return an account of Moodle."""
    return Account("moodle", (str(number),))


def grade_class(folder, students):
    """Create a course in a folder, and the gradebook of a class in its `grades`; a second call regrades."""
    if not (folder / "grading.yml").exists():
        make_course(folder)
    assert (folder / "grading.yml").read_text() == RUBRIC
    with Gradebook.in_folder(folder / "grades") as book:
        for number, one in enumerate(students):
            if one.points is None:
                book.refuse([Refusal(one.name, f"{one.name}.ipynb", Detail("refused.empty"), one.account)])
                continue
            job = make_job(f"job-{number}-{one.name}", one.name, account=one.account, days_late=one.days_late)
            book.add_job(job)
            if not book.executed(one.name):
                book.save_run(make_run(job), make_evidence(job), "key", "real")
            given = make_grade(job, one.points)
            if one.pending:
                [finding] = given.findings
                waiting = dataclasses.replace(finding, verdict=Verdict.REVIEW, points=0.0)
                given = dataclasses.replace(given, findings=(waiting,), points=0.0)
            book.save_grade(given)
    return folder / "grades"


def written(rows, separator=",", newline="\r\n", quoting=csv.QUOTE_MINIMAL):
    """Write rows as a CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=newline, quoting=quoting).writerows(rows)
    return text.getvalue()


def read_again(path):
    """Read a file without our own code: its dialect is detected."""
    text = path.read_bytes().decode("utf-8-sig")
    dialect = csv.Sniffer().sniff(text, ",;")
    dialect.doublequote = True
    return list(csv.reader(io.StringIO(text, newline=""), dialect))
