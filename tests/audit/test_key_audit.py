import dataclasses

import pytest

from autograder.audit import WORDINGS, Audit
from autograder.grading import observe
from autograder.grading.key_audit import audit_keys
from autograder.records import Values


def with_values(evidence, **given):
    """Return evidence with some executed values changed (None takes one away)."""
    values = {name: value for name, value in {**evidence.executed.given, **given}.items() if value is not None}
    return dataclasses.replace(evidence, executed=Values(values, {}))


def audited(key_spec, runs):
    """Return the audit of every question by some runs."""
    return audit_keys(key_spec, [observe(run, key_spec) for run in runs])


def of(audits, question):
    """Return the audit of one question."""
    return next(audit for audit in audits if audit.question == question)


def test_each_question_that_speaks_of_numbers_is_audited(key_spec, scattered):
    """Five questions make claims; on runs like the published one every key is supported, in nearly every run."""
    audits = audited(key_spec, [scattered(seed) for seed in range(6)])
    assert [audit.question for audit in audits] == ["q01", "q03", "q07", "q08", "q10"]
    assert all(audit.upheld and audit.runs == 6 and audit.dead == 0 for audit in audits)
    assert {claim.formula: claim.held for claim in of(audits, "q07").of_key.claims}["B.loss[-1] < A.loss[-1]"] == 6
    assert of(audits, "q03").best_share == 1.0


def test_a_key_that_the_runs_do_not_support_is_found_out(key_spec, scattered):
    """If the smallest batches are the worst and the middle ones the best, option c is best and the key is not."""
    errors = {"2": 40.0, "4": 38.0, "8": 23.0, "16": 22.0, "32": 20.0, "64": 20.5, "128": 30.0, "256": 35.0}
    audit = of(audited(key_spec, [with_values(scattered(1), q08_mse=errors)]), "q08")
    assert not audit.upheld
    assert audit.best_share == 0.0
    assert {option.option: (option.support, option.alone) for option in audit.options}["c"] == (1.0, 1)
    assert [claim.held for claim in audit.of_key.claims] == [0, 0, 0, 0]


def test_as_good_as_another_is_not_upheld(key_spec, scattered):
    """A tie counts for neither option and is shown separately; the key must be better than the others."""
    errors = {"2": 21.0, "4": 19.0, "8": 22.0, "16": 23.0, "32": 24.0, "64": 25.0, "128": 26.0, "256": 30.0}
    tied = {**errors, "128": 20.0, "2": 27.0}  # best 4 and 128, worst 256 and 2: a holds two claims, d two
    audit = of(audited(key_spec, [with_values(scattered(1), q08_mse=tied)]), "q08")
    assert {option.option: option.support for option in audit.options} == pytest.approx(
        {"a": 0.5, "b": 0.25, "c": 0.25, "d": 0.5}
    )
    assert (audit.upheld, audit.of_key.alone, audit.of_key.shared) == (False, 0, 1)


def test_a_run_of_some_questions_counts_for_them_alone(key_spec, scattered):
    """Numbers that a run did not give support no option."""
    partial = with_values(scattered(2), q10_scores=None, q10_history=None)
    audits = audited(key_spec, [scattered(1), partial])
    assert (of(audits, "q08").runs, of(audits, "q10").runs) == (2, 1)


def test_dead_networks_speak_for_no_option(key_spec, scattered):
    """A run with a dead network is left out of that question and counted."""
    alive = scattered(1)
    flat = {"loss": (586.2,) * 11}
    trainings = tuple(
        dataclasses.replace(training, history=flat) if training.number == 4 else training
        for training in alive.trainings
    )
    audits = audited(key_spec, [alive, dataclasses.replace(alive, trainings=trainings)])
    assert (of(audits, "q08").runs, of(audits, "q08").dead) == (1, 1)
    assert (of(audits, "q07").runs, of(audits, "q07").dead) == (2, 0)


def test_without_a_run_nothing_is_upheld(key_spec):
    """No evidence does not support the key."""
    assert not any(audit.upheld for audit in audited(key_spec, []))


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_without_a_run_the_warning_asks_for_runs(key_spec, language):
    """A key that no run speaks of is not called wrong: what is needed are runs."""
    found = Audit("real", tuple(audited(key_spec, [])))
    wording = WORDINGS[language]
    for key, warning in zip(found.keys, wording.warnings(found), strict=True):
        assert warning == wording.verdict(key)
        assert warning.startswith(f"{key.question}: ")
        assert "`autograder calibrate`" in warning
        assert "0%" not in warning
