"""What the students' own check may know: the form of the answers, and what the statement says of each training.

Nothing else of a rubric is written here: no key, no interval, no expected value, and of a recipe only the fields that
the rubric lists as `stated`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from autograder.records import JSON, Language
from autograder.rubric import Specification
from autograder.rubric.checks.recipe import Recipe, TrainingRecipe, accepted_rates

_FOLDER: Final = "own_check"
"""The folder beside the notebook; a notebook imports it by this name."""

_SHIPPED: Final = Path(__file__).with_name("shipped")
_MOST_EPOCHS: Final = 64
"""For how many epochs the rates are written if the statement does not say the number of epochs: always as many, since
it could be read from their number."""


def write_own_check(folder: Path, specification: Specification, language: Language) -> None:
    """Write the check into the folder that students of a language get, beside the notebook."""
    for name, content in own_check_files(specification, language).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def own_check_files(specification: Specification, language: Language) -> dict[str, bytes]:
    """Return the files that a student gets beside the notebook, by name."""
    request = {
        "language": language,
        "questions": {
            name: {variable: shape.model_dump() for variable, shape in question.variables.items()}
            for name, question in specification.questions.items()
        },
        "trainings": list(_trainings(specification)),
    }
    text = json.dumps(request, ensure_ascii=False, indent=1) + "\n"
    code = {f"{_FOLDER}/{file.name}": file.read_bytes() for file in sorted(_SHIPPED.glob("*.py"))}
    return {**code, f"{_FOLDER}/request.json": text.encode()}


def _trainings(specification: Specification) -> Iterator[dict[str, JSON]]:
    """Yield each training that the statement describes: where its numbers are, and the stated fields."""
    for question in specification.questions.values():
        for item in question.items.values():
            if not isinstance(item, Recipe) or not item.stated:
                continue
            for variant, recipe in item.trainings():
                source = "history" if item.history is not None else "result"
                path = item.history or item.results or ""
                place = f"{path}.{variant}" if variant else path
                yield {source: place, **_stated(recipe, item.stated)}


def _stated(recipe: TrainingRecipe, stated: tuple[str, ...]) -> dict[str, JSON]:
    fields: dict[str, JSON] = recipe.model_dump(include={*stated} - {"rates"}, mode="json")
    if fields.get("validation") == "any":
        del fields["validation"]
    if "rates" in stated:
        # The check compares as many epochs as the student's training had, up to these.
        epochs = recipe.epochs if "epochs" in stated else _MOST_EPOCHS
        fields["rates"] = [list(rates) for rates in accepted_rates(recipe.rates, epochs)]
    return fields
