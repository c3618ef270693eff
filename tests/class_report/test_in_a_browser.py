"""The class report in a real browser: silent, complete, sortable and searchable by keyboard, and safe."""

import re

import pytest
from browser import CHROMIUM, browser

from autograder.class_report.class_page import class_page
from autograder.records import Detail, Reason, Refusal, Verdict

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]

HOSTILE = (
    "</script></style><script>document.title='alive'</script>"
    "<img src=http://x.invalid/ onerror=document.title='alive'> {{7*7}}"
)


@pytest.fixture(scope="module")
def show():
    """Open files in a browser."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(report, five, entry, tmp_path_factory):
    """Write the report of a class with a hostile name, a flag, pending points and a refusal."""
    others = [
        entry(HOSTILE, code=HOSTILE),
        entry("Gil", losses=Verdict.REVIEW, flags=(Reason("hand_in.late"),)),
        entry("Íris", losses=Verdict.INTERNAL),
        entry("Hugo", losses_flags=(Reason("numbers.untrained", HOSTILE, HOSTILE),)),
    ]
    path = tmp_path_factory.mktemp("page") / "class.html"
    refused = (Refusal(HOSTILE, HOSTILE, Detail.of("refused.as_kept", what=HOSTILE, remedy=HOSTILE)),)
    path.write_text(class_page(report([*five, *others], refused=refused)), encoding="utf-8")
    return path


def names(tab):
    """Return the visible students, in the order of the table."""
    rows = tab.page.locator("#students-table tbody tr:not([hidden]) th")
    return [text for text in rows.all_inner_texts() if text != HOSTILE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_quiet_accessible_and_no_wider_than_the_window(show, page, width, scheme):
    """No error in the console, no request, no serious finding of axe-core, and no horizontal scrolling."""
    tab = show(page, width, scheme)
    assert (tab.asked, tab.said) == ([], [])
    assert tab.serious() == []
    assert tab.overflow() <= 0


def test_nothing_of_a_students_comes_alive(show, page):
    """Neither markup nor a template's braces take effect, and the policy allows only the page's own script."""
    tab = show(page)
    assert tab.page.title() == "Class report: small"
    assert tab.page.locator("img").count() == 0
    assert tab.page.locator("script").count() == 1
    assert HOSTILE in tab.page.locator("#students-table tbody th").all_inner_texts()
    tab.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))"
    )
    assert tab.page.title() == "Class report: small"


def test_the_table_is_sorted_by_keyboard(show, page):
    """Enter on a heading sorts, again reverses; screen readers are told, and missing grades stay last."""
    tab = show(page)
    button = tab.page.get_by_role("button", name="Points").last
    button.focus()
    tab.page.keyboard.press("Enter")
    assert names(tab)[0] == "Érica"
    assert names(tab)[-1] == "Íris"
    head = tab.page.locator("#students-table th[aria-sort]")
    assert head.get_attribute("aria-sort") == "ascending"
    tab.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert names(tab)[-2:] == ["Érica", "Íris"]
    assert tab.page.locator("#students-said").inner_text() == "Sorted by Points, largest first."


def test_the_table_is_searched_without_accents_and_filtered(show, page):
    """The count is announced; a link to a hidden student shows everyone again."""
    tab = show(page)
    tab.page.get_by_label("Search name, flag or run").fill("erica")
    assert names(tab) == ["Érica"]
    assert tab.page.locator("#students-said").inner_text() == "1 of 9 shown."
    tab.page.get_by_label("Search name, flag or run").fill("")
    tab.page.get_by_label("Show").select_option("pending")
    assert names(tab) == ["Gil"]
    tab.page.get_by_label("Show").select_option("flagged")
    assert names(tab) == ["Gil", "Hugo"]
    tab.page.evaluate("location.hash = 's0'")
    tab.page.wait_for_function("!document.getElementById('s0').hidden")
    assert "Ana" in names(tab)


def test_it_prints_in_order(show, page):
    """To a PDF of some pages, with everything except controls."""
    tab = show(page)
    document = tab.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", document)) >= 2
    tab.page.emulate_media(media="print")
    assert not tab.page.locator("nav").is_visible()
    assert not tab.page.locator("form.filter").first.is_visible()
    assert tab.page.locator("#students-table").is_visible()
