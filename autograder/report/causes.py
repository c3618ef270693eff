"""Known mistakes, recognised by their marks in the numbers: a page explains each once instead of once per number.

    - code: recipe.data.inputs
      found: {mean: 69.793, std: 144.392}
      said:
        en: It looks as if the z-score was left out.
        pt-BR: …

The file is stored beside the reference runs, because the marks depend on their data. The validity bench's mutants show
that each mark is left by its own mistake and no other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, RootModel

from autograder.records import Detail, Finding, Language, Reason
from autograder.rubric.yaml_list import read_list

FILE_NAME: Final = "causes.yml"
_RELATIVE: Final = 1e-3
_ABSOLUTE: Final = 6e-4
"""The numbers of a mark have three decimals."""


class Cause(BaseModel):
    """A known mistake: the code and fields of a reason that reveal it, and the text for students."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: str
    found: dict[str, float | str]
    said: dict[Literal["pt-BR", "en"], str]

    def explains(self, reason: Reason) -> bool:
        """Return whether a reason has this mistake's mark."""
        fields = reason.found.fields if isinstance(reason.found, Detail) else {"text": reason.found}
        return reason.code == self.code and all(_alike(fields.get(name), due) for name, due in self.found.items())


class _File(RootModel[tuple[Cause, ...]]):
    """All causes of a file."""


def read_causes(folder: Path) -> tuple[Cause, ...]:
    """Return the causes in a folder's file; none if there is no such file.

    Raises:
        ConfigurationError: The file is not a list of causes.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    # As JSON, where a list may stand for a tuple although the model is strict.
    return read_list(path, lambda content: _File.model_validate_json(json.dumps(content)).root, "causes")


def likely_causes(
    causes: Sequence[Cause], findings: Iterable[Finding], language: Language
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the text of each known mistake whose mark was found, once, with the questions concerned."""
    found: dict[str, dict[str, None]] = {}
    for finding in findings:
        for reason in finding.reasons:
            for cause in causes:
                if language in cause.said and cause.explains(reason):
                    found.setdefault(cause.said[language], {})[finding.question] = None
    return tuple((said, tuple(questions)) for said, questions in found.items())


def _alike(value: object, due: float | str) -> bool:
    if isinstance(due, str) or not isinstance(value, int | float):
        return value == due
    return math.isclose(value, due, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
