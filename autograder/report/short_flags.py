"""A flag in a few words, for a column of a table: what the instructor is to look at, in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from autograder.records import Grade
from autograder.report.scores import raised_flags
from autograder.rubric import codes
from autograder.rubric.checks import FLAGS

_SHORT: Final = MappingProxyType(
    {
        codes.CLAIMED_USED: "own run's numbers used",
        codes.CLAIMED_ACCEPTED: "saved value accepted",
        codes.CLAIMED_REVIEW: "saved value to review",
        codes.CLAIMED_DIFFERS: "saved letter differs",
        codes.NETWORK_DEAD: "network died",
        codes.NUMBERS_UNTRAINED: "numbers without a training",
        codes.NUMBERS_PREDICTED: "numbers from predictions",
        codes.UNPROVEN_ACCEPTED: "unproven, accepted",
        codes.POINTS_OVERRIDDEN: "points by hand",
        codes.CELL_TIMEOUT: "cell timed out",
        codes.CELL_FAILED: "needed cell failed",
        codes.RUN_INCOMPLETE: "run incomplete",
        codes.JOURNAL_REFUSED: "journal refused in part",
        codes.HAND_IN_LATE: "late",
        codes.HAND_IN_WORSE: "earlier one was better",
        codes.HAND_IN_KEPT: "earlier one counts",
        codes.HAND_IN_FIRST: "first one counts",
        "choice.defensible": "letter defensible",
        "choice.dead": "letter beside a dead network",
        "interval.few_runs": "few reference runs",
        "recipe.opaque": "layers in own blocks",
        "recipe.unseen": "data unseen",
    }
)


def short_flag(code: str) -> str:
    """Say a flag in a few words; the code itself where this version knows none.

    >>> short_flag("hand_in.late")
    'late'
    """
    return _SHORT.get(code, code)


def short_flags(grade: Grade) -> tuple[str, ...]:
    """Say the flags of a grade, each once; what is open for a reason that is no flag says so by its verdict."""
    codes_of = (raised.flag.code for raised in raised_flags(grade))
    return tuple(dict.fromkeys(short_flag(code) for code in codes_of if code in FLAGS))
