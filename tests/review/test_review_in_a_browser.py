"""The review in a real browser: quiet, accessible, right on a telephone, and nothing of a student's comes alive."""

import re

import pytest
from browser import CHROMIUM, browser
from review_class import ALIKE, HOSTILE
from review_visitor import served

from autograder.gradebook import Gradebook
from autograder.review.review_pages import item_url, submission_url

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]

BIA, CAIO = ALIKE
VIEWS = {
    "queue": "/",
    "items": "/items",
    "item": item_url("q07.recipe_a"),
    "submission": submission_url(BIA),
    "finding": submission_url(BIA, "q07.recipe_a"),
    "choice": submission_url("Érica Nascimento", "q08.answer"),
    "numbers": submission_url("Ana Lima", "q07.errors_a"),
    "hostile": submission_url(HOSTILE, "q07.recipe_a"),
    "hostile submission": submission_url(HOSTILE),
    "regrade": "/regrade",
    "release": "/release",
    "no page": "/nowhere",
}


@pytest.fixture(scope="module")
def show():
    """Open addresses in a browser."""
    with browser() as opened:
        yield opened


@pytest.fixture
def tab(show, address):
    """Visit the page by the address that the command prints."""
    return show(address)


def kept(place):
    """Return the decisions by student and item, and the objections."""
    with Gradebook.in_folder(place / "grades", must_exist=True) as book:
        decisions = {
            (one.student, f"{one.question}.{one.item}"): (one.points, one.reason, one.author)
            for many in book.overrides().values()
            for one in many
        }
        return decisions, book.objections()


def fill(form, **typed):
    """Type into a form's fields."""
    for name, text in typed.items():
        form.locator(f"[name={name}]").fill(text)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")])
def test_it_is_quiet_accessible_and_no_wider_than_the_window(show, address, width, scheme):
    """On every page: no error, no outside request, nothing serious for axe-core, no scrolling sideways."""
    tab = show(address, width, scheme)
    for view, path in VIEWS.items():
        tab.go(path)
        tab.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert tab.serious() == [], view
        assert tab.overflow() <= 0, view
        assert tab.page.locator("script, iframe, object, embed").count() == 0, view
        assert "alive" not in tab.page.title().partition("<")[0], view
    assert tab.asked == []
    # A page that is not there is the only thing that a browser complains of.
    assert [line for line in tab.said if "404" not in line] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_in_portuguese_it_is_as_quiet_and_accessible(show, place, width):
    """Every page says in which language it is; longer words make none wider than the window."""
    with served(place, "pt-BR") as address:
        tab = show(address, width)
        for view, path in VIEWS.items():
            tab.go(path)
            tab.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert tab.page.locator("html").get_attribute("lang") == "pt-BR", view
            assert tab.serious() == [], view
            assert tab.overflow() <= 0, view
        tab.go("/items")
        tab.page.get_by_role("link", name="English").click()
        assert tab.page.get_by_role("heading", level=1).inner_text() == "Items over the class"
        tab.page.get_by_role("link", name="Português").click()
        assert tab.page.get_by_role("heading", level=1).inner_text() == "Os itens na turma"


def test_a_file_is_uploaded_and_its_objection_taken_back(tab, place):
    """With the browser's own field for files; what is taken back leaves the queue and stays in the history."""
    tab.go(submission_url(CAIO))
    tab.page.get_by_text("File an objection of the student's").click()
    form = tab.page.get_by_role("form", name="File the student's own file")
    content = "q08.answer\nMinha rede é menor.".encode()
    form.locator("[name=file]").set_input_files({"name": "caio.txt", "mimeType": "text/plain", "buffer": content})
    form.get_by_role("button", name="File the objection in it").click()
    [objection] = kept(place)[1]
    assert (objection.place, objection.text) == ("q08.answer", "Minha rede é menor.")
    tab.page.get_by_text("Take back: objection").click()
    form = tab.page.get_by_role("form", name="Take back event")
    fill(form, because="she withdrew it", by="M. Silva")
    form.get_by_role("button").click()
    assert [one.standing for one in kept(place)[1]] == ["withdrawn"]
    assert "she withdrew it" in tab.page.locator("main").inner_text()


def test_nothing_of_a_students_comes_alive(tab):
    """Markup, SVG, scripts, a picture that is none, control characters, three megabytes: all of it is text."""
    tab.go(VIEWS["hostile"])
    assert tab.page.locator("h1").inner_text().startswith(HOSTILE)
    assert tab.page.locator("img, svg, script").count() == 0
    text = tab.page.locator(".notebook").inner_text()
    assert HOSTILE in text
    assert "application/javascript, as its source:" in text
    assert "49" not in text.replace("{{7*7}}", "")[:2000]
    assert "more characters" in text
    assert "\x1b" not in text
    assert len(tab.page.content()) < 3_000_000
    assert not tab.page.evaluate("Boolean(window.alive)")


def test_an_honest_cell_shows_code_outputs_and_pictures(tab):
    """Beside the finding, the rubric and the solved notebook's cells; the picture is really drawn."""
    tab.go(VIEWS["finding"])
    cell = tab.page.locator(".cell", has=tab.page.locator("img")).first
    assert "q07_history" in cell.locator("pre.code").inner_text()
    assert "Epoch 50/50 - loss: 21.4\nred" in cell.inner_text()
    assert "Epoch 1/50" not in cell.inner_text()
    assert cell.locator("img").evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 240
    expected = tab.page.locator("section[aria-labelledby=expected]").inner_text()
    assert "batch_size: 32" in expected
    assert expected.count("no: the notebook alone vouches for it") == 2
    tab.page.get_by_text("The solved notebook's cells of this question").click()
    assert "keras" in tab.page.locator("section[aria-labelledby=expected] pre.code").first.inner_text()


def test_where_the_file_is_gone_the_page_says_so(tab, place):
    """The code is in the gradebook; the outputs were in the file alone. So with another file in its place."""
    with Gradebook.in_folder(place / "grades") as book:
        [submission] = book.submissions(CAIO)
        job = book.job(submission.grade.job_id)
        book.add_job(type(job)(**{name: getattr(job, name) for name in job.__slots__} | {"source": "/nowhere/x.ipynb"}))
    tab.go(submission_url(CAIO, "q07.recipe_a"))
    notebook = tab.page.locator(".notebook")
    assert "/nowhere/x.ipynb any more" in notebook.inner_text()
    assert notebook.locator("pre.code").count() > 0
    assert notebook.locator("img").count() == 0


def test_accepting_by_keyboard_alone(tab, place):
    """From the first link to the decision with Tab, Enter and letters; the page then says that it was saved."""
    tab.go("/?kind=pending&words=bia&item=q07.recipe_a")
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab.page.get_by_role("link", name=BIA).focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_load_state()
    form = tab.page.get_by_role("form", name="Decide on pending points: these points")
    form.get_by_label("Reason").focus()
    tab.page.keyboard.type("it trains as asked")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.type("M. Silva")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("status").filter(has_text="Saved").wait_for()
    assert kept(place)[0] == {(BIA, "q07.recipe_a"): (pytest.approx(0.2), "it trains as asked", "M. Silva")}
    assert "it trains as asked" in tab.page.locator("section[aria-labelledby=history]").inner_text()


def test_refusing_and_going_on(tab, place):
    """The other button refuses; the next entry of the queue is one click away, with the name filled in."""
    tab.go(VIEWS["finding"])
    form = tab.page.get_by_role("form", name="Decide on pending points: these points")
    fill(form, because="typed in by hand", by="M. Silva")
    form.get_by_role("button", name="Refuse").click()
    assert kept(place)[0] == {(BIA, "q07.recipe_a"): (0.0, "typed in by hand", "M. Silva")}
    tab.page.get_by_role("link", name="Next in the queue").click()
    assert BIA in tab.page.locator("h1").inner_text()
    assert "q07.recipe_b" in tab.page.locator("h1").inner_text()
    assert tab.page.locator("[name=by]").first.input_value() == "M. Silva"


def test_one_decision_for_a_cluster_and_for_all(tab, place):
    """Equal findings stand together; what is saved for them is saved for each, and for nobody else."""
    tab.go(VIEWS["item"])
    cluster = tab.page.get_by_role("region", name="Finding 1", exact=True)
    assert CAIO in cluster.inner_text()
    cluster.get_by_text("Other points for these 3").click()
    form = cluster.get_by_role("form", name="Give points by hand")
    fill(form, points="0.1", because="half of it", by="M. Silva")
    form.get_by_role("button").click()
    assert {(student, points) for (student, _), (points, *_) in kept(place)[0].items()} == {
        (BIA, 0.1), (CAIO, 0.1), (HOSTILE, 0.1)
    }  # fmt: skip
    tab.go(item_url("q07.answer"))
    form = tab.page.get_by_role("form", name="Decide on pending points: for all 3")
    fill(form, because="taught with a callback")
    form.get_by_role("button", name="Accept for all 3").click()
    assert len([place for _, place in kept(place)[0] if place == "q07.answer"]) == 3
    tab.page.get_by_text("Set the points of all 6 students").click()
    form = tab.page.get_by_role("form", name="Give points by hand: for all 6")
    fill(form, points="0.3", because="the statement was wrong")
    form.get_by_role("button").click()
    assert [points for (_, at), (points, *_) in kept(place)[0].items() if at == "q07.answer"] == [0.3] * 6


def test_an_objection_is_filed_and_answered(tab, place):
    """By the instructor, as a student brought it; it waits in the queue until it is answered."""
    tab.go(submission_url(CAIO))
    tab.page.get_by_text("File an objection of the student's").click()
    form = tab.page.get_by_role("form", name="File an objection")
    form.locator("select").select_option("q08.answer")
    fill(form, text="Minha rede é menor.\nPor quê?")
    form.get_by_role("button").click()
    tab.go("/?kind=objection")
    tab.page.get_by_role("link", name=CAIO).click()
    form = tab.page.get_by_role("form", name="Answer objection")
    fill(form, text="Veja a aula 4.", by="M. Silva")
    form.get_by_role("button").click()
    [objection] = kept(place)[1]
    assert (objection.text, objection.answer) == ("Minha rede é menor.\nPor quê?", "Veja a aula 4.")
    assert "Veja a aula 4." in tab.page.locator("section[aria-labelledby=history]").inner_text()


def test_regrading_and_release(tab, place):
    """The preview shows each change; applying it and writing the pages are a button each."""
    rubric = place / "grading.yml"
    rubric.write_text(re.sub(r"(value: q02_answer,? *\s*key: )c", r"\1a", rubric.read_text()))
    tab.go("/")
    assert "Nothing can be decided now" in tab.page.locator("main").inner_text()
    tab.go("/regrade")
    row = tab.page.get_by_role("row", name=re.compile("Ana Lima"))
    assert "q02.answer pass → fail, 1 → 0" in row.inner_text()
    tab.page.get_by_role("button", name="Write these grades").click()
    assert "0 of 6 grades" in tab.page.locator("main").inner_text()
    tab.go("/release")
    tab.page.get_by_role("button", name="Write the pages under “form”").click()
    assert "Saved (6)" in tab.page.locator("main").inner_text()
    with Gradebook.in_folder(place / "grades") as book:
        assert book.history("Ana Lima")[-1].kind == "regrading"


def test_two_browsers_lose_nothing(show, address, place):
    """The second is told what the first decided, finds its own words again, and decides with both before its eyes."""
    first, second = show(address), show(address, 390)
    for tab in (first, second):
        tab.go(VIEWS["finding"])
    name = "Decide on pending points: these points"
    fill(first.page.get_by_role("form", name=name), because="it trains as asked", by="A. Reis")
    first.page.get_by_role("button", name="Accept these points").click()
    fill(second.page.get_by_role("form", name=name), because="typed in by hand", by="M. Silva")
    second.page.get_by_role("button", name="Refuse these points").click()
    assert second.page.get_by_role("heading", level=1).inner_text() == "Not saved"
    assert "it trains as asked" in second.page.get_by_role("region", name="Meanwhile").inner_text()
    assert second.page.get_by_label("Reason").input_value() == "typed in by hand"
    assert second.serious() == []
    assert second.overflow() <= 0
    assert [author for _, _, author in kept(place)[0].values()] == ["A. Reis"]


def test_it_works_without_scripts(show, address, place):
    """In a browser that runs none at all: filter, decide, and read what was saved."""
    tab = show(address, java_script_enabled=False)
    tab.page.get_by_label("Search name").fill("caio")
    tab.page.get_by_role("button", name="Show").click()
    tab.page.get_by_role("link", name=CAIO).first.click()
    form = tab.page.get_by_role("form", name="Decide on pending points: these points")
    fill(form, because="looked at", by="M. Silva")
    form.get_by_role("button", name="Accept").click()
    assert [student for student, _ in kept(place)[0]] == [CAIO]


def test_it_prints(tab):
    """What was found, expected and decided, without forms."""
    tab.go(VIEWS["finding"])
    assert tab.page.pdf(format="A4").startswith(b"%PDF")
    tab.page.emulate_media(media="print")
    assert not tab.page.locator("nav").is_visible()
    assert not tab.page.locator("form").first.is_visible()
    assert tab.page.locator("section[aria-labelledby=expected]").is_visible()
