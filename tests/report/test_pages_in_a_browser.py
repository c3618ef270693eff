"""A student's page in a real browser: silent, accessible, correct on a telephone, and printed in order."""

import dataclasses
import re

import pytest
from browser import CHROMIUM, browser

from autograder.assignment import open_assignment
from autograder.grading import grade
from autograder.reference import read_runs
from autograder.report import Background, chosen_letters, justified, read_justifications, student_page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]

POLICIES = ("none", "form", "score", "hints", "full")
HOSTILE = "</h1><script>document.title='alive'</script><img src=http://x.invalid/ onerror=document.title='alive'>"


@pytest.fixture(scope="module")
def show():
    """Open files in a browser."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(root, tmp_path_factory):
    """Write a page of a real reference run under each policy; the student has a hostile name."""
    assignment = open_assignment(root / "grading.yml")
    specification = assignment.specification
    questions, folder = specification.questions, tmp_path_factory.mktemp("pages")
    run = next(run for run in read_runs(assignment.runs_folder("real")) if run.seed == 3)
    evidence = dataclasses.replace(run.evidence, student=HOSTILE)
    given = grade(evidence, specification.key_spec, assignment.baseline("real"))
    about = specification.assignment.model_copy(
        update={"course": "Deep learning, 2026/2", "due": "2026-11-30 23:59", "contact": HOSTILE}
    )
    why = assignment.folder / specification.assignment.reference
    justifications = justified(read_justifications(why, questions), questions, given.language, evidence)
    background = Background(
        about, assignment.option_texts(given.language), chosen_letters(questions, evidence),
        assignment.causes("real"), assignment.reference_numbers("real"),
    )  # fmt: skip
    for policy in POLICIES:
        page = student_page(given, evidence, policy, specification.titles[given.language], justifications, background)
        (folder / f"{policy}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_is_quiet_accessible_and_no_wider_than_the_window(show, pages, policy, width, scheme):
    """No error, no request, no serious finding of axe-core, no sideways scrolling, and no hostile text takes effect."""
    tab = show(pages / f"{policy}.html", width, scheme)
    assert (tab.asked, tab.said) == ([], [])
    assert tab.serious() == []
    assert tab.overflow() <= 0
    assert "alive" not in tab.page.title().partition(":")[0]
    assert tab.page.locator("img, script").count() == 0


def test_points_stand_in_one_column_on_a_telephone(show, pages):
    """The points of a question are right-aligned, however long a title is."""
    tab = show(pages / "full.html", 390)
    edges = tab.page.evaluate(
        "[...document.querySelectorAll('#q07 .score')].map((one) => Math.round(one.getBoundingClientRect().right))"
    )
    assert len(edges) == 6
    assert max(edges) - min(edges) <= 1


def test_pictures_are_there_under_full_alone(show, pages):
    """A plot per trained number and a curve per series of the run, each with a description."""
    for policy in POLICIES:
        tab = show(pages / f"{policy}.html")
        counts = [tab.page.locator(f"figure.{kind}").count() for kind in ("strip", "curve")]
        assert counts == ([16, 8] if policy == "full" else [0, 0])
    labels = tab.page.locator("figure.strip svg").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    assert all(re.search(r"40 (reference runs|execuções)", label) for label in labels)


def test_it_prints_in_order(show, pages):
    """To a PDF with the plots, and nothing is cut off."""
    tab = show(pages / "full.html")
    assert len(re.findall(rb"/Type\s*/Page\b", tab.page.pdf(format="A4"))) >= 2
    tab.page.emulate_media(media="print")
    assert tab.page.locator("figure.strip").first.is_visible()
    assert tab.overflow() <= 0
