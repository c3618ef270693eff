"""Which parts of the host a jail exposes, and in which order."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import EnvironmentFault
from autograder.sandbox.mounts import (
    Mount,
    arguments_of,
    data_mounts,
    python_mounts,
    refuse_to_show,
    shown,
    system_mounts,
)

ROOT = Path(__file__).parents[2]


def test_the_project_is_not_shown():
    """Python is exposed without its surrounding folder, and no exposed folder contains this package."""
    targets = [mount.target for mount in [*system_mounts(), *python_mounts()]]
    assert Path(sys.prefix) in targets or sys.prefix == "/usr"
    assert not {ROOT, *ROOT.parents} & set(targets)


def test_a_rubric_that_would_be_shown_opens_no_jail(tmp_path):
    """A secret in Python's folder is refused with its path; one in a covered folder is not."""
    mounts = [*system_mounts(), *python_mounts()]
    refuse_to_show([tmp_path / "grading.yml", ROOT / "grading.yml"], mounts)
    refuse_to_show([ROOT / "autograder" / "cli"], [*mounts, shown(ROOT)])
    secret = Path(sys.prefix) / "grading.yml"
    with pytest.raises(EnvironmentFault, match=r"students' code could read this") as caught:
        refuse_to_show([secret], mounts)
    assert caught.value.where == str(secret.resolve())


def test_outer_folders_come_first():
    """A mount follows the mount around it, its parent folders are accessible, and sealing comes last."""
    mounts = [
        shown(Path("/a/b/c")),
        Mount(Path("/a/b"), ("--tmpfs", "/a/b"), seal=True),
        Mount(Path("/"), (), seal=True),
    ]
    assert " ".join(arguments_of(mounts)).split(" --") == [
        "--dir /a",
        "tmpfs /a/b",
        "ro-bind /a/b/c /a/b/c",
        "remount-ro /",
        "remount-ro /a/b",
    ]


def test_missing_data_sets_are_not_shown(tmp_path):
    """A data folder without data sets is not an error here; callers that need them report it."""
    assert data_mounts(tmp_path) == []


def test_links_among_data_sets_are_followed(tmp_path):
    """A link is exposed as its target at every depth; a folder without links is exposed as a whole."""
    (tmp_path / "real" / "plain").mkdir(parents=True)
    (tmp_path / "real" / "file").touch()
    mixed = tmp_path / "home" / "datasets" / "mixed"
    mixed.mkdir(parents=True)
    (mixed / "linked").symlink_to(tmp_path / "real" / "file")
    (mixed / "lost").symlink_to(tmp_path / "nowhere")
    (tmp_path / "home" / "datasets" / "plain").symlink_to(tmp_path / "real" / "plain")
    assert [(mount.arguments[1], str(mount.target)) for mount in data_mounts(tmp_path / "home")] == [
        (str(tmp_path / "real" / "file"), "/keras/datasets/mixed/linked"),
        (str(tmp_path / "real" / "plain"), "/keras/datasets/plain"),
    ]


@pytest.mark.parametrize("editable", [True, False], ids=["editable", "copied"])
def test_an_installed_package_is_covered(tmp_path, editable):
    """However the package was installed, its source and all files that name its location are covered."""
    prefix, project = tmp_path / "prefix", tmp_path / "course"
    site = prefix / "lib" / "python3.11" / "site-packages"
    information = site / "cnn_autograder-0.1.0.dist-info"
    information.mkdir(parents=True)
    pointer = site / "_cnn_autograder.pth"
    pointer.write_text(f"{project}\n", encoding="utf-8")
    (site / "innocent.pth").write_text("/opt/other\n", encoding="utf-8")
    package = (project if editable else site) / "autograder"
    shutil.copytree(ROOT / "autograder", package, ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "from pathlib import Path\n"
        "from autograder.sandbox.mounts import cover_mounts, shown\n"
        f"print(*(mount.target for mount in cover_mounts([shown(Path({str(prefix)!r}))])), sep='\\n')"
    )
    third_party = [entry for entry in sys.path if "site-packages" in entry]
    environment = {"PYTHONPATH": os.pathsep.join([str(package.parent), str(site), *third_party])}
    covered = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split()
    assert covered == [str(pointer), str(information)] if editable else [str(package), str(information)]
