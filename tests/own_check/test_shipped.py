"""The check that students run: what it says, that it runs where nothing of ours is, and that it knows no answer."""

import ast
import json
import shutil
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from autograder.evidence import conform
from autograder.otter.leaks import find_figures, find_hidden_tests, find_keys, find_solutions, solution_lines
from autograder.otter.notebooks import read_notebook
from autograder.otter.passages import passages_of_file
from autograder.own_check import own_check_files
from autograder.own_check.asked import _stated
from autograder.own_check.shipped.answer_form import form_faults, plain
from autograder.own_check.shipped.check_words import WORDS
from autograder.rubric.checks.recipe import Recipe
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, WordsShape

pytestmark = pytest.mark.slow

LETTER = LetterShape(type="letter", options="abcd")
NUMBER = NumberShape(type="number")
THREE = NumbersShape(type="numbers", length=3)
ORDER = WordsShape(type="words", words=("hinge", "squared"), length=2)
PAIR = MapShape(type="map", keys=("a", "b"), of=NUMBER)

BOSTON = """
import keras, math, numpy as np
keras.utils.set_random_seed(1)
x, y = np.random.rand(64, 13), np.random.rand(64, 1)

def train(epochs, units=16, batch_size=32, rate=0.001, callbacks=()):
    network = keras.Sequential([keras.Input((13,)), keras.layers.Dense(units, activation="relu"),
        keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="relu")])
    network.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="mse", metrics=["mae"])
    history = network.fit(x, y, batch_size=batch_size, epochs=epochs, validation_data=(x, y), verbose=0,
        callbacks=list(callbacks))
    return network, history.history

decay = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * math.exp(-0.05))
"""


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        *((value, LETTER) for value in ("a", "(B)", " d) ", "e", "cc", "", None, 3, "ａ", ["a"], {"a": 1}, "а")),  # noqa: RUF001
        *((value, NUMBER) for value in (1, 2.5, True, "1", float("inf"), float("nan"), [1], None, {})),
        *(
            (value, THREE)
            for value in ([1, 2, 3], ["1", 2, 3], [1, 2], [1, 2, "x"], [1, None, 2], 5, "abc", [True] * 3)
        ),
        *((value, ORDER) for value in (["hinge", "SQUARED "], ["hinge"], ["hinge", "hinge"], ["hinge", 1], "hinge")),
        *((value, PAIR) for value in ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": "x"}, [1, 2], {"c": 1}, {"a": None})),
    ],
)
def test_whatever_grading_would_refuse_is_named(value, shape):
    """The check never passes what grading does not take; it may ask for a plainer form than grading does."""
    kept, faults = conform("q", value, shape)
    found = list(form_faults("q", value, shape.model_dump(), WORDS["en"]))
    assert found or (kept is not None and not faults)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("a", LETTER), ("(B)", LETTER), (" d) ", LETTER), (1, NUMBER), (2.5, NUMBER), ([1, 2.5, 3], THREE),
        (["squared", "HINGE "], ORDER), ({"a": 1, "b": 2, "more": 3}, PAIR),
    ],
)  # fmt: skip
def test_the_form_that_is_asked_for_passes(value, shape):
    """As the statement describes it, and as grading reads it."""
    assert list(form_faults("q", value, shape.model_dump(), WORDS["en"])) == []
    assert conform("q", value, shape)[1] == {}


@pytest.mark.parametrize("value", ["e", "cc", "ab", 3, True, ["e"], "resposta: a"])
def test_a_letter_that_is_no_option_is_named(value):
    """Something was answered, and it can be no option."""
    assert len(list(form_faults("q", value, LETTER.model_dump(), WORDS["pt-BR"]))) == 1


@pytest.mark.parametrize(
    "value", [{1}, {"a": 1}.keys(), object(), (number for number in [1]), Fraction(1, 2), Decimal(1), 1j, len]
)
@pytest.mark.parametrize("shape", [LETTER, NUMBER, THREE, ORDER, PAIR])
def test_a_value_that_is_there_is_not_called_missing(value, shape):
    """What JSON cannot hold has another form than is asked for; only what was left blank is missing."""
    [(_, what)] = form_faults("q", plain(value), shape.model_dump(), WORDS["en"])
    assert what != WORDS["en"]["missing"]
    assert plain([None, ..., ""]) == [None, None, ""]


def test_the_number_of_epochs_cannot_be_told_from_the_rates(real):
    """Where the statement does not say it, equally many rates are written for a short and for a long training."""
    [recipe, *_] = [
        recipe
        for question in real.questions.values()
        for item in question.items.values()
        if isinstance(item, Recipe)
        for _, recipe in item.trainings()
    ]
    written = [
        len(_stated(recipe.model_copy(update={"epochs": epochs}), ("rates",))["rates"][0]) for epochs in (5, 64, 100)
    ]
    assert len(set(written)) == 1


def test_both_languages_have_the_same_texts_with_the_same_fields():
    """Each fault is said in the language of the notebook."""
    fields = {
        language: {name: sorted(_fields(text)) for name, text in texts.items()} for language, texts in WORDS.items()
    }
    assert fields["pt-BR"] == fields["en"]


def _fields(text):
    return [part.split("}")[0] for part in text.split("{")[1:]]


def test_it_imports_nothing_but_python_and_keras(tmp_path, real):
    """It runs where only Otter, nbformat and TensorFlow are; Keras is imported only to observe trainings."""
    imported = set()
    for name, content in own_check_files(real, "en").items():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(content)):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    imported.add((node.module or "").partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"keras"}


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_no_search_of_the_gate_finds_an_answer_in_it(tmp_path, root, real, language):
    """No key, no expected figure, no line of a solution, no hidden test; and of recipes what is stated alone."""
    for name, content in own_check_files(real, language).items():
        (tmp_path / name.replace("/", "-")).write_bytes(content)
    passages = [passage for file in sorted(tmp_path.iterdir()) for passage in passages_of_file(file)]
    statement = [one for one in passages_of_file(root / real.assignment.notebooks[language]) if one.kind == "prose"]
    secret = solution_lines(read_notebook(root / real.assignment.notebooks[language]))
    assert [*find_keys(passages, real.questions), *find_hidden_tests(passages), *find_solutions(passages, secret)] == []
    assert [leak for leak in find_figures([*passages, *statement], real.questions) if leak.where != "statement"] == []
    request = json.loads((tmp_path / "own_check-request.json").read_text(encoding="utf-8"))
    assert set(request) == {"language", "questions", "trainings"}
    batch = [one for one in request["trainings"] if one.get("result", "").startswith("q08_mse")]
    assert [one["batch_size"] for one in batch] == [2, 4, 8, 16, 32, 64, 128, 256]
    # How many epochs each has is what the question asks for, and so is the number of parameters of question 10.
    assert not any({"epochs", "parameters"} & set(one) for one in batch)
    assert not any("parameters" in one for one in request["trainings"])


def test_what_is_not_stated_is_not_written(real):
    """Without `stated` a recipe stays the instructor's."""
    question = real.questions["q10"]
    items = {
        name: item.model_copy(update={"stated": ()}) if isinstance(item, Recipe) else item
        for name, item in question.items.items()
    }
    silent = real.model_copy(
        update={"questions": {**real.questions, "q10": question.model_copy(update={"items": items})}}
    )
    request = json.loads(own_check_files(silent, "en")["own_check/request.json"])
    assert not any("q10" in json.dumps(one) for one in request["trainings"])
    assert silent.key_spec.digest == real.key_spec.digest


def test_a_notebook_with_faults_is_told_each_in_a_line(folder):
    """Letters, forms, epochs, batch size, units and rates; in the notebook's language."""
    student = folder()
    student.write(
        BOSTON,
        "_, a = train(2, units=15, batch_size=16)\n_, b = train(50, rate=0.02)\nq07_history = {'A': a, 'B': b}",
        'q02_answer = "cc"\nq04_answer = "e"\nq05_answer = "(B)"\nq03_losses = [1, 2]\nq01_order = ["hinge"] * 4',
    )
    lines = student.execute()
    assert lines[0] == "Verificação antes da entrega"
    assert lines[1].startswith("Formato: ")
    for expected in (
        '  q02_answer: escreva uma só letra entre aspas (a, b, c, d), e não "cc"',
        '  q04_answer: "e" não é uma das alternativas: a, b, c, d',
        "  q03_losses: espera-se um dicionário, e não uma lista",
        "  q01_order: hinge aparece duas vezes",
        "  q10_answer: falta",
        "  q07_history.A.loss: esperam-se 50, e há 2",
        "  q07_history.A: épocas: 2; o enunciado pede 50",
        "  q07_history.A: tamanho do lote (batch): 16; o enunciado pede 32",
        "  q07_history.A: camadas Dense(units=16, activation=relu): 0; o enunciado pede 1",
        "  q07_history.B: taxa de aprendizado na época 10: 0,02; o enunciado pede 0,01902",
    ):
        assert expected in lines
    assert not any("q05_answer" in line for line in lines)
    assert lines[-1] == "Isto não diz se as respostas estão certas."
    code, said = student.check_file()
    assert code == 1
    assert '  q04_answer: "e" não é uma das alternativas: a, b, c, d' in said
    assert said[-2] == "Num arquivo salvo os treinamentos não podem ser verificados; a célula do notebook faz isso."


def test_a_notebook_as_the_statement_asks_is_told_so(folder):
    """Also where another training is in between, and the numbers were copied."""
    student = folder("en")
    student.write(
        BOSTON,
        "_, a = train(50)\ntrain(3, units=4)\n_, b = train(50, rate=0.02, callbacks=[decay])\n"
        "q07_history = {'A': a, 'B': {name: list(map(float, values)) for name, values in b.items()}}",
    )
    lines = student.execute()
    assert "  q07_history.A: as the statement asks (epochs 50, batch size 32)" in lines
    assert "  q07_history.B: as the statement asks (epochs 50, batch size 32)" in lines
    assert not any(line.startswith("  q07_history") and "as the statement asks" not in line for line in lines)


def test_numbers_of_no_observed_training_are_no_accusation(folder):
    """They may come from a run before the kernel was restarted."""
    student = folder("en")
    student.write(
        "q07_history = {'A': {'loss': [1.0] * 50, 'mae': [1.0] * 50, 'val_loss': [1.0] * 50, 'val_mae': [1.0] * 50}}"
    )
    lines = student.execute()
    assert (
        "  q07_history.A: no training was observed; restart the kernel and run everything, from the first cell on"
        in lines
    )


def test_without_its_folder_the_notebook_runs_all_the_same(folder):
    """As in grading, where only the notebook is."""
    student = folder("en")
    student.write('q02_answer = "a"')
    shutil.rmtree(student.path / "own_check")
    assert student.execute() == ["The folder own_check is not beside the notebook: the check before handing in is off."]


def test_a_folder_that_arrived_in_part_costs_no_cell(folder):
    """Colab uploads single files: a folder without the check's own is as none."""
    student = folder("en")
    student.write('q02_answer = "a"')
    (student.path / "own_check" / "__init__.py").unlink()
    assert student.execute() == ["The folder own_check is not beside the notebook: the check before handing in is off."]


def test_without_the_request_it_says_that_the_form_could_not_be_checked(folder):
    """Nobody takes silence for a passed check."""
    student = folder("pt-BR")
    student.write('q02_answer = "zz"')
    (student.path / "own_check" / "request.json").unlink()
    assert student.execute()[1] == "Falta o arquivo request.json na pasta own_check: o formato não pôde ser verificado."
