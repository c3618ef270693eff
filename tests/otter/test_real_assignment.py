import pytest

from autograder.grading import grade
from autograder.otter import LanguageBuild, assign, check_build, score_in_process, values_notebook, write_hidden_tests
from autograder.otter.leaks import find_keys, find_solutions, solution_lines
from autograder.otter.notebooks import read_notebook
from autograder.otter.passages import passages_of_file
from autograder.reference import build_baseline, load_baseline
from autograder.rubric import load
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.close import Close
from autograder.rubric.checks.equal import Equal


@pytest.fixture(scope="module")
def real(root):
    """The project's own rubric."""
    return load(root / "grading.yml")


@pytest.fixture(scope="module", params=["pt-BR", "en"])
def trial(request, root, real, tmp_path_factory):
    """One language of the project's own assignment, built by Otter Assign."""
    master = root / real.assignment.notebooks[request.param]
    return LanguageBuild(master, assign(master, tmp_path_factory.mktemp("dist")), solution=None, blank=None)


@pytest.fixture
def without_training(real, make_evidence):
    """Evidence of a student who answered everything that needs no training, all correctly."""
    values = {}
    for question in real.questions.values():
        for item in question.items.values():
            match item:
                case (
                    Choice(value=name, key=value)
                    | Close(value=name, expected=value)
                    | Equal(value=name, expected=value)
                ):
                    values[name] = value
    return make_evidence(**values)


@pytest.mark.slow
def test_students_get_nothing_they_should_not(trial, real, tmp_path):
    """No search of the gate finds anything in the real notebooks and tests."""
    report = check_build(real, {"en": trial}, tmp_path, tmp_path / "none.zip", tmp_path / "grading.yml")
    searches = {check.name: check.detail for check in report.checks if check.name.endswith("for students")}
    assert len(searches) == 5
    assert set(searches.values()) == {""}
    assert "en: public tests and rubric agree" in {check.name for check in report.checks if check.passed}


@pytest.mark.slow
def test_the_searches_are_no_blindfold(trial, real):
    """The same searches over the solved notebook find every solution line and all ten letters."""
    passages = passages_of_file(trial.assigned.solution)
    lines = solution_lines(read_notebook(trial.master))
    found = {leak.what.removeprefix("a line of a solution: ") for leak in find_solutions(passages, lines)}
    assert found >= lines
    letters = {leak.what.split()[0] for leak in find_keys(passages, real.questions)}
    assert letters == {f"{name}_answer" for name in real.questions}


@pytest.mark.slow
def test_ten_points_are_possible_and_otter_counts_ours(real, root, without_training, make_evidence, tmp_path):
    """Over all ten questions Otter's score equals our grade, for a half-solved notebook and an empty one."""
    (tmp_path / "grading.yml").write_bytes((root / "grading.yml").read_bytes())
    folder = tmp_path / real.assignment.reference / "real"
    folder.mkdir(parents=True)
    (folder / "baseline.json").write_text(build_baseline("real", []).to_json())
    write_hidden_tests(tmp_path / "hidden", real)
    for evidence in (without_training, make_evidence()):
        given = grade(evidence, real.key_spec, load_baseline(folder))
        score = score_in_process(values_notebook(evidence), tmp_path / "hidden", tmp_path / "grading.yml")
        assert score.points_possible == 10
        assert score.points == (None if given.points is None else pytest.approx(given.points))
        assert given.points is not None
