"""Every code that a finding or a grade can carry, and how values are written into its blanks.

The report turns codes into sentences; its catalogue is held against `REASONS` and `FLAGS`. A `Reason` has three
blanks. `subject` is a path of the evidence, save for `recipe.*` and `training.*` codes, where it may name the variant
instead (`256`; empty for a recipe without variants). `found` and `expected` are numbers, names or `yes`/`no`, never
sentences; only `value.malformed` and `internal.*` put an English clause into `found`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from autograder.records import JSON

VALUE_MISSING: Final = "value.missing"
VALUE_MALFORMED: Final = "value.malformed"
CHOICE_WRONG: Final = "choice.wrong"
CLOSE_OUTSIDE: Final = "close.outside"
CLOSE_SHAPE: Final = "close.shape"
EQUAL_WRONG: Final = "equal.wrong"
OWN_ORDER_WRONG: Final = "own_order.wrong"
OWN_EXTREMES_WRONG: Final = "own_extremes.wrong"
INTERVAL_OUTSIDE: Final = "interval.outside"
FIGURE_NONE: Final = "figure.none"
FIGURE_CURVE: Final = "figure.curve"
FIGURE_APART: Final = "figure.apart"
RECIPE_NO_TRAINING: Final = "recipe.no_training"
RECIPE_UNLINKED: Final = "recipe.unlinked"
RECIPE_PARAMETERS: Final = "recipe.parameters"
RECIPE_LAYERS: Final = "recipe.layers"
RECIPE_LOSS: Final = "recipe.loss"
RECIPE_OPTIMIZER: Final = "recipe.optimizer"
RECIPE_OPTIMIZER_SETTING: Final = "recipe.optimizer_setting"
RECIPE_RATES: Final = "recipe.rates"
RECIPE_EPOCHS: Final = "recipe.epochs"
RECIPE_BATCH_SIZE: Final = "recipe.batch_size"
RECIPE_VALIDATION: Final = "recipe.validation"
RECIPE_SEEDED: Final = "recipe.seeded"
RECIPE_CONTINUED: Final = "recipe.continued"
RECIPE_OPTIONS: Final = "recipe.options"
RECIPE_OWN: Final = "recipe.own"
RECIPE_DATA_UNSEEN: Final = "recipe.data.unseen"
RECIPE_DATA_INPUTS: Final = "recipe.data.inputs"
RECIPE_DATA_TARGETS: Final = "recipe.data.targets"
RECIPE_DATA_VALIDATION: Final = "recipe.data.validation"
RECIPE_DATA_EVALUATED: Final = "recipe.data.evaluated"
RECIPE_INITIAL_VALUES: Final = "recipe.initial_values"
TRAINING_UNATTESTED: Final = "training.unattested"
TRAINING_UNSEEN: Final = "training.unseen"
TRAINING_FOREIGN: Final = "training.foreign"
NUMBERS_UNLINKED: Final = "numbers.unlinked"
NUMBERS_REQUIRED: Final = "numbers.required"
REVIEW_PENDING: Final = "review.pending"
POINTS_OVERRIDDEN: Final = "points.overridden"
INTERNAL_RUN: Final = "internal.run"
INTERNAL_BASELINE: Final = "internal.baseline"
INTERNAL_ERROR: Final = "internal.error"

CLAIMED_USED: Final = "claimed.used"
CLAIMED_ACCEPTED: Final = "claimed.accepted"
CLAIMED_REVIEW: Final = "claimed.review"
CLAIMED_DIFFERS: Final = "claimed.differs"
CHOICE_DEFENSIBLE: Final = "choice.defensible"
INTERVAL_FEW_RUNS: Final = "interval.few_runs"
NETWORK_DEAD: Final = "network.dead"
NUMBERS_UNTRAINED: Final = "numbers.untrained"
NUMBERS_PREDICTED: Final = "numbers.predicted"
UNPROVEN_ACCEPTED: Final = "unproven.accepted"
RECIPE_OPAQUE: Final = "recipe.opaque"
RECIPE_UNSEEN: Final = "recipe.unseen"
CHOICE_DEAD: Final = "choice.dead"
CELL_TIMEOUT: Final = "cell.timeout"
RUN_INCOMPLETE: Final = "run.incomplete"
JOURNAL_REFUSED: Final = "journal.refused"
HAND_IN_LATE: Final = "hand_in.late"
HAND_IN_WORSE: Final = "hand_in.worse"
HAND_IN_KEPT: Final = "hand_in.kept"

REASONS: Final = MappingProxyType(
    {
        VALUE_MISSING: "The variable was never given.",
        VALUE_MALFORMED: "The value does not have the form that was asked for; found: what is wrong with it.",
        CHOICE_WRONG: "The letter is not that of the key.",
        CLOSE_OUTSIDE: "The number is further from the expected one than rounding explains.",
        CLOSE_SHAPE: "There are more or fewer numbers than expected; found, expected: how many.",
        EQUAL_WRONG: "The value is not the expected one.",
        OWN_ORDER_WRONG: "The names do not stand in the order of the student's own numbers.",
        OWN_EXTREMES_WRONG: "These are not the smallest (largest) of the student's own numbers.",
        INTERVAL_OUTSIDE: "The trained number lies outside what reference runs give; expected: `lower to upper`.",
        FIGURE_NONE: "The notebook drew no figure with lines.",
        FIGURE_CURVE: "No figure shows this series point by point.",
        FIGURE_APART: "Each series is drawn, but not all in one figure.",
        RECIPE_NO_TRAINING: "No training happened that these numbers could come from.",
        RECIPE_UNLINKED: "The reported numbers are not those of any training that happened.",
        RECIPE_PARAMETERS: "The network has another number of parameters.",
        RECIPE_LAYERS: "The layers that the recipe counts differ; found: those too many, expected: those lacking.",
        RECIPE_LOSS: "Another loss was minimised.",
        RECIPE_OPTIMIZER: "Another optimizer was used.",
        RECIPE_OPTIMIZER_SETTING: "A setting of the optimizer differs; found, expected: `name=value`.",
        RECIPE_RATES: "The learning rate differs; found, expected: `epoch: rate` at the first epoch that does.",
        RECIPE_EPOCHS: "Another number of epochs was trained.",
        RECIPE_BATCH_SIZE: "Another batch size was used.",
        RECIPE_VALIDATION: "Validation data were given or not against what was asked; found, expected: yes or no.",
        RECIPE_SEEDED: "No seed was set before the training; found, expected: yes or no.",
        RECIPE_CONTINUED: "The network had been trained before and was not new; found, expected: yes or no.",
        RECIPE_OPTIONS: "Something took part in the training that was not asked for; found: what.",
        RECIPE_OWN: "A callback of the notebook's own took part, and what it does is not seen; found: which.",
        RECIPE_DATA_UNSEEN: "The data came in a form that the journal cannot read, so they were not compared.",
        RECIPE_DATA_INPUTS: "The inputs differ from the exercise's, or were prepared otherwise; found: a summary.",
        RECIPE_DATA_TARGETS: "The targets differ from the exercise's, or were prepared otherwise; found: a summary.",
        RECIPE_DATA_VALIDATION: "The validation inputs differ or were prepared otherwise; found: a summary.",
        RECIPE_DATA_EVALUATED: "The reported error was measured on other inputs than asked; found: a summary.",
        RECIPE_INITIAL_VALUES: "The first weights are not Keras's default, or the optimizer is not new; found: which.",
        TRAINING_UNATTESTED: "The notebook's own process alone says that this training happened as it is recorded.",
        TRAINING_UNSEEN: "No training was seen to give these numbers, but they may come of one.",
        TRAINING_FOREIGN: "What gave these numbers has hardly anything of the exercise's network and data.",
        NUMBERS_UNLINKED: "No training that happened in the notebook gave this number.",
        NUMBERS_REQUIRED: "The item counts only beside numbers of the student's own, and these are lacking.",
        REVIEW_PENDING: "A person decides about these points.",
        INTERNAL_RUN: "The execution failed by our own fault.",
        INTERNAL_BASELINE: "The baseline lacks what this item is held against.",
        INTERNAL_ERROR: "The check itself failed.",
    }
)
"""Codes of `Finding.reasons`, each with its meaning in one line."""

FLAGS: Final = MappingProxyType(
    {
        CLAIMED_USED: "The value fits the numbers of the student's own run, not those of ours.",
        CLAIMED_ACCEPTED: "Executing gave no value; that of the student's own run was judged instead.",
        CLAIMED_REVIEW: "Executing gave no value; found: the verdict (PASS, FAIL) that the student's own would get.",
        CLAIMED_DIFFERS: "The letter is wrong here but was right in the student's own run; found: that run's letter.",
        CHOICE_DEFENSIBLE: "The student's own numbers bear out this letter better than the key's; `letter (held/all)`.",
        INTERVAL_FEW_RUNS: "Too few reference runs: the interval reaches a fixed factor beyond; found of expected.",
        NETWORK_DEAD: "The recipe was followed, but the network died: it learns nothing under this seed.",
        NUMBERS_UNTRAINED: "Numbers were reported that no training of this notebook gave.",
        NUMBERS_PREDICTED: "The numbers were computed from predictions; that they come of these was not checked.",
        CHOICE_DEAD: "The letter is wrong, but networks of this question died under the student's seed.",
        UNPROVEN_ACCEPTED: "The policy accepts what is not proven; found: the code that says what.",
        RECIPE_OPAQUE: "Layers lie in blocks of the notebook's own: how they are used is not seen; found: which.",
        RECIPE_UNSEEN: "The data could not be read: a person must look at how they were made.",
        POINTS_OVERRIDDEN: "A person gave these points; subject: who, found: why.",
        CELL_TIMEOUT: "A cell took longer than one may and was interrupted; subject: which, as people count them.",
        RUN_INCOMPLETE: "The execution did not complete; subject: how it ended, found: why.",
        JOURNAL_REFUSED: "Some of what the notebook's process said was refused; found: what and why.",
        HAND_IN_LATE: "It was handed in late, counted as one day; found: the percentage of its points that is left.",
        HAND_IN_WORSE: "An earlier notebook of the student's was worth more; found: how many points.",
        HAND_IN_KEPT: "This is an earlier notebook, which is worth more than the last one; found: that one's points.",
    }
)
"""Codes of `Finding.flags` and `Grade.flags`, each with its meaning in one line."""

_LONGEST_TEXT = 200
_LONGEST_LIST = 12


def plain(value: JSON) -> str:
    """Write a value into a blank: short, exact enough to recognise, the same in every language.

    >>> plain([2, 0.30000000000000004, "hinge"])
    '2, 0.3, hinge'
    """
    match value:
        case float():
            return f"{value:.6g}"
        case list() | tuple():
            shown = ", ".join(plain(element) for element in value[:_LONGEST_LIST])
            return shown + (", …" if len(value) > _LONGEST_LIST else "")
        case dict():
            return plain([f"{key}: {plain(element)}" for key, element in value.items()])
        case _:
            return str(value)[:_LONGEST_TEXT]
