import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.errors import EnvironmentFault
from autograder.replay import TrainingStore

FINGERPRINT = "0123456789abcdef" * 4
RESULT = {"network": [{"dtype": "<f4", "shape": [2], "data": "AAAAAA=="}], "seconds": 1.5}


def test_gives_back_what_was_put(tmp_path: Path):
    """A result comes back equal, and from a second store over the same folder too."""
    TrainingStore(tmp_path / "known").put(FINGERPRINT, RESULT)
    assert TrainingStore(tmp_path / "known").get(FINGERPRINT) == RESULT


def test_an_unknown_fingerprint_is_none(tmp_path: Path):
    """Asking a store that has no folder yet is no fault."""
    assert TrainingStore(tmp_path / "known").get(FINGERPRINT) is None


def test_equal_results_give_equal_bytes(tmp_path: Path):
    """Neither the time nor the order of keys shows in the file: a committed store changes when a result does."""
    first, second = TrainingStore(tmp_path / "first"), TrainingStore(tmp_path / "second")
    first.put(FINGERPRINT, {"a": 1, "b": 2})
    second.put(FINGERPRINT, {"b": 2, "a": 1})
    assert [path.read_bytes() for path in (tmp_path / "first").iterdir()] == [
        path.read_bytes() for path in (tmp_path / "second").iterdir()
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../" * 3 + "etc/passwd", id="path"),
        pytest.param("0" * 63, id="short"),
        pytest.param("0" * 64 + "\n", id="newline"),
        pytest.param("A" * 64, id="capitals"),
        pytest.param("", id="empty"),
    ],
)
def test_what_is_no_fingerprint_names_no_file(tmp_path: Path, name: str):
    """A fingerprint comes from a sandbox: nothing but 64 hexadecimal digits reaches the disk."""
    store = TrainingStore(tmp_path)
    assert store.get(name) is None
    with pytest.raises(ValueError, match="no fingerprint"):
        store.put(name, RESULT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not gzip", id="not gzip"),
        pytest.param(gzip.compress(b'{"a": 1}')[:-9], id="cut off"),
        pytest.param(gzip.compress(b'{"a": NaN}'), id="not JSON"),
        pytest.param(gzip.compress(b" " * (17 * 2**20)), id="a bomb"),
    ],
)
def test_a_damaged_file_is_a_fault_that_names_it(tmp_path: Path, content: bytes):
    """A store that was tampered with is said, not silently trained around."""
    (tmp_path / f"{FINGERPRINT}.json.gz").write_bytes(content)
    with pytest.raises(EnvironmentFault, match=FINGERPRINT):
        TrainingStore(tmp_path).get(FINGERPRINT)


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path):
    """A file in the place of the folder is told to the operator in one line."""
    (tmp_path / "known").write_text("")
    with pytest.raises(EnvironmentFault, match="can't be kept"):
        TrainingStore(tmp_path / "known").put(FINGERPRINT, RESULT)


def test_a_result_that_is_no_json_leaves_no_file(tmp_path: Path):
    """A number that JSON can't say is refused before anything is written."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        TrainingStore(tmp_path).put(FINGERPRINT, {"loss": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_many_threads_may_write_the_same_result(tmp_path: Path):
    """Whoever reads meanwhile sees a whole result or none, and no part of a file stays behind."""
    store = TrainingStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(store.put, FINGERPRINT, RESULT) for _ in range(40)]
        read = [pool.submit(store.get, FINGERPRINT) for _ in range(40)]
    assert [future.exception() for future in writing] == [None] * 40
    assert all(future.result() in (None, RESULT) for future in read)
    assert [path.name for path in tmp_path.iterdir()] == [f"{FINGERPRINT}.json.gz"]
