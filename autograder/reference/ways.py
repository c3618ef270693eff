"""Common right ways of writing the solution, stored as edits of the solved notebook.

`calibrate` trains them, so their trainings are known when students write the same. A way makes one choice of each kind:
three ways of rounding and three of scaling are nine ways.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from autograder.errors import ConfigurationError
from autograder.records import Job
from autograder.rubric.yaml_list import read_list

FILE_NAME = "ways.yml"


class Edit(BaseModel):
    """Text that occurs exactly once in the solved notebook, and its replacement."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    find: str
    put: str


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    questions: list[str]
    choices: dict[str, dict[str, list[Edit]]]


class _File(RootModel[list[_Group]]):
    """All groups of a file."""


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """One way of writing some questions; `name` lists its choice of each kind."""

    name: str
    questions: tuple[str, ...]
    edits: tuple[Edit, ...]


def read_ways(folder: Path) -> tuple[Way, ...]:
    """Read the ways from a folder's file; none if there is no such file.

    Raises:
        ConfigurationError: The file is not a list of ways.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    groups = read_list(path, lambda content: _File.model_validate(content).root, "ways")
    return tuple(way for group in groups for way in _combined(group))


def edited(job: Job, edits: Sequence[Edit], way: str) -> Job:
    """Return a job with its cells edited.

    Raises:
        ConfigurationError: An edit's text does not occur exactly once in the notebook.
    """
    sources = [cell.source for cell in job.cells]
    for edit in edits:
        places = [index for index, source in enumerate(sources) if edit.find in source]
        if len(places) != 1 or sources[places[0]].count(edit.find) != 1:
            first, often = edit.find.partition("\n")[0], "more than once" if places else "nowhere"
            raise ConfigurationError(
                f"the way {way!r} edits text that the notebook holds {often}: {first!r}",
                job.source,
                f"correct {FILE_NAME}",
            )
        sources[places[0]] = sources[places[0]].replace(edit.find, edit.put)
    cells = (dataclasses.replace(cell, source=source) for cell, source in zip(job.cells, sources, strict=True))
    return dataclasses.replace(job, cells=tuple(cells))


def _combined(group: _Group) -> Iterator[Way]:
    for combination in itertools.product(*(choices.items() for choices in group.choices.values())):
        name = "; ".join(f"{kind} {choice}" for kind, (choice, _) in zip(group.choices, combination, strict=True))
        yield Way(name, tuple(group.questions), tuple(edit for _, edits in combination for edit in edits))
