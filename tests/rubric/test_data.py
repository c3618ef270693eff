"""The data manifest of a rubric: invalid ones are refused, and it decides no grade."""

from pathlib import Path

import pytest
import yaml

from autograder.errors import ConfigurationError
from autograder.rubric import load

TINY = yaml.safe_load(Path(__file__).parents[1].joinpath("tiny.yml").read_text(encoding="utf-8"))
TABLE = {
    "sha256": "0" * 64,
    "bytes": 10,
    "address": "https://example.org/table.npz",
    "practice": {"generator": "friedman-as-table", "rows": 20, "column_scales": [1, 2, 3, 4, 5]},
}


@pytest.fixture
def read(tmp_path):
    """Read the small rubric with these data files."""

    def read(files):
        path = tmp_path / "grading.yml"
        path.write_text(yaml.safe_dump(TINY | {"assignment": TINY["assignment"] | {"data": files}}), encoding="utf-8")
        return load(path)

    return read


def test_a_manifest_decides_no_grade(read):
    """A file's address may change without regrading a class."""
    assert read({"deep/table.npz": TABLE}).key_spec.digest == read({}).key_spec.digest


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"../table.npz": TABLE}, r"data"),
        ({"/etc/table.npz": TABLE}, r"data"),
        ({"table.npz": TABLE | {"address": "file:///etc/passwd"}}, r"data\.table\.npz\.address"),
        ({"table.npz": TABLE | {"sha256": "abc"}}, r"data\.table\.npz\.sha256"),
        ({"table.csv": TABLE}, r"practice\.generator: friedman-as-table makes files that end in \.npz"),
        (
            {"table.npz": TABLE, "bare.npz": {"sha256": "1" * 64, "bytes": 3}},
            r"bare\.npz: has no practice data, and other files have",
        ),
        ({"table.npz": TABLE | {"practice": {"generator": "friedmann-as-table"}}}, r"friedman"),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_place(read, files, said):
    """A path out of the folder, an invalid address, a malformed stand-in."""
    with pytest.raises(ConfigurationError, match=said):
        read(files)
