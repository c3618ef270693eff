import dataclasses
import json

import pytest

from autograder.errors import ConfigurationError
from autograder.grading import grade, summarise
from autograder.records import DataSummary, Detail, Values
from autograder.reference import Baseline, build_baseline, cautions, load_baseline


def test_a_baseline_comes_back_from_json(baseline):
    """A stored baseline is read back equal, with the same digest and text."""
    again = Baseline.from_json(baseline.to_json())
    assert again == baseline
    assert (again.digest, again.to_json()) == (baseline.digest, baseline.to_json())


def test_a_folder_is_loaded(baseline, tmp_path):
    """`baseline.json` of a folder is read."""
    (tmp_path / "baseline.json").write_text(baseline.to_json(), encoding="utf-8")
    assert load_baseline(tmp_path) == baseline


def edited(text, change):
    """Change the content of a JSON text."""
    content = json.loads(text)
    change(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(lambda text: text.replace('"threads": 2', '"threads": 3'), "edited by hand", id="edited"),
        pytest.param(lambda text: edited(text, lambda all_of: all_of.pop("sha256")), "not a baseline", id="no digest"),
        pytest.param(lambda text: edited(text, lambda all_of: all_of.update(more=1)), "more", id="unknown key"),
        pytest.param(lambda text: edited(text, lambda all_of: all_of.update(version=2)), "version", id="version"),
        pytest.param(lambda text: text[:500], "not a baseline", id="truncated"),
        pytest.param(lambda _: "[]", "not a baseline", id="a list"),
        pytest.param(lambda _: "[" * 100_000, "not a baseline", id="nested"),
        pytest.param(lambda _: "", "not a baseline", id="empty"),
    ],
)
def test_a_spoilt_file_is_refused(baseline, tmp_path, spoil, what):
    """Whatever is wrong with the file, one line says what, where, and how to make a new one."""
    (tmp_path / "baseline.json").write_text(spoil(baseline.to_json()), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=what) as caught:
        load_baseline(tmp_path)
    assert "autograder calibrate" in str(caught.value)
    assert "baseline.json" in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    """A missing file is reported in one line as well."""
    with pytest.raises(ConfigurationError, match="autograder calibrate"):
        load_baseline(tmp_path)


def test_an_unknown_number_is_refused(baseline, key_spec):
    """A path that no run gave has no interval, and an untrained item has no data."""
    with pytest.raises(ConfigurationError, match="q99_x"):
        baseline.interval("q99_x", key_spec.questions["q08"].items["errors"], key_spec.policy.tolerance)
    with pytest.raises(ConfigurationError, match=r"q08\.recipe, variant 3"):
        baseline.training_data("q08.recipe", "3")


def test_a_number_outside_its_scale_is_refused(make_run, key_spec):
    """A reference error of zero has no logarithm, which is reported, not skipped."""
    run = make_run(1)
    values = {**run.summary.values, "q08_mse.2": 0.0}
    spoilt = build_baseline("real", [dataclasses.replace(run, summary=dataclasses.replace(run.summary, values=values))])
    with pytest.raises(ConfigurationError, match="without a log"):
        spoilt.interval("q08_mse.2", key_spec.questions["q08"].items["errors"], key_spec.policy.tolerance)


def test_the_reference_passes_its_own_baseline(key_spec, make_run, scattered):
    """Each run of a baseline earns 10 by it: calibration and grading read the same numbers at the same places."""
    baseline = build_baseline("real", [make_run(seed) for seed in range(8)])
    assert [grade(scattered(seed), key_spec, baseline).points for seed in range(8)] == [10.0] * 8


def test_a_summary_holds_numbers_and_data(make_evidence, key_spec):
    """A reference run gives every number of an interval and, for each recipe and variant, its data."""
    evidence = make_evidence()
    summary = summarise(evidence, key_spec)
    assert summary.faults == summary.dead == ()
    assert len(summary.values) == 24
    assert summary.values["q10_scores.resnet.test[1]"] == 0.82
    assert {item: len(variants) for item, variants in summary.trainings.items()} == {
        "q07.recipe_a": 1,
        "q07.recipe_b": 1,
        "q08.recipe": 8,
        "q10.recipe_inception": 1,
        "q10.recipe_resnet": 1,
    }
    assert summary.trainings["q08.recipe"]["256"].evaluated == evidence.evaluations[0].inputs


def test_a_run_of_some_questions_is_enough(make_evidence, make_run, key_spec):
    """A reference run without some question contributes the others, without a fault."""
    given = {f"q10_{name}": None for name in ("params", "history", "scores", "answer")}
    summary = summarise(make_evidence(given=given), key_spec)
    assert summary.faults == ()
    assert not any(path.startswith("q10") for path in summary.values)
    partial = dataclasses.replace(make_run(5), summary=summary)
    baseline = build_baseline("real", [make_run(1), partial])
    tolerance, questions = key_spec.policy.tolerance, key_spec.questions
    assert baseline.interval("q08_mse.2", questions["q08"].items["errors"], tolerance).runs == 2
    assert baseline.interval("q10_history.resnet.loss[-1]", questions["q10"].items["losses"], tolerance).runs == 1


TWICE = Detail.of("value.word_twice", word="x")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        pytest.param({"trained": {2: {"epochs": 49}}}, "q07.recipe_b: recipe.epochs: 49, asked 50", id="recipe"),
        pytest.param({"trained": {2: None}}, "q07.recipe_b: no training gave", id="unlinked"),
        pytest.param({"faults": {"q08_mse.2": TWICE}}, "q08_mse.2: value.word_twice", id="malformed"),
        pytest.param({"evaluations": ()}, "q10_scores.resnet.test", id="evaluated by nobody"),
    ],
)
def test_a_reference_that_breaks_its_rubric_makes_no_baseline(make_evidence, make_run, key_spec, spoil, fault):
    """A contradiction between solved notebook and rubric is detected before any student is graded."""
    run = dataclasses.replace(make_run(3), summary=summarise(make_evidence(**spoil), key_spec))
    with pytest.raises(ConfigurationError, match="cannot form a baseline") as caught:
        build_baseline("real", [run])
    assert any(fault in line and line.startswith("seed-0003.json: ") for line in caught.value.faults)


def test_runs_on_different_data_make_no_baseline(make_evidence, make_run, key_spec):
    """Two reference runs trained on different data are not mixed."""
    other = DataSummary((404, 13), -1.0, 1.0, 0.0, 0.5, (0.1, 0.1, 0.1, 0.1))
    run = dataclasses.replace(make_run(3), summary=summarise(make_evidence(trained={1: {"inputs": other}}), key_spec))
    with pytest.raises(ConfigurationError) as caught:
        build_baseline("real", [make_run(1), run])
    assert any("q07.recipe_a: saw other data" in line for line in caught.value.faults)


def test_numbers_outside_every_run_fail(make_evidence, key_spec, baseline, find):
    """A reference number itself passes; twice the largest and half the smallest fail."""
    errors = dict(make_evidence().executed.given["q08_mse"])
    numbers = sorted(run.summary.values["q08_mse.64"] for run in baseline.runs)
    for error, verdict in ((numbers[6], "PASS"), (2 * numbers[-1], "FAIL"), (numbers[0] / 2, "FAIL")):
        evidence = make_evidence()
        values = Values({**evidence.executed.given, "q08_mse": {**errors, "64": error}}, {})
        evaluations = tuple(
            dataclasses.replace(one, results={"loss": error}) if one.training == 8 else one
            for one in evidence.evaluations
        )
        evidence = dataclasses.replace(evidence, executed=values, evaluations=evaluations)
        found = find(grade(evidence, key_spec, baseline), "q08.errors")
        assert found.verdict == verdict


def test_runs_of_different_versions_make_no_baseline(make_run):
    """The spread between two versions of Keras is not the exercise's: the odd run is named."""
    other = dataclasses.replace(make_run(3), versions={"keras": "4", "python": "3.12"})
    with pytest.raises(ConfigurationError) as caught:
        build_baseline("real", [make_run(1), other])
    assert caught.value.faults == ("seed-0003.json: used other versions than the first run (keras 4)",)
    alike = dataclasses.replace(make_run(3), versions={"keras": "3", "python": "3.12"})
    assert build_baseline("real", [make_run(1), alike]).versions == {"keras": "3"}


def test_a_run_is_not_counted_twice(make_run):
    """One seed under two names is detected by its numbers, as it would narrow the intervals."""
    again = dataclasses.replace(make_run(1), seed=None)
    with pytest.raises(ConfigurationError) as caught:
        build_baseline("real", [make_run(1), make_run(2), again])
    assert caught.value.faults == ("seed-own.json: has the same numbers as seed-0001.json",)


def test_dead_runs_are_no_twins(make_run):
    """Dead networks give the same numbers under every seed."""
    dead = [dataclasses.replace(make_run(1).summary, dead=tuple(make_run(1).summary.values)) for _ in range(2)]
    runs = [dataclasses.replace(make_run(seed), summary=one) for seed, one in enumerate(dead)]
    assert len(build_baseline("real", runs).runs) == 2


def test_a_baseline_of_other_versions_or_of_few_runs_is_warned_of(make_run, key_spec):
    """The warning says what is different, what follows, and what to do."""
    few = build_baseline("real", [make_run(seed) for seed in range(3)])
    assert [line.split(" (")[0] for line in cautions(few, key_spec, {"keras": "3"})] == [
        (
            "q07, q08, q10: 3 reference runs on real data where the policy asks for 8: intervals have a fixed width "
            "beyond them"
        )
    ]
    enough = build_baseline("real", [make_run(seed) for seed in range(8)])
    assert list(cautions(enough, key_spec, {"keras": "3"})) == []
    (line,) = cautions(enough, key_spec, {"keras": "4"})
    assert line.startswith("the baseline on real data was made with keras 3, here it is 4: ")
    assert "autograder calibrate" in line
