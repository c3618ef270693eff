"""A small class of two items, one of them a choice, whose numbers can be calculated by hand."""

import hashlib

import pytest

from autograder.class_report import CodeComparer, Conditions, make_entry, make_report
from autograder.records import Cell, Evidence, Finding, Grade, Job, Reason, Run, RunVerdict, Usage, Values, Verdict
from autograder.reference import ReferenceRun, RunSummary, build_baseline
from autograder.rubric import load

RUBRIC = """
assignment: {name: small, points: 3, notebooks: {en: small.ipynb}, reference: reference}
limits:
  cell_seconds: 10
  notebook_seconds: 20
  memory_mebibytes: 512
  processes: 64
  output_mebibytes: 1
  files_mebibytes: 16
  evidence_mebibytes: 1
policy:
  claimed: review
  feedback: full
  tolerance: {coverage: 0.95, confidence: 0.95, minimum_runs: 8, fallback_log: 0.7, fallback_logit: 1.5}
questions:
  q01:
    variables:
      q01_answer: {type: letter, options: abcd}
      q01_loss: {type: map, keys: [one, two], of: {type: number}}
    items:
      answer: {points: 1, check: choice, value: q01_answer, key: b}
      losses: {points: 2, check: interval, scale: log, values: [q01_loss.one, q01_loss.two]}
titles:
  en: {q01: Losses, q01.answer: Option, q01.losses: Both losses}
"""
POINTS = {"answer": 1.0, "losses": 2.0}
WHY = {
    "answer": Reason("choice.wrong", "q01_answer", "c", "b"),
    "losses": Reason("interval.outside", "q01_loss.one", 9.0),
}


@pytest.fixture(scope="session")
def specification(tmp_path_factory):
    """Read the rubric."""
    path = tmp_path_factory.mktemp("small") / "grading.yml"
    path.write_text(RUBRIC)
    return load(path)


@pytest.fixture(scope="session")
def baseline():
    """Return twenty runs whose two losses rise and fall together."""
    runs = []
    for seed in range(20):
        loss = 2.0 + 0.1 * seed
        jitter = 1.0 + 0.01 * (-1) ** seed
        runs.append(
            ReferenceRun(seed, {}, "", 1, 1.0, RunSummary({"q01_loss.one": loss, "q01_loss.two": loss * jitter}))
        )
    return build_baseline("real", tuple(runs))


@pytest.fixture(scope="session")
def entry(specification):
    """Return a builder of entries: a student, a letter, two losses, and the verdicts of both items."""

    def build(student, letter="b", numbers=(3.0, 3.0), code="", saved=(), **verdicts):
        code = code or f"x = {student!r}"
        found = []
        for item, possible in POINTS.items():
            verdict, flags = verdicts.get(item, Verdict.PASS), verdicts.get(f"{item}_flags", ())
            reasons = () if verdict is Verdict.PASS else (WHY[item],)
            earned = possible if verdict is Verdict.PASS else 0.0
            found.append(Finding(item, "q01", verdict, earned, possible, reasons, flags))
        internal = any(finding.verdict is Verdict.INTERNAL for finding in found)
        points = None if internal else sum(finding.points for finding in found)
        name = hashlib.sha256(f"{student} {code}".encode()).hexdigest()[:16]
        given = {"q01_answer": letter, "q01_loss": dict(zip(("one", "two"), numbers, strict=False))}
        given = {key: value for key, value in given.items() if value}
        claimed = {"q01_loss": dict(zip(("one", "two"), saved, strict=True))} if saved else {}
        grade = Grade(name, student, "en", verdicts.get("notebook", name), RunVerdict.COMPLETE, None, points, 3.0,
                      tuple(found), verdicts.get("flags", ()), "r", "b", "real")  # fmt: skip
        evidence = Evidence(name, student, "en", name, RunVerdict.COMPLETE, None, Values(given, {}),
                            Values(claimed, {}), (), (), (), (), ())  # fmt: skip
        job = Job(name, student, f"{student}.ipynb", name, "en", tuple(Cell(0, part) for part in code.split("\n\n")))
        run = Run(name, RunVerdict.COMPLETE, None, "", (), {}, (), (), (), {}, Usage(wall_seconds=4, cpu_seconds=3))
        return make_entry(grade, evidence, specification.key_spec, job, run, CodeComparer().fingerprints(job))

    return build


@pytest.fixture(scope="session")
def report(specification, baseline):
    """Return a builder of reports."""

    def build(entries, **parts):
        conditions = Conditions("real", "ab" * 32, baseline.digest, {"keras": "3"})
        return make_report(specification, baseline, conditions, entries, comparer=CodeComparer(), **parts)

    return build


@pytest.fixture(scope="session")
def five(entry):
    """Five students with 3, 3, 2, 1 and 0 points."""
    return [
        entry("Ana"),
        entry("Bia", numbers=(2.5, 2.5)),
        entry("Caio", "c", answer=Verdict.FAIL),
        entry("Davi", numbers=(9.0, 3.0), losses=Verdict.FAIL),
        entry("Érica", "c", numbers=(9.0, 9.0), answer=Verdict.FAIL, losses=Verdict.FAIL),
    ]
