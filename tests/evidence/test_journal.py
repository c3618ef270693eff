"""The journal: entries that have the form of a record become one, and each other is refused by a line."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.evidence.admission import (
    MAXIMUM_FIGURES,
    MAXIMUM_TRAININGS,
    admit_evaluations,
    admit_figures,
    admit_loops,
    admit_trainings,
)
from autograder.records import Detail, Evaluation, Figure, Loop, Training, from_json, to_json
from autograder.report import in_english

SUMMARY = {"shape": [404, 13], "minimum": -3, "maximum": 9.5, "mean": 0.0, "std": 1, "probes": [0.1, 0.2, 0.3, 0.4]}
TRAINING: dict[str, Any] = {
    "number": 1,
    "cell": 4,
    "parameters": 369,
    "layers": [{"kind": "Dense", "settings": {"units": 16, "activation": "relu"}}],
    "optimizer": "Adam",
    "optimizer_settings": {"learning_rate": 0.001, "amsgrad": False, "clipnorm": None},
    "loss": "mean_squared_error",
    "metrics": ["mae"],
    "rates": [0.001, 0.001],
    "epochs": 2,
    "batch_size": 32,
    "shuffle": True,
    "seed": None,
    "inputs": SUMMARY,
    "targets": SUMMARY,
    "validation": None,
    "history": {"loss": [30.5, None], "mae": [4, 3]},
    "replayed": False,
    "seconds": 1.5,
}
EVALUATION: dict[str, Any] = {
    "cell": 5,
    "training": 1,
    "inputs": SUMMARY,
    "results": {"loss": 21.5, "mae": None},
    "replayed": True,
}


def with_change(entry: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy of an entry with one value replaced."""
    changed = copy.deepcopy(entry)
    place: Any = changed
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        place = place[step]
    place[last] = value
    return changed


def refused(entry: Any) -> str:
    """Return why an entry is no training."""
    admitted, [fault] = admit_trainings([entry])
    assert admitted == ()
    said = in_english(fault)
    assert said.startswith("training 1: ")
    assert said.isprintable()
    assert len(said) < 300
    return said.removeprefix("training 1: ")


def test_an_honest_training_is_admitted():
    """What the payload journals becomes a record, its lists tuples, with or without the frame's type."""
    [training], faults = admit_trainings([TRAINING])
    assert faults == []
    assert training == from_json(Training, json.dumps(TRAINING))
    assert training.history == {"loss": (30.5, None), "mae": (4.0, 3.0)}
    assert admit_trainings([{"type": "training", **TRAINING}]) == ((training,), [])


def test_honest_evaluations_and_figures_are_admitted():
    """Likewise for the other two kinds of entry."""
    trainings, _ = admit_trainings([TRAINING])
    [evaluation], faults = admit_evaluations([EVALUATION], trainings)
    assert (evaluation.results, faults) == ({"loss": 21.5, "mae": None}, [])
    [figure], faults = admit_figures([{"cell": 9, "lines": [[1, None], []]}])
    assert (figure, faults) == (Figure(9, ((1.0, None), ())), [])


@pytest.mark.parametrize("key", TRAINING)
def test_a_training_without_one_of_its_fields_is_refused(key):
    """Nothing is filled in for the student's process; the line names the field."""
    assert refused({name: value for name, value in TRAINING.items() if name != key}).startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("number", True, "number: "),
        ("number", "1", "number: "),
        ("epochs", 2.0, "epochs: "),
        ("shuffle", 1, "shuffle: "),
        ("loss", None, "loss: "),
        ("rates.1", "0.001", "rates.1: "),
        ("rates.1", True, "rates.1: "),
        ("layers", {"kind": "Dense"}, "layers: "),
        ("layers.0.extra", 1, "layers.0.extra: "),
        ("inputs.shape.0", -1.5, "inputs.shape.0: "),
        ("inputs.mean", None, "inputs.mean: "),
        ("history.loss.0", float("nan"), "it holds a number that is too large or not finite"),
        ("history.loss.0", float("inf"), "it holds a number that is too large or not finite"),
        ("epochs", 10**400, "it holds a number that is too large or not finite"),
        ("epochs", 10**9, "its epochs, batch size or parameters are impossible"),
        ("epochs", -1, "its epochs, batch size or parameters are impossible"),
        ("batch_size", -1, "its epochs, batch size or parameters are impossible"),
        ("parameters", -1, "its epochs, batch size or parameters are impossible"),
        ("rates", [0.1] * 3, "it has 3 learning rates for 2 epochs"),
        ("history.loss", [1.0] * 3, "its history is longer than its 2 epochs"),
        ("history", {f"metric_{number}": [] for number in range(101)}, "its history has too many names"),
        ("layers", [{"kind": "Dense", "settings": {}}] * 2_001, "it has too many layers, metrics or options"),
        ("loss", "x" * 201, "it holds a text of 201 characters"),
        ("history", {"x" * 201: []}, "it holds a text of 201 characters"),
        ("optimizer_settings.a", [[]] * 300_000, "it holds too many values"),
        ("optimizer_settings.a", json.loads("[" * 30 + "]" * 30), "it holds too many values"),
        ("history", {"\x1b[2J": ["x"]}, "history.�[2J.0: "),
    ],
)
def test_a_training_that_cannot_be_is_refused(path, value, reason):
    """Wrong types, impossible counts and sizes never reach grading; the line says which."""
    assert refused(with_change(TRAINING, path, value)).startswith(reason)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"epochs": 0, "rates": [], "history": {}}, id="broke off before its first epoch"),
        pytest.param({"history": {}}, id="no history"),
        pytest.param({"epochs": 100_000}, id="most epochs"),
        pytest.param({"batch_size": 0}, id="batches that are not seen"),
        pytest.param({"parameters": 0}, id="no weights"),
        pytest.param({"layers": [{"kind": "Dense", "settings": {}}] * 2_000}, id="most layers"),
        pytest.param({"metrics": ["m"] * 100, "options": ["o"] * 100}, id="most names"),
        pytest.param({"history": {f"metric_{number}": [] for number in range(100)}}, id="most series"),
        pytest.param({"loss": "x" * 200}, id="longest text"),
        pytest.param({"optimizer_settings": {"a": 1e100, "b": -1e100}}, id="largest numbers"),
    ],
)
def test_a_training_at_a_bound_is_admitted(changed):
    """However unusual, it may be an honest student's: nothing is refused that a limit still allows."""
    [training], faults = admit_trainings([TRAINING | changed])
    assert (training.number, faults) == (1, [])


@pytest.mark.parametrize(("results", "admitted"), [(100, 1), (101, 0)])
def test_an_evaluation_has_a_bounded_number_of_results(results, admitted):
    """As many as metrics that a training may have."""
    evaluation = EVALUATION | {"results": {f"metric_{number}": 1.0 for number in range(results)}}
    evaluations, faults = admit_evaluations([evaluation], admit_trainings([TRAINING])[0])
    assert len(evaluations) == admitted
    expected = {"kind": Detail("kind.evaluation"), "position": 1, "fault": Detail("entry.results")}
    assert [fault.fields for fault in faults] == [expected] * (1 - admitted)


@pytest.mark.parametrize("entry", [None, 1, "training", [], [TRAINING], {}])
def test_what_is_no_training_at_all_is_refused(entry):
    """Anything may stand where an entry is due."""
    assert refused(entry)


def test_one_bad_entry_does_not_cost_the_others():
    """A forged entry is refused by its place, and those around it stay."""
    entries = [TRAINING, {"number": 2}, with_change(TRAINING, "number", 3)]
    trainings, [fault] = admit_trainings(entries)
    assert [training.number for training in trainings] == [1, 3]
    assert (fault.code, fault.fields["position"]) == ("journal.entry", 2)


def test_a_number_taken_twice_is_refused():
    """An evaluation names its training by number, so a number names one training."""
    trainings, faults = admit_trainings([TRAINING, with_change(TRAINING, "loss", "forged")])
    assert [training.loss for training in trainings] == ["mean_squared_error"]
    assert list(map(in_english, faults)) == ["training 2: its number 1 was taken by an earlier one"]


@pytest.mark.parametrize(("number", "admitted"), [(None, 1), (1, 1), (7, 0)])
def test_an_evaluation_names_a_training_of_the_journal_or_none(number, admitted):
    """No evaluation leads to a training that was refused or never was."""
    trainings, _ = admit_trainings([TRAINING])
    evaluations, faults = admit_evaluations([EVALUATION | {"training": number}], trainings)
    assert len(evaluations) == admitted
    refused_for = Detail.of("entry.unknown_training", number=7)
    assert [fault.fields["fault"] for fault in faults] == [refused_for] * (1 - admitted)


def test_a_flood_is_cut_off_with_a_line():
    """More entries than any honest notebook has are not even looked at."""
    entries = [with_change(TRAINING, "number", number) for number in range(MAXIMUM_TRAININGS + 5)]
    trainings, faults = admit_trainings(entries)
    assert len(trainings) == MAXIMUM_TRAININGS
    assert list(map(in_english, faults)) == ["too many entries (training): 1,005; only the first 1,000 were read"]
    figures, [fault] = admit_figures([{"cell": 0, "lines": []}] * (MAXIMUM_FIGURES + 1))
    assert (len(figures), in_english(fault)) == (
        MAXIMUM_FIGURES,
        "too many entries (figure): 101; only the first 100 were read",
    )


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(sorted(TRAINING)), value=ANY_JSON)
def test_any_value_in_any_field_gives_a_record_or_a_line(key, value):
    """For any JSON in any place: nothing raises, and what is admitted can be written and read back."""
    trainings, faults = admit_trainings([TRAINING | {key: value}])
    assert len(trainings) + len(faults) == 1
    for training in trainings:
        assert from_json(Training, to_json(training)) == training


@given(entries=st.lists(ANY_JSON, max_size=3))
def test_any_entries_are_survived_by_all_three_kinds(entries):
    """Evaluations and figures take no more on trust than trainings do."""
    for records, faults in (admit_evaluations(entries, ()), admit_figures(entries)):
        assert len(records) + len(faults) == len(entries)
        assert all(isinstance(record, Evaluation | Figure) for record in records)


def test_a_training_loop_becomes_a_record():
    """What was seen of a loop is kept; one of no steps, or of another form, is refused by a line."""
    entry = {"type": "loop", "cell": 3, "kind": "train_on_batch", "steps": 400}
    loops, faults = admit_loops([entry, {**entry, "steps": 0}, {"cell": 3}, "x"])
    assert loops == (Loop(3, "train_on_batch", 400),)
    assert [fault.fields["position"] for fault in faults] == [2, 3, 4]
    assert {fault.fields["kind"] for fault in faults} == {Detail("kind.loop")}
    assert faults[0].fields["fault"] == Detail("entry.no_steps")


def test_a_loop_of_one_step_is_one():
    """A single call of `train_on_batch` changes a network."""
    assert admit_loops([{"type": "loop", "cell": 3, "kind": "train_on_batch", "steps": 1}])[1] == []


def test_an_entry_that_does_not_say_so_is_attested():
    """Kept runs of before are of notebooks that were looked at; a claim says that it is one."""
    trainings, _ = admit_trainings([TRAINING, {**TRAINING, "number": 2, "attested": False, "ends_at": "ab" * 32}])
    assert [training.attested for training in trainings] == [True, False]
