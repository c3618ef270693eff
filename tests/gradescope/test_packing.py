"""The zip's content besides rubric and tests."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder import __version__
from autograder.datasets import DataHome
from autograder.gradescope import container_files
from autograder.gradescope.packing import grader_files
from autograder.rubric.release import Release


@pytest.fixture(scope="module")
def grader():
    """Build the wheel once."""
    return grader_files()


def test_the_wheel_holds_the_grader_and_no_answer(grader, root):
    """It contains package, payload and scripts, but no rubric, reference or master notebook."""
    with zipfile.ZipFile(io.BytesIO(grader[f"wheels/cnn_autograder-{__version__}-py3-none-any.whl"])) as wheel:
        names = set(wheel.namelist())
    expected = {"payload/__main__.py", "gradescope/files/run_otter.py", "report/templates/student.html"}
    assert {f"autograder/{name}" for name in expected} <= names
    assert not [name for name in names if name.endswith((".ipynb", ".yml", ".json", ".gz"))]


def test_every_package_is_pinned_by_its_hash(grader, root):
    """Set-up installs exactly the packages that the project is tested with."""
    pins = grader["requirements.txt"].decode()
    assert "#" not in pins
    for line in grader["packages.txt"].decode().split():
        name = line.partition("=")[0].partition(">")[0].partition("[")[0]
        assert f"\n{name}==" in f"\n{pins}"
    assert pins.count("--hash=sha256:") > pins.count("==")


@pytest.mark.slow
@pytest.mark.parametrize("carry", [True, False])
def test_data_sets_are_carried_where_that_is_asked_for(manifest, tmp_path, carry):
    """Otherwise set-up fetches them; practice data, which cannot be fetched, are always included. No other file is."""
    folder = tmp_path / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    (folder / "labels.gz").write_bytes(b"labels")
    (folder / "others.gz").write_bytes(b"another assignment's")
    one = {"fashion-mnist/labels.gz": next(iter(manifest.values()))}
    for kind, there in (("real", carry), ("practice", True)):
        files = container_files(Release(), one, DataHome(kind, tmp_path), carry_data=carry)
        assert [name for name in files if name.startswith("datasets/")] == ["datasets/fashion-mnist/labels.gz"] * there
        bare = container_files(Release(), {}, DataHome("real", Path("/nonexistent")), carry_data=carry)
        assert not [name for name in bare if name.startswith("datasets/")]
        assert f'"data": "{kind}"'.encode() in files["settings.json"]


def test_the_scripts_are_shell_that_parses(root):
    """No script has a syntax error that only a container would reveal."""
    files = root / "autograder" / "gradescope" / "files"
    scripts = [files / name for name in ("setup.sh", "install.sh", "make-wheel.sh", "run_autograder")]
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)


def test_setup_warns_of_a_container_that_is_too_small(root, tmp_path):
    """Before anything is installed, with the numbers."""
    source = tmp_path / "source"
    source.mkdir()
    script = source / "setup.sh"
    script.write_bytes((root / "autograder" / "gradescope" / "files" / "setup.sh").read_bytes())
    (source / "install.sh").write_text("exit 7\n", encoding="utf-8")
    for recommended, warned in ((10**9, True), (1, False)):
        (source / "settings.json").write_text(f'{{\n  "recommended_mebibytes": {recommended}\n}}', encoding="utf-8")
        done = subprocess.run(["bash", script], capture_output=True, text=True, check=False)
        assert done.returncode == 7
        assert (f"and {recommended} MiB are recommended" in done.stderr) == warned


def test_a_zip_without_the_wheel_says_so(root, tmp_path):
    """The installer stops with one line before it downloads anything."""
    script = root / "autograder" / "gradescope" / "files" / "install.sh"
    done = subprocess.run(
        ["sh", script, "python3", tmp_path / "venv", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == ["the grader's wheel is not in wheels/: run autograder build again"]
    assert not (tmp_path / "venv").exists()
