"""An attacker hands in three notebooks and reads every byte of the pages before anything is released.

Whatever the attacker computes is a function of the pages. So it suffices that the pages are byte-identical under every
other key, and under reference runs that allow other numbers: then they reveal neither.
"""

import dataclasses
import json
import re

import pytest

from autograder.assignment import open_assignment
from autograder.evidence import examine
from autograder.grading import grade
from autograder.records import Evidence, Job, Run, RunVerdict, Usage, from_json
from autograder.reference import read_runs
from autograder.report import Background, chosen_letters, justified, read_justifications, student_page
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.close import Close
from autograder.rubric.checks.equal import Equal
from autograder.rubric.model import KeySpec


@pytest.fixture(scope="module")
def assignment(root):
    """The course's own."""
    return open_assignment(root / "grading.yml")


@pytest.fixture(scope="module")
def hand_ins(assignment):
    """Three notebooks: the whole solution, one without a z-score, and one with guessed letters and some values."""
    right = max(read_runs(assignment.runs_folder("real")), key=lambda run: len(run.evidence.executed.given)).evidence
    mutant = next((assignment.reference("real") / "validity").glob("no-z-score-*.json"))
    without = from_json(Evidence, json.dumps(json.loads(mutant.read_text(encoding="utf-8"))["evidence"]))
    run_spec = assignment.specification.run_spec
    values = {name: "a" for name, shape in run_spec.variables.items() if shape.type == "letter"}
    values |= {"q01_losses": {"squared": 1, "hinge": "x"}, "q10_params": {"inception": 1.0, "resnet": 2.0}}
    job = Job("1" * 16, "Ana", "ana.ipynb", "ab" * 32, "en", ())
    guessed = examine(job, Run(job.id, RunVerdict.COMPLETE, None, "", (), values, (), (), (), {}, Usage()), run_spec)
    return [right, without, guessed]


def other_keys(assignment):
    """Yield the rubric with every letter shifted by one, two and three, and every expected number changed."""

    def changed(item, by):
        match item:
            case Choice(key=key):
                return item.model_copy(update={"key": "abcd"[("abcd".index(key) + by) % 4]})
            case Close() | Equal():
                return item.model_copy(update={"expected": shifted(item.expected, by)})
        return item

    def shifted(value, by):
        if isinstance(value, dict):
            return {key: shifted(child, by) for key, child in value.items()}
        if isinstance(value, list):
            return [shifted(child, by) for child in reversed(value)]
        return value if isinstance(value, str) else value + by

    specification = assignment.specification
    for by in (1, 2, 3):
        questions = {
            name: question.model_copy(update={"items": {key: changed(one, by) for key, one in question.items.items()}})
            for name, question in specification.questions.items()
        }
        yield KeySpec.model_construct(
            assignment=specification.assignment, policy=specification.policy, questions=questions
        )


def other_baseline(baseline):
    """Return reference runs with numbers half as large, so that no student's number has its old position."""
    runs = tuple(
        dataclasses.replace(
            run,
            summary=dataclasses.replace(
                run.summary, values={path: number / 2 for path, number in run.summary.values.items()}
            ),
        )
        for run in baseline.runs
    )
    return dataclasses.replace(baseline, runs=runs)


def page(assignment, evidence, key_spec, baseline, policy):
    """Return a page made with all available data, so that only the policy can withhold something."""
    specification = assignment.specification
    given = dataclasses.replace(grade(evidence, key_spec, baseline), rubric_sha256="", baseline_sha256="")
    folder = assignment.folder / specification.assignment.reference
    why = justified(read_justifications(folder, key_spec.questions), key_spec.questions, given.language, evidence)
    background = Background(
        specification.assignment,
        assignment.option_texts(given.language),
        chosen_letters(key_spec.questions, evidence),
        assignment.causes("real"),
        dataclasses.replace(assignment.reference_numbers("real"), numbers=baseline.numbers()),
    )
    return student_page(given, evidence, policy, specification.titles[given.language], why, background)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["none", "form"])
def test_no_page_depends_on_the_key_or_on_an_interval(assignment, hand_ins, policy):
    """This includes the correct solution, which the attacker cannot distinguish from a wrong one."""
    baseline = assignment.baseline("real")
    key_spec = assignment.specification.key_spec
    for evidence in hand_ins:
        shown = page(assignment, evidence, key_spec, baseline, policy)
        for other in other_keys(assignment):
            assert page(assignment, evidence, other, baseline, policy) == shown
        assert page(assignment, evidence, key_spec, other_baseline(baseline), policy) == shown


def test_the_same_comparison_sees_a_page_that_does_depend_on_them(assignment, hand_ins):
    """Under full feedback the pages differ, so the comparison works."""
    baseline, key_spec = assignment.baseline("real"), assignment.specification.key_spec
    shown = page(assignment, hand_ins[1], key_spec, baseline, "full")
    assert page(assignment, hand_ins[1], next(other_keys(assignment)), baseline, "full") != shown
    assert page(assignment, hand_ins[1], key_spec, other_baseline(baseline), "full") != shown


@pytest.mark.parametrize("policy", ["none", "form", "score", "hints"])
def test_no_interval_and_no_number_of_a_reference_run_is_in_any_page(assignment, hand_ins, policy):
    """Neither in words nor as a coordinate: there is no plot, and none of their digits."""
    baseline, key_spec = assignment.baseline("real"), assignment.specification.key_spec
    for evidence in hand_ins:
        text = page(assignment, evidence, key_spec, baseline, policy)
        assert "<figure" not in text
        assert "polyline" not in text
        own = {f"{one.obtained:.3g}" for finding in grade(evidence, key_spec, baseline).findings
               for one in finding.comparisons}  # fmt: skip
        secret = {f"{bound:.4g}" for finding in grade(evidence, key_spec, baseline).findings
                  for one in finding.comparisons for bound in (one.lower, one.upper)}  # fmt: skip
        found = {number.replace(",", ".") for number in re.findall(r"\d+[.,]\d+", text)}
        told = {number for number in found if any(number.startswith(one) for one in secret if len(one) > 3)}
        assert {number for number in told if not number.startswith(tuple(own))} == set()


def test_a_right_letter_and_a_wrong_one_look_alike(assignment, hand_ins):
    """Under `form` the pages of four notebooks that differ in one letter differ in that letter's text only."""
    baseline, key_spec = assignment.baseline("real"), assignment.specification.key_spec
    right = hand_ins[0]
    pages = []
    for letter in "abcd":
        given = {**right.executed.given, "q02_answer": letter}
        evidence = dataclasses.replace(right, executed=dataclasses.replace(right.executed, given=given))
        text = page(assignment, evidence, key_spec, baseline, "form")
        pages.append(re.sub(r'<p class="chosen">.*?</p>', "", text))
    assert len(set(pages)) == 1
