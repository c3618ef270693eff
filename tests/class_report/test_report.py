"""The class report's content: item analysis, failures, clusters, similar submissions, and joint outliers."""

import dataclasses
import math
import re
import sys
from pathlib import Path

import pytest

from autograder.class_report import CodeComparer
from autograder.class_report.class_page import class_page
from autograder.class_report.class_portuguese import PORTUGUESE
from autograder.class_report.items import analyse_items
from autograder.grading.key_audit import KeyAudit, OptionAudit
from autograder.records import Cell, Detail, Job, Reason, Refusal, Verdict
from autograder.report.short_flags import _SHORT
from autograder.rubric.cancellation import WHO_GETS_POINTS
from autograder.rubric.checks import FLAGS

LONG = "\n\n".join(
    f"def step_{name}(rows, weights):\n    total = 0\n    for row in rows:\n"
    f"        total += {expression}\n    return total"
    for name, expression in [
        ("a", "sum(w * x for w, x in zip(weights, row)) ** 2"),
        ("b", "max(row) - min(row) if len(row) > 3 else row[0] / (1 + abs(weights[0]))"),
        ("c", "[value for value in row if value not in weights][-1] % 7"),
        ("d", "dict(enumerate(row)).get(len(weights), 0) << 2"),
    ]
)


def test_item_analysis_of_five_students_by_hand(report, five):
    """Means, difficulties and the correlation of two items; alpha is 2 (1 - (0.3 + 1.2) / 1.7)."""
    found = report(five).analysis
    answer, losses = found.items
    assert (answer.difficulty, losses.difficulty) == (0.6, 0.6)
    # Of 1 1 0 1 0 against 2 2 2 0 0: covariance 0.4 of a root of 1.2 times 4.8.
    assert answer.discrimination.value == pytest.approx(0.4 / math.sqrt(1.2 * 4.8))
    assert found.reliability.alpha.value == pytest.approx(2 * (1 - 1.5 / 1.7))
    assert found.students == 5


def test_the_table_of_options_counts_the_class_and_the_runs(report, five):
    """Shares of the class beside shares of the reference runs; an option that no one chose has no discrimination."""
    options = tuple(OptionAudit(letter, (), 0.5, alone, 0) for letter, alone in zip("abcd", (1, 5, 13, 1), strict=True))
    [answer, _] = report(five).analysis.items
    assert [(one.letter, one.students, one.share) for one in answer.options] == [
        ("a", 0, 0.0), ("b", 3, 0.6), ("c", 2, 0.4), ("d", 0, 0.0)]  # fmt: skip
    assert answer.options[0].discrimination is None
    assert answer.options[2].discrimination.value < 0 < answer.options[1].discrimination.value
    assert answer.options[1].upheld is None
    assert not answer.suspect_key
    weighed = dataclasses.replace(answer, options=tuple(
        dataclasses.replace(row, upheld=audit.alone / 20) for row, audit in zip(answer.options, options, strict=True)
    ))  # fmt: skip
    assert weighed.suspect_key


def test_runs_that_bear_out_another_letter_make_the_key_suspect(report, five, specification):
    """The support of a question is shown with its choice."""
    key = specification.questions["q01"].items["answer"]
    claims = dict.fromkeys("abcd", ())
    changed = specification.model_copy(update={"questions": {"q01": specification.questions["q01"].model_copy(
        update={"items": {**specification.questions["q01"].items, "answer": key.model_copy(update={"claims": claims})}}
    )}})  # fmt: skip
    audit = KeyAudit(
        "q01",
        "answer",
        "b",
        ("b",),
        20,
        0,
        0,
        tuple(OptionAudit(letter, (), 0.5, 5 * (letter == "c"), 0) for letter in "abcd"),
    )
    [answer, _] = analyse_items(five, changed.key_spec, [audit]).items
    assert [one.upheld for one in answer.options] == [0.0, 0.0, 0.25, 0.0]
    assert (answer.runs, answer.suspect_key) == (20, True)


def test_whoever_has_no_grade_or_waits_is_counted_and_not_analysed(report, five, entry):
    """Their points are not known: they count in the verdicts, and in no mean."""
    more = [entry("Fábio", losses=Verdict.INTERNAL), entry("Gil", losses=Verdict.REVIEW)]
    found = report([*five, *more])
    assert (found.graded, found.pending, found.analysis.students) == (6, 1, 5)
    assert found.analysis.items[1].verdicts[Verdict.REVIEW] == 1
    assert found.analysis.items[1].difficulty == 0.6
    assert (found.questions[0].open, found.questions[0].full) == (2, 2)


@pytest.mark.parametrize("count", [0, 1])
def test_a_class_of_nobody_or_one_is_undefined_and_not_zero(report, five, count):
    """There is no division by zero, and the page says so."""
    found = report(five[:count])
    assert found.spread.deviation is None
    assert found.analysis.reliability.alpha is None
    assert found.analysis.items[0].discrimination is None
    assert (found.analysis.items[0].difficulty is None) is (count == 0)
    assert "undefined" in class_page(found)


def test_failures_are_grouped_by_code(report, five):
    """Per item, the most frequent first, with the students."""
    failures = report(five).failures
    [wrong] = failures["q01.answer"]
    assert (wrong.code, wrong.verdict, wrong.students) == ("choice.wrong", Verdict.FAIL, ("Caio", "Érica"))
    assert [one.students for one in failures["q01.losses"]] == [("Davi", "Érica")]


def test_equal_findings_and_equal_values_are_grouped(report, five, entry):
    """Ana and Bia got equal verdicts; Ana and Hugo gave the same values."""
    found = report([*five, entry("Hugo")])
    assert found.findings_alike[0].students == ("Ana", "Bia", "Hugo")
    assert [one.students for one in found.evidence_alike] == [("Ana", "Hugo")]


def test_equal_numbers_of_trainings_are_explained_by_the_seed(report, five, entry):
    """All who train the same get the same digits: no pair."""
    assert report([*five, entry("Hugo")]).pairs == ()


@pytest.mark.parametrize("code", ["numbers.unlinked", "numbers.untrained", "training.unseen"])
def test_numbers_that_only_one_of_two_trained_are_a_pair(report, five, entry, code):
    """The student without a training comes first."""
    typed = entry("Hugo", losses_flags=(Reason(code, "q01_loss.one"),))
    [pair] = report([*five, typed]).pairs
    assert (pair.kind, pair.item) == ("numbers", "q01.losses")
    assert pair.students[0] == "Hugo"
    assert "Ana" in pair.students


def test_saved_numbers_that_are_equal_where_executed_ones_differ_are_a_pair(report, entry):
    """Two notebooks that train differently cannot both have saved the same digits by themselves."""
    one = entry("Ana", numbers=(2.5, 2.5), saved=(3.25, 3.125))
    other = entry("Bia", numbers=(2.75, 2.75), saved=(3.25, 3.125))
    assert [pair.kind for pair in report([one, other]).pairs] == ["saved"]
    same = entry("Bia", numbers=(2.5, 2.5), saved=(3.25, 3.125))
    assert report([one, same]).pairs == ()
    failed = entry("Caio", numbers=(), saved=(3.25, 3.125))
    assert report([one, same, failed]).pairs == (), "an execution without a number accuses nobody"
    dead = entry("Bia", numbers=(2.75, 2.75), saved=(3.25, 3.125), losses_flags=(Reason("network.dead", "x"),))
    assert report([one, dead]).pairs == ()


def test_the_same_file_and_the_same_cells_are_groups(report, entry):
    """A file is reported once, not again as cells; empty submissions are alike, and not a group."""
    same = [
        entry(name, code="x = 1", **at)
        for name, at in (("Ana", {"notebook": "n"}), ("Bia", {"notebook": "n"}), ("Caio", {}))
    ]
    assert [(pair.kind, pair.students) for pair in report(same).pairs] == [
        ("file", ("Ana", "Bia")), ("cells", ("Ana", "Bia", "Caio"))]  # fmt: skip
    blank = [entry(name, "", numbers=(), notebook="n") for name in ("Ana", "Bia")]
    assert [pair for pair in report(blank).pairs if pair.kind in {"file", "cells"}] == []


def test_copied_code_is_a_pair_though_every_name_was_changed(report, entry):
    """Renamed variables, other comments and spaces; a third student with different code is in no pair."""
    renamed = LONG.replace("total", "acc").replace("rows", "data").replace("    ", "  ").replace("step", "f")
    other = "import math\n\nprint([math.sqrt(number) for number in range(10) if number % 3 == 0])"
    found = report([entry("Ana", code=LONG), entry("Bia", code=f"# mine\n\n{renamed}"), entry("Caio", code=other)])
    [pair] = [pair for pair in found.pairs if pair.kind == "code"]
    assert (set(pair.students), pair.alike) == ({"Ana", "Bia"}, pytest.approx(1.0))


def test_code_that_everybody_was_given_or_writes_is_no_pair(report, entry, five):
    """The cells that were handed out, and code that the whole class has."""
    everybody = [entry(name, code=LONG + f"\n\ny = {number}") for number, name in enumerate("ABCDE")]
    assert [pair for pair in report(everybody).pairs if pair.kind == "code"] == []


def test_the_solved_notebooks_code_is_no_pair(entry, specification, baseline):
    """Two students who both write what the solution does are similar because of the exercise."""
    given = Job("s", "", "", "", "en", tuple(Cell(0, part) for part in LONG.split("\n\n")))
    entries = [entry("Ana", code=LONG), entry("Bia", code=LONG + "\n\nz = 1")]
    assert list(CodeComparer(given).pairs(entries)) == []
    assert list(CodeComparer().pairs(entries)) != []


def test_numbers_that_do_not_belong_together_stand_apart(report, entry):
    """Each is well within its own interval, and no run has both; a dead network is left out."""
    apart = entry("Ana", numbers=(2.4, 3.6))
    dead = entry("Bia", numbers=(2.4, 3.6), losses_flags=(Reason("network.dead", "q01_loss.one"),))
    found = report([apart, dead, entry("Caio")])
    [outlier] = found.outliers
    assert (outlier.student, outlier.item, outlier.runs) == ("Ana", "q01.losses", 20)
    assert outlier.distance > 1
    assert all(one.lower < 2.4 and one.upper > 3.6 for one in found.tolerances)


def test_tolerances_say_on_how_many_runs_they_stand(report, five):
    """And the share of the class inside."""
    one, two = report(five).tolerances
    assert (one.path, one.runs, one.dead, one.source) == ("q01_loss.one", 20, 0, "tolerance interval")
    assert ((one.inside, one.given), (two.inside, two.given)) == ((3, 5), (4, 5))


def test_the_cost_is_the_sum_of_what_the_runs_took(report, five):
    """In processor seconds, including trainers'."""
    cost = report(five).cost
    assert (cost.known, cost.wall, cost.processor) == (5, 20, 15)


def test_whoever_is_refused_or_missing_is_named(report, five):
    """With the reason, and that their grade remains."""
    page = class_page(report(five, refused=(Refusal("Zoe", "zoe.ipynb", Detail("refused.empty")),), missing=("Ana",)))
    assert "zoe.ipynb: is empty" in page
    assert "was not in what was given now" in page
    assert "given now" not in class_page(report(five))


def test_every_text_of_the_page_is_there_in_portuguese(report, five):
    """The template's own, the words for kinds, notes and flags; with the same fields in both languages."""
    template = Path(sys.modules[class_page.__module__].__file__).with_name("templates") / "class.html"
    texts = set(re.findall(r'_\("((?:[^"\\]|\\.)*)"', template.read_text(encoding="utf-8")))
    texts |= {
        *sys.modules[class_page.__module__]._NOTES.values(),
        *sys.modules[class_page.__module__]._KINDS.values(),
        *_SHORT.values(),
    }
    assert {*FLAGS} <= {*_SHORT}
    texts |= {verdict.value.lower() for verdict in Verdict} | {f"cancelled: {who}" for who in WHO_GETS_POINTS.values()}
    texts -= {"cancelled: "}
    assert texts - {*PORTUGUESE} == set()
    fields = re.compile(r"{\w+}")
    assert [one for one, other in PORTUGUESE.items() if {*fields.findall(one)} != {*fields.findall(other)}] == []


def test_the_page_in_portuguese_has_no_english_left(report, five):
    """Headings, counts, failures and numbers, with a decimal comma."""
    page = class_page(report(five), "pt-BR")
    text = " ".join(re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL).split())
    assert '<html lang="pt-BR">' in page
    assert "Relatório da turma: small" in text
    assert "A alternativa c não é a correta. A correta é b." in text
    assert not re.search(r"\d\.\d\d", text.partition("autograder")[0])
    for word in ("students", "Students", "Difficulty", "points", "everybody", "undefined", "Flags", "missing"):
        assert word not in text
