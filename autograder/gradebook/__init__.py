"""The only store of a class: submissions, runs, evidence, and every grade ever given."""

from autograder.gradebook.book import Gradebook
from autograder.gradebook.class_identity import ClassIdentity, DataKind
from autograder.gradebook.entries import ClassChange, Examined, HandIn, Objection, Override, Submission, Withdrawal
from autograder.gradebook.history import Event
from autograder.gradebook.hold import Hold
from autograder.gradebook.students import find_student

__all__ = [
    "ClassChange",
    "ClassIdentity",
    "DataKind",
    "Event",
    "Examined",
    "Gradebook",
    "HandIn",
    "Hold",
    "Objection",
    "Override",
    "Submission",
    "Withdrawal",
    "find_student",
]
