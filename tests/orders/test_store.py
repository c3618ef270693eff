"""Stored answers: equal bytes for equal content, complete after any kill, and damage is reported."""

import dataclasses
import gzip
import multiprocessing
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from orders_to_try import make_kept

from autograder.errors import EnvironmentFault
from autograder.orders.order_store import OrderStore
from autograder.records import Detail

KEY = "0123456789abcdef" * 4
FOLDERS = [str(folder) for folder in Path(__file__).parents[:2]]


def plain(kept):
    """Return an answer with the bytes of its arrays, for comparison."""
    arrays = {sha: (one.header, bytes(one.content)) for sha, one in kept.arrays.items()}
    return dataclasses.asdict(dataclasses.replace(kept, arrays={})) | {"arrays": arrays}


def test_gives_back_what_was_put(tmp_path):
    """A stored answer is returned unchanged, also by a second store over the same folder."""
    OrderStore(tmp_path / "known").put(KEY, make_kept())
    assert plain(OrderStore(tmp_path / "known").get(KEY)) == plain(make_kept())


@pytest.mark.parametrize("start", [None, Detail.of("initial.bias", layer="Dense"), Detail("initial.unseen")])
def test_gives_back_how_a_training_started(tmp_path, start):
    """It may start with Keras's own initial values, with others, or with values that were not visible."""
    OrderStore(tmp_path).put(KEY, dataclasses.replace(make_kept(), initial_values=start))
    assert OrderStore(tmp_path).get(KEY).initial_values == start


def test_an_unknown_order_is_none(tmp_path):
    """A lookup in a store without a folder is not an error and does not create the folder."""
    assert OrderStore(tmp_path / "known").get(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_equal_answers_give_equal_bytes(tmp_path):
    """Neither the time nor the order of keys affects the file."""
    one = make_kept()
    other = dataclasses.replace(one, result=dict(reversed(one.result.items())))
    OrderStore(tmp_path / "first").put(KEY, one)
    OrderStore(tmp_path / "second").put(KEY, other)
    first, second = (OrderStore(tmp_path / name).files()[0].read_bytes() for name in ("first", "second"))
    assert first == second


@pytest.mark.parametrize("key", ["../" * 3 + "etc/passwd", "0" * 63, "0" * 64 + "\n", "A" * 64, ""])
def test_what_is_no_key_names_no_file(tmp_path, key):
    """Only names of 64 hexadecimal digits are used as file names."""
    with pytest.raises(ValueError, match="is not an order's key"):
        OrderStore(tmp_path).get(key)


def damaged(folder, change):
    """Store an answer, change its bytes, and return its file."""
    OrderStore(folder).put(KEY, make_kept())
    (path,) = OrderStore(folder).files()
    path.write_bytes(change(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: b"not gzip", id="not gzip"),
        pytest.param(lambda data: data[:-9], id="cut off"),
        pytest.param(lambda data: gzip.compress(gzip.decompress(data)[:-4]), id="an array cut off"),
        pytest.param(lambda data: gzip.compress(gzip.decompress(data) + b"more"), id="more than its arrays"),
        pytest.param(lambda data: gzip.compress(gzip.decompress(data)[:-4] + b"1234"), id="another array"),
        pytest.param(
            lambda data: gzip.compress(gzip.decompress(data).replace(b'"format":1', b'"format":2')), id="later"
        ),
        pytest.param(lambda _: gzip.compress(b'{"format": NaN}\n'), id="not JSON"),
        pytest.param(lambda _: gzip.compress(b"{}\n"), id="no answer"),
    ],
)
def test_a_damaged_file_is_a_fault_that_names_it(tmp_path, change):
    """A damaged file leads to a one-line error."""
    path = damaged(tmp_path, change)
    with pytest.raises(EnvironmentFault) as caught:
        OrderStore(tmp_path).get(KEY)
    assert str(caught.value).startswith(f"{path}: this known training cannot be read: ")
    assert str(caught.value).endswith("(delete the file)")
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path):
    """The error says what to do, in one line."""
    (tmp_path / "known").write_text("a file")
    with pytest.raises(EnvironmentFault, match="a training cannot be stored"):
        OrderStore(tmp_path / "known").put(KEY, make_kept())


def put_repeatedly(folder):
    """Store one answer again and again."""
    for _ in range(20):
        OrderStore(folder).put(KEY, make_kept(size=10_000))
    return plain(OrderStore(folder).get(KEY))


@pytest.mark.slow
def test_several_processes_may_write_at_once(tmp_path):
    """Every reader sees a complete answer, and no partial file is left."""
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        seen = list(pool.map(put_repeatedly, [tmp_path] * 4))
    assert all(one == plain(make_kept(size=10_000)) for one in seen)
    assert len(list(tmp_path.iterdir())) == 1


WRITER = """
import sys, itertools
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from test_store import KEY
from orders_to_try import make_kept
from autograder.orders.order_store import OrderStore
from autograder.records import Detail
print("ready", flush=True)
for number in itertools.count():
    OrderStore(Path(sys.argv[1])).put(KEY, make_kept(value=float(number), size=200_000))
"""


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_puts_leaves_the_store_whole(tmp_path):
    """Killed at five moments, the store holds the old or the new answer, never a part; the next put cleans up."""
    folder = tmp_path / "known"
    OrderStore(folder).put(KEY, make_kept(value=-1.0, size=200_000))
    for number in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(folder), *FOLDERS], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(0.02 + 0.027 * number)
            process.send_signal(signal.SIGKILL)
        (array,) = OrderStore(folder).get(KEY).arrays.values()
        assert len(set(array.values.reshape(-1).tolist())) == 1
    assert len(OrderStore(folder).files()) == 1
    (folder / ".begun.part").touch()
    OrderStore(folder).put(KEY, make_kept())
    assert list(folder.iterdir()) == OrderStore(folder).files()
