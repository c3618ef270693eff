"""A complete correct submission, made by hand and without Keras, which each test changes in one place."""

import copy
import dataclasses
import math
import random
from pathlib import Path

import pytest

from autograder.grading import summarise
from autograder.records import DataSummary, Evaluation, Evidence, Figure, Layer, RunVerdict, Training, Values
from autograder.reference import Baseline, ReferenceRun, build_baseline
from autograder.rubric import KeySpec, load
from autograder.rubric.checks.recipe import RatesRecipe, Recipe, accepted_rates

BATCH_SIZES = {"2": 10, "4": 11, "8": 12, "16": 13, "32": 14, "64": 15, "128": 16, "256": 17}
LAST = {
    "A": {"loss": 21.0, "mae": 3.0, "val_loss": 28.0, "val_mae": 4.0},
    "B": {"loss": 7.0, "mae": 2.0, "val_loss": 22.0, "val_mae": 3.2},
    "inception": {"loss": 0.36, "accuracy": 0.87},
    "resnet": {"loss": 0.0005, "accuracy": 1.0},
}
TEST_ERRORS = {"2": 22.5, "4": 19.1, "8": 23.9, "16": 21.6, "32": 25.3, "64": 23.8, "128": 30.7, "256": 129.8}
SCORES = {
    "inception": {"train": [0.345, 0.875], "test": [0.9, 0.75]},
    "resnet": {"train": [0.0004, 1.0], "test": [1.1, 0.82]},
}

BOSTON_INPUTS = DataSummary((404, 13), -3.82, 9.23, 0.0, 1.0, (-0.0113, 0.0108, 0.0159, 0.0034))
BOSTON_TARGETS = DataSummary((404,), 5.0, 50.0, 22.395, 9.199, (-0.3118, -0.0406, -0.0886, -0.0462))
BOSTON_TEST = DataSummary((102, 13), -3.51, 4.14, 0.0208, 0.9836, (-0.0273, -0.0016, -0.0015, 0.0014))
RAW_INPUTS = DataSummary((404, 13), 0.0, 711.0, 69.79, 144.39, (-0.152, 0.205, -0.707, -0.349))
FASHION_INPUTS = DataSummary((800, 28, 28, 1), 0.0, 1.0, 0.281, 0.354, (0.0, 0.0, -0.00015, 0.00054))
FASHION_TARGETS = DataSummary((800, 10), 0.0, 1.0, 0.1, 0.3, (0.0009, 0.0011, -0.0013, -0.0015))
FASHION_TEST = DataSummary((10000, 28, 28, 1), 0.0, 1.0, 0.287, 0.353, (0.0, 0.0, 0.0002, 0.0001))


def falling(last: float, epochs: int) -> list[float]:
    """A curve that falls to `last`."""
    return [last * (1 + 3 * math.exp(-epoch / 5)) for epoch in range(epochs - 1)] + [last]


def _training(number: int, item: Recipe, rates: RatesRecipe, history: dict, **fields) -> Training:
    recipe = item.recipe
    layers = tuple(Layer(layer.kind, dict(layer.model_extra)) for layer in recipe.layers for _ in range(layer.count))
    epochs = fields.pop("epochs", recipe.epochs)
    boston = recipe.parameters == 369
    return Training(
        **{
            "number": number,
            "cell": number,
            "parameters": recipe.parameters,
            # Students may choose flattening or pooling: a recipe must accept both.
            "layers": (*layers, Layer("Flatten", {})),
            "optimizer": recipe.optimizer.kind,
            "optimizer_settings": {"learning_rate": rates.initial, "nesterov": False, **recipe.optimizer.model_extra},
            "loss": recipe.loss,
            "metrics": ("mae",) if boston else ("accuracy",),
            "rates": accepted_rates(rates, epochs)[0],
            "epochs": epochs,
            "batch_size": recipe.batch_size,
            "shuffle": True,
            "seed": 1,
            "inputs": BOSTON_INPUTS if boston else FASHION_INPUTS,
            "targets": BOSTON_TARGETS if boston else FASHION_TARGETS,
            "validation": BOSTON_TEST if recipe.validation is True else None,
            "history": {name: tuple(series) for name, series in history.items()},
            "replayed": False,
            "seconds": 1.0,
            **fields,
        }
    )


def right_evidence(key_spec: KeySpec, scatter: random.Random | None = None) -> Evidence:
    """Return the solved notebook's values; `scatter` shifts the trained numbers as another seed would."""

    def moved(number: float) -> float:
        return number if scatter is None or number == 1.0 else number * math.exp(scatter.gauss(0, 0.03))

    items = {name: question.items for name, question in key_spec.questions.items()}
    history = {
        name: {key: falling(moved(last), 100 if name in SCORES else 50) for key, last in series.items()}
        for name, series in LAST.items()
    }
    errors = {name: moved(error) for name, error in TEST_ERRORS.items()}
    scores = {
        name: {part: [moved(number) for number in numbers] for part, numbers in parts.items()}
        for name, parts in SCORES.items()
    }
    trainings = [
        _training(1, items["q07"]["recipe_a"], items["q07"]["recipe_a"].recipe.rates, history["A"]),
        _training(2, items["q07"]["recipe_b"], items["q07"]["recipe_b"].recipe.rates, history["B"]),
    ]
    evaluations = []
    q08 = items["q08"]["recipe"]
    for number, (size, epochs) in enumerate(BATCH_SIZES.items(), start=3):
        series = {"loss": falling(20.0 + number, epochs)}
        trainings.append(_training(number, q08, q08.recipe.rates, series, epochs=epochs, batch_size=int(size)))
        evaluations.append(Evaluation(number, number, BOSTON_TEST, {"loss": errors[size], "mae": 3.0}, replayed=False))
    for number, name in ((11, "inception"), (12, "resnet")):
        item = items["q10"][f"recipe_{name}"]
        trainings.append(_training(number, item, item.recipe.rates, history[name]))
        for part, inputs in (("train", FASHION_INPUTS), ("test", FASHION_TEST)):
            loss, accuracy = scores[name][part]
            evaluations.append(Evaluation(number, number, inputs, {"loss": loss, "accuracy": accuracy}, replayed=False))
    q01 = items["q01"]
    given = {
        "q01_probabilities": list(q01["probabilities"].expected),
        "q01_losses_per_example": copy.deepcopy(q01["losses_per_example"].expected),
        "q01_losses": dict(q01["losses"].expected),
        "q01_order": list(q01["order"].expected),
        "q03_losses": {"cross_entropy": 1.6094, "squared": 0.8},
        "q07_history": {name: history[name] for name in "AB"},
        "q08_epochs": dict(BATCH_SIZES),
        "q08_mse": errors,
        "q08_best": [int(size) for size in sorted(errors, key=errors.get)[:2]],
        "q08_worst": [256, 128],
        "q10_params": {"inception": 196154, "resnet": 186058},
        "q10_history": {name: history[name] for name in SCORES},
        "q10_scores": scores,
        **{f"{name}_answer": questions["answer"].key for name, questions in items.items()},
    }
    return Evidence(
        job_id="0123456789abcdef",
        student="ada",
        language="en",
        notebook_sha256="0" * 64,
        run_verdict=RunVerdict.COMPLETE,
        run_detail=None,
        executed=Values(given, {}),
        claimed=Values({}, {}),
        trainings=tuple(trainings),
        evaluations=tuple(evaluations),
        figures=(Figure(40, tuple(tuple(history[name]["loss"]) for name in SCORES)),),
        cells=(),
        faults=(),
    )


@pytest.fixture(scope="session")
def key_spec() -> KeySpec:
    """The rubric of this project."""
    return load(Path(__file__).parents[1] / "grading.yml").key_spec


@pytest.fixture(scope="session")
def make_evidence(key_spec):
    """Build the evidence of a right submission, with fields replaced.

    `given` changes executed values (None takes a variable away), `faults` and `claimed` likewise, `trained` maps a
    training's number to the fields of its record that change (None takes the training away).
    """

    def build(given=None, faults=None, claimed=None, trained=None, **overrides) -> Evidence:
        right = right_evidence(key_spec)
        values = {name: value for name, value in {**right.executed.given, **(given or {})}.items() if value is not None}
        changes = trained or {}
        trainings = tuple(
            dataclasses.replace(training, **changes.get(training.number, {}))
            for training in right.trainings
            if changes.get(training.number, {}) is not None
        )
        fields = {
            "executed": Values(values, faults or {}),
            "claimed": Values(claimed or {}, {}),
            "trainings": trainings,
        }
        return dataclasses.replace(right, **{**fields, **overrides})

    return build


@pytest.fixture(scope="session")
def scattered(key_spec):
    """Return the evidence of a correct submission under another seed, with slightly different trained numbers."""

    def build(seed: int) -> Evidence:
        return right_evidence(key_spec, random.Random(seed))  # noqa: S311

    return build


@pytest.fixture(scope="session")
def make_run(key_spec, scattered):
    """Build one reference run with a seed."""

    def build(seed: int) -> ReferenceRun:
        return ReferenceRun(seed, {"keras": "3"}, "cpu", 2, 60.0, summarise(scattered(seed), key_spec))

    return build


@pytest.fixture(scope="session")
def baseline(make_run) -> Baseline:
    """Twelve reference runs."""
    return build_baseline("practice", [make_run(seed) for seed in range(12)])


@pytest.fixture(scope="session")
def find():
    """Return the finding on one item of a grade."""

    def finding(grade, place: str):
        question, item = place.split(".")
        return next(found for found in grade.findings if (found.question, found.item) == (question, item))

    return finding
