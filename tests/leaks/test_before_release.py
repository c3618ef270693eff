"""Before release, what students see of a grade does not depend on the key, neither on pages nor on Gradescope."""

import dataclasses
import json

import pytest

from autograder.evidence import examine
from autograder.gradescope.results_json import with_grade
from autograder.grading import grade
from autograder.records import Job, Run, RunVerdict, Usage
from autograder.reference import load_baseline
from autograder.report import grade_document, student_page
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.close import Close
from autograder.rubric.checks.equal import Equal
from autograder.rubric.model import KeySpec

LANGUAGES = ("pt-BR", "en")
BEFORE_RELEASE = ("none", "form", "score", "hints")


def other_key(specification):
    """Return the rubric with every letter and every expected value changed."""

    def changed(item):
        match item:
            case Choice(key=key):
                return item.model_copy(update={"key": "abcd"[("abcd".index(key) + 1) % 4]})
            case Close() | Equal():
                return item.model_copy(update={"expected": shifted(item.expected)})
        return item

    def shifted(value):
        if isinstance(value, dict):
            return {key: shifted(child) for key, child in value.items()}
        if isinstance(value, list):
            return [shifted(child) for child in value]
        return value if isinstance(value, str) else value + 17

    questions = {
        name: question.model_copy(
            update={"items": {item_name: changed(item) for item_name, item in question.items.items()}}
        )
        for name, question in specification.questions.items()
    }
    return KeySpec.model_construct(
        assignment=specification.assignment, policy=specification.policy, questions=questions
    )


def wrong_values(specification):
    """Return values that are wrong under the rubric and under the other one, and far from both.

    Hints name the element that is furthest off, and the words that are out of place: that much they do tell.
    """

    def filled(shape):
        match shape.type:
            case "number":
                return -1000.5
            case "numbers":
                return [-1000.5] * shape.length
            case "words":
                return [*shape.words[1:], shape.words[0]]
            case "map":
                return {key: filled(shape.of) for key in shape.keys}
        raise AssertionError(shape)

    keys = {item.value: item.key for one in specification.questions.values() for item in one.items.values()
            if isinstance(item, Choice)}  # fmt: skip
    return {
        name: "abcd"[("abcd".index(keys[name]) + 2) % 4] if shape.type == "letter" else filled(shape)
        for name, shape in specification.run_spec.variables.items()
    }


@pytest.fixture(scope="module", params=LANGUAGES)
def two_grades(request, specification, root):
    """Grade the same wrong evidence under the key and under another one."""
    job = Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, request.param, ())
    run = Run(
        job.id, RunVerdict.COMPLETE, None, "", (), wrong_values(specification), (), (), (), {}, Usage()
    )  # fmt: skip
    evidence = examine(job, run, specification.run_spec)
    baseline = load_baseline(root / "reference" / "real")
    grades = [grade(evidence, key, baseline) for key in (specification.key_spec, other_key(specification))]
    # The digests show that the key is another; no page contains them.
    return evidence, [dataclasses.replace(one, rubric_sha256="") for one in grades]


@pytest.mark.parametrize("policy", [*BEFORE_RELEASE, "full"])
def test_before_release_a_page_does_not_depend_on_the_key(two_grades, search, policy):
    """Under another key the page of a wrong notebook is byte-identical, so it reveals nothing about the key."""
    evidence, grades = two_grades
    assert [one.points for one in grades] == [grades[0].points] * 2
    pages = [student_page(one, evidence, policy, {}) for one in grades]
    assert (pages[0] == pages[1]) is (policy != "full")
    assert policy == "full" or search(pages[0].encode()) == set()


def seen_on_gradescope(results):
    """Return what Gradescope shows of a results.json: one hidden entry hides the total, and `extra_data` always is."""
    entries = [entry for entry in results["tests"] if entry["visibility"] == "visible"]
    shown = {"entries": [{name: entry[name] for name in entry if name != "visibility"} for entry in entries]}
    if results["visibility"] == "visible":
        shown["output"] = results["output"]
    if len(entries) == len(results["tests"]):
        shown["score"] = results["score"]
    return shown


@pytest.mark.parametrize("policy", [*BEFORE_RELEASE, "full"])
def test_before_release_gradescope_shows_nothing_that_depends_on_the_key(two_grades, specification, search, policy):
    """The total, names and outputs; the container's own output is for the instructor only."""
    _, grades = two_grades
    released = specification.model_copy(
        update={
            "policy": specification.policy.model_copy(update={"feedback": policy}),
            "release": specification.release.model_copy(update={"visibility": "visible"}),
        }
    )
    results = [with_grade(one, released, one.points, ("It ran.",), 1.0, {}) for one in grades]
    assert {one["stdout_visibility"] for one in results} == {"hidden"}
    shown = [seen_on_gradescope(one) for one in results]
    assert (shown[0] == shown[1]) is (policy != "full")
    assert policy == "full" or search(json.dumps(results[0], ensure_ascii=False).encode()) == set()
    assert set(shown[0]) == ({"entries", "output"} if policy in {"none", "form"} else {"entries", "output", "score"})
    assert len(shown[0]["entries"]) == {"none": 0, "form": 0, "score": 10}.get(policy, len(grades[0].findings))
    assert policy != "none" or "It ran." not in shown[0]["output"]


def test_what_the_instructor_gets_does_depend_on_it(two_grades):
    """The same comparison finds the difference in the JSON file, so it works."""
    _, grades = two_grades
    assert grade_document(grades[0]) != grade_document(grades[1])
