"""Every action of the page does what its command does, and nothing that was typed or decided is lost."""

import dataclasses
import re
import shlex
import signal
import subprocess
import sys
import threading

import pytest
from documented_commands import fault
from review_class import ALIKE, HOSTILE
from review_visitor import Visitor, served
from typer.testing import CliRunner

from autograder.class_results import write_results
from autograder.cli import app
from autograder.errors import EnvironmentFault
from autograder.gradebook import Gradebook
from autograder.review import reviewed_class
from autograder.review.review_pages import item_url, submission_url

BIA, CAIO = ALIKE
BIAS = submission_url(BIA, "q07.recipe_a")
WHY = {"because": 'looked at = "it"; <b>', "by": "M. Silva"}
DECIDE = "Decide on pending points: "
OVERRIDE = "Give points by hand: "


def kept(place):
    """Return what a gradebook holds that people decided or said, and the table."""
    with Gradebook.in_folder(place / "grades", must_exist=True) as book:
        objections = [dataclasses.replace(one, number=0) for one in book.objections()]
        return book.overrides(), objections, (place / "grades" / "grades.csv").read_text("utf-8-sig")


def command(place, *arguments):
    """Run a command on the class."""
    where = ["--config", str(place / "grading.yml"), "--out", str(place / "grades")]
    done = CliRunner().invoke(app, [*arguments, *where])
    assert done.exit_code == 0, (done.output, done.exception)


CASES = {
    "accept one": (BIAS, f"{DECIDE}these points", "/act/accept", WHY, ["decide accept BIA q07.recipe_a WHY"]),
    "refuse one": (BIAS, f"{DECIDE}these points", "/act/reject", WHY, ["decide reject BIA q07.recipe_a WHY"]),
    "accept all of a student's": (submission_url(BIA), f"{DECIDE}all of them", None, WHY, ["decide accept BIA WHY"]),
    "accept a cluster": (
        item_url("q07.recipe_a"), f"{DECIDE}for these 3", None, WHY,
        [f"decide accept {one} q07.recipe_a WHY" for one in ("HOSTILE", "BIA", "CAIO")],
    ),
    "refuse for all": (
        item_url("q07.recipe_a"), f"{DECIDE}for all 3", "/act/reject", WHY, ["decide reject --all q07.recipe_a WHY"],
    ),
    "override one": (
        submission_url("Ana Lima", "q02.answer"), OVERRIDE, None, WHY | {"points": "0,25"},
        ["override ANA q02.answer 0.25 WHY"],
    ),
    "override a cluster": (
        item_url("q07.recipe_b"), f"{OVERRIDE}for these 3", None, WHY | {"points": "0.1"},
        ["bulk-override q07.recipe_b 0.1 --like BIA --apply WHY"],
    ),
    "file an objection": (
        BIAS, "File an objection of the student's", None, {"text": "Por quê?\nA rede <b>é</b> a mesma."},
        ["objection BIA q07.recipe_a --text TEXT"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_page_does_what_the_command_does(visitor, place, copied, name):
    """The same decisions in the gradebook, and the same table, as the command gives on a copy of the class."""
    path, label, action, typed, commands = CASES[name]
    # Numbers of the form are the page's; the reason is the student's to read, so that quotes and markup stay text.
    form = next(one for one in visitor.get(path).read.forms if one["label"] == label)
    page = visitor.send(form, action, **typed)
    assert (page.status, "Saved" in page.page) == (200, True), page.read.text
    other = copied("by-command")
    words = {"BIA": BIA, "CAIO": CAIO, "ANA": "Ana Lima", "HOSTILE": HOSTILE, "TEXT": typed.get("text")}
    for line in commands:
        said = [words.get(word, word) for word in line.removesuffix(" WHY").split()]
        why = ["--because", WHY["because"], "--by", WHY["by"]] if line.endswith(" WHY") else []
        command(other, *said, *why)
    command(other, "report")
    assert kept(place) == kept(other)


def test_an_item_for_everybody(visitor, place):
    """Each student of the class gets the points, whoever waits or not; the pages say so at once."""
    form = visitor.form(item_url("q02.answer"), f"{OVERRIDE}for all 6")
    assert visitor.send(form, points="0.5", **WHY).status == 200
    overrides, _, table = kept(place)
    assert {one.points for decisions in overrides.values() for one in decisions} == {0.5}
    assert len(overrides) == 6
    assert "9.5" in table


def test_points_saved_unchanged_settle_a_flag(visitor):
    """Whoever looked at a flag and agrees says so; it leaves the queue, and is found among what was settled."""
    form = visitor.form(submission_url("Ana Lima", "q01.answer"), OVERRIDE)
    assert visitor.send(form, **WHY).status == 200
    assert "Ana Lima" not in visitor.get("/").page
    assert "Ana Lima" in visitor.get("/?kind=settled").page


def test_an_objection_is_filed_answered_and_stays(visitor, place):
    """With its item, in the queue until it is answered, and then in the history."""
    text = "My network has fewer weights."
    visitor.send(visitor.form(BIAS, "File an objection of the student's"), text=text)
    assert text in visitor.get("/?kind=objection").page
    [(_, [objection], _)] = [kept(place)]
    with Gradebook.in_folder(place / "grades") as book:
        [number] = [one.number for one in book.objections()]
    form = visitor.form(BIAS, f"Answer objection {number}")
    page = visitor.send(form, text="Right.", by="M. Silva")
    assert "Right." in page.page
    assert text not in visitor.get("/?kind=objection").page
    [(_, [answered], _)] = [kept(place)]
    assert (objection.answer, answered.answer, answered.author) == ("", "Right.", "M. Silva")
    # The same form once more, from a browser that did not see it.
    again = visitor.send(form, text="Wrong.", by="A. Reis")
    assert (again.status, "Wrong." in again.page, "Right." in again.page) == (409, True, True)


def test_a_regrading_is_looked_at_then_applied(visitor, place):
    """The page shows who changes and where; nothing is written before it is applied, and decisions hold."""
    rubric = place / "grading.yml"
    assert "0 of 6 grades" in visitor.get("/regrade").read.text
    text = rubric.read_text()
    rubric.write_text(re.sub(r"(value: q02_answer,? *\s*key: )c", r"\1a", text))
    assert rubric.read_text() != text
    page = visitor.get("/regrade")
    assert "6 of 6 grades" in page.read.text
    assert "q02.answer pass → fail, 1 → 0" in page.read.text
    assert "Mean of the class" in page.read.text
    assert "the rubric changed since this class was graded" in visitor.get("/").read.text
    refused = visitor.send(visitor.form(BIAS, f"{DECIDE}these points"), **WHY)
    assert (refused.status, WHY["by"] in refused.page) == (400, True)
    form = visitor.form("/regrade", "Apply the regrading")
    rubric.write_text(rubric.read_text() + "\n")
    assert visitor.send(form).status == 200
    assert "0 of 6 grades" in visitor.get("/regrade").read.text
    with Gradebook.in_folder(place / "grades") as book:
        assert [event.kind for event in book.history("Ana Lima")][-1] == "regrading"
    # It was looked at under another rubric, or before other changes: it is not applied.
    assert visitor.send(form).status == 409


def test_release_writes_the_pages_under_todays_policy(visitor, place):
    """The page says what would be told; the button does what `autograder report` does."""
    rubric, pages = place / "grading.yml", place / "grades" / "pages"
    form = visitor.form("/release", "Write pages and tables")
    assert "policy.feedback: form" in visitor.get("/release").read.text
    visitor.send(form)
    before = next(pages.glob("ana-lima*.html")).read_text()
    rubric.write_text(rubric.read_text().replace("feedback: form", "feedback: full"))
    assert "policy.feedback: full" in visitor.get("/release").read.text
    visitor.send(form)
    assert len(next(pages.glob("ana-lima*.html")).read_text()) > len(before)


def test_two_browsers_lose_nothing(address, place):
    """The second decision on one item is told of the first, keeps what was typed, and may be saved all the same."""
    first, second = Visitor(address), Visitor(address)
    forms = [one.form(BIAS, f"{DECIDE}these points") for one in (first, second)]
    assert first.send(forms[0], because="it trains as asked", by="A. Reis").status == 200
    page = second.send(forms[1], "/act/reject", because="typed in by hand", by="M. Silva")
    assert page.status == 409
    for told in (
        "it trains as asked",
        "A. Reis",
        "typed in by hand",
        "M. Silva",
        "this changed while the page was open",
    ):
        assert told in page.read.text or told in page.page
    [[one]] = kept(place)[0].values()
    assert (one.points, one.author) == (pytest.approx(0.2), "A. Reis")
    # What was pending is settled now, so points are given by hand: with the page's new knowledge that is no conflict.
    assert second.send(second.form(BIAS, OVERRIDE), points="0", because="typed in by hand", by="M. Silva").status == 200
    assert [one.author for one in kept(place)[0][BIA]] == ["A. Reis", "M. Silva"]


def test_decisions_on_other_items_are_no_conflict(address, place):
    """Two people who share the work by item never get in each other's way."""
    first, second = Visitor(address), Visitor(address)
    one = first.form(BIAS, f"{DECIDE}these points")
    other = second.form(submission_url(BIA, "q07.recipe_b"), f"{DECIDE}these points")
    assert first.send(one, **WHY).status == second.send(other, **WHY).status == 200
    assert len(kept(place)[0][BIA]) == 2


def test_a_decision_for_many_is_told_of_one_of_them(address, place):
    """Nobody of a cluster is decided over anew because a page was old; nothing of it is written."""
    first, second = Visitor(address), Visitor(address)
    cluster = second.form(item_url("q07.recipe_a"), f"{DECIDE}for these 3")
    first.send(first.form(BIAS, f"{DECIDE}these points"), "/act/reject", **WHY)
    page = second.send(cluster, **WHY)
    assert (page.status, BIA in page.read.text) == (409, True)
    assert [*kept(place)[0]] == [BIA]


def test_a_command_between_page_and_form_is_seen(visitor, place):
    """What a command decided counts like what another browser did; so does a new notebook."""
    form = visitor.form(BIAS, f"{DECIDE}these points")
    command(place, "override", BIA, "q07.recipe_a", "0.05", "--because", "by hand", "--by", "A. Reis")
    assert visitor.send(form, **WHY).status == 409
    form = visitor.form(submission_url(CAIO, "q07.recipe_a"), f"{DECIDE}these points")
    with Gradebook.in_folder(place / "grades") as book:
        [submission] = book.submissions(CAIO)
        job = dataclasses.replace(book.job(submission.grade.job_id), days_late=3)
        book.add_job(job)
    page = visitor.send(form, **WHY)
    assert (page.status, "3 days late" in page.read.text) == (409, True)


def test_beside_a_running_command_nothing_is_written_or_lost(visitor, place):
    """The folder's lock is respected: what was typed stands on the page, and goes through once the command is done."""
    form = visitor.form(BIAS, f"{DECIDE}these points")
    with Gradebook.in_folder(place / "grades", alone=True):
        assert visitor.get(BIAS).status == 200
        page = visitor.send(form, **WHY)
        assert (page.status, "another command is using this folder" in page.read.text) == (409, True)
        assert WHY["by"] in page.page
    assert kept(place)[0] == {}
    [again] = [one for one in page.read.forms if one["action"] == "/act/accept"]
    assert visitor.send(again, because="x").status == 200
    assert [*kept(place)[0]] == [BIA]


def test_many_at_once_are_all_kept(address, place):
    """Twelve browsers at the same moment, each with another item: every decision is there afterwards."""
    places = [f"q{number:02}.answer" for number in range(1, 7)]
    work = [(student, one) for student in ("Ana Lima", "João dos Santos") for one in places]
    visitors = [(Visitor(address), student, one) for student, one in work]
    forms = [(visitor, visitor.form(submission_url(student, one), OVERRIDE)) for visitor, student, one in visitors]
    answers = []
    threads = [
        threading.Thread(target=lambda visitor=visitor, form=form: answers.append(visitor.send(form, **WHY).status))
        for visitor, form in forms
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 12
    overrides = kept(place)[0]
    assert sorted((one.student, f"{one.question}.{one.item}") for many in overrides.values() for one in many) == sorted(
        work
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"points": "two"}, "'two' is no number of points"),
        ({"points": "nan"}, "is worth 0 to 1 points, not nan"),
        ({"points": "1e999"}, "is worth 0 to 1 points, not inf"),
        ({"points": "-1"}, "is worth 0 to 1 points, not -1"),
        ({"because": " \t"}, "a reason is missing"),
        ({"by": ""}, "a name is missing"),
        ({"by": "x" * 201}, "a name has 201 characters, over 200"),
        ({"because": "x" * 4001}, "a reason has 4001 characters, over 4000"),
    ],
)
def test_what_cannot_be_saved_is_told_with_what_was_typed(visitor, place, typed, said):
    """In one line, and nothing is kept."""
    form = visitor.form(submission_url("Ana Lima", "q02.answer"), OVERRIDE)
    page = visitor.send(form, **{"points": "0.5", **WHY, **typed})
    assert page.status == 400
    assert said in page.read.text
    assert kept(place)[0] == {}


def test_a_student_who_is_not_there_is_told(visitor):
    """A form that names nobody, a stranger, or somebody whose file was refused changes nothing."""
    form = dict(visitor.form("/release", "Write pages and tables")["fields"]) | WHY | {"place": "q02.answer"}
    for student in ([], [("student", "Nobody")], [("student", "Davi Reis")]):
        fields = [(name, value) for name, value in form.items() if name != "student"] + student + [("points", "1")]
        assert visitor.post("/act/override", fields).status == 400


def test_commands_on_the_pages_are_taken(visitor, place):
    """Each command that a page shows parses once its blanks are filled in, with hostile names too."""
    shown = []
    for path in (
        "/regrade",
        "/release",
        item_url("q07.answer"),
        BIAS,
        submission_url(BIA),
        submission_url(HOSTILE, "q07.answer"),
    ):
        shown += visitor.get(path).read.commands
    filled = [line.replace("…", "x").replace("POINTS", "0.1") for line in shown if line.startswith("autograder ")]
    assert len(filled) > 10
    assert [(line, why) for line in filled if (why := fault(shlex.split(line)))] == []
    assert all(str(place) in line for line in filled)


def test_numbers_that_nothing_bears_out_are_left_for_a_look_at_each(visitor, place):
    """Accepting for many leaves them out and says so, as `decide --all` does; for one student it is accepted."""
    with Gradebook.in_folder(place / "grades") as book:
        [submission] = book.submissions(CAIO)
        findings = tuple(
            dataclasses.replace(one, reasons=(dataclasses.replace(one.reasons[0], code="training.unseen"),))
            if one.place == "q07.recipe_a" else one
            for one in submission.grade.findings
        )  # fmt: skip
        book.save_grade(dataclasses.replace(submission.grade, findings=findings))
    page = visitor.send(visitor.form(item_url("q07.recipe_a"), f"{DECIDE}for all 3"), **WHY)
    assert "1 are left" in page.read.text
    assert CAIO not in kept(place)[0]
    form = visitor.form(submission_url(CAIO, "q07.recipe_a"), f"{DECIDE}these points")
    assert visitor.send(form, **WHY).status == 200
    assert CAIO in kept(place)[0]


def test_the_queue_is_filtered_and_searched(visitor):
    """By kind, by question, and by words without accents; counts stand on the page."""
    everything = visitor.get("/").read.text
    assert BIA in everything
    assert "Davi Reis" in everything
    assert BIA not in visitor.get("/?kind=refused").read.text.partition("Why")[2]
    assert "Davi" in visitor.get("/?kind=refused").read.text
    found = visitor.get("/?words=caio&item=q07.recipe_b").read.text
    assert " of 1" in found
    assert "Nothing." in visitor.get("/?words=nobody").read.text
    assert visitor.get("/?page=99999999999999999999&kind=x&item=%00").status == 200


def test_who_decides_is_typed_once(visitor):
    """The next form has the name already."""
    visitor.send(visitor.form(BIAS, f"{DECIDE}these points"), because="x", by='Zoë; "Müller"')
    fields = dict(visitor.form(submission_url(CAIO, "q07.recipe_a"), f"{DECIDE}these points")["fields"])
    assert fields["by"] == 'Zoë; "Müller"'


@pytest.mark.slow
@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_the_address_and_serves_until_it_is_stopped(place, ends):
    """As an instructor runs it: a real process, which ends quietly once what was decided is written."""
    line = [sys.executable, "-m", "autograder", "review", "grades", "--language", "en"]
    with subprocess.Popen(line, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        visitor = Visitor(process.stdout.readline().strip())
        form = visitor.form(BIAS, f"{DECIDE}these points")
        assert visitor.send(form, **WHY).status == 200
        process.send_signal(ends)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "every decision is kept" in said
    assert "Traceback" not in said
    assert [*kept(place)[0]] == [BIA]


def test_what_takes_long_is_written_after_the_answer_and_before_the_end(place, monkeypatch):
    """Decisions are saved at once; the page says what is still being written, and no command comes between."""
    begun, go_on = threading.Event(), threading.Event()

    def slowly(*arguments):
        begun.set()
        assert go_on.wait(60)
        return write_results(*arguments)

    monkeypatch.setattr(reviewed_class, "write_results", slowly)
    monkeypatch.setattr(reviewed_class, "_PATIENCE_SECONDS", 0.1)
    before = (place / "grades" / "grades.csv").read_text()
    with served(place) as address:
        visitor = Visitor(address)
        page = visitor.send(visitor.form(BIAS, f"{DECIDE}these points"), **WHY)
        assert begun.wait(60)
        assert "still being written" in page.read.text
        # The next decision does not wait for it; another command does.
        assert (
            visitor.send(visitor.form(submission_url(CAIO, "q07.recipe_a"), f"{DECIDE}these points"), **WHY).status
            == 200
        )
        with pytest.raises(EnvironmentFault, match="another command is using this folder"):
            Gradebook.in_folder(place / "grades", alone=True)
        assert (place / "grades" / "grades.csv").read_text() == before
        go_on.set()
    table = (place / "grades" / "grades.csv").read_text("utf-8-sig")
    assert [line.split(",")[1] for line in table.splitlines() if line.startswith((BIA, CAIO))] == ["9.2", "9.2"]
    Gradebook.in_folder(place / "grades", alone=True).close()


def test_a_page_that_cannot_be_written_is_told_and_the_decision_kept(visitor, place, monkeypatch):
    """On every page until it is mended."""
    form = visitor.form(BIAS, f"{DECIDE}these points")
    csv = place / "grades" / "grades.csv"
    csv.unlink()
    csv.mkdir()
    page = visitor.send(form, **WHY)
    assert "pages and tables could not be written" in page.read.text
    csv.rmdir()
    visitor.send(visitor.form("/release", "Write pages and tables"))
    assert "could not be written" not in visitor.get("/").read.text
    assert [*kept(place)[0]] == [BIA]


def test_a_form_may_name_a_class_of_thousands(visitor):
    """Each student to whom a decision applies is a field of it."""
    form = visitor.form(item_url("q02.answer"), f"{OVERRIDE}for all 6")
    fields = [*form["fields"], *[("student", f"Student {number}") for number in range(5000)]]
    answer = visitor.post("/act/override", [(name, WHY.get(name, value)) for name, value in fields])
    assert answer.status == 400
    assert "&#39;Student 0&#39; has no grade" in answer.page
