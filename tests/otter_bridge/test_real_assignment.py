import pytest

from autograder.grading import build_baseline, grade, load_baseline
from autograder.otter_bridge import Trial, assign, check_build, score_in_process, values_notebook, write_hidden_tests
from autograder.otter_bridge.leaks import find_keys, find_solutions, solution_lines
from autograder.otter_bridge.notebooks import read_notebook
from autograder.otter_bridge.passages import passages_of_file
from autograder.spec import load
from autograder.spec.items import Choice, Close, Equal


@pytest.fixture(scope="module")
def real(root):
    """The project's own rubric."""
    return load(root / "grading.yml")


@pytest.fixture(scope="module", params=["pt-BR", "en"])
def trial(request, root, real, tmp_path_factory):
    """One language of the project's own assignment, built by Otter Assign."""
    master = root / real.assignment.notebooks[request.param]
    return Trial(master, assign(master, tmp_path_factory.mktemp("dist")), solution=None, blank=None)


@pytest.fixture
def without_training(real, make_evidence):
    """Evidence of a student who answered everything that needs no training, all of it right."""
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
    """Every search of the gate, over the real notebooks and tests, comes back empty-handed."""
    report = check_build(real, {"en": trial}, tmp_path, tmp_path / "none.zip", tmp_path)
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
    """Over all ten questions Otter's count is our grade's, for a half-solved notebook and for an empty one."""
    (tmp_path / "grading.yml").write_bytes((root / "grading.yml").read_bytes())
    folder = tmp_path / real.assignment.reference / "real"
    folder.mkdir(parents=True)
    (folder / "baseline.json").write_text(build_baseline("real", []).to_json())
    write_hidden_tests(tmp_path / "hidden", real)
    for evidence in (without_training, make_evidence()):
        given = grade(evidence, real.key_spec, load_baseline(folder))
        score = score_in_process(values_notebook(evidence), tmp_path / "hidden", tmp_path)
        assert score.points_possible == 10
        assert score.points == (None if given.points is None else pytest.approx(given.points))
        assert given.points is not None
