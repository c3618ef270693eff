"""The build of the real assignment: its output, and a gate that really stops it."""

import subprocess
import sys
import zipfile

import pytest

pytestmark = pytest.mark.slow


def build(root, out, data_home, *options):
    """Run the command `autograder build`."""
    command = [sys.executable, "-m", "autograder", "build", "--out", str(out), "--data", data_home.kind, *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, umask=0)


def test_the_assignment_passes_its_gate(root, data_home, tmp_path):
    """The solution earns 10 and a blank notebook 0, in both languages, and the zip has only students' files."""
    done = build(root, tmp_path / "dist", data_home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    assert done.stdout.count("the solution earns all") == 2
    with zipfile.ZipFile(tmp_path / "dist" / "cnn-training.zip") as archive:
        names = archive.namelist()
        text = "".join(archive.read(name).decode() for name in names)
    assert {name.rpartition("/")[2] for name in names if name.endswith(".ipynb")} == {
        "cnn-training.pt-BR.ipynb",
        "cnn-training.en.ipynb",
    }
    assert not any("autograder/" in name or "reference" in name for name in names)
    assert "BEGIN SOLUTION" not in text
    assert 'q02_answer = "c"' not in text
    # Files with the key are accessible to their owner only, although the umask allows everyone.
    modes = {path: path.stat().st_mode & 0o777 for path in (tmp_path / "dist", *(tmp_path / "dist").rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_key_that_the_solution_contradicts_closes_the_gate(root, data_home, tmp_path):
    """With a wrong key the solved notebook no longer earns every point: nothing may be handed out."""
    text = (root / "grading.yml").read_text(encoding="utf-8")
    wrong = text.replace("value: q09_answer, key: d", "value: q09_answer, key: b")
    assert wrong != text
    (tmp_path / "grading.yml").write_text(wrong, encoding="utf-8")
    for folder in ("assignments", "reference"):
        (tmp_path / folder).symlink_to(root / folder)
    done = build(root, tmp_path / "dist", data_home, "--config", str(tmp_path / "grading.yml"))
    assert done.returncode == 1
    assert "the solution earns all" in done.stdout
    assert "do not hand this out" in done.stderr
