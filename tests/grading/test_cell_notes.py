"""What a grade says of failed cells: which answers and later cells depend on them, and that it decides nothing."""

import dataclasses

from autograder.grading import grade
from autograder.records import CellNote, CellOutcome, Detail, Grade, Values, Verdict, from_json, to_json

REMARK = Detail.of("environment.module", module="google.colab")
CELLS = (
    CellOutcome(0, "ok", remarks=(REMARK,)),
    CellOutcome(2, "error", error="IndexError: x", unassigned=("np", "q02_answer", "q03_losses")),
    CellOutcome(4, "error", error="NameError: np", unassigned=("q04_answer",), lacks_cell=2),
    CellOutcome(6, "error", error="ValueError: y"),
    CellOutcome(8, "timeout", detail=Detail.of("cell.interrupted", seconds=1.0), unassigned=("z",)),
)


def without(evidence, *names):
    """Return evidence of the same run without some answers, and with cells that failed."""
    given = {name: value for name, value in evidence.executed.given.items() if name not in names}
    return dataclasses.replace(evidence, executed=Values(given, {}), cells=CELLS)


def test_each_failed_cell_names_what_depends_on_it(make_evidence, key_spec, baseline):
    """Answers that are still missing count, those that another cell gave do not; dependents are followed through."""
    found = grade(without(make_evidence(), "q02_answer", "q04_answer"), key_spec, baseline)
    assert found.cell_notes == (
        CellNote(0, remarks=(REMARK,)),
        CellNote(2, "IndexError: x", (), ("q02", "q04"), ("q02_answer", "q04_answer"), (4,)),
        CellNote(4, "NameError: np", (), ("q04",), ("q04_answer",)),
        CellNote(6, "ValueError: y"),
        CellNote(8, "cell.interrupted"),
    )
    assert from_json(Grade, to_json(found)) == found


def test_only_a_cell_on_which_something_depends_is_flagged(make_evidence, key_spec, baseline):
    """A cell that failed without a consequence is noted and needs nobody's attention."""
    found = grade(without(make_evidence(), "q02_answer"), key_spec, baseline)
    flagged = [(flag.subject, flag.found) for flag in found.flags if flag.code == "cell.failed"]
    assert flagged == [("3", "IndexError: x")]


def test_no_report_of_a_cell_changes_a_point(make_evidence, key_spec, baseline):
    """The notebook's process may say anything about its cells: verdicts and other flags stay as they are."""
    evidence = make_evidence()
    noted = grade(dataclasses.replace(evidence, cells=CELLS), key_spec, baseline)
    assert noted.findings == grade(evidence, key_spec, baseline).findings


def test_a_doubtful_answer_waits_for_a_person(make_evidence, key_spec, baseline, find):
    """An answer with several readings is pending, whatever the readings are worth; beside a plain fault it is not."""
    evidence = make_evidence()
    doubtful = Detail.of("value.doubtful", found=Detail.of("found.word", word="b ou c"), due=Detail("due.number"))
    wrong = Detail.of("value.number_count", count=1, due=2)
    given = {
        name: value for name, value in evidence.executed.given.items() if name not in {"q02_answer", "q10_history"}
    }
    faults = {"q02_answer": doubtful, "q10_history.inception.loss": doubtful, "q10_history.inception.accuracy": wrong}
    found = grade(dataclasses.replace(evidence, executed=Values(given, faults)), key_spec, baseline)
    item = find(found, "q02.answer")
    assert (item.verdict, item.points, item.pending) == (Verdict.REVIEW, 0, 1)
    assert [reason.code for reason in item.reasons] == ["value.doubtful", "review.pending"]
    assert find(found, "q10.recipe_inception").verdict is Verdict.MALFORMED
