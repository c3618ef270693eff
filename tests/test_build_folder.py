"""A build's folder: one assignment's, and its owner's alone."""

import pytest

from autograder.build_folder import autograder_zip_in, unchecked_folder
from autograder.errors import UsageError


def test_a_folder_with_another_assignments_build_is_left_alone(tmp_path):
    """Its zip would be replaced in part; the line says whose it is and what to name instead."""
    zipped = autograder_zip_in(tmp_path, "forests")
    zipped.parent.mkdir()
    zipped.write_bytes(b"a build")
    with (
        pytest.raises(UsageError, match=r"holds the build of forests \(name another folder, such as --out dist/trees"),
        unchecked_folder(tmp_path, "trees"),
    ):
        pass
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [zipped]


def test_the_same_assignment_is_built_over_its_last_build(tmp_path):
    """In a hidden folder that others cannot read, and that is gone afterwards."""
    zipped = autograder_zip_in(tmp_path, "trees")
    zipped.parent.mkdir()
    zipped.write_bytes(b"a build")
    with unchecked_folder(tmp_path, "trees") as hidden:
        assert (hidden.parent, hidden.is_dir(), tmp_path.stat().st_mode & 0o777) == (tmp_path, True, 0o700)
    assert not hidden.exists()
    assert zipped.read_bytes() == b"a build"
