"""The only store of a class: what was handed in, what ran, what was graded, and every grade there ever was."""

from autograder.gradebook.book import Gradebook
from autograder.gradebook.entries import Examined, HandIn, Override, Submission, Withdrawal
from autograder.gradebook.history import Event
from autograder.gradebook.identity import ClassIdentity, DataKind
from autograder.gradebook.students import find_student

__all__ = [
    "ClassIdentity",
    "DataKind",
    "Event",
    "Examined",
    "Gradebook",
    "HandIn",
    "Override",
    "Submission",
    "Withdrawal",
    "find_student",
]
