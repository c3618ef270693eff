"""Tell whether the numbers of a question are the student's own, and whether trainings that are proven gave them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from autograder.grading import reasons
from autograder.grading.baseline import Baseline
from autograder.grading.checks import Outcome
from autograder.grading.doubts import Doubt, held_back, settle
from autograder.grading.journal import Part, find_parts, variants_of
from autograder.grading.linking import Journal
from autograder.grading.reasons import plain
from autograder.grading.recipe import is_foreign
from autograder.grading.select import Selection, select
from autograder.grading.sources import Recipes, Source, part_at, proven_by, source_of
from autograder.records import JSON, NOT_THERE, Evidence, Reason, Training, Values, Verdict
from autograder.spec.items import AnyItem, Interval, Recipe, item_paths
from autograder.spec.model import Policy, Question
from autograder.spec.paths import split_path


@dataclasses.dataclass(frozen=True, slots=True)
class Support:
    """What stands behind the numbers of one question."""

    evidence: Evidence
    journal: Journal
    policy: Policy
    baseline: Baseline
    name: str
    question: Question
    rubric: tuple[Recipe, ...]
    """Every recipe of the rubric."""
    found: dict[str, tuple[Part, ...]] = dataclasses.field(default_factory=dict)
    """What was found for the question's recipes so far, by item: each of its numbers asks again."""

    def recipes(self) -> Recipes:
        """Return the question's recipes, each with the trainings that are meant."""
        return [
            (item, self.parts(name, item)) for name, item in self.question.items.items() if isinstance(item, Recipe)
        ]

    def parts(self, name: str, item: Recipe) -> tuple[Part, ...]:
        """Return the trainings that are meant for one of the question's recipes."""
        if name not in self.found:
            data_of = functools.partial(self.baseline.training_data, f"{self.name}.{name}")
            self.found[name] = find_parts(item, self.journal, data_of, self.rubric)
        return self.found[name]

    def is_foreign(self, training: Training) -> bool:
        """Tell whether a training has hardly anything of those that the question asks for."""
        asked = [
            (recipe, self.baseline.training_data(f"{self.name}.{name}", variant))
            for name, item in self.question.items.items()
            if isinstance(item, Recipe)
            for variant, recipe in variants_of(item)
        ]
        return bool(asked) and all(is_foreign(training, recipe, data) for recipe, data in asked)

    def required(self, item: AnyItem) -> list[Doubt]:
        """Return what is lacking of the numbers that must stand beside an item."""
        doubts: list[Doubt] = []
        for name in item.requires:
            required = self.question.items[name]
            if isinstance(required, Recipe):
                for part in self.parts(name, required):
                    if part.selection is not None:
                        doubts += self._doubts_about(part.selection, self._source_of_part(part))
                continue
            for path in item_paths(required):
                selection = select(self.evidence.executed, path)
                doubts += self._doubts_about(selection, self._source_of_selection(required, selection))
        return doubts

    def _source_of_selection(self, item: AnyItem, selection: Selection) -> Source:
        if not isinstance(item, Interval):
            # What is computed without training has nothing to come of.
            return Source("absent" if _is_lacking(selection) else "handed in")
        if selection.state == "given":
            return self.source(selection.path, selection.value)
        part = part_at(selection.path, self.recipes())
        if part is not None:
            return self._source_of_part(part)
        sources = [self._source_of_part(part) for _, parts in self.recipes() for part in parts]
        return next((one for one in sources if one.proof == "attested"), sources[0] if sources else Source("absent"))

    def _source_of_part(self, part: Part) -> Source:
        """Return where the numbers of a recipe come from.

        Numbers in a wrong form, or that an error kept from being handed in, point at no training. There must be one
        that they can be of: any for those of a wrong form, one as asked for those that are lacking.
        """
        lacking = part.selection is not None and _is_lacking(part.selection)
        meant = part.state != "given" and (not lacking or not part.differences)
        if part.linked or (meant and part.training is not None):
            return proven_by(part, self.is_foreign)
        unseen = (self.journal.may_hide or part.unwatched) and not lacking
        return Source("unseen" if unseen else "absent", part)

    def _doubts_about(self, selection: Selection, source: Source) -> list[Doubt]:
        """Return what speaks against numbers that another item needs: they are lacking, or nothing proves them."""
        # One sentence per variable is enough: its numbers are lacking, or come of unseen trainings, together.
        variable = split_path(selection.path)[0]
        match source.proof:
            case "absent":
                decision = self.policy.unlinked
                if _is_lacking(selection):
                    # Our own time limit may have cut them off.
                    claimed = select(self.claimed, selection.path).state == "given"
                    decision = self.policy.claimed if claimed else "reject"
                return [Doubt(Reason(reasons.NUMBERS_REQUIRED, variable, public=True), decision)]
            case "unseen":
                return [Doubt(Reason(reasons.TRAINING_UNSEEN, variable), self.policy.unattested)]
            case "foreign":
                return [Doubt(Reason(reasons.TRAINING_FOREIGN, variable), held_back(self.policy.unattested))]
            case "unattested":
                return [Doubt(Reason(reasons.TRAINING_UNATTESTED, variable), self.policy.unattested)]
            case _:
                return []

    def proven(self, item: Interval, values: Sequence[JSON], outcome: Outcome) -> Outcome:
        """Let the policy decide on numbers that no proven training gave."""
        if outcome.verdict is not Verdict.PASS:
            return outcome
        sources = {path: self.source(path, number) for path, number in zip(item.values, values, strict=True)}
        codes = {
            "absent": (reasons.NUMBERS_UNLINKED, self.policy.unlinked),
            "unseen": (reasons.TRAINING_UNSEEN, self.policy.unattested),
            "unattested": (reasons.TRAINING_UNATTESTED, self.policy.unattested),
            "foreign": (reasons.TRAINING_FOREIGN, held_back(self.policy.unattested)),
        }
        doubts = []
        for proof, (code, decision) in codes.items():
            paths = [path for path, source in sources.items() if source.proof == proof]
            if paths:
                doubts.append(Doubt(Reason(code, plain(paths)), decision))
        flags = [
            Reason(code, plain(paths))
            for code, proof in ((reasons.NUMBERS_UNTRAINED, "absent"), (reasons.NUMBERS_PREDICTED, "predicted"))
            if (paths := [path for path, source in sources.items() if source.proof == proof])
        ]
        return settle(dataclasses.replace(outcome, flags=(*outcome.flags, *flags)), doubts)

    def source(self, path: str, number: float) -> Source:
        """Return where a number of the question comes from."""
        return source_of(path, number, self.recipes(), self.journal, self.is_foreign)

    @property
    def claimed(self) -> Values:
        """What the student's own run had given, as far as the policy lets it count at all."""
        return Values({}, {}) if self.policy.claimed == "reject" else self.evidence.claimed


def _is_lacking(selection: Selection) -> bool:
    """Tell whether nothing was handed in at a path, not even in a wrong form."""
    return selection.state == "missing" or selection.fault == NOT_THERE
