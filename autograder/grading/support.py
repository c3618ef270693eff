"""Determine whether the numbers of a question are the student's own, and whether proven trainings gave them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from autograder.grading.doubts import Doubt, held_back, settle
from autograder.grading.linking import LinkedNumbers
from autograder.grading.matching import MatchedTraining, find_parts
from autograder.grading.number_sources import NumberSource, Recipes, part_at, proven_by, source_of
from autograder.grading.select import Selection, select, sound_part
from autograder.records import ABSENT, JSON, Evidence, Reason, Training, Values, Verdict
from autograder.reference import Baseline
from autograder.rubric import codes
from autograder.rubric.checks.interval import Interval
from autograder.rubric.checks.recipe import Recipe, is_foreign
from autograder.rubric.item import Item, Outcome
from autograder.rubric.message import plain
from autograder.rubric.model import Policy, Question
from autograder.rubric.paths import split_path


@dataclasses.dataclass(frozen=True, slots=True)
class Support:
    """The trainings and the policy behind the numbers of one question."""

    evidence: Evidence
    journal: LinkedNumbers
    policy: Policy
    baseline: Baseline
    name: str
    question: Question
    rubric: tuple[Recipe, ...]
    """Every recipe of the rubric."""
    found: dict[str, tuple[MatchedTraining, ...]] = dataclasses.field(default_factory=dict)
    """Cache of the matched trainings by recipe item: every number of the question needs them."""
    sources: dict[tuple[str, float], NumberSource] = dataclasses.field(default_factory=dict)
    """Cache of where numbers come from: several items may need the same number."""

    def recipes(self) -> Recipes:
        """Return the question's recipes, each with the student's trainings."""
        return [
            (item, self.parts(name, item)) for name, item in self.question.items.items() if isinstance(item, Recipe)
        ]

    def parts(self, name: str, item: Recipe) -> tuple[MatchedTraining, ...]:
        """Return the student's trainings for one of the question's recipes."""
        if name not in self.found:
            data_of = functools.partial(self.baseline.training_data, f"{self.name}.{name}")
            self.found[name] = find_parts(item, self.journal, data_of, self.rubric)
        return self.found[name]

    def is_foreign(self, training: Training) -> bool:
        """Return whether a training has hardly anything in common with those that the question asks for."""
        asked = [
            (recipe, self.baseline.training_data(f"{self.name}.{name}", variant))
            for name, item in self.question.items.items()
            if isinstance(item, Recipe)
            for variant, recipe in item.trainings()
        ]
        return bool(asked) and all(is_foreign(training, recipe, data) for recipe, data in asked)

    def required(self, item: Item) -> list[Doubt]:
        """Return the doubts about the numbers that an item requires."""
        doubts: list[Doubt] = []
        for name in item.requires:
            required = self.question.items[name]
            if self.question.cancellation_of(required) is not None:
                # What was wrong with a cancelled item may have kept its numbers from being handed in.
                continue
            if isinstance(required, Recipe):
                for part in self.parts(name, required):
                    if part.selection is not None:
                        doubts += self._doubts_about(part.selection, self._source_of_part(part))
                continue
            for path in required.paths:
                selection = select(self.evidence.executed, path)
                doubts += self._doubts_about(selection, self._source_of_selection(required, selection))
        return doubts

    def _source_of_selection(self, item: Item, selection: Selection) -> NumberSource:
        if not isinstance(item, Interval) or not self.recipes():
            # The question asks for no training that the number could come from.
            return NumberSource("absent" if _is_missing(selection) else "handed in")
        if selection.state == "given":
            return self.source(selection.path, selection.value)
        part = part_at(selection.path, self.recipes())
        if part is not None:
            return self._source_of_part(part)
        sources = [self._source_of_part(part) for _, parts in self.recipes() for part in parts]
        return next(
            (one for one in sources if one.proof == "attested"), sources[0] if sources else NumberSource("absent")
        )

    def _source_of_part(self, part: MatchedTraining) -> NumberSource:
        """Return where the numbers of a recipe come from.

        Malformed or missing numbers point at no training. There must still be one that they may come from: any training
        for malformed numbers, one as asked for missing ones.
        """
        missing = part.selection is not None and _is_missing(part.selection)
        accepted = part.state != "given" and (not missing or not part.differences)
        if part.linked or (accepted and part.training is not None):
            return proven_by(part, self.is_foreign)
        unseen = (self.journal.may_hide or part.unwatched) and not missing
        return NumberSource("unseen" if unseen else "absent", part)

    def _doubts_about(self, selection: Selection, source: NumberSource) -> list[Doubt]:
        """Return the doubts about numbers that another item requires: they are missing or unproven."""
        # One reason per variable is enough: its numbers are usually missing or unseen together.
        variable = split_path(selection.path)[0]
        match source.proof:
            case "absent":
                decision = self.policy.unlinked
                if _is_missing(selection):
                    # Our own time limit may have cut them off.
                    claimed = select(self.claimed, selection.path).state == "given"
                    decision = self.policy.claimed if claimed else "reject"
                return [Doubt(Reason(codes.NUMBERS_REQUIRED, variable, public=True), decision)]
            case "unseen":
                return [Doubt(Reason(codes.TRAINING_UNSEEN, variable), self.policy.unattested)]
            case "foreign":
                return [Doubt(Reason(codes.TRAINING_FOREIGN, variable), held_back(self.policy.unattested))]
            case "unattested":
                return [Doubt(Reason(codes.TRAINING_UNATTESTED, variable), self.policy.unattested)]
            case _:
                return []

    def proven(self, item: Interval, values: Sequence[JSON], outcome: Outcome) -> Outcome:
        """Let the policy decide on numbers that no proven training gave, if the question asks for trainings."""
        if outcome.verdict is not Verdict.PASS or not self.recipes():
            return outcome
        sources = {path: self.source(path, number) for path, number in zip(item.values, values, strict=True)}
        deciding = {
            "absent": (codes.NUMBERS_UNLINKED, self.policy.unlinked),
            "unseen": (codes.TRAINING_UNSEEN, self.policy.unattested),
            "unattested": (codes.TRAINING_UNATTESTED, self.policy.unattested),
            "foreign": (codes.TRAINING_FOREIGN, held_back(self.policy.unattested)),
        }
        doubts = []
        for proof, (code, decision) in deciding.items():
            paths = [path for path, source in sources.items() if source.proof == proof]
            if paths:
                doubts.append(Doubt(Reason(code, plain(paths)), decision))
        if untrained := [path for path, source in sources.items() if source.proof == "absent"]:
            flag = Reason(codes.NUMBERS_UNTRAINED, plain(untrained))
            outcome = dataclasses.replace(outcome, flags=(*outcome.flags, flag))
        return settle(outcome, doubts)

    def source(self, path: str, number: float) -> NumberSource:
        """Return where a number of the question comes from; `handed in` if the question asks for no training."""
        recipes = self.recipes()
        if not recipes:
            return NumberSource("handed in")
        known = self.sources.get((path, number))
        if known is None:
            known = source_of(path, number, recipes, self.journal, self.is_foreign)
            self.sources[path, number] = known
        return known

    @property
    def claimed(self) -> Values:
        """The values that the student's own run saved; none if the policy rejects them."""
        return Values({}, {}) if self.policy.claimed == "reject" else self.evidence.claimed

    def filled(self, selection: Selection) -> Selection:
        """Return a selection with its missing parts taken from the student's own run, and no other part."""
        if selection.state == "given":
            return selection
        claimed = select(self.claimed, selection.path)
        if claimed.state != "given":
            return claimed
        return dataclasses.replace(
            claimed, value=_completed(sound_part(self.evidence.executed, selection.path), claimed.value)
        )


def _completed(executed: JSON, claimed: JSON) -> JSON:
    if isinstance(executed, dict) and isinstance(claimed, dict):
        return claimed | {key: _completed(value, claimed.get(key)) for key, value in executed.items()}
    return claimed if executed is None else executed


def _is_missing(selection: Selection) -> bool:
    """Return whether nothing was handed in at a path, not even something malformed."""
    return selection.state == "missing" or selection.fault == ABSENT
