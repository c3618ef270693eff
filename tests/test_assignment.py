"""The assignment: two equivalent master notebooks, their public checks, and Otter Assign's output."""

import ast
import copy
import json
import math
import re
import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from autograder.otter import Assigned, assign
from autograder.otter.standard_cells import add_standard_cells
from autograder.rubric import Specification, load
from autograder.rubric.checks.choice import Choice
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape
from autograder.solution import open_solution

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "assignments" / "cnn-training"
LANGUAGES = ("pt-BR", "en")
QUESTIONS = [f"q{number:02d}" for number in range(1, 11)]
EVIDENCE_TYPE = "application/vnd.autograder.evidence+json"
HAND_IN = {"pt-BR": "**O que entregar**", "en": "**What to hand in**"}

# A notebook under test gets a few meaningless data of the right shapes, and no network.
SMALL_DATA = """
_random = np.random.default_rng(0)

def _houses():
    features = _random.normal(size=(50, 13))
    prices = 20 + features[:, 0]
    return (features[:40], prices[:40]), (features[40:], prices[40:])

def _images():
    pictures = _random.integers(0, 256, size=(200, 28, 28), dtype=np.uint8)
    labels = np.arange(200) % 10
    return (pictures[:150], labels[:150]), (pictures[150:], labels[150:])

keras.datasets.boston_housing.load_data = _houses
keras.datasets.fashion_mnist.load_data = _images
"""

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_question = pytest.mark.parametrize("question", QUESTIONS)


def master_path(language: str) -> Path:
    """Return the path of a language's master notebook."""
    return FOLDER / f"cnn-training.{language}.ipynb"


def master(language: str) -> nbformat.NotebookNode:
    """Read a master notebook."""
    return nbformat.read(master_path(language), as_version=4)


def cell(language: str, ident: str) -> nbformat.NotebookNode:
    """Return the one cell of that id."""
    (found,) = [one for one in master(language).cells if one.id == ident]
    return found


def code_cells(language: str) -> list[nbformat.NotebookNode]:
    """Return the code cells in order."""
    return [one for one in master(language).cells if one.cell_type == "code"]


@pytest.fixture(scope="module")
def specification() -> Specification:
    """Read the rubric of the assignment."""
    return load(ROOT / "grading.yml")


# What the masters are


@each_language
def test_a_master_is_a_valid_clean_notebook(language: str) -> None:
    """A master validates, was never run, and runs on any Python kernel."""
    notebook = master(language)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.autograder.language == language
    assert all(not one.outputs and one.execution_count is None for one in code_cells(language))


def test_the_cells_of_both_languages_have_the_same_telling_ids() -> None:
    """The notebooks agree cell by cell in kind and id, and no id is random."""
    portuguese, english = ([(one.cell_type, one.id) for one in master(language).cells] for language in LANGUAGES)
    assert portuguese == english
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z]+)*", ident) for _, ident in english)


def is_prose(text: object) -> bool:
    """Return whether a string is shown to people: names that code compares are lower-case words."""
    return isinstance(text, str) and re.fullmatch(r"[a-z0-9_]*", text) is None


def same_code(one: object, other: object) -> bool:
    """Compare two syntax trees; strings for people count as equal."""
    if isinstance(one, ast.JoinedStr) and isinstance(other, ast.JoinedStr):
        # Languages order their words differently, so only the set of shown values is compared.
        return blanks(one) == blanks(other)
    if isinstance(one, ast.Constant) and isinstance(other, ast.Constant):
        both_prose = is_prose(one.value) and is_prose(other.value)
        return both_prose or (type(one.value), one.value) == (type(other.value), other.value)
    if isinstance(one, ast.AST) and type(one) is type(other):
        return all(same_code(getattr(one, name, None), getattr(other, name, None)) for name in one._fields)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_code, one, other))
    return one == other


def blanks(text: ast.JoinedStr) -> list[str]:
    """Return the program's values that an f-string shows, unordered."""
    return sorted(ast.unparse(part) for part in text.values if isinstance(part, ast.FormattedValue))


def test_both_languages_have_the_same_code() -> None:
    """Except for comments and strings for people, the code of both notebooks is the same."""
    # "en" is a language's name, not a word that the notebook shows.
    for portuguese, english in zip(*map(code_cells, LANGUAGES), strict=True):
        sources = (portuguese.source, english.source.replace('"language": "en"', '"language": "pt-BR"'))
        assert same_code(*map(ast.parse, sources)), portuguese.id


def test_the_comparison_of_code_sees_a_difference() -> None:
    """A changed number, name or key is a difference; a translated message is not."""
    one = ast.parse('print("Época", x["mse"], 1)')
    assert same_code(one, ast.parse('print("Epoch", x["mse"], 1)'))
    for other in ('print("Epoch", x["mae"], 1)', 'print("Epoch", y["mse"], 1)', 'print("Epoch", x["mse"], True)'):
        assert not same_code(one, ast.parse(other))


@each_language
def test_the_masters_assign_every_watched_variable(language: str, specification: Specification) -> None:
    """The solution gives every variable that the rubric watches, in a cell of its own question."""
    for question, content in specification.questions.items():
        trees = [ast.parse(one.source) for one in code_cells(language) if one.id.startswith(question)]
        stored = {
            node.id
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        assert set(content.variables) <= stored


@each_language
def test_the_masters_letters_are_the_key(language: str, specification: Specification) -> None:
    """The letters in the solutions are those of grading.yml."""
    for question, content in specification.questions.items():
        (key,) = [item.key for item in content.items.values() if isinstance(item, Choice)]
        assert cell(language, f"{question}-answer").source == f'{question}_answer = "{key}"  # SOLUTION'


@each_language
def test_the_seed_is_a_parameter_that_kills_no_network(language: str) -> None:
    """SEED is alone in the cell tagged `parameters`, before its use, and is not a seed known as dead."""
    (tagged,) = [one for one in master(language).cells if "parameters" in one.metadata.get("tags", [])]
    (statement,) = ast.parse(tagged.source).body
    assert isinstance(statement, ast.Assign)
    assert ast.unparse(statement.targets[0]) == "SEED"
    assert ast.literal_eval(statement.value) not in {5, 24}
    order = [one.id for one in master(language).cells]
    assert order.index(tagged.id) < order.index("setup") < order.index("q01-begin")


@each_language
@each_question
def test_each_question_is_complete(language: str, question: str, specification: Specification) -> None:
    """A question has a statement, options a to d, a table of all variables, a public test and a check."""
    statement = cell(language, f"{question}-statement").source
    assert re.findall(r"^- \*\*\((\w)\)\*\* \S", statement, re.MULTILINE) == list("abcd")
    table = statement.split(HAND_IN[language])[1]
    assert all(f"| `{name}` | " in table for name in specification.questions[question].variables)
    assert cell(language, f"{question}-tests").source.startswith("def test_")
    assert cell(language, f"{question}-check").source == f'grader.check("{question}")'
    config = yaml.safe_load(cell(language, f"{question}-begin").source)
    assert (config["name"], config["points"]) == (question, 1)


@each_question
def test_the_options_of_both_languages_agree_in_their_figures(question: str) -> None:
    """For each option both languages have the same numbers."""
    options = []
    for language in LANGUAGES:
        statement = cell(language, f"{question}-statement").source.split(HAND_IN[language])[0]
        lines = [line for line in statement.splitlines() if line.startswith("- **(")]
        options.append([re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", ".", line)) for line in lines])
    assert options[0] == options[1]


def test_every_option_has_its_reason(specification: Specification) -> None:
    """The justifications cover each question, language and letter."""
    reasons = yaml.safe_load((ROOT / "reference" / "justifications.yml").read_text(encoding="utf-8"))
    assert list(reasons) == list(specification.questions)
    for question in reasons.values():
        assert set(question) == set(LANGUAGES)
        assert all("".join(letters) == "abcd" and all(letters.values()) for letters in question.values())


# Public checks: presence and form


def example(shape: Shape) -> Any:
    """Return a meaningless value of the right form."""
    match shape:
        case NumberShape():
            return 1.5
        case NumbersShape(length=length):
            return [0.5] * length
        case WordsShape(words=words):
            return list(words)
        case LetterShape():
            return "a"
        case MapShape(keys=keys, of=of):
            return {key: example(of) for key in keys}


def examples(specification: Specification, question: str) -> dict[str, Any]:
    """Return a question's variables in the right form."""
    values = {name: example(shape) for name, shape in specification.questions[question].variables.items()}
    return values | {name: [2, 4] for name in values if name in {"q08_best", "q08_worst"}}


def spoiled(value: Any) -> Iterator[Any]:
    """Yield what a student may leave instead of a right value: nothing, the wrong kind, a part, no number."""
    yield from (..., None, 7j, "e", [])
    if isinstance(value, dict):
        for key in value:
            yield {other: child for other, child in value.items() if other != key}
            for child in spoiled(value[key]):
                yield value | {key: child}
    elif isinstance(value, list):
        yield value[1:]
        yield [*value[1:], math.nan]
        yield [*value[1:], "?"]


@pytest.fixture
def public_test(tmp_path: Path) -> Callable[[str, str], Callable[[dict[str, Any]], None]]:
    """Return the function of a question's public test, as defined by a file with nothing else in it."""

    def find(language: str, question: str) -> Callable[[dict[str, Any]], None]:
        file = tmp_path / f"{question}.py"
        file.write_text(cell(language, f"{question}-tests").source, encoding="utf-8")
        (function,) = [value for name, value in runpy.run_path(str(file)).items() if name.startswith("test_")]
        return function

    return find


@each_language
@each_question
def test_a_public_test_takes_any_value_of_the_right_form(
    language: str, question: str, public_test: Callable[..., Any], specification: Specification
) -> None:
    """Meaningless values pass, whichever letter comes with them, so a pass does not reveal correctness."""
    check = public_test(language, question)
    for letter in ("a", "b", "c", "d", "(B)", " D "):
        check(examples(specification, question) | {f"{question}_answer": letter})


@each_language
@each_question
def test_a_public_test_names_what_is_missing_or_misshapen(
    language: str, question: str, public_test: Callable[..., Any], specification: Specification
) -> None:
    """Each missing or malformed variable fails the test, whose message begins with the variable's name."""
    check = public_test(language, question)
    right = examples(specification, question)
    for name, value in right.items():
        without = {other: child for other, child in right.items() if other != name}
        for environment in (without, *(right | {name: wrong} for wrong in spoiled(value))):
            with pytest.raises(AssertionError, match=rf"^{name}\b") as caught:
                check(copy.deepcopy(environment))
            assert len(str(caught.value)) < 1000


def test_a_public_test_takes_numpys_numbers_and_integer_keys(
    public_test: Callable[..., Any], specification: Specification
) -> None:
    """Arrays, NumPy scalars and integer batch sizes are as valid as lists, floats and text."""
    np = pytest.importorskip("numpy")
    q01 = examples(specification, "q01") | {"q01_probabilities": np.full(10, 0.5, dtype=np.float32)}
    public_test("en", "q01")(q01)
    sizes = {2**power: np.float64(1) for power in range(1, 9)}
    q08 = {"q08_epochs": sizes, "q08_mse": sizes, "q08_best": np.array([2, 4]), "q08_worst": (8, 16)}
    public_test("en", "q08")(q08 | {"q08_answer": "c"})
    public_test("en", "q08")(q08 | {"q08_answer": "c", "q08_best": ["2", "4"]})


# The last cell: what is saved


def built_for_students(language: str, folder: Path, specification: Specification) -> Assigned:
    """Generate a language's notebooks as `autograder build` does."""
    return assign(master_path(language), folder, language, specification.run_spec.variables, specification.letters)


def last_cell(tmp_path: Path, language: str, specification: Specification) -> str:
    """Return the source of the last cell, which `build` adds."""
    path = Path(shutil.copy(master_path(language), tmp_path))
    add_standard_cells(path, language, specification.run_spec.variables, specification.letters)
    return str(nbformat.read(path, as_version=4).cells[-1].source)


def run_summary(tmp_path: Path, language: str, specification: Specification, values: dict[str, Any]) -> dict[str, Any]:
    """Run only the last cell with `values`, and return its variables."""
    file = tmp_path / "summary.py"
    file.write_text(last_cell(tmp_path, language, specification), encoding="utf-8")
    return runpy.run_path(str(file), init_globals=values)


@each_language
def test_the_last_cell_keeps_every_variable(language: str, tmp_path: Path, specification: Specification) -> None:
    """The saved evidence has each watched variable unchanged, and the table then lists nothing as missing."""
    values = {name: value for question in QUESTIONS for name, value in examples(specification, question).items()}
    seen = run_summary(tmp_path, language, specification, values)
    assert seen["bundle"] == {"version": 1, "language": language, "variables": values}
    assert seen["missing"] == []


@each_language
def test_the_solution_needs_nothing_that_build_adds(language: str) -> None:
    """Reference runs execute the master: `grader` and the students' own check are not there."""
    code = "\n".join(one.source for one in open_solution(master_path(language)).notebook.cells)
    assert "SEED = " in code
    assert not {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)} & {"grader", "own_check"}


def test_the_last_cell_counts_no_letter_that_is_none(tmp_path: Path, specification: Specification) -> None:
    """Two letters at once, or one that there is not, answer nothing; a letter in brackets does."""
    answers = {"q02_answer": "cc", "q04_answer": "e", "q05_answer": "(B)", "q06_answer": "c"}
    missing = run_summary(tmp_path, "en", specification, answers)["missing"]
    assert {"q02_answer", "q04_answer"} <= set(missing)
    assert not {"q05_answer", "q06_answer"} & set(missing)


def test_the_last_cell_survives_anything(tmp_path: Path, specification: Specification) -> None:
    """Missing, partial, endless, huge and hostile values become null, and NumPy's become plain."""
    np = pytest.importorskip("numpy")

    class Hostile:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    endless: list[Any] = []
    endless.append(endless)
    odd = {
        "q01_probabilities": np.arange(3) / 2,
        "q01_losses": {"squared": np.float32(0.5), "hinge": math.nan, "zero_one": ...},
        "q01_order": endless,
        "q01_answer": "<b>",
        "q02_answer": "\ud800",
        "q03_losses": Hostile(),
        "q04_answer": 10**5000,
        "q07_history": np.zeros((1000, 1000)),
        "q08_mse": {np.int64(2): np.float64(3.5), 4: True},
        "q10_params": {},
    }
    seen = run_summary(tmp_path, "en", specification, odd)
    saved = seen["bundle"]["variables"]
    assert json.loads(json.dumps(saved, allow_nan=False)) == saved
    assert {name: value for name, value in saved.items() if value is not None} == {
        "q01_probabilities": [0.0, 0.5, 1.0],
        "q01_losses": {"squared": 0.5, "hinge": None, "zero_one": None},
        "q01_answer": "<b>",
        "q08_mse": {"2": 3.5, "4": True},
        "q10_params": {},
    }
    complete = {"q01_probabilities", "q08_mse"}
    assert set(seen["missing"]) == set(specification.run_spec.variables) - complete
    assert "<b>" not in seen["table"]


# What Otter Assign makes of them


@pytest.mark.slow
@each_language
def test_students_get_the_scaffold_without_solutions(
    language: str, tmp_path: Path, specification: Specification
) -> None:
    """The student's notebook is valid, keeps the tagged seed and every check, and has no line of a solution."""
    built = built_for_students(language, tmp_path, specification)
    student = nbformat.read(built.student_notebook, as_version=4)
    nbformat.validate(student)
    solved = nbformat.read(built.solution, as_version=4)
    sources = [one.source for one in student.cells]
    assert [one.source for one in student.cells if "parameters" in one.metadata.get("tags", [])] == [
        cell(language, "seed").source
    ]
    assert all(f'grader.check("{question}")' in sources and f"{question}_answer = ..." in sources
               for question in QUESTIONS)  # fmt: skip
    assert sources[-1] == last_cell(tmp_path, language, specification)
    kept = {line.strip() for source in sources for line in source.splitlines()}
    secret = {
        line.strip().removesuffix("  # SOLUTION")
        for one in solved.cells
        if one.cell_type == "code"
        for line in solution_lines(one.source)
    }
    # A bracket alone on its line reveals nothing.
    telling = {line for line in secret if len(line) > 12}
    assert len(telling) > 50
    assert not telling & kept
    assert not any(word in source for source in sources for word in ("SOLUTION", "BEGIN QUESTION", "BEGIN TESTS"))
    assert [file.stem for file in built.public_tests] == QUESTIONS


def solution_lines(source: str) -> Iterator[str]:
    """Yield the lines of a cell that Otter Assign removes."""
    inside = False
    for line in source.splitlines():
        if line.strip() in {"# BEGIN SOLUTION", "# END SOLUTION"}:
            inside = "BEGIN" in line
        elif inside or line.endswith("  # SOLUTION"):
            yield line


def run_notebook(path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]) -> nbformat.NotebookNode:
    """Run a notebook in a kernel, in a separate folder and on small data; a cell that raises stops it."""
    from nbclient import NotebookClient  # noqa: PLC0415 (slow to import, and for the slow tests alone)

    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    notebook = nbformat.read(path, as_version=4)
    for one in notebook.cells:
        for old, new in changes.items():
            one.source = one.source.replace(old, new)
        if "def set_seeds" in one.source:
            one.source += "\n" + SMALL_DATA
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    nbformat.validate(notebook)
    return notebook


def shown_text(notebook: nbformat.NotebookNode, source: str) -> str:
    """Return what the cell with that source printed or displayed, as text."""
    (one,) = [one for one in notebook.cells if one.source == source]
    return "".join(output.get("text", "") or output.data["text/plain"] for output in one.outputs)


@pytest.mark.slow
@each_language
def test_a_blank_notebook_runs_to_its_end(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, specification: Specification
) -> None:
    """As handed out, not filled in and without its tests folder, the notebook raises nothing and saves no answer."""
    built = built_for_students(language, tmp_path, specification)
    (built.student_folder / "tests").rename(tmp_path / "elsewhere")
    notebook = run_notebook(built.student_notebook, monkeypatch, {})
    (bundle,) = [output.data[EVIDENCE_TYPE] for output in notebook.cells[-1].outputs]
    answered = {name for name in specification.run_spec.variables if name.endswith("_answer")}
    assert {bundle["variables"][name] for name in answered} == {None}
    (text,) = [output.data["text/plain"] for output in notebook.cells[-1].outputs]
    assert text.startswith({"pt-BR": "Respondidas: 0 / 23", "en": "Answered: 0 / 23"}[language])


@pytest.mark.slow
@each_language
def test_the_solution_passes_the_public_checks(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, specification: Specification
) -> None:
    """Solved and run in a kernel, every check of Otter passes; only question 10 lacks the epochs cut from it."""
    built = built_for_students(language, tmp_path, specification)
    shorter = {"EPOCHS = 100": "EPOCHS = 1", "math.log2(512 * batch_size))": "math.log2(512 * batch_size)) - 8"}
    notebook = run_notebook(built.solution, monkeypatch, shorter)
    for question in QUESTIONS:
        text = shown_text(notebook, f'grader.check("{question}")')
        assert ("passed" in text) == (question != "q10"), text
    assert "q10_history, inception, loss: " in text
    saved = notebook.cells[-1].outputs[0].data[EVIDENCE_TYPE]["variables"]
    assert set(saved) == set(specification.run_spec.variables)
    assert saved["q10_params"] == {"inception": 196154, "resnet": 186058}
    assert saved["q01_losses"]["hinge"] == pytest.approx(0.6805, abs=2e-3)
    assert saved["q03_losses"] == pytest.approx({"cross_entropy": 1.6094, "squared": 0.8}, abs=1e-2)
    assert set(saved["q08_mse"]) == {str(2**power) for power in range(1, 9)}
    outputs = [output for one in notebook.cells for output in one.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
