"""The doctor's findings: on this machine, and on one where something is missing."""

import importlib.metadata
import json
import os
import subprocess
import sys

import pytest
from orders_to_try import make_kept

from autograder.doctor import examine_machine
from autograder.orders import OrderStore, instructions
from autograder.orders.order_store import Made
from autograder.reference import build_baseline


@pytest.fixture
def config(root, tmp_path):
    """Copy the project's rubric to a folder without its reference."""
    path = tmp_path / "grading.yml"
    path.write_bytes((root / "grading.yml").read_bytes())
    return path


def by_name(checks):
    """Return the checks by name; names are unique."""
    found = {check.name: check for check in checks}
    assert len(found) == len(checks)
    return found


@pytest.mark.slow
def test_a_machine_that_can_grade_is_said_to_be_one(config):
    """Packages, sandbox protections, rubric and memory are fine where these tests run."""
    baseline = config.parent / "reference" / "practice" / "baseline.json"
    baseline.parent.mkdir(parents=True)
    baseline.write_text(build_baseline("practice", ()).to_json())
    checks = by_name(examine_machine(config))
    lacking = {name for name, check in checks.items() if check.needed and not check.holds}
    # What depends on the machine, and the baseline that this folder does not have.
    assert lacking <= {"real data", "disk", "memory", "baseline, real data"}
    assert "baseline, real data" in lacking
    assert checks["rubric"].detail == f"{config}: 10 questions"
    assert checks["baseline, practice data"].detail == "0 reference runs"
    assert checks["known trainings, practice data"].detail == "none: everything is trained once"
    assert sum(name.startswith("sandbox: ") for name in checks) >= 9


def test_whatever_is_lacking_has_a_remedy(config, monkeypatch, tmp_path):
    """Without bubblewrap, data or baseline, each finding says what to do, and none hides another."""
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    checks = by_name(examine_machine(config))
    expected = {
        "sandbox: bubblewrap": "apt-get install bubblewrap",
        "real data": "autograder data --fetch, or set KERAS_HOME",
        "baseline, real data": "run `autograder calibrate`",
        "baseline, practice data": "run `autograder calibrate`",
    }
    assert {name: checks[name].remedy for name in expected} == expected
    assert not any(checks[name].holds for name in expected)


@pytest.mark.slow
def test_the_known_trainings_are_counted_by_what_they_were_recorded_with(config):
    """Those of these versions will be known here, whatever processor recorded them; others will not."""
    store = OrderStore(config.parent / "reference" / "practice" / "trainings")
    here = {name: importlib.metadata.version(name) for name in ("keras", "tensorflow")}
    origins = [(here, instructions()), (here, "another"), ({**here, "keras": "2.0"}, instructions())]
    for number, (versions, there) in enumerate(origins):
        store.put(f"{number:064}", make_kept(Made(versions, "a processor", there)))
    check = by_name(examine_machine(config))["known trainings, practice data"]
    assert check.detail.startswith("2 of 3 were recorded with keras ")
    assert "; 2 with this processor's instructions" in check.detail
    assert not check.holds
    assert not check.needed
    store.files()[0].write_bytes(b"nothing")
    assert "cannot be read" in by_name(examine_machine(config))["known trainings, practice data"].detail


def test_a_wrong_rubric_is_one_finding_and_the_machine_is_still_examined(config, monkeypatch, tmp_path):
    """The author of a rubric on a new machine is told about both."""
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    config.write_text("assignment: 3\n")
    checks = by_name(examine_machine(config))
    assert not checks["rubric"].holds
    assert str(config) in checks["rubric"].detail
    assert {"tensorflow", "sandbox: bubblewrap", "disk"} < set(checks)


@pytest.mark.slow
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_exit_code_tells_that_something_is_lacking(form, config, tmp_path):
    """It is 1 without bubblewrap, for JSON output and for people."""
    environment = {**os.environ, "PATH": str(tmp_path / "nowhere"), "KERAS_HOME": str(tmp_path / "keras")}
    command = [sys.executable, "-m", "autograder", "doctor", "--config", str(config), *form]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    if form:
        said = {check["name"]: check["holds"] for check in json.loads(done.stdout)}
        assert said["sandbox: bubblewrap"] is False
        assert said["tensorflow"] is True
    else:
        said = " ".join(done.stdout.split())
        assert "✗ sandbox: bubblewrap bubblewrap is not installed (apt-get install bubblewrap)" in said
