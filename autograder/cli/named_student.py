"""The student named in a command: found by name, and with a grade if the command needs one."""

from __future__ import annotations

from autograder.errors import UsageError
from autograder.gradebook import Gradebook, find_student
from autograder.records import Grade, shell_word
from autograder.rubric.release import Release
from autograder.standing import standing_of


def find_in_class(book: Gradebook, name: str) -> str:
    """Return the student of this name.

    Raises:
        UsageError: There is none, there are several, or the one is withdrawn.
    """
    student = find_student(name, book.students())
    withdrawal = book.withdrawn().get(student)
    if withdrawal is not None:
        raise UsageError(
            f"{shell_word(student)} is withdrawn, by {withdrawal.author}: {withdrawal.reason}",
            remedy=undo_withdrawal(student),
        )
    return student


def find_graded(book: Gradebook, name: str, release: Release) -> Grade:
    """Return the grade that counts of the student of this name.

    Raises:
        UsageError: As for `find_in_class`, or the student has no grade.
    """
    student = find_in_class(book, name)
    given = standing_of(book, student, release)
    if given is None:
        raise UsageError(f"{shell_word(student)} has no grade: nothing of theirs could be graded")
    return given


def undo_withdrawal(student: str) -> str:
    """Return the remedy for a student who was withdrawn by mistake."""
    return f"autograder withdraw {shell_word(student)} --undo --because … --by … takes them back in"
