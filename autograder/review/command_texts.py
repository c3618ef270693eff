"""The command that would do what a form of the page does, as one copies it into a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.records import shell_word
from autograder.review.review_writing import Writing

_WHY = "--because … --by …"
_MOST_LINES = 5


class CommandTexts:
    """Writes commands for one rubric and one folder of results; options that have their usual value are left out."""

    def __init__(self, config: Path, folder: Path, writing: Writing) -> None:
        self._writing = writing
        self._where = "".join(
            f" {option} {shell_word(str(path))}"
            for option, path, usual in (("--config", config, "grading.yml"), ("--out", folder, "grades"))
            if str(path) != usual
        )

    def decide(self, ruling: str, students: Sequence[str], place: str, *, everyone: bool = False) -> str:
        """Return the command for pending points; one per student where they are not the whole class."""
        if everyone:
            return self._command(f"decide {ruling} --all", [place] if place else [], _WHY)
        words = [place] if place else []
        return self._lines([self._command(f"decide {ruling}", [one, *words], _WHY) for one in students])

    def override(self, students: Sequence[str], place: str, *, everyone: bool = False) -> str:
        """Return the command for points by hand; for several students the one that `--undo` takes back at once."""
        if len(students) == 1:
            return self._command("override", [students[0], place, "POINTS"], _WHY)
        whom = "--all" if everyone else "--students FILE"
        return self._command("bulk-override", [place, "POINTS"], f"{whom} {_WHY} --apply")

    def objection(self, student: str, place: str) -> str:
        """Return the command that queues an objection."""
        return self._command("objection", [student, place], "--text …")

    def answer(self, number: int) -> str:
        """Return the command that answers an objection."""
        return self._command(f"objection --answer {number}", [], "--text … --by …")

    def objection_file(self, student: str) -> str:
        """Return the command that queues the objection in a student's file."""
        return self._command("objection", [student], "--file FILE")

    def undo(self, number: int) -> str:
        """Return the command that takes back a decision, an objection or an answer."""
        return self._command(f"undo {number}", [], _WHY)

    def report(self) -> str:
        """Return the command that writes pages and tables."""
        return self._command("report", [])

    def regrade(self, *, apply: bool) -> str:
        """Return the command that grades anew."""
        return self._command("regrade --apply" if apply else "regrade", [])

    def _command(self, verb: str, words: Sequence[str], options: str = "") -> str:
        said = [shell_word(word) for word in words]
        options = f"{options}{self._where}".strip()
        # After two dashes nothing is an option any more, however a name begins.
        parts = [options, "--", *said] if any(word.startswith("-") for word in words) else [*said, options]
        return " ".join(filter(None, [f"autograder {verb}", *parts]))

    def _lines(self, commands: Sequence[str]) -> str:
        more = len(commands) - _MOST_LINES
        last = self._writing.plain("… and {count} more, one per student", count=more)
        return "\n".join([*commands[:_MOST_LINES], *([last] if more > 0 else [])])
