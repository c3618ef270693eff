"""Assignments without Keras: a quiz without reference runs, and a stochastic number without a training."""

import pytest

from autograder.grading import grade, summarise
from autograder.records import Evidence, RunVerdict, Values
from autograder.reference import Baseline, ReferenceRun, build_baseline
from autograder.rubric.model import KeySpec

POLICY = {
    "claimed": "review",
    "feedback": "hints",
    "tolerance": {
        "coverage": 0.99,
        "confidence": 0.95,
        "minimum_runs": 8,
        "fallback_log": 0.5,
        "fallback_logit": 1.0,
    },
}
LETTER = {"points": 1, "check": "choice", "value": "warm_up_answer", "key": "b"}
CLAIMS = {
    "a": [{"claim": "less", "left": "warm_up_share", "right": 0.1}],
    "b": [{"claim": "less", "left": "warm_up_share", "right": 0.8}],
    "c": [{"claim": "less", "left": 0.8, "right": "warm_up_share"}],
    "d": [{"claim": "less", "left": 0.9, "right": "warm_up_share"}],
}
SHARE = {"points": 1, "check": "interval", "scale": "logit", "values": ["warm_up_share"]}


def a_key_spec(defensible="review", **items) -> KeySpec:
    """Build the rubric of one question."""
    variables = {
        "warm_up_answer": {"type": "letter", "options": "abcd"},
        "warm_up_share": {"type": "number"},
    }
    return KeySpec.model_validate(
        {
            "assignment": {"name": "quiz", "points": 1, "notebooks": {}, "reference": "reference"},
            "policy": {**POLICY, "defensible": defensible},
            "questions": {"warm_up": {"variables": variables, "items": items}},
        }
    )


def an_evidence(**given) -> Evidence:
    """Return the evidence of a notebook."""
    return Evidence(
        job_id="0123456789abcdef",
        student="ada",
        language="en",
        notebook_sha256="0" * 64,
        run_verdict=RunVerdict.COMPLETE,
        run_detail="",
        executed=Values(given, {}),
        claimed=Values({}, {}),
        trainings=(),
        evaluations=(),
        figures=(),
        cells=(),
        faults=(),
    )


def a_baseline(key_spec) -> Baseline:
    """Build a baseline of ten runs whose accuracy is about 0.8."""
    shares = [0.78, 0.79, 0.8, 0.81, 0.82, 0.785, 0.795, 0.805, 0.815, 0.8]
    runs = [
        ReferenceRun(seed, {}, "cpu", 1, 1.0, summarise(an_evidence(warm_up_share=share + seed / 1e4), key_spec))
        for seed, share in enumerate(shares)
    ]
    return build_baseline("real", runs)


@pytest.mark.parametrize(("letter", "points"), [("b", 1.0), ("c", 0.0)])
def test_a_quiz_needs_no_baseline(letter, points):
    """A rubric with letters only is graded without runs."""
    key_spec = a_key_spec(answer=LETTER)
    assert not key_spec.needs_runs
    assert grade(an_evidence(warm_up_answer=letter), key_spec, Baseline.empty("real")).points == points


@pytest.mark.parametrize(("share", "verdict"), [(0.8, "PASS"), (0.5, "FAIL")])
def test_a_number_of_no_training_is_judged_on_itself(share, verdict):
    """If a question requests no training, honest numbers need none."""
    key_spec = a_key_spec(share=SHARE)
    assert key_spec.needs_runs
    (finding,) = grade(an_evidence(warm_up_share=share), key_spec, a_baseline(key_spec)).findings
    assert (finding.verdict, finding.flags) == (verdict, ())


def test_a_letter_may_require_a_number_of_no_training():
    """The number must exist, and needs no proof."""
    key_spec = a_key_spec(answer={**LETTER, "requires": ["share"]}, share=SHARE)
    baseline = a_baseline(key_spec)
    with_number = grade(an_evidence(warm_up_answer="b", warm_up_share=0.5), key_spec, baseline)
    without = grade(an_evidence(warm_up_answer="b"), key_spec, baseline)
    assert [found.verdict for found in with_number.findings] == ["PASS", "FAIL"]
    assert [found.verdict for found in without.findings] == ["FAIL", "MISSING"]


@pytest.mark.parametrize(
    ("defensible", "share", "letter", "verdict", "flags"),
    [
        pytest.param("review", 0.81, "c", "FAIL", ["choice.defensible"], id="flagged"),
        pytest.param("accept", 0.81, "c", "PASS", ["choice.defensible"], id="accepted"),
        pytest.param("reject", 0.81, "c", "FAIL", [], id="rejected by the policy"),
        pytest.param("accept", 0.79, "c", "FAIL", [], id="the number supports the key"),
        pytest.param("accept", 0.95, "d", "FAIL", [], id="the number is outside its interval"),
    ],
)
def test_a_right_number_defends_another_letter(defensible, share, letter, verdict, flags):
    """Without trainings, the student's numbers count for a letter where their own items judge them right."""
    key_spec = a_key_spec(defensible, answer={**LETTER, "claims": CLAIMS}, share=SHARE)
    given = an_evidence(warm_up_answer=letter, warm_up_share=share)
    found = grade(given, key_spec, a_baseline(key_spec)).findings[0]
    assert (found.verdict, [flag.code for flag in found.flags]) == (verdict, flags)


def test_a_number_that_no_item_judges_defends_nothing():
    """Such a number may have been made up: it cannot speak for a letter."""
    key_spec = a_key_spec("accept", answer={**LETTER, "claims": CLAIMS})
    given = an_evidence(warm_up_answer="c", warm_up_share=0.81)
    assert [(found.verdict, found.flags) for found in grade(given, key_spec, Baseline.empty("real")).findings] == [
        ("FAIL", ())
    ]


@pytest.mark.parametrize(("judged", "verdict"), [(["few", "many"], "PASS"), (["few"], "FAIL")])
def test_every_number_of_a_map_must_be_judged(judged, verdict):
    """An option that speaks of the largest number of a map speaks of all of its numbers."""
    claims = {
        letter: [{"claim": "extreme", "key": key, "numbers": "warm_up_errors", "which": "largest", "count": 1}]
        for letter, key in {"a": "few", "b": "many"}.items()
    }
    variables = {
        "warm_up_answer": {"type": "letter", "options": "ab"},
        "warm_up_errors": {"type": "map", "keys": ["few", "many"], "of": {"type": "number"}},
    }
    items = {
        "answer": {**LETTER, "claims": claims},
        **{
            key: {"points": 1, "check": "close", "value": f"warm_up_errors.{key}", "expected": 1.0, "absolute": 0.5}
            for key in judged
        },
    }
    document = a_key_spec("accept").model_dump() | {"questions": {"warm_up": {"variables": variables, "items": items}}}
    given = an_evidence(warm_up_answer="a", warm_up_errors={"few": 1.2, "many": 1.1})
    assert grade(given, KeySpec.model_validate(document), Baseline.empty("real")).findings[0].verdict == verdict
