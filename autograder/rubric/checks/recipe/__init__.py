"""The check `recipe`: trainings that are as the exercise asks and that produced the student's numbers."""

from __future__ import annotations

from typing import Final

from autograder.rubric.checks.recipe.differences import accepted_rates, differences, is_foreign
from autograder.rubric.checks.recipe.fields import LayerRecipe, OptimizerRecipe, RatesRecipe, Recipe, TrainingRecipe
from autograder.rubric.checks.recipe.options import deciding_options
from autograder.rubric.checks.recipe.reasons import FLAGS, REASONS
from autograder.rubric.training_data import TrainingData

__all__ = [
    "CHECKS",
    "FLAGS",
    "REASONS",
    "LayerRecipe",
    "OptimizerRecipe",
    "RatesRecipe",
    "Recipe",
    "TrainingData",
    "TrainingRecipe",
    "accepted_rates",
    "deciding_options",
    "differences",
    "is_foreign",
]

CHECKS: Final = (Recipe,)
