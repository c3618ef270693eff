"""Known mistakes by their marks: the validity bench's mutants have them, and no correct solution does."""

import json

import pytest

from autograder.assignment import open_assignment
from autograder.errors import ConfigurationError
from autograder.grading import grade
from autograder.records import Detail, Evidence, Finding, Reason, Verdict, from_json
from autograder.report.causes import Cause, likely_causes, read_causes

DUE = {
    "no-z-score": "the z-score was left out",
    "scaled-to-0-and-1-in-place-of-z-scored": "scaled to 0 to 1",
    "statistics-of-all-506-rows": "computed on all 506 rows",
    "test-data-z-scored-with-its-own-statistics": "normalised with their own",
    "error-on-the-training-data": "measured on the training data",
    "part-of-the-training-data-as-validation-data": "a part of the training data was used",
    "targets-scaled-to-thousands-of-dollars": "converted from thousands",
    "unscaled-images": "pixels were not scaled",
    "1-600-images": "1,600 images",
    "decay-from-epoch-0": "from the first epoch on",
    "ten-times-the-decay": "was 0.5, not 0.05",
}
"""What is said of which mutant, and of no other run that is kept."""


@pytest.fixture(scope="module")
def said(root):
    """Grade every stored run of the bench, and return the known mistakes found in each, by its name."""
    assignment = open_assignment(root / "grading.yml")
    key_spec, baseline, causes = (
        assignment.specification.key_spec,
        assignment.baseline("real"),
        assignment.causes("real"),
    )
    found = {}
    for path in (root / "reference" / "real" / "validity").glob("*.json"):
        evidence = from_json(Evidence, json.dumps(json.loads(path.read_text(encoding="utf-8"))["evidence"]))
        given = grade(evidence, key_spec, baseline)
        found[path.stem.rpartition("-")[0]] = [text for text, _ in likely_causes(causes, given.findings, "en")]
    return found


def test_each_mistake_is_told_by_its_mark_and_once(said):
    """Whatever the seed, over both questions and all eight batch sizes."""
    for name, part in DUE.items():
        assert len(said[name]) == 1, name
        assert part in said[name][0]


def test_no_other_run_is_told_of_a_mistake(said):
    """Honest solutions in eight ways of writing, and every other mutant."""
    assert {name: texts for name, texts in said.items() if texts and name not in DUE} == {}
    assert sum(name.startswith("seed-") for name in said) >= 29


def test_a_cause_is_told_with_the_questions_where_it_shows():
    """Once, in the reader's language, and not if that has no text for it."""
    cause = Cause(code="recipe.rates", found={"epoch": 1, "rate": 0.5}, said={"en": "Too fast."})
    reason = Reason("recipe.rates", found=Detail.of("recipe.rate", epoch=1, rate=0.50001))
    findings = [Finding("r", name, Verdict.FAIL, 0, 1, (reason, reason)) for name in ("q01", "q02")]
    assert likely_causes([cause], findings, "en") == (("Too fast.", ("q01", "q02")),)
    assert likely_causes([cause], findings, "pt-BR") == ()
    other = [Finding("r", "q01", Verdict.FAIL, 0, 1, (Reason("recipe.rates", found="0.5"),))]
    assert likely_causes([cause], other, "en") == ()


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "- {code: x}",
        "- {code: 2026-01-01}",
        "- {code: 2026-02-30}",
        "- [",
        "- {code: x, found: {a: 1}, said: {fr: x}}",
    ],
)
def test_a_file_that_is_no_list_of_causes_is_one_line(tmp_path, text):
    """The error says where it is, and what to do."""
    (tmp_path / "causes.yml").write_text(text)
    with pytest.raises(ConfigurationError, match="is not a list of causes"):
        read_causes(tmp_path)
    assert read_causes(tmp_path / "nowhere") == ()
