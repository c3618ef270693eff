"""Opening a sandbox: its names, and the errors if it does not work."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.errors import EnvironmentFault, UsageError
from autograder.sandbox import examine_protections, open_sandbox, opening


def test_unknown_name_is_refused(run_spec, desk, tmp_path):
    """An unknown name is a usage error that lists the names."""
    with pytest.raises(UsageError, match="auto, bubblewrap, docker, uid or none"):
        open_sandbox("podman", run_spec, tmp_path, desk)


def test_none_is_chosen_by_name_alone(run_spec, desk, tmp_path, monkeypatch):
    """If no backend works, `auto` gives every reason, with the first one's remedy, and opens nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(opening, "inside_container", lambda: False)
    reasons = r"bubblewrap: .* not installed; docker: .* not installed \(apt-get install bubblewrap\)"
    with pytest.raises(EnvironmentFault, match=reasons):
        open_sandbox("auto", run_spec, tmp_path, desk)
    assert open_sandbox("none", run_spec, tmp_path, desk).name == "none"


def test_refused_namespaces_are_one_clear_line(run_spec, desk, tmp_path, monkeypatch):
    """A bubblewrap without the necessary permissions is noticed before any notebook runs."""
    refusing = tmp_path / "bwrap"
    refusing.write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n", encoding="utf-8"
    )
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(EnvironmentFault, match=r"Permission denied \(allow user namespaces") as caught:
        open_sandbox("bubblewrap", run_spec, tmp_path, desk)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run notebooks as another user")
def test_another_user_is_chosen_inside_a_container_alone(
    run_spec, desk, write_stand_in, tmp_path, monkeypatch, request
):
    """If namespaces are refused, `auto` uses `uid` inside a container, but not on a host."""
    if not Path("/usr/bin/python3").exists():
        pytest.skip("no Python here is for everybody")
    tools = Path(tempfile.mkdtemp())
    request.addfinalizer(lambda: shutil.rmtree(tools))
    tools.chmod(0o755)
    for name in ("prlimit", "rm", "chmod"):
        (tools / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    payload = write_stand_in("")
    monkeypatch.setattr(opening, "inside_container", lambda: True)
    assert open_sandbox("auto", run_spec, tmp_path, desk, payload=payload).name == "uid"
    monkeypatch.setattr(opening, "inside_container", lambda: False)
    with pytest.raises(EnvironmentFault, match="no sandbox works here"):
        open_sandbox("auto", run_spec, tmp_path, desk, payload=payload)


def test_missing_payload_is_said(run_spec, desk, tmp_path):
    """A missing payload is noticed at once."""
    with pytest.raises(EnvironmentFault, match="payload is not there"):
        open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=tmp_path / "nowhere")


def test_unreadable_data_are_said(run_spec, desk, tmp_path):
    """Data sets that the notebook's user may not read are noticed at once, with the remedy."""
    data = tmp_path / "datasets" / "boston_housing.npz"
    data.parent.mkdir()
    data.touch(mode=0)
    with pytest.raises(EnvironmentFault, match=r"boston_housing.npz \(.*chmod -R a\+rX"):
        open_sandbox("bubblewrap", run_spec, tmp_path, desk)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's jail is that user's own")
def test_a_payload_that_is_roots_alone_is_said(run_spec, desk, write_stand_in, tmp_path):
    """A payload that the notebook's user may not read, as after Gradescope's set-up, opens no jail."""
    payload = write_stand_in("")
    payload.chmod(0o700)
    with pytest.raises(EnvironmentFault, match=r"may not read /payload \(.*chmod -R a\+rX"):
        open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=payload)


def test_every_protection_holds_here():
    """On this machine all protections of the jail hold."""
    protections = examine_protections("bubblewrap")
    assert len(protections) == 11
    assert [protection for protection in protections if protection.promised and not protection.holds] == []


def test_doctor_is_told_what_is_missing(tmp_path, monkeypatch):
    """Without bubblewrap the examination does not fail; it says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (protection,) = examine_protections()
    assert (protection.holds, protection.remedy) == (False, "apt-get install bubblewrap")
