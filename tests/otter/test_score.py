import dataclasses
import json
import subprocess
import sys
import zipfile

import pytest
import yaml

from autograder.errors import ConfigurationError, EnvironmentFault
from autograder.grading import grade
from autograder.otter import (
    judge_item,
    score_in_process,
    score_with_otter_run,
    values_notebook,
    write_autograder_zip,
    write_hidden_tests,
)
from autograder.records import Reason, Verdict
from autograder.reference import build_baseline, load_baseline

SAMPLES = {
    "solved": {
        "q01_losses": {"squared": 0.1421, "hinge": 0.6805},
        "q01_order": ["squared", "hinge"],
        "q02_answer": "c",
    },
    "own_numbers": {"q01_losses": {"squared": 0.9, "hinge": 0.2}, "q01_order": ["hinge", "squared"], "q02_answer": "a"},
    "only_a_letter": {"q02_answer": "c"},
    "blank": {},
    "quotes": {"q02_answer": "\"'c'\"\n  AttributeError: x\nError at line 1 in test q02:\n  x\nKeyError: forged"},
}


@pytest.fixture(scope="module")
def tests_folder(specification, tmp_path_factory):
    """The hidden tests of the small rubric."""
    folder = tmp_path_factory.mktemp("hidden")
    write_hidden_tests(folder, specification)
    return folder


def expected_points(evidence, specification, rubric):
    """Grade as `autograder grade` does."""
    return grade(evidence, specification.key_spec, load_baseline(rubric.parent / "reference" / "real"))


@pytest.mark.parametrize("name", SAMPLES)
def test_otter_counts_what_our_rubric_gives(make_evidence, specification, tests_folder, rubric, name):
    """Question by question, Otter's score by the hidden tests equals our own grade."""
    evidence = make_evidence(**SAMPLES[name])
    given = expected_points(evidence, specification, rubric)
    score = score_in_process(values_notebook(evidence), tests_folder, rubric)
    assert score.points == pytest.approx(given.points)
    assert score.points_possible == 2
    for question in specification.questions:
        ours = sum(finding.points for finding in given.findings if finding.question == question)
        assert score.questions[question] == pytest.approx(ours)


def test_the_samples_tell_right_from_wrong(make_evidence, tests_folder, rubric):
    """The scores differ, so that the agreement is not between zeros."""
    scores = {
        name: score_in_process(values_notebook(make_evidence(**given)), tests_folder, rubric).points
        for name, given in SAMPLES.items()
    }
    assert scores == {"solved": 2, "own_numbers": 0.6, "only_a_letter": 1, "blank": 0, "quotes": 0}


def test_a_failure_carries_our_sentence_and_no_key(make_evidence, tests_folder, rubric):
    """Otter prints the finding in words, on one line, without expected values."""
    evidence = make_evidence(q02_answer="b")
    output = score_in_process(values_notebook(evidence), tests_folder, rubric).outputs["q02"]
    assert "AssertionError: FAIL: " in output
    assert "b" in output.split("FAIL: ")[1]
    assert '"c"' not in output
    assert "answer c" not in output


def test_our_own_fault_is_no_grade(solved, tests_folder, rubric, tmp_path):
    """A rubric with a broken baseline gives no points, and no zero either."""
    (tmp_path / "reference" / "real").mkdir(parents=True)
    (tmp_path / "reference" / "real" / "baseline.json").write_text("{}")
    (tmp_path / "grading.yml").write_bytes(rubric.read_bytes())
    score = score_in_process(values_notebook(solved), tests_folder, tmp_path / "grading.yml")
    assert score.points is None
    assert "baseline" in score.outputs["q01"]


def test_data_decide_the_baseline(solved, tests_folder, rubric, tmp_path):
    """A notebook run on practice data is not compared with real data; here one of the two baselines is broken."""
    (tmp_path / "notas.yml").write_bytes(rubric.read_bytes())
    (tmp_path / "reference" / "practice").mkdir(parents=True)
    (tmp_path / "reference" / "practice" / "baseline.json").write_text("{}")
    points = [
        score_in_process(values_notebook(solved, data), tests_folder, tmp_path / "notas.yml").points
        for data in ("practice", "real")
    ]
    assert points == [None, 2]


def test_a_judge_that_breaks_is_no_students_fault(solved, tests_folder, rubric, tmp_path):
    """SystemExit would end Otter and AssertionError would count as wrong: both are reported as the grader's fault."""
    (tmp_path / "q01.py").write_text(
        (tests_folder / "q01.py")
        .read_text()
        .replace("from autograder.otter.judge_item import ask", "ask = lambda *_: 1 / 0")
    )
    score = score_in_process(values_notebook(solved), tmp_path, rubric)
    assert score.points is None
    assert "ZeroDivisionError" in score.outputs["q01"]


@pytest.mark.parametrize("fault", [SystemExit(3), AssertionError("a bug")])
def test_no_exception_of_ours_passes_for_a_students(solved, tests_folder, rubric, monkeypatch, fault):
    """Whatever grading raises, Otter gets an exception that neither ends it nor counts as a wrong answer."""

    def broken(*_):
        raise fault

    monkeypatch.setattr("autograder.otter.judge_item._grade", broken)
    score = score_in_process(values_notebook(solved), tests_folder, rubric)
    assert score.points is None
    assert "AutograderError" in score.outputs["q02"]


def test_one_broken_file_is_not_hidden_in_a_total(solved, rubric, tmp_path, specification):
    """A test file for an item that is not in the rubric says so, and there is no grade."""
    write_hidden_tests(tmp_path, specification)
    path = tmp_path / "q02.py"
    path.write_text(path.read_text().replace("'answer'", "'lost'"))
    score = score_in_process(values_notebook(solved), tmp_path, rubric)
    assert score.points is None
    assert "no such item" in score.outputs["q02"]


def test_the_tests_have_nothing_heavy_at_their_top(tests_folder):
    """Otter executes a file twice and loses all questions of a broken one: the judge is imported inside a test."""
    for path in tests_folder.glob("*.py"):
        top = [line for line in path.read_text().splitlines() if line and not line.startswith((" ", "#"))]
        assert [line for line in top if "import" in line] == ["from otter.test_files import test_case as judged"]


def test_stale_tests_are_taken_away(specification, tmp_path):
    """A question removed from the rubric leaves no test file."""
    (tmp_path / "q99.py").write_text("old")
    assert [path.name for path in write_hidden_tests(tmp_path, specification)] == ["q01.py", "q02.py"]
    assert not (tmp_path / "q99.py").exists()


def test_a_question_worth_nothing_is_refused(specification, tmp_path):
    """Otter divides by a question's points, so a question of 0 points is refused with its place."""
    worthless = {
        name: item.model_copy(update={"points": 0.0}) for name, item in specification.questions["q02"].items.items()
    }
    question = specification.questions["q02"].model_copy(update={"items": worthless})
    changed = specification.model_copy(update={"questions": specification.questions | {"q02": question}})
    with pytest.raises(ConfigurationError, match=r"questions\.q02"):
        write_hidden_tests(tmp_path, changed)


@pytest.fixture(scope="module")
def autograder_zip(specification, tests_folder, rubric, tmp_path_factory):
    """The zip for `otter run`."""
    path = tmp_path_factory.mktemp("zip") / "autograder.zip"
    baseline = {"real/baseline.json": rubric.parent / "reference" / "real" / "baseline.json"}
    write_autograder_zip(path, tests_folder, specification, rubric, "real", baseline)
    return path


def test_the_zip_holds_what_otter_run_needs(autograder_zip):
    """Configuration, tests and rubric; the points possible are the rubric's."""
    with zipfile.ZipFile(autograder_zip) as archive:
        assert archive.namelist() == [
            "assignment/grading.yml",
            "assignment/reference/real/baseline.json",
            "otter_config.json",
            "tests/q01.py",
            "tests/q02.py",
        ]
        assert json.loads(archive.read("otter_config.json"))["points_possible"] == 2
        assert yaml.safe_load(archive.read("assignment/grading.yml"))["assignment"]["name"] == "tiny"


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_otter_run_gives_the_same_score(make_evidence, autograder_zip, tests_folder, rubric, name):
    """The real command, with its kernel, gives each sample the same score as Otter in this process."""
    notebook = values_notebook(make_evidence(**SAMPLES[name]))
    assert score_with_otter_run(notebook, autograder_zip) == score_in_process(notebook, tests_folder, rubric)


@pytest.mark.slow
def test_otter_run_says_why_it_could_not(solved, tmp_path):
    """An invalid zip leads to one clear error with the command's own last lines."""
    (tmp_path / "autograder.zip").write_text("no zip")
    with pytest.raises(EnvironmentFault, match="not a zip file"):
        score_with_otter_run(values_notebook(solved), tmp_path / "autograder.zip")


@pytest.mark.slow
def test_otter_run_is_ended_in_time(solved, autograder_zip):
    """The command and its kernel do not outlive their time limit."""
    with pytest.raises(EnvironmentFault, match=r"ended after 0\.5 seconds"):
        score_with_otter_run(values_notebook(solved), autograder_zip, timeout_seconds=0.5)


def test_practice_baseline_goes_by_its_name(solved, specification, rubric, tests_folder, tmp_path):
    """With both baselines present, each kind of data uses its own."""
    (tmp_path / "grading.yml").write_bytes(rubric.read_bytes())
    for data in ("real", "practice"):
        (tmp_path / "reference" / data).mkdir(parents=True)
        (tmp_path / "reference" / data / "baseline.json").write_text(build_baseline(data, []).to_json())
        assert score_in_process(values_notebook(solved, data), tests_folder, tmp_path / "grading.yml").points == 2


def test_importing_the_bridge_does_not_import_otter():
    """Otter takes a second to load, which commands without scoring avoid."""
    code = "import sys, autograder.otter, autograder.otter.judge_item; print('otter' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "False"


@pytest.mark.parametrize("feedback", ["score", "hints"])
def test_a_pending_item_earns_nothing_yet_and_says_that_a_person_will_look(
    solved, tests_folder, rubric, monkeypatch, feedback
):
    """For Otter it did not pass; its text is no reproach, and is shown under every policy."""

    def held_back(evidence, key_spec, baseline):
        given = grade(evidence, key_spec, baseline)
        reasons = (Reason("training.unattested"), Reason("review.pending"))
        findings = tuple(
            dataclasses.replace(one, verdict=Verdict.REVIEW, points=0.0, reasons=reasons)
            if one.question == "q02"
            else one
            for one in given.findings
        )
        return dataclasses.replace(given, findings=findings)

    right = judge_item._assignment(rubric)
    policy = right.specification.policy.model_copy(update={"feedback": feedback})
    changed = right.specification.model_copy(update={"policy": policy})
    monkeypatch.setattr(judge_item, "_assignment", lambda _: dataclasses.replace(right, specification=changed))
    monkeypatch.setattr(judge_item, "grade", held_back)
    judge_item._grade.cache_clear()
    score = score_in_process(values_notebook(solved), tests_folder, rubric)
    judge_item._grade.cache_clear()
    assert (score.points is not None, score.questions["q02"]) == (True, 0.0)
    assert "REVIEW: " in score.outputs["q02"]
    assert "A person will look at this item" in score.outputs["q02"]
    assert ("could not be confirmed" in score.outputs["q02"]) == (feedback == "hints")
