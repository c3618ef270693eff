"""A notebook's seed is found by the tag of its cell, whatever the variable's name."""

import pytest

from autograder.records import Cell, Job
from autograder.reference import basis_of, find_seed


def job(source, *, tagged=True, **parameters):
    """Return a job with a cell that may be tagged, and one that uses its variable."""
    cells = (Cell(0, source), Cell(2, "use()"))
    tag = 0 if tagged else None
    return Job("1", "a", "a.ipynb", "0" * 64, "en", cells, parameters=parameters, parameters_cell=tag)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("SEED = 21", ("SEED", 21)),
        ("# of this class\nsemente = 7  # change me\n", ("semente", 7)),
        ("random_state: int = 3", ("random_state", 3)),
        ("epochs = 5\nseed = 4", ("seed", 4)),
        ("name = 'é'; seed = 4; rate = 0.5", ("seed", 4)),
    ],
)
def test_the_seed_is_the_whole_number_of_the_tagged_cell(source, found):
    """Of several numbers, the one in a variable with that name."""
    seed = find_seed(job(source))
    assert (seed.name, seed.value) == found
    assert f"{seed.before}{seed.value}{seed.after}" == source


@pytest.mark.parametrize("source", ["epochs = 5\nbatch = 4", "SEED = int(text)", "SEED = True", "SEED = 1.5", "%x", ""])
def test_a_cell_without_one_sets_none(source):
    """Nothing is guessed."""
    assert find_seed(job(source)) is None
    assert find_seed(job("SEED = 21", tagged=False)) is None


def test_a_seed_that_is_set_makes_the_notebooks_own_one_irrelevant():
    """Another class's seed invalidates only the run with the notebook's own seed."""
    assert basis_of(job("SEED = 21", SEED=3), {}) == basis_of(job("SEED = 22", SEED=3), {})
    own, later = (basis_of(job(f"SEED = {seed}"), {}) for seed in (21, 22))
    assert (own.seed, later.seed) == (21, 22)
    assert own.code == later.code
