"""The registry of checks: each module declares everything of its kind, once."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
from autograder.rubric.checks import FLAGS, KINDS, MESSAGES, REASONS, collected
from autograder.rubric.message import Message


def test_each_kind_of_check_is_told_by_a_name_of_its_own():
    """No two kinds have the same `check`."""
    names = [name for kind in KINDS for name in kind.model_fields["check"].annotation.__args__]
    assert len(names) == len({*names})
    assert {"choice", "close", "equal", "own_order", "own_extremes", "interval", "recipe", "figure"} == {*names}


def test_a_code_that_is_declared_twice_is_refused():
    """One of two sentences for a code would never be used."""
    message = Message(meaning="m", portuguese="p", english="e")
    with pytest.raises(ValueError, match=r"declared twice: swirl\.wrong$"):
        collected([{"swirl.wrong": message}, {"swirl.wrong": message, "swirl.right": message}])
    tables = [{"swirl.wrong": message}, {"swirl.right": message}]
    assert collected(tables) == {"swirl.wrong": message, "swirl.right": message}


def test_every_code_has_one_line_of_meaning():
    """A code is either a reason or a flag."""
    assert MESSAGES.keys() == REASONS.keys() | FLAGS.keys()
    for code, message in MESSAGES.items():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", code)
        assert message.meaning
        assert "\n" not in message.meaning


NEW_KIND = """
from types import MappingProxyType
from typing import Final, Literal

from autograder.records import Reason
from autograder.rubric.item import Item, passed_unless
from autograder.rubric.message import Message
from autograder.rubric.paths import Path

REASONS: Final = MappingProxyType(
    {"even.odd": Message(meaning="It is odd.", portuguese="{subject} é ímpar.", english="{subject} is odd.")}
)


class Even(Item):
    check: Literal["even"]
    value: Path

    @property
    def paths(self):
        return (self.value,)

    def faults(self, keys, shapes):
        return iter(())

    def judge(self, values, context):
        return passed_unless([Reason("even.odd", self.value)] if values[0] % 2 else [])


CHECKS: Final = (Even,)
"""

USE_OF_IT = """
from autograder.grading import grade
from autograder.reference import Baseline
from autograder.records import Evidence, RunVerdict, Values
from autograder.report import sentence
from autograder.rubric import schema
from autograder.rubric.model import KeySpec

key_spec = KeySpec.model_validate({
    "assignment": {"name": "quiz", "points": 1, "notebooks": {}, "reference": "reference"},
    "policy": {"claimed": "review", "feedback": "hints", "tolerance": {"coverage": 0.9, "confidence": 0.9,
               "minimum_runs": 8, "fallback_log": 1.0, "fallback_logit": 1.0}},
    "questions": {"sum": {"variables": {"sum_total": {"type": "number"}},
                          "items": {"total": {"points": 1, "check": "even", "value": "sum_total"}}}},
})
for total in (4, 5):
    evidence = Evidence("0" * 16, "ada", "en", "0" * 64, RunVerdict.COMPLETE, "", Values({"sum_total": total}, {}),
                        Values({}, {}), (), (), (), (), ())
    (finding,) = grade(evidence, key_spec, Baseline.empty("real")).findings
    print(finding.verdict, *(sentence(reason, "pt-BR", reveal=True) for reason in finding.reasons))
print("Even" in schema()["$defs"])
"""


def test_a_new_kind_of_check_is_one_file(tmp_path):
    """A new module in the folder is loaded, graded, put into words and into the schema without other changes."""
    package = Path(autograder.__file__).parent
    shutil.copytree(package, tmp_path / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "autograder" / "rubric" / "checks" / "even.py").write_text(NEW_KIND, encoding="utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USE_OF_IT}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == ["PASS", "FAIL sum_total é ímpar.", "True"], done.stderr
