"""What the policy makes of doubts."""

import pytest

from autograder.grading.doubts import held_back


@pytest.mark.parametrize(("decision", "held"), [("accept", "review"), ("review", "review"), ("reject", "reject")])
def test_what_is_held_back_is_never_accepted_unseen(decision, held):
    """A person looks at it even under the most generous policy; the strictest stays what it is."""
    assert held_back(decision) == held
