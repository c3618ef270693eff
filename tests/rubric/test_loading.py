"""Loading `grading.yml`: the real file is valid, and all faults of an invalid one are reported at once."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.errors import ConfigurationError
from autograder.rubric import KeySpec, RunSpec, Specification, load

GRADING = Path(__file__).parents[2] / "grading.yml"
TEXT = GRADING.read_text(encoding="utf-8")
RUBRIC: dict[str, Any] = yaml.safe_load(TEXT)

Keys = tuple[Any, ...]


def faults_of(tmp_path: Path, content: str | dict[str, Any]) -> tuple[str, ...]:
    """Load an invalid rubric and return its faults."""
    path = tmp_path / "grading.yml"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert caught.value.where == str(path)
    assert all(fault.startswith("grading.yml:") and "\n" not in fault for fault in caught.value.faults)
    return caught.value.faults


def changed(*replacements: tuple[str, str]) -> str:
    """Return the real file with the first occurrence of some texts replaced."""
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_the_real_file_is_right():
    """The committed rubric loads: ten questions, ten points."""
    specification = load(GRADING)
    assert len(specification.questions) == 10
    assert sum(item.points for question in specification.questions.values() for item in question.items.values()) == (
        pytest.approx(specification.assignment.points)
    )


def test_what_is_loaded_never_changes():
    """The rubric is frozen, so no later stage can change it."""
    specification = load(GRADING)
    with pytest.raises(ValueError, match="frozen"):
        specification.limits.processes = 1  # type: ignore[misc]


def test_the_two_halves_are_known_by_their_digests(tmp_path):
    """Another key changes the rubric's digest but not the run's, so nothing has to be executed again."""
    path = tmp_path / "grading.yml"
    path.write_text(changed(("check: choice, value: q02_answer, key: c", "check: choice, value: q02_answer, key: d")))
    before, after = load(GRADING), load(path)
    assert before.run_spec.digest == after.run_spec.digest
    assert before.key_spec.digest != after.key_spec.digest


def test_nothing_of_the_key_is_in_what_may_enter_a_sandbox():
    """The run's half contains names, shapes and limits, but no value or path of the key's half."""
    specification = load(GRADING)
    run_text = specification.run_spec.model_dump_json()
    assert isinstance(specification.run_spec, RunSpec)
    assert isinstance(specification.key_spec, KeySpec)
    for secret in ("expected", "key", "points", "recipe", "0.1327", "196154", "tolerance", "reference", "check"):
        assert f'"{secret}"' not in run_text
        assert f":{secret}," not in run_text


def test_every_fault_is_told_at_once_with_its_line(tmp_path):
    """One run lists everything to correct, in the file's order: place, key, found and expected value."""
    text = changed(
        ("memory_mebibytes: 4096", "memory_mebibyte: 4096"),
        ("processes: 256", "processes: many"),
        ("claimed: review", "claimed: reveiw"),
        ("key: d}", "key: e}"),
        ("epochs: 50", "epoch: 50"),
        ('"2": {batch_size: 2', "2: {batch_size: 2"),
        ("units: 16", "unit: 16"),
    )
    lines = {
        needle: text[: text.index(needle)].count("\n") + 1 for needle in ("memory_mebibyte:", "key: e", "unit: 16")
    }
    faults = faults_of(tmp_path, text)
    assert faults[0] == (
        f"grading.yml:{lines['memory_mebibyte:']}: limits.memory_mebibyte: unknown key; did you mean memory_mebibytes?"
    )
    assert faults[1].endswith("limits.processes: 'many' where a whole number is due")
    assert faults[2].endswith("'reveiw' where one of accept, review, reject is due; did you mean review?")
    assert any(fault.endswith("recipe_a.recipe.epoch: unknown key; did you mean epochs?") for fault in faults)
    assert any(fault.endswith('variants.2: a key must be text: write "2" in quotes') for fault in faults)
    assert [int(fault.split(":")[1]) for fault in faults] == sorted(int(fault.split(":")[1]) for fault in faults)
    # With the questions intact, their own disagreements are reported beside the faults of other parts.
    text = changed(("processes: 256", "processes: many"), ("key: d}", "key: e}"), ("units: 16", "unit: 16"))
    faults = faults_of(tmp_path, text)
    assert len(faults) == 3
    assert faults[1] == (
        f"grading.yml:{lines['key: e']}: questions.q06.items.answer.key: "
        "e is not among the options of q06_answer: a, b, c, d"
    )
    assert faults[2] == (
        f"grading.yml:{lines['unit: 16']}: questions.q07.items.recipe_a.recipe.layers[0].unit: "
        "unknown key; did you mean units?"
    )


def test_a_fault_behind_an_anchor_is_told_once(tmp_path):
    """Three items share one recipe, so a mistake in it is reported once, at the anchor."""
    faults = faults_of(tmp_path, changed(("loss: mean_squared_error", "loss: 5")))
    assert len(faults) == 1
    assert f"grading.yml:{TEXT[: TEXT.index('loss: mean_squared_error')].count(chr(10)) + 1}: " in faults[0]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("cell_seconds: 1200", "cell_seconds: 1200\n  cell_seconds: 5", "occurs twice, on line 51 and here"),
        ("processes: 256", "processes:", "limits.processes: has no value"),
        ("cell_seconds: 1200", "cell_seconds: .inf", "limits.cell_seconds: .inf is not a finite number"),
        ("cell_seconds: 1200", 'cell_seconds: "1200"', "'1200' where a number is due (without quotes"),
        ("absolute: 2.0e-3", "absolute: 2e-3", "with a point before an exponent: 1.0e-3)"),
        ("processes: 256", "processes: true", "limits.processes: true where a whole number is due"),
        ("processes: 256", "processes: 0", "limits.processes: 0 where a number above 0 is due"),
        ("coverage: 0.99", "coverage: 1", "coverage: 1 where a number below 1 is due"),
        ("name: cnn-training", "name: 2020-01-01", "2020-01-01 is neither text nor a number"),
        ("name: cnn-training", "name: CNN training", "where a name of small letters, digits and - is due"),
        ("pt-BR: assign", "pt_BR: assign", "notebooks.pt_BR: is not a language's tag such as pt-BR or en"),
        ("  q02:", "  Q2:", "questions.Q2: is not a name of small letters, digits and _"),
        ("  q02:", "  q11:", "questions.q11.variables.q02_answer: must begin with q11_"),
        ("check: close", "check: closer", "did you mean close?"),
        ("        check: close\n", "", "items.probabilities.check: is missing; one of choice, close"),
        ("type: numbers, length: 10", "type: number, length: 10", "q01_probabilities.length: unknown key; there"),
        ("type: numbers, length: 10", "length: 10", "q01_probabilities.type: is missing"),
        ("validation: true", "validation: maybe", "'maybe' where true or false or any is due"),
        ("points: 0.2", "points: 0.3", "questions: the items' points add up to 10.1, and assignment.points says 10"),
        ("value: q01_order\n        expected", "value: q01_ordr\n        expected", "did you mean q01_order?"),
        ("q07_history.A.loss[-1]", "q07_history.C.loss[-1]", "q07_history.C.loss[-1]: there is no C"),
        ("q07_history.A.loss[-1]", "q07_history.A.los[-1]", "there is no los; did you mean loss?"),
        ("q07_history.A.loss[-1]", "q07_history.A.loss", "does not lead to one number"),
        ("q07_history.A.loss[-1]", "q07_history.A.loss[50]", "q07_history.A.loss[50]: there are 50 numbers"),
        ("q07_history.A.loss[-1]", "q07_history.A[-1]", "only a list of numbers has an index"),
        ("[0.1327, ", "[", "expected: does not fit q01_probabilities: a list of 10 numbers is due"),
        ("[0.1327, ", "[true, ", "expected[0]: does not fit q01_probabilities: a number is due"),
        ("{squared: 0.1421", "{squarred: 0.1421", "a mapping with the keys squared, cross_entropy, zero_one, hinge"),
        ("[squared, zero_one, cross", "[squared, squared, cross", "a list of 4 different words out of"),
        ("value: q02_answer", "value: q03_losses", "items.answer.value: q03_losses does not lead to a letter"),
        ("check: close\n        value: q03_losses", "check: close\n        value: q03_answer",
         "value: q03_answer holds no numbers"),
        ("numbers: q01_losses\n", "numbers: q01_probabilities\n",
         "own_order.numbers: q01_probabilities is not a map with one number per key"),
        ("numbers: q01_losses\n", "numbers: q03_losses\n",
         "own_order.numbers: q03_losses lacks these words of q01_order"),
        ("numbers: q08_mse, which: smallest", "numbers: q01_losses, which: smallest", "are not numbers, but those of"),
        ("history: q07_history.A\n", "history: q07_history\n",
         "recipe_a.history: q07_history is not a map with a list"),
        ("        history: q07_history.A\n", "", "items.recipe_a.history: is missing; name the student's numbers"),
        ("results: q08_mse\n", "results: q08_mse\n        history: q07_history.A\n", "does not go with a history"),
        ('          "2": {batch_size: 2, epochs: 10}\n', "", "items.recipe.variants: must be the keys of q08_mse"),
        ("curves: [q10_history.inception.loss, q10_history.resnet.loss]", "curves: []",
         "figure.curves: names no curve"),
        ("values: [q08_mse.2, q08_mse.4, q08_mse.8, q08_mse.16, q08_mse.32, q08_mse.64, q08_mse.128, q08_mse.256]",
         "values: []", "items.errors.values: names no number"),
        ("values: [q08_mse.2,", "values: [q08_mse,", "items.errors.values[0]: q08_mse does not lead to one number"),
        ("keys: [squared, cross_entropy, zero_one, hinge]", "keys: [squared, cross.entropy, zero_one, hinge]",
         "keys[1]: 'cross.entropy' where a key without a point or a bracket, which paths have is due"),
        ("constant_epochs: 10, ", "", "rates.constant_epochs: is missing; a decay needs"),
        ("decay: 0.05, ", "", "rates.rounded_digits: has no effect without a decay"),
        ("curves: [q10_history.inception.loss", "curves: [q10_params.inception",
         "figure.curves[0]: q10_params.inception does not lead to"),
        ("beta_1: 0.9", "beta1: 0.9", "optimizer.beta1: unknown key; did you mean beta_1?"),
        ("beta_1: 0.9", "beta_1: high", "optimizer.beta_1: a number is due"),
        ("kernel_size: [1, 1]", "kernel_size: 1", "kernel_size: a list of whole numbers such as [3, 3] is due"),
        ("units: 16", "units: true", "layers[0].units: a whole number above 0 is due"),
        ("options: abcd", "options: aabcd", "q01_answer.options: names a letter twice"),
        ("keys: [cross_entropy, squared]", "keys: [squared, squared]", "must name at least one key, and none twice"),
        ("  points: 10", "  points: 10\n  due: 2026-02-28", "assignment.due: 2026-02-28 is neither text nor a number"),
        ("  points: 10", "  points: 10\n  due: 2026-02-30", "assignment.due: 2026-02-30 is neither text nor a number"),
        ("  points: 10", '  points: 10\n  due: "2026-02-30"', "'2026-02-30' where a day of the calendar is due"),
        ("    q01.own_order: O", "    q01.own_oder: O", "has this name; did you mean q01.own_order?"),
        ("    q01.order: O", "    Q01.order: O", "Q01.order: is not a question's or item's name such as q07"),
        ("    q01.order: Ordem das perdas", '    q01.order: ""', "'' where text that is not empty is due"),
        ("hinge], length: 4}", "hinge], length: 5}", "5 different words cannot be chosen out of 4"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_what_would_be_right(tmp_path, old, new, what):
    """One mistake of each kind in the real file: the line names the key and the correction."""
    assert any(what in fault for fault in faults_of(tmp_path, changed((old, new))))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("", "holds no keys", id="empty"),
        pytest.param("- a\n- b\n", "holds no keys", id="a list"),
        pytest.param("assignment: [\n", ":2: is not YAML: ", id="no YAML"),
        pytest.param("a: 1\n\tb: 2\n", ":2: is not YAML: ", id="a tab"),
        pytest.param("a: &x [*x]\n", "contains itself or is nested too deep", id="contains itself"),
        pytest.param("a: " + "[" * 5_000, "contains itself or is nested too deep", id="deep"),
        pytest.param(
            "a: !!python/object:os.system {}\n", ":1: is not YAML: could not determine a constructor", id="tag"
        ),
        pytest.param("? [a]\n: 1\n", ":1: is not YAML: ", id="a list as key"),
        pytest.param("a: 1\n---\nb: 2\n", ":2: is not YAML: ", id="two documents"),
        pytest.param("a: \x00\n", "is not YAML: ", id="a control character"),
    ],
)
def test_a_text_that_is_no_rubric_is_one_clear_line(tmp_path, text, what):
    """YAML's own errors are reported with their line, without a traceback."""
    path = tmp_path / "grading.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path):
    """A missing file, and bytes that are not text."""
    with pytest.raises(ConfigurationError, match="cannot be read: No such file or directory"):
        load(tmp_path / "grading.yml")
    (tmp_path / "grading.yml").write_bytes(b"a: \xff")
    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        load(tmp_path / "grading.yml")


# The following tests split the real rubric into questions, so that each file is small.


def rubric_of(question: str) -> dict[str, Any]:
    """Return a valid rubric with one question."""
    rubric = copy.deepcopy(RUBRIC)
    rubric["assignment"]["points"] = 1
    # Names of data files are free; tests/spec/test_data.py has what may be wrong with them.
    del rubric["assignment"]["data"]
    rubric["questions"] = {question: rubric["questions"][question]}
    del rubric["titles"]
    return rubric


def places(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Yield the path of everything in a value; of a list, only of its ends."""
    if isinstance(value, dict):
        inside = list(value.items())
    else:
        inside = [(index, value[index]) for index in {0, len(value) - 1}] if isinstance(value, list) else []
    for key, element in inside:
        # Everything besides the questions is the same in each of these rubrics: one is enough.
        if keys or key == "questions" or "q02" in value["questions"]:
            yield (*keys, key)
            yield from places(element, (*keys, key))


def holder(rubric: dict[str, Any], keys: Keys) -> Any:
    """Return the container of the last of some keys."""
    value: Any = rubric
    for key in keys[:-1]:
        value = value[key]
    return value


def said(keys: Keys, faults: tuple[str, ...]) -> bool:
    """Return whether some fault is at the key, above or below it, or names it."""
    dotted = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)[1:]
    above = dotted.rpartition(".")[0]
    return any(f": {dotted}" in fault or (f": {above}" in fault and str(keys[-1]) in fault) for fault in faults)


OPTIONAL = {
    "offset", "count", "rounded_digits", "units", "filters", "kernel_size", "activation", "momentum", "beta_1",
    "beta_2",
    "pt-BR", "en", "because", "defensible", "unattested", "unlinked", "claims", "factor", "requires",
    "orders", "training_seconds", "order_parameters", "order_mebibytes",
    "release", "visibility", "time_limit_minutes", "late", "free_days", "counts",
    "feedback", "title", "stated",
}  # fmt: skip
"""What a rubric may leave out: the item then asks for less, or there is one language less."""


@pytest.mark.parametrize("question", RUBRIC["questions"])
def test_each_misspelt_key_is_named(tmp_path, question):
    """For every key with one letter added, a fault is at its place or names it."""
    right = rubric_of(question)
    tried = [keys for keys in places(right) if isinstance(keys[-1], str)]
    assert tried
    for keys in tried:
        rubric = copy.deepcopy(right)
        place = holder(rubric, keys)
        wrong = "Q" + keys[-1]
        place[wrong] = place.pop(keys[-1])
        faults = faults_of(tmp_path, rubric)
        assert said((*keys[:-1], wrong), faults) or said(keys, faults) or said(keys[:-1], faults), (keys, faults)


@pytest.mark.parametrize("question", RUBRIC["questions"])
def test_each_missing_key_is_named(tmp_path, question):
    """Every key is left out in turn, except for optional ones."""
    right = rubric_of(question)
    for keys in places(right):
        # What a variant omits is taken from the recipe.
        if keys[-1] in OPTIONAL or isinstance(keys[-1], int) or "variants" in keys[:-2]:
            continue
        rubric = copy.deepcopy(right)
        del holder(rubric, keys)[keys[-1]]
        faults = faults_of(tmp_path, rubric)
        named = said(keys, faults) or said(keys[:-1], faults)
        # A missing item or question shows in the points, a missing variable where it is read.
        assert named or keys[-1] in "".join(faults) or "points add up" in "".join(faults), (keys, faults)


@pytest.mark.parametrize("question", RUBRIC["questions"])
def test_each_value_of_a_wrong_type_is_named(tmp_path, question):
    """Every value is replaced by one of another type in turn, and a fault is reported at it."""
    right = rubric_of(question)
    kinds = itertools.cycle([["x"], {"x": 1}, None, True, "?!"])
    for keys in places(right):
        before = holder(right, keys)[keys[-1]]
        # A text is no wrong kind of text, nor is true a wrong answer to whether there is validation.
        wrong = next(
            kind for kind in kinds if type(kind) is not type(before) and not (kind is True and keys[-1] == "validation")
        )
        rubric = copy.deepcopy(right)
        holder(rubric, keys)[keys[-1]] = wrong
        faults = faults_of(tmp_path, rubric)
        assert said(keys, faults) or said(keys[:-1], faults), (keys, wrong, faults)


def test_a_specification_survives_its_own_json():
    """A loaded rubric can be stored and read back unchanged."""
    specification = load(GRADING)
    assert Specification.model_validate_json(specification.model_dump_json(), strict=True) == specification


@pytest.mark.parametrize(
    ("required", "said"),
    [
        (["lossses"], "this question has no item lossses; did you mean losses?"),
        (["answer"], "an item cannot require itself"),
        (["order"], None),
        (["own_order"], "own_order holds no numbers of its own"),
    ],
)
def test_what_an_item_requires_must_hold_numbers(tmp_path, required, said):
    """A letter can require items of its own question that contain numbers, and nothing else."""
    rubric = rubric_of("q01")
    rubric["questions"]["q01"]["items"]["answer"]["requires"] = required
    if said is None:
        (tmp_path / "grading.yml").write_text(json.dumps(rubric), encoding="utf-8")
        assert load(tmp_path / "grading.yml").questions["q01"].items["answer"].requires == ("order",)
    else:
        assert any(said in fault for fault in faults_of(tmp_path, rubric))


def test_the_reason_for_a_weight_decides_no_grade(tmp_path):
    """A reworded reason leaves the rubric's digest as it is, so that no class has to be graded again."""
    before = load(GRADING)
    assert before.key_spec.questions["q08"].items["errors"].because.keys() == {"pt-BR", "en"}
    rubric = copy.deepcopy(RUBRIC)
    rubric["questions"]["q08"]["items"]["errors"]["because"] = {"en": "another reason"}
    path = tmp_path / "grading.yml"
    path.write_text(json.dumps(rubric), encoding="utf-8")
    assert load(path).key_spec.digest == before.key_spec.digest
