import dataclasses
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml

from autograder.otter import BuildReport, LanguageBuild, assign, check_build, write_hidden_tests, write_students_zip
from autograder.rubric import load


@dataclasses.dataclass(frozen=True)
class Build:
    """All inputs of the gate, so that a test can change one of them."""

    specification: object
    trial: LanguageBuild
    hidden_tests: Path
    students_zip: Path
    rubric: Path

    def failed(self, *, zip_again: bool = True) -> dict[str, str]:
        """Return the failed checks with their details."""
        if zip_again:
            write_students_zip(self.students_zip, "tiny", {"en": self.trial.assigned})
        report = check_build(self.specification, {"en": self.trial}, self.hidden_tests, self.students_zip, self.rubric)
        failed = {check.name: check.detail for check in report.checks if not check.passed}
        assert report.passed is (not failed)
        return failed

    def edit(self, change) -> None:
        """Change the student's notebook."""
        path = self.trial.assigned.student_notebook
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)


@pytest.fixture
def build(specification, master, assigned, rubric, solved, make_evidence, tmp_path):
    """A build without faults, in files that a test may change."""
    shutil.copytree(assigned.student_folder.parent, tmp_path / "en")
    moved = dataclasses.replace(
        assigned,
        student_folder=tmp_path / "en" / "student",
        student_notebook=tmp_path / "en" / "student" / assigned.student_notebook.name,
        public_tests=tuple(tmp_path / "en" / "student" / "tests" / path.name for path in assigned.public_tests),
    )
    write_hidden_tests(tmp_path / "hidden", specification)
    trial = LanguageBuild(master, moved, solution=solved, blank=make_evidence())
    return Build(specification, trial, tmp_path / "hidden", tmp_path / "students.zip", rubric)


def test_a_build_without_fault_passes(build):
    """Nothing is reported if nothing is wrong, and each check says what it examined."""
    assert build.failed() == {}


def test_a_report_without_checks_has_not_passed():
    """A report without any check proves nothing, as a score of 0 of 0 did."""
    assert not BuildReport(()).passed


def test_a_missing_question_is_no_smaller_total(build):
    """Without a question's hidden tests the points possible are not the rubric's."""
    (build.hidden_tests / "q02.py").unlink()
    failed = build.failed()
    assert failed["en: points possible"] == "1 of 2 points, 1 questions; not in both: q02"


def test_a_broken_hidden_test_fails_the_build(build):
    """A test file that Python cannot parse breaks checks, which are reported as failed."""
    (build.hidden_tests / "q02.py").write_text("name = 'q02")
    assert "SyntaxError" in build.failed()["en: the solution earns all"]


def test_a_solution_that_does_not_earn_all_is_told(build, make_evidence):
    """The detail names the points and the lost item."""
    trial = dataclasses.replace(build.trial, solution=make_evidence(q02_answer="c"))
    detail = dataclasses.replace(build, trial=trial).failed()["en: the solution earns all"]
    assert detail.startswith("1 points: q01 results:")
    assert "q01.losses result" in detail


def test_a_blank_notebook_that_earns_is_told(build, make_evidence):
    """A notebook handed out with an answer in it earns points for nothing."""
    trial = dataclasses.replace(build.trial, blank=make_evidence(q02_answer="c"))
    assert list(dataclasses.replace(build, trial=trial).failed()) == ["en: a blank notebook earns nothing"]


def test_a_rubric_that_cannot_judge_fails_the_build(build, tmp_path):
    """A fault of the grader is not zero points: without a baseline even a blank notebook has not passed."""
    failed = dataclasses.replace(build, rubric=tmp_path / "grading.yml").failed()
    assert "no grade because of the grader" in failed["en: a blank notebook earns nothing"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param('q02_answer = "c"', "en: no key for students", id="key"),
        pytest.param("reference = [0.1421, 0.68]", "en: no reference figure for students", id="figure"),
        pytest.param("    total = math.fsum(v**2 for v in values)", "en: no solution for students", id="solution"),
        pytest.param(
            "from autograder.otter.judge_item import ask", "en: no hidden test for students", id="hidden_test"
        ),
    ],
)
def test_a_leak_into_the_notebook_is_found(build, source, name):
    """Whatever a students' cell reveals, the check of that name finds it and says where."""
    build.edit(lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell(source)))
    assert build.failed()[name].startswith("tiny.en.ipynb cell ")


def test_a_leak_into_a_public_test_is_found(build):
    """A public test that compares with the reference reveals it like a cell."""
    path = build.trial.assigned.public_tests[0]
    path.write_text(path.read_text() + "\n# 0.6805\n")
    assert build.failed() == {"en: no reference figure for students": "q01.py: 0.6805, a figure of q01.losses"}


def test_an_output_left_behind_is_found(build):
    """A notebook that was run before it was handed out shows results."""

    def run(notebook):
        notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="done")]

    build.edit(run)
    assert list(build.failed()) == ["en: no output for students"]


def test_a_forgotten_marker_is_found(make_master, build, tmp_path):
    """Otter hands out a solution cell without markers as scaffolding, without a warning."""
    master = make_master(tmp_path / "unmarked", choice='q02_answer = "c"')
    trial = dataclasses.replace(
        build.trial,
        master=master,
        assigned=assign(master, tmp_path / "again", "en", build.specification.run_spec.variables),
    )
    failed = dataclasses.replace(build, trial=trial).failed()
    assert set(failed) == {"en: no solution for students", "en: no key for students"}


def test_points_that_the_notebook_promises_are_the_rubrics(make_master, build, tmp_path):
    """A question worth 3 in the master and 1 in grading.yml would promise unattainable points."""
    master = make_master(tmp_path / "promise", q01="# BEGIN QUESTION\nname: q01\npoints: 3")
    trial = dataclasses.replace(
        build.trial,
        master=master,
        assigned=assign(master, tmp_path / "again", "en", build.specification.run_spec.variables),
    )
    failed = dataclasses.replace(build, trial=trial).failed()
    assert failed == {"en: public tests and rubric agree": "q01 is worth 3 in the notebook"}


def test_a_zip_with_more_than_was_searched_is_found(build):
    """The zip must contain exactly what was searched: any other file stops the build."""
    write_students_zip(build.students_zip, "tiny", {"en": build.trial.assigned})
    (build.trial.assigned.student_folder / "key.txt").write_text("secret")
    assert build.failed(zip_again=False) == {"all: the zip holds what was searched": "tiny/en/key.txt"}


def test_a_missing_zip_is_a_failed_check(build):
    """The gate raises nothing: a missing file has not passed."""
    assert "FileNotFoundError" in build.failed(zip_again=False)["all: the zip holds what was searched"]


@pytest.mark.parametrize(
    ("mark", "said"), [("otter.Notebook(", "prepares grader.check"), ("autograder.evidence+json", "last cell")]
)
def test_a_notebook_without_a_cell_that_it_needs_is_told(build, mark, said):
    """The cells that prepare the checks and save the student's values must be included."""

    def drop(notebook):
        notebook.cells = [cell for cell in notebook.cells if mark not in cell.source]

    build.edit(drop)
    (detail,) = build.failed().values()
    assert said in detail


@pytest.mark.parametrize("way", ["full_points", "no_points", "excluded"])
def test_a_cancelled_question_passes_the_gate(build, way):
    """The solution earns all that can be earned, and a blank notebook what everybody gets."""
    content = yaml.safe_load(build.rubric.read_text(encoding="utf-8"))
    content["questions"]["q02"]["cancelled"] = way
    rubric = build.students_zip.with_name("cancelled.yml")
    rubric.write_text(yaml.safe_dump(content), encoding="utf-8")
    specification = load(rubric)
    write_hidden_tests(build.hidden_tests, specification)
    moved = dataclasses.replace(build, specification=specification, rubric=rubric)
    assert moved.failed() == {}
