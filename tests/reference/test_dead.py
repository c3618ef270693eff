import dataclasses

import pytest

from autograder.reference import is_dead
from autograder.reference.dead import constant_loss


@pytest.fixture
def with_losses(make_evidence):
    """Give the first training another loss history."""

    def build(losses, **fields):
        training = make_evidence().trainings[0]
        return dataclasses.replace(training, history={"loss": tuple(losses)}, **fields)

    return build


@pytest.mark.parametrize(
    ("losses", "dead"),
    [
        pytest.param([586.16] * 50, True, id="zero for ever"),
        pytest.param([500.0, 300.0, *[84.7] * 48], True, id="a constant answer"),
        pytest.param([586.16] * 25 + [20.0] * 25, False, id="woke up"),
        pytest.param([500.0 - 20 * epoch for epoch in range(17)], False, id="poor but falling"),
        pytest.param([130.0 * 0.995**epoch for epoch in range(17)], False, id="falling slowly"),
        pytest.param([40.0] * 50, False, id="flat, but better than a constant"),
        pytest.param([586.16], False, id="one epoch"),
        pytest.param([], False, id="no history"),
        pytest.param([586.16] * 49 + [None], False, id="blew up"),
    ],
)
def test_dead_by_its_history(with_losses, losses, dead):
    """A network is dead if its loss stays at a value no better than a constant prediction's, else just poor."""
    assert is_dead(with_losses(losses)) is dead


def test_a_flat_classifier_is_dead(with_losses, make_evidence):
    """With ten classes, a loss that stays at ln 10 is a constant prediction's."""
    targets = make_evidence().trainings[-1].targets
    flat = with_losses([2.3026] * 100, loss="categorical_crossentropy", targets=targets)
    assert constant_loss(flat) == pytest.approx(2.302585)
    assert is_dead(flat)
    assert not is_dead(with_losses([0.0004] * 100, loss="categorical_crossentropy", targets=targets))


def test_an_unknown_loss_is_never_called_dead(with_losses):
    """Without a known bound no network is called dead, so that a mistake does not pass for bad luck."""
    assert not is_dead(with_losses([586.16] * 50, loss="huber"))
