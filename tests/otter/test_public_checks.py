"""The public checks that students run before training: right functions pass in seconds, each mistake is named."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["pt-BR", "en"])
def blamed(request, root):
    """Return what one language's checks say of the solution, of nothing and of each mistake."""
    command = [sys.executable, str(root / "tests" / "public_check_trials.py")]
    path = root / f"assignments/cnn-training/cnn-training.{request.param}.ipynb"
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_solution_passes_before_it_trains(blamed):
    """Nothing is said of right functions, nor of what is not there yet."""
    assert blamed["solution"] == []
    assert blamed["nothing"] == []


def test_each_mistake_is_named(blamed):
    """The line begins with what is to be looked at, and nothing else is blamed."""
    assert len(blamed["mistakes"]) == 13
    for name, said in blamed["mistakes"]:
        assert said == [name]
