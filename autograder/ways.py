"""The right ways of writing the solution that students choose often: edits of the solved notebook, kept as data.

What `calibrate` trains for them is known when a class writes alike. A way is one choice of each kind: three ways of
rounding and three of scaling are nine.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from autograder.errors import ConfigurationError
from autograder.records import Job

FILE_NAME = "ways.yml"


class Edit(BaseModel):
    """Text of the solved notebook that occurs once in it, and what is put there."""

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
    """One way of writing some questions; `name` says which choice of each kind it makes."""

    name: str
    questions: tuple[str, ...]
    edits: tuple[Edit, ...]


def read_ways(folder: Path) -> tuple[Way, ...]:
    """Return the ways that a folder's file names; none where there is no such file.

    Raises:
        ConfigurationError: It is no list of ways.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    try:
        groups = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).root
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        detail = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        what = f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" if detail else str(error).partition("\n")[0]
        raise ConfigurationError(f"is no list of ways: {what}", str(path), "mend it, or take it away") from error
    return tuple(way for group in groups for way in _combined(group))


def edited(job: Job, edits: Sequence[Edit], way: str) -> Job:
    """Return a job whose cells are written in another way.

    Raises:
        ConfigurationError: An edit does not fit the notebook: its text occurs there not once.
    """
    sources = [cell.source for cell in job.cells]
    for edit in edits:
        places = [index for index, source in enumerate(sources) if edit.find in source]
        if len(places) != 1 or sources[places[0]].count(edit.find) != 1:
            first, often = edit.find.partition("\n")[0], "more than once" if places else "nowhere"
            raise ConfigurationError(
                f"the way {way!r} edits text that the notebook holds {often}: {first!r}",
                job.source,
                f"mend {FILE_NAME}",
            )
        sources[places[0]] = sources[places[0]].replace(edit.find, edit.put)
    cells = (dataclasses.replace(cell, source=source) for cell, source in zip(job.cells, sources, strict=True))
    return dataclasses.replace(job, cells=tuple(cells))


def _combined(group: _Group) -> Iterator[Way]:
    for combination in itertools.product(*(choices.items() for choices in group.choices.values())):
        name = "; ".join(f"{kind} {choice}" for kind, (choice, _) in zip(group.choices, combination, strict=True))
        yield Way(name, tuple(group.questions), tuple(edit for _, edits in combination for edit in edits))
