"""The shelf of arrays: complete or absent, stored by content, in a private folder of bounded size."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import WireError
from autograder.orders.arrays import ArrayShelf, array_of
from autograder.orders.summary import summarise

ARRAYS = [
    np.arange(12, dtype=np.float32).reshape(3, 4),
    np.array(21, np.int64),
    np.zeros((0, 3), np.uint8),
    np.array([True, False]),
    np.array([np.nan, np.inf, -0.0]),
    np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)),
]


@pytest.mark.parametrize("values", ARRAYS, ids=lambda values: f"{values.dtype}{values.shape}")
def test_an_array_comes_back_bit_by_bit(shelf, values):
    """Any type, shape and memory layout is preserved."""
    array = array_of(values)
    shelf.put(array)
    found = shelf.array(array.header.sha256).values
    assert (found.dtype, found.shape, found.tobytes()) == (values.dtype, values.shape, values.tobytes())


def test_equal_bytes_of_another_shape_are_another_array():
    """A digest includes type and shape."""
    values = np.arange(4, dtype=np.int32)
    others = [values, values.reshape(2, 2), values.astype("<u4"), values.reshape(4, 1)]
    assert len({array_of(one).header.sha256 for one in others}) == 4


def send(incoming, chunks):
    """Write an array in chunks."""
    for chunk in chunks:
        incoming.write(chunk)
    incoming.finish()


@pytest.mark.parametrize(
    "chunks", [[b"1234567"], [b"12345678", b"9"], [b"87654321"], []], ids=["short", "long", "other", "nothing"]
)
def test_what_is_not_whole_is_not_kept(shelf, chunks):
    """Too short, too long, other bytes: it is refused, and no file is left."""
    header = array_of(np.frombuffer(b"12345678", "<f8")).header
    incoming = shelf.begin(header.sha256, header.dtype, header.shape)
    with pytest.raises(WireError):
        send(incoming, chunks)
    assert not shelf.has(header.sha256)
    assert list(shelf.folder.iterdir()) == []


def test_what_was_used_last_stays_and_what_is_held_stays_in_any_case():
    """With room for three, the oldest is evicted unless an order needs it."""
    arrays = [array_of(np.full(100, number, np.float32)) for number in range(6)]
    first, second, *others = [one.header.sha256 for one in arrays]
    with ArrayShelf(capacity_bytes=1_200) as shelf:
        for array in arrays[:3]:
            shelf.put(array)
        hold = shelf.hold([first])
        shelf.read(second)
        content = shelf.read(others[0])
        shelf.read(second)
        shelf.put(arrays[3])
        assert [shelf.has(one) for one in (first, second, *others[:2])] == [True, True, False, True]
        # A file that is being read stays readable.
        assert bytes(content) == bytes(arrays[2].content)
        hold.release()
        hold.release()
        shelf.put(arrays[4])
        assert not shelf.has(first)
        assert len(list(shelf.folder.iterdir())) == 3


def test_holds_may_exceed_the_room():
    """An order larger than the shelf's capacity is still complete when it is trained."""
    arrays = [array_of(np.full(100, number, np.float32)) for number in range(5)]
    with ArrayShelf(capacity_bytes=500) as shelf:
        hold = shelf.hold(one.header.sha256 for one in arrays)
        for array in arrays:
            shelf.put(array)
        assert all(shelf.has(one.header.sha256) for one in arrays)
        hold.release()
        assert sum(shelf.has(one.header.sha256) for one in arrays) == 1


def test_many_threads_may_send_the_same(shelf):
    """Two notebooks with the same data: both may send it, one copy is stored."""
    array = array_of(np.arange(10_000))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(shelf.put, [array] * 50))
    assert bytes(shelf.read(array.header.sha256)) == array.content
    assert len(list(shelf.folder.iterdir())) == 1


def test_nobody_else_reads_the_folder_and_it_goes():
    """Submissions' arrays are private, and no temporary folder is left."""
    with ArrayShelf() as shelf:
        assert shelf.folder.stat().st_mode & 0o777 == 0o700
    assert not shelf.folder.exists()


@pytest.fixture(scope="module")
def payloads_summarise(root):
    """Load the payload's own module, which cannot be imported normally."""
    (path,) = (root / "autograder" / "payload").rglob("data_summary.py")
    spec = importlib.util.spec_from_file_location("payload_summary", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.summarise


@pytest.mark.parametrize("seed", range(3))
def test_both_sides_summarise_to_the_same_numbers(payloads_summarise, seed):
    """Reference runs were summarised inside the sandbox; received arrays are summarised here."""
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=(404, 13))
    for values in (normal, normal.astype(np.float32), rng.integers(0, 256, (700, 28, 28), np.uint8), *ARRAYS):
        assert summarise(values) == payloads_summarise(values)


def test_the_folder_of_a_killed_command_goes_with_the_next_and_a_living_ones_stays(tmp_path, monkeypatch):
    """After SIGKILL the next command cleans up, and removes nothing that is in use."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    makes = "from autograder.orders.arrays import ArrayShelf\nshelf = ArrayShelf()\nprint(shelf.folder)\ninput()"
    command = [sys.executable, "-c", makes]
    with ArrayShelf() as living:
        living.put(array_of(ARRAYS[0]))
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, env=environment) as process:
            left = Path(process.stdout.readline().strip())
            assert left.parent == tmp_path
            with ArrayShelf():
                assert left.exists()
            process.kill()
        with ArrayShelf() as next_one:
            assert set(tmp_path.iterdir()) == {living.folder, next_one.folder}
        assert living.array(array_of(ARRAYS[0]).header.sha256).values.tobytes() == ARRAYS[0].tobytes()
    assert list(tmp_path.iterdir()) == []
