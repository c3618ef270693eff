"""A folder of results is one class: no student disappears, and rubric and kind of data are always the same for all."""

import csv
import dataclasses
import json

import pytest
from courses import RIGHT, RUBRIC, WRONG, command, make_course, notebook
from typer.testing import CliRunner

from autograder import assignment, pipeline
from autograder.cli import app
from autograder.datasets import DataHome
from autograder.gradebook import Gradebook
from autograder.reference import ReferenceRun, RunSummary, build_baseline

OTHER_KEY = RUBRIC.replace("key: b", "key: c")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Create a course with a class of three, and change to it."""
    make_course(tmp_path)
    for name in ("ana", "Érica", "Zoe"):
        (tmp_path / "class" / f"{name}.ipynb").write_text(notebook(*RIGHT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grade(*arguments, data="practice"):
    """Grade the given paths, by default the class."""
    paths = [one for one in arguments if not one.startswith("--")] or ["class"]
    options = [one for one in arguments if one.startswith("--")]
    return command("grade", *paths, "--data", data, "--sandbox", "bubblewrap", *options)


def rows(place, out="grades"):
    """Return the table's rows by student, in order."""
    with (place / out / "grades.csv").open(encoding="utf-8-sig") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def everything(place):
    """Return the current grades and every file of the results except the gradebook."""
    with Gradebook.in_folder(place / "grades") as book:
        grades = list(book.current_grades())
    files = [path for path in (place / "grades").rglob("*") if path.is_file() and path.suffix != ".sqlite"]
    return grades, {path: path.read_bytes() for path in files}


@pytest.mark.slow
def test_whoever_is_missing_from_what_is_given_is_named_and_counted(place):
    """By a line each, a word in the table, a key in the JSON and a count at the end; the grades remain."""
    (place / "class" / "bia.ipynb").write_text("my homework")
    grade()
    for name in ("ana", "Zoe"):
        (place / "class" / f"{name}.ipynb").unlink()
    code, shown, said = grade()
    assert code == 0
    assert [line for line in said if line.startswith("missing: ")] == [
        f"missing: {name}: not in what was given now; what the gradebook has stands" for name in ("ana", "Zoe")
    ]
    assert said[-1] == "graded 3, refused 1, not in what was given now 2"
    lines = {line.split()[0]: line for line in shown.splitlines()[1:5]}
    assert list(lines) == ["ana", "bia", "Érica", "Zoe"]
    assert [name for name, line in lines.items() if "not given now" in line] == ["ana", "Zoe"]
    assert "REFUSED" in lines["bia"]
    entries = {one["student"]: one.get("given_now", True) for one in json.loads(grade("--json")[1])}
    assert entries == {"ana": False, "Zoe": False, "Érica": True, "bia": True}
    assert [row["points"] for row in rows(place).values()] == ["2", "", "2", "2"]


def test_a_missing_student_who_is_given_under_another_spelling_is_told(place):
    """Two exports may spell one name differently: a person has to say whether it is the same student."""
    grade()
    (place / "class" / "Érica.ipynb").rename(place / "class" / "ERICA.ipynb")
    for _ in range(2):
        _, _, said = grade()
        [line] = [line for line in said if line.startswith("missing: ")]
        assert line.startswith("missing: Érica: ")
        assert line.endswith("; or is it ERICA, who was given?")


def test_a_class_is_listed_by_the_rules_of_the_language(place):
    """É beside E, in the table, the CSV and the JSON."""
    for name in ("eva", "Caio"):
        (place / "class" / f"{name}.ipynb").write_text(notebook(*RIGHT))
    (place / "class" / "Éder.ipynb").write_text("my homework")
    _, shown, _ = grade()
    expected = ["ana", "Caio", "Éder", "Érica", "eva", "Zoe"]
    assert [line.split()[0] for line in shown.splitlines()[1:7]] == expected
    assert list(rows(place)) == expected
    assert [one["student"] for one in json.loads(command("report", "--json")[1])] == [
        *(name for name in expected if name != "Éder"),
        "Éder",
    ]


def test_other_data_are_another_class(place):
    """It is refused before anything is written, with a remedy."""
    grade()
    before = everything(place)
    real = place / "reference" / "real"
    real.mkdir()
    (real / "baseline.json").write_text(build_baseline("real", ()).to_json())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.cli.classes.locate", lambda *_, **__: DataHome("real", place))
        code, shown, [line] = grade(data="real")
    assert (code, shown) == (2, "")
    remedy = "name a new folder with --out: a folder of results is one class"
    assert line == f"these results are of practice data, not of real data ({remedy})"
    assert everything(place) == before


@pytest.mark.parametrize("arguments", [["grade", "class", "--data", "practice"], ["report"], ["regrade", "--apply"]])
def test_another_assignment_is_another_class(place, arguments):
    """Whichever command gets the other rubric."""
    grade()
    before = everything(place)
    (place / "grading.yml").write_text(RUBRIC.replace("name: tiny", "name: huge"))
    code, _, [line] = command(*arguments)
    remedy = "name the rubric of tiny with --config, or a new folder with --out: a folder of results is one class"
    assert (code, line) == (2, f"these results are of the assignment tiny, not of huge ({remedy})")
    assert everything(place) == before


def test_a_changed_rubric_leaves_nobody_behind_unasked(place):
    """With one student given under another key, the command names the others, and regrades them if told to."""
    grade()
    before = everything(place)
    (place / "grading.yml").write_text(OTHER_KEY)
    code, _, [line] = grade("class/ana.ipynb")
    assert code == 2
    assert line.startswith(
        "the rubric changed since this class was graded, and 2 of it are not in what was given now: 'Érica', Zoe ("
    )
    assert everything(place) == before
    code, _, said = grade("class/ana.ipynb", "--regrade-others")
    assert code == 0
    assert any(
        line.startswith("warning: the rubric changed: everybody is graded under today's, and 3 grades changed (mean ")
        for line in said
    )
    grades, _ = everything(place)
    assert [given.points for given in grades] == [1.0, 1.0, 1.0]
    assert len({given.rubric_sha256 for given in grades}) == 1
    assert [row["points"] for row in rows(place).values()] == ["1", "1", "1"]


@pytest.mark.parametrize("arguments", [["grade", "class", "--data", "practice"], ["regrade", "--apply"]])
def test_a_rubric_that_asks_for_what_no_execution_watched_is_another_class(place, arguments):
    """In stored evidence every answer would be missing, so it is refused with a remedy."""
    grade()
    before = everything(place)
    more = RUBRIC.replace("q01_loss: {type: number}", "q01_loss: {type: number}, q01_more: {type: number}")
    (place / "grading.yml").write_text(more)
    code, _, [line] = command(*arguments)
    assert code == 2
    assert line.startswith(
        "these notebooks were executed before the rubric asked for q01_more in this form (name a new"
    )
    assert everything(place) == before


def test_a_rubric_that_no_longer_asks_for_something_is_applied(place):
    """Stored evidence contains everything that it needs."""
    grade()
    text = RUBRIC.replace(", q01_loss: {type: number}", "").replace("points: 2", "points: 1")
    (place / "grading.yml").write_text("\n".join(line for line in text.splitlines() if "value: q01_loss" not in line))
    assert command("regrade", "--apply")[0] == 0
    assert [row["points_possible"] for row in rows(place).values()] == ["1", "1", "1"]


def test_a_changed_rubric_for_the_whole_class_is_said_and_applied(place):
    """No student is left out, so no option is needed."""
    grade()
    (place / "grading.yml").write_text(OTHER_KEY)
    code, _, said = grade()
    assert code == 0
    assert any(
        line.startswith("warning: the rubric changed: everybody is graded under today's, and 3 grades changed (mean ")
        for line in said
    )
    assert len({given.rubric_sha256 for given in everything(place)[0]}) == 1


def test_a_new_baseline_leaves_nobody_behind_either(place):
    """The baseline decides grades as the rubric does."""
    grade()
    path = place / "reference" / "practice" / "baseline.json"
    run = ReferenceRun(1, {}, "", 1, 1.0, RunSummary({"q01_loss": 0.5}))
    path.write_text(build_baseline("practice", (run,)).to_json())
    code, _, [line] = grade("class/ana.ipynb")
    assert code == 2
    assert line.startswith("the baseline changed since this class was graded, and 2 of it")
    assert command("regrade", "--apply")[0] == 0
    assert grade("class/ana.ipynb")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["report"],
        ["override", "ana", "q01.answer", "1", "--because", "x", "--by", "y"],
        ["withdraw", "ana", "--because", "x", "--by", "y"],
    ],
)
def test_pages_of_one_rubric_are_not_written_beside_grades_of_another(place, arguments):
    """Every command that writes pages requires the regrading first."""
    grade()
    before = everything(place)
    (place / "grading.yml").write_text(OTHER_KEY)
    code, _, [line] = command(*arguments)
    assert (code, line.split(" (")[0]) == (2, "the rubric changed since this class was graded")
    assert everything(place) == before
    assert command("regrade", "--apply")[0] == 0
    assert command(*arguments)[0] == 0


def test_how_much_students_are_told_is_no_other_rubric(place):
    """Feedback, late days and repeated submissions can be decided without regrading."""
    grade()
    text = RUBRIC.replace("feedback: full", "feedback: score") + "release: {counts: best}\n"
    (place / "grading.yml").write_text(text)
    assert command("report")[0] == 0
    assert json.loads(command("regrade", "--json")[1])["changes"] == []
    assert grade("class/ana.ipynb")[0] == 0


def test_a_regrading_that_is_stopped_leaves_the_class_under_one_rubric(place, monkeypatch):
    """All or nothing, at whichever student it is interrupted."""
    grade()
    before = everything(place)
    (place / "grading.yml").write_text(OTHER_KEY)
    evidence_of, read = Gradebook.evidence_of, []

    def stop(book, job_id):
        read.append(job_id)
        if len(read) == 3:
            raise KeyboardInterrupt
        return evidence_of(book, job_id)

    monkeypatch.setattr(Gradebook, "evidence_of", stop)
    assert CliRunner().invoke(app, ["regrade", "--apply"]).exit_code == 130
    monkeypatch.setattr(Gradebook, "evidence_of", evidence_of)
    assert everything(place) == before
    assert command("regrade", "--apply")[0] == 0
    assert len({given.rubric_sha256 for given in everything(place)[0]}) == 1


def test_a_withdrawn_student_leaves_no_file_behind_and_comes_back_with_another_notebook(place):
    """Table, pages, JSON and counts omit the student, and the file that is still there does not bring them back."""
    grade()
    code, _, said = command("withdraw", "erica", "--because", "dropped the course", "--by", "M. Silva")
    assert (code, said) == (0, ["Érica is withdrawn from the class"])
    assert list(rows(place)) == ["ana", "Zoe"]
    assert {path.stem for path in (place / "grades").glob("*/*")} == {"ana"} | {
        path.stem for path in (place / "grades").glob("*/zoe-*")
    }
    code, shown, said = grade()
    assert "Érica" not in shown
    assert said[-1] == "graded 2, withdrawn 1"
    [line] = [line for line in said if line.startswith("withdrawn: ")]
    undo = "autograder withdraw 'Érica' --undo --because … --by … takes them back in"
    assert line == f"withdrawn: Érica: not graded, by M. Silva: dropped the course ({undo})"
    (place / "class" / "Érica.ipynb").write_text(notebook(*WRONG))
    code, _, said = grade()
    assert "back: Érica: was withdrawn and has handed in something else" in said
    assert "Érica: 1.00; An earlier notebook was worth more: 2 points" in said
    assert rows(place)["Érica"]["points"] == "1"


def test_a_withdrawal_is_taken_back_with_a_reason(place):
    """Everything is restored; an impossible request leads to a one-line error."""
    grade()
    before = everything(place)
    why = ["--because", "x", "--by", "M. Silva"]
    command("withdraw", "Zoe", *why)
    code, _, [line] = command("override", "zoe", "q01.answer", "1", *why)
    undo = "autograder withdraw Zoe --undo --because … --by … takes them back in"
    assert (code, line) == (2, f"Zoe is withdrawn, by M. Silva: x ({undo})")
    assert command("withdraw", "Zoe", *why)[2] == [line]
    assert command("withdraw", "Zoe", "--undo", *why)[0] == 0
    assert everything(place) == before
    assert command("withdraw", "Zoe", "--undo", *why)[2] == ["Zoe is not withdrawn"]


def test_the_history_shows_every_grade_and_what_changed_it(place):
    """Submissions, a decision, a regrading, a withdrawal and a refusal, each with its rubric; JSON has the same."""
    grade()
    why = ["--because", "see the board", "--by", "M. Silva"]
    command("override", "ERICA", "q01.answer", "0.5", *why)
    (place / "grading.yml").write_text(OTHER_KEY)
    command("regrade", "--apply")
    (place / "class" / "Érica.ipynb").write_text("my homework")
    grade()
    command("withdraw", "érica", *why)
    code, shown, _ = command("history", "erica", "--json")
    document = json.loads(shown)
    assert (code, document["student"]) == (0, "Érica")
    events = document["events"]
    kinds = [event["kind"] for event in events]
    assert kinds == ["hand-in", "grading", "override", "regrading", "refusal", "withdrawal"]
    assert [event["points"] for event in events] == [None, 2.0, 0.5, 1.0, None, None]
    assert len({event["rubric_sha256"] for event in events if event["rubric_sha256"]}) == 2
    assert {event["data"] for event in events if event["rubric_sha256"]} == {"practice"}
    assert [event["author"] for event in events] == ["", "", "M. Silva", "", "", "M. Silva"]
    _, shown, _ = command("history", "erica")
    assert [next(word for word in line.split() if word in kinds) for line in shown.splitlines()[1:]] == kinds
    assert f"rubric {events[1]['rubric_sha256'][:8]}" in shown
    assert "0.5  q01.answer: see the board, by M. Silva" in shown


def test_a_later_hand_in_that_is_worse_is_said_everywhere(place):
    """On the terminal, in the table and in the JSON; keeping the best is a policy that `report` applies."""
    grade()
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG))
    _, _, said = grade()
    assert "ana: 1.00; An earlier notebook was worth more: 2 points" in said
    assert (rows(place)["ana"]["points"], rows(place)["ana"]["flags"]) == ("1", "hand_in.worse")
    page = place / "grades" / "pages" / "ana.html"
    assert "valia mais" not in page.read_text()
    (place / "grading.yml").write_text(RUBRIC + "release: {counts: best}\n")
    command("report")
    assert (rows(place)["ana"]["points"], rows(place)["ana"]["flags"]) == ("2", "hand_in.kept")
    document = json.loads((place / "grades" / "json" / "ana.json").read_text())
    assert (document["points"], document["flags"][0]["code"]) == (2.0, "hand_in.kept")
    assert "Vale o melhor dos notebooks entregues" in page.read_text()
    # Points given by hand apply to the notebook that counts.
    command("override", "ana", "q01.answer", "0.5", "--because", "x", "--by", "y")
    assert rows(place)["ana"]["points"] == "1.5"


def test_lateness_costs_what_the_policy_says(place, monkeypatch):
    """An export's late mark suffices: reported on terminal, table and page, and deducted from the points."""
    collect_class = pipeline.collect_class

    def late(assignment, paths, export):
        found = collect_class(assignment, paths, export)
        jobs = tuple(dataclasses.replace(job, days_late=int(job.student == "ana")) for job in found.jobs)
        return dataclasses.replace(found, jobs=jobs)

    monkeypatch.setattr("autograder.cli.classes.collect_class", late)
    (place / "grading.yml").write_text(RUBRIC + "release: {late: {percent_per_day: 10}}\n")
    _, _, said = grade()
    assert "ana: 2.00; Handed in late: it is worth 90% of its points" in said
    assert (rows(place)["ana"]["points"], rows(place)["ana"]["flags"]) == ("1.8", "hand_in.late")
    assert rows(place)["Zoe"]["points"] == "2"
    assert "Entregue com atraso" in (place / "grades" / "pages" / "ana.html").read_text()


@pytest.mark.slow
def test_five_faults_of_ours_end_the_command_and_the_rest_comes_first_the_next_time(place, monkeypatch):
    """Exit code 1, their common cause, partial results; then the jobs that were not tried come first."""
    for number in range(9):
        (place / "class" / f"student {number}.ipynb").write_text(notebook(*RIGHT))
    faults = {f"student {number}" for number in range(6)}

    class Box:
        name = "bubblewrap"

        def __init__(self, box):
            self.run_there = box.run
            self.start_trainer = box.start_trainer
            self.remark = box.remark
            self.close = box.close

        def run(self, job, observe):
            if job.student in faults:
                raise OSError(28, "No space left on device")
            return self.run_there(job, observe)

    open_sandbox = pipeline.open_sandbox
    monkeypatch.setattr(pipeline, "open_sandbox", lambda *a, **k: Box(open_sandbox(*a, **k)))
    code, _, said = grade("--workers=1")
    assert code == 1
    [line] = [line for line in said if line.startswith("error: ")]
    assert line.startswith(
        "error: stopped: the last 5 runs failed by a fault of ours, not of the notebooks: each time "
    )
    assert "No space left on device" in line
    assert said[-1] == "graded 2, lacking by a fault of ours 5"
    code, _, said = grade("--workers=1")
    assert said[-1] == "graded 6, lacking by a fault of ours 6"
    faults.clear()
    code, _, said = grade()
    assert (code, said[-1]) == (0, "graded 12")


def test_other_versions_of_what_decides_numbers_are_said(place, monkeypatch):
    """Grading continues, and the operator is told that notebooks ran under two versions."""
    grade()
    versions = {**assignment.installed_versions(), "keras": "99"}
    monkeypatch.setattr(assignment, "installed_versions", lambda: versions)
    _, _, said = grade("class/ana.ipynb")
    assert any(line.startswith("warning: notebooks run on keras 99, was ") for line in said)
    assert not any("keras 99, was" in line for line in grade("class/ana.ipynb")[2])


def test_runs_without_a_grade_are_of_the_class_too(place, monkeypatch):
    """A grading killed before its first saved grade keeps its kind of data, and may change its rubric."""

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Gradebook, "save_grade", stop)
        assert grade()[0] == 130
    (place / "grading.yml").write_text(OTHER_KEY)
    assert grade("class/ana.ipynb")[0] == 0
    assert {given.points for given in everything(place)[0]} == {1.0}


def test_a_new_folder_is_a_new_class(place):
    """It is compared with nothing."""
    grade()
    (place / "grading.yml").write_text(OTHER_KEY)
    assert grade("class/ana.ipynb", "--out=second")[0] == 0
    assert list(rows(place, "second")) == ["ana"]


LIST = "Name,SID,Group,Days late\nana,1,,\nÉrica,2,,3\nZoe,3,,\nGil Sá,4,,\nGil Sá,5,,\n"


def test_who_handed_in_nothing_appears_everywhere(place):
    """With a course list: in the table, in `grades.csv` and in JSON, by every command that writes."""
    (place / "roster.csv").write_text(LIST.replace("Zoe,3,,\n", ""))
    _, shown, said = command(
        "grade", "class", "--data", "practice", "--sandbox", "bubblewrap", "--roster", "roster.csv"
    )
    absent = ["Gil Sá (4)", "Gil Sá (5)"]
    assert [line for line in shown.splitlines() if "ABSENT" in line]
    assert "not on the list: Zoe: matches nobody on the course list, or several people" in said
    assert said[-1] == "graded 3, handed in nothing 2"
    for _ in range(2):
        table = rows(place)
        assert [(name, table[name]["points"], table[name]["run"]) for name in absent] == [
            (name, "", "ABSENT") for name in absent
        ]
        entries = json.loads(command("report", "--json")[1])
        assert [one["student"] for one in entries if one["run_verdict"] == "ABSENT"] == absent
        page = (place / "grades" / "class.html").read_text(encoding="utf-8")
        assert "Gil Sá (4), Gil Sá (5)" in " ".join(page.split())
        command("override", "ana", "q01.answer", "0.5", "--because", "x", "--by", "y")


def test_the_list_of_the_course_knows_how_late_somebody_was(place):
    """It takes precedence over an export; the policy applies in the table and when regrading."""
    (place / "roster.csv").write_text(LIST)
    (place / "grading.yml").write_text(RUBRIC + "release: {late: {free_days: 1, percent_per_day: 10}}\n")
    command("grade", "class", "--data", "practice", "--sandbox", "bubblewrap", "--roster", "roster.csv")
    assert (rows(place)["Érica"]["points"], rows(place)["Érica"]["flags"]) == ("1.6", "hand_in.late")
    assert rows(place)["ana"]["points"] == "2"
    assert command("regrade")[2][-1].startswith("0 of ")


def test_the_first_notebook_counts_where_the_policy_says_so(place):
    """A later one is executed and stored, with a note that it does not count."""
    grade()
    (place / "class" / "ana.ipynb").write_text(notebook(*WRONG))
    grade()
    assert rows(place)["ana"]["points"] != "2"
    for policy, points in (("first", "2"), ("best", "2"), ("latest", rows(place)["ana"]["points"])):
        (place / "grading.yml").write_text(f"{RUBRIC}release: {{counts: {policy}}}\n")
        command("report")
        assert rows(place)["ana"]["points"] == points
    (place / "grading.yml").write_text(RUBRIC + "release: {keep_best: true}\n")
    command("report")
    assert (rows(place)["ana"]["points"], rows(place)["ana"]["flags"].split("; ")[0]) == ("2", "hand_in.kept")
