"""Scores for Gradescope, which accepts them only from an autograder's container.

Gradescope cannot import scores, neither from a file nor through a public interface. It only takes the `results.json`
that an autograder writes in its container. So this module makes an autograder that runs no notebook: it looks up the
score by the submission's number and writes it. An unknown submission gets no score: its run fails without results.
Source: Gradescope, "Autograder Specifications" (`setup.sh`, `run_autograder`, `submission_metadata.json`,
`results.json`).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence

from autograder.export.marks import Mark
from autograder.export.outcome import CellChange, Held
from autograder.export.table import plain_number

_SCORES = "scores.json"
_RUN = '''#!/usr/bin/env python3
"""Write the score that was given outside of Gradescope; a submission without one gets none."""
import json

VISIBILITY = @visibility@
with open("/autograder/submission_metadata.json", encoding="utf-8") as file:
    submission = str(json.load(file)["id"])
with open("/autograder/source/scores.json", encoding="utf-8") as file:
    score = json.load(file).get(submission)
if score is None:
    raise SystemExit(f"submission {submission} was not graded outside of Gradescope: no score is given")
with open("/autograder/results/results.json", "w", encoding="utf-8") as file:
    json.dump({"score": score, "output": "Graded outside of Gradescope.", "visibility": VISIBILITY}, file)
'''
_SET_UP = "#!/bin/sh\n# Python is in Gradescope's image; nothing else is needed.\nexit 0\n"


def scores(
    marks: Sequence[Mark], before: Mapping[str, float]
) -> tuple[tuple[CellChange, ...], dict[str, float], tuple[Held, ...], tuple[Held, ...]]:
    """Return the changes, the score of each submission, the held marks, and students without a known submission."""
    found: dict[str, float] = {}
    changes: list[CellChange] = []
    held: list[Held] = []
    unmatched: list[Held] = []
    for mark in marks:
        number = mark.account.submission
        if mark.held:
            held.append(Held(mark.student, mark.held))
        elif not number:
            unmatched.append(Held(mark.student, "did not come in an export of Gradescope"))
        else:
            found[number] = mark.points
            if before.get(number) != mark.points:
                old = before.get(number)
                shown = "" if old is None else plain_number(old)
                changes.append(CellChange(mark.student, f"submission {number}", shown, plain_number(mark.points)))
    return tuple(changes), found, tuple(held), tuple(unmatched)


def read_scores(packed: bytes) -> dict[str, float]:
    """Return the scores of an earlier zip; empty if it is not such a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            found = json.loads(archive.read(_SCORES))
    except (zipfile.BadZipFile, KeyError, ValueError):
        return {}
    return {str(number): float(score) for number, score in found.items() if isinstance(score, int | float)}


def score_zip(found: Mapping[str, float], visibility: str) -> bytes:
    """Return the zip to upload under Configure Autograder; `visibility` is the rubric's `release.visibility`."""
    packed = io.BytesIO()
    run = _RUN.replace("@visibility@", json.dumps(visibility))
    members = {"setup.sh": _SET_UP, "run_autograder": run, _SCORES: json.dumps(dict(sorted(found.items())))}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o755 << 16
            archive.writestr(member, text)
    return packed.getvalue()
