"""Every submission of the corpus gets its expected result, does no harm and learns nothing, alone and among others."""

import re

import pytest

from autograder.report import in_english

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

REFUSED = {"about", "kind", "limits", "run", "detail"}
EXECUTED = REFUSED | {"points", "items", "flags", "cells", "mebibytes"}
SHARED_MEBIBYTES = 128
"""A warm notebook's memory holds the packages of the fork server, some of which it never uses."""
PATIENCE_SECONDS = 180
"""Beyond its own time a notebook waits for its sandbox and its trainings, on a machine that is busy on purpose."""
FEWEST = 160


def test_nothing_goes_unverified(cases, corpus_folder):
    """Each folder states its expectation completely, and there are as many as documented."""
    folders = {path.name for path in corpus_folder.iterdir() if path.is_dir()}
    assert folders - {"__pycache__", "shared_cells"} == set(cases)
    assert len(cases) >= FEWEST
    for name, expected in cases.items():
        assert set(expected) == (REFUSED if expected["run"] == "REFUSED" else EXECUTED), name
        assert expected["kind"] in {"attack", "accident", "harmless", "honest"}, name
        assert expected["about"].endswith("."), name
    assert sum(name.startswith("otter_") for name in cases) == 17


def test_no_submission_is_lost(graded, cases):
    """Each case is either graded or refused, and nothing else is."""
    assert graded.submissions.keys() | graded.refused.keys() == set(cases)
    assert not graded.submissions.keys() & graded.refused.keys()


def test_gets_what_it_must(graded, case, cases, limits):
    """Run, reason, points, every item, flags, every cell, time and memory."""
    expected = cases[case]
    if expected["run"] == "REFUSED":
        assert expected["detail"] in graded.refused[case]
        return
    submission = graded.submissions[case]
    given = submission.grade
    assert {
        "run": given.run_verdict.value,
        "points": given.points,
        "items": {
            f"{finding.question}.{finding.item}": finding.verdict.value
            for finding in given.findings
            if finding.verdict.value != "MISSING"
        },
        "flags": list(submission.row.flags),
        "cells": [cell.status for cell in submission.run.cells],
    } == {name: expected[name] for name in ("run", "points", "items", "flags", "cells")}
    # A completed run has nothing to explain.
    said = in_english(given.run_detail)
    assert said == "" if expected["detail"] == "" else expected["detail"] in said
    assert submission.run.usage.wall_seconds <= limits[expected["limits"]]["notebook_seconds"] + PATIENCE_SECONDS
    shared = SHARED_MEBIBYTES if submission.run.backend == "bubblewrap" else 0
    assert submission.run.usage.peak_memory_bytes <= (expected["mebibytes"] + shared) * 2**20


def test_the_crowd_changes_no_grade(all_graded):
    """One worker, and several on a busy machine, give the same points, findings, reasons and flags."""
    alone, crowded = ({name: one.grade for name, one in part.submissions.items()} for part in all_graded.values())
    assert alone == crowded


def test_nothing_goes_wrong_on_our_side(graded):
    """The commands end well, and no log of ours has an unexpected error, warning or traceback."""
    assert graded.status == 0, graded.said
    assert errors_of_ours(graded) == []


def errors_of_ours(part):
    """What went wrong on our side: in the commands' output, in verdicts, and in the payload while it ran cells."""
    found = re.findall(r".*(?:Traceback|[Ee]rror|ERROR|Warning|INTERNAL).*", part.said)
    for name, one in part.submissions.items():
        if "INTERNAL" in {one.grade.run_verdict.value, *(finding.verdict.value for finding in one.grade.findings)}:
            found.append(f"{name}: {in_english(one.grade.run_detail)}")
        # A student who breaks what the payload calls ends the own process by that, as the case has to state itself.
        if ended_by_itself(one.grade.run_detail):
            continue
        # A traceback through our files: a student's own begins in a cell and ends in a library.
        found += [f"{name}: {line}" for line in re.findall(r'File "/payload/[^"]*", line \d+.*', one.run.output_tail)]
    return found


def ended_by_itself(detail):
    """Whether a run's process ended by itself, anywhere in the notebook."""
    while detail is not None and "how" in detail.fields:
        detail = detail.fields["how"]
    return detail is not None and detail.code == "ended.status"


def test_nothing_is_left_behind(graded):
    """No process outlives its command; no file is left outside, in the class's folder, or in the store."""
    assert graded.survivors == []
    assert graded.strays == []
    assert graded.changed == []


def leaks(graded, world):
    """Every place where a secret is found, as case, secret and artefact, except for the case's own secrets."""
    owners = {"tells_a_secret_of_its_own": "tracer", "holds_a_secret": "submission"}
    found = [
        (case, name, where)
        for case, submission in graded.submissions.items()
        for name, secret in world.secrets.items()
        for where, text in submission.artefacts.items()
        if secret in text and owners.get(case) != name
    ]
    return found + [("output", name, "said") for name, secret in world.secrets.items() if secret in graded.said]


def test_no_secret_gets_out(graded, world):
    """No variable, output, figure, message, page or record contains what was beside or above the submissions."""
    assert leaks(graded, world) == []


def test_the_search_for_secrets_is_not_blind(graded, world):
    """A submission that emits a mark in every possible way is detected in each of them."""
    artefacts = graded.submissions["tells_a_secret_of_its_own"].artefacts
    assert [where for where, text in artefacts.items() if world.secrets["tracer"] in text] == list(artefacts)
    assert {"run", "evidence", "grade", ".html", ".json", "figures"} == set(artefacts)


def test_nobody_reaches_out(graded, world):
    """No connection arrived, and no student's code ran with the grader's rights."""
    assert world.connections == []
    assert "a-student-was-here" not in graded.said


def test_tells_what_it_showed(all_graded, cases, world, write_corpus_table, say):
    """The table and its sums: no point gained by an attack, no secret read, no process left."""
    attacks = [name for name, expected in cases.items() if expected["kind"] == "attack"]
    won = [
        max(0.0, (part.submissions[name].grade.points or 0.0) - cases[name]["points"])
        for part in all_graded.values()
        for name in attacks
        if name in part.submissions
    ]
    read = [leak for part in all_graded.values() for leak in leaks(part, world)]
    left = [process for part in all_graded.values() for process in part.survivors]
    runs = {name: one.run.usage for part in all_graded.values() for name, one in part.submissions.items()}
    slowest = max(runs, key=lambda name: runs[name].wall_seconds)
    largest = max(runs, key=lambda name: runs[name].peak_memory_bytes)
    wrong_files = [path for part in all_graded.values() for path in (*part.strays, *part.changed)]
    errors = [line for part in all_graded.values() for line in errors_of_ours(part)]
    say(
        {
            "cases": len(cases),
            "attacks": len(attacks),
            "runs": len(cases) * len(all_graded),
            "points won": sum(won),
            "secrets read": len(read),
            "processes left": len(left),
            "files left": len(wrong_files),
            "errors said": len(errors),
            "worst time": f"{runs[slowest].wall_seconds:.1f} s ({slowest})",
            "worst memory": f"{runs[largest].peak_memory_bytes >> 20} MiB ({largest})",
        }
    )
    write_corpus_table(all_graded)
    assert (sum(won), len(read), len(left)) == (0, 0, 0)
