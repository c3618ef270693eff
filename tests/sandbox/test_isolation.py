"""What a notebook can see and change in a real jail, tested from inside."""

import os
import socket
import sys
from pathlib import Path

import pytest

from autograder.records import RunVerdict

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def look(run_stand_in):
    """Run code in the jail and return the value that it assigns to `found`."""

    def run(body, **options):
        result = run_stand_in(body + "\ntell(found)\nfinish()", **options)
        assert result.verdict is RunVerdict.COMPLETE, (result.detail, result.output_tail)
        return result.values["q01_probabilities"]

    return run


def test_environment_is_its_own(look, monkeypatch):
    """None of our environment variables is visible, not even in the first process; OpenBLAS's are."""
    monkeypatch.setenv("COURSE_TOKEN", "secret-of-ours")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    found = look(
        """
import glob
texts = [repr(dict(os.environ))]
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        texts.append(open(path).read())
    except OSError:
        pass
found = " ".join(texts)
"""
    )
    assert "secret-of-ours" not in found
    assert "COURSE_TOKEN" not in found
    assert "Haswell" in found


def test_nothing_else_of_this_machine_is_there(look, tmp_path):
    """Of the folders outside, only those on the path to Python exist, with nothing else in them."""
    (tmp_path / "submission.ipynb").write_text("{}", encoding="utf-8")
    paths = [
        str(path)
        for path in (
            ROOT / "grading.yml",
            ROOT / "reference",
            ROOT / "autograder",
            ROOT / "tests",
            ROOT / ".git",
            tmp_path,
            Path("/etc/shadow"),
            Path("/etc/hostname"),
            Path("/sys"),
            Path("/var"),
            Path("/run"),
            Path("/mnt"),
            Path("/usr/src"),
        )
    ]
    assert look(f"found = [path for path in {paths!r} if os.path.lexists(path)]") == []


def test_the_package_cannot_be_imported(look):
    """Neither this package nor a trace of its location is among the installed packages."""
    found = look(
        f"""
import importlib.util
found = []
spec = importlib.util.find_spec("autograder")
if spec and spec.origin:
    found.append(spec.origin)
for entry in sys.path:
    for folder, folders, files in os.walk(entry):
        for name in files:
            if name.endswith(".pth") and {str(ROOT)!r} in open(os.path.join(folder, name)).read():
                found.append(name)
        folders.clear()
"""
    )
    assert found == []


def test_no_network(look):
    """Neither the host's own ports nor its abstract sockets can be reached."""
    with socket.socket(socket.AF_UNIX) as abstract, socket.create_server(("127.0.0.1", 0)) as server:
        abstract.bind(f"\0autograder-test-{os.getpid()}")
        abstract.listen()
        found = look(
            f"""
import socket
found = [name for _, name in socket.if_nameindex() if name != "lo"]
for family, address in [
    (socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_UNIX, "\\0autograder-test-{os.getpid()}"),
]:
    with socket.socket(family) as one:
        one.settimeout(2)
        try:
            one.connect(address)
            found.append(str(address))
        except OSError:
            pass
"""
        )
    assert found == []


def test_only_its_own_folders_can_be_written(look):
    """Home, temporary folder and shared memory are writable, everything else is read-only."""
    folders = ["/", "/usr/bin", "/etc", "/dev", "/home", "/payload", "/keras", "/proc/self", sys.prefix]
    found = look(
        f"""
found = []
for folder in {folders!r} + [os.environ["HOME"], os.environ["TMPDIR"], "/dev/shm", os.getcwd()]:
    try:
        open(folder + "/note", "w").close()
        found.append(folder)
    except OSError:
        pass
"""
    )
    assert found == ["/home/student", "/tmp", "/dev/shm", "/home/student"]  # noqa: S108


def test_nothing_is_left_for_the_next(look):
    """A file that one execution leaves in a writable folder is gone in the next."""
    leave = "\n".join(f"open('{folder}/left', 'w').close()" for folder in ("/home/student", "/tmp", "/dev/shm"))  # noqa: S108
    assert look(leave + "\nfound = 1") == 1
    gone = "found = [f for f in ('/home/student', '/tmp', '/dev/shm') if os.path.exists(f + '/left')]"
    assert look(gone) == []


def test_settings_of_the_kernel_cannot_be_changed(look):
    """No system-wide setting can be opened for writing, whoever runs the grader."""
    found = look(
        """
found = []
for top in ("/proc/sys", "/proc/irq", "/proc/sysrq-trigger"):
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            try:
                os.close(os.open(path, os.O_WRONLY))
                found.append(path)
            except OSError:
                pass
""",
    )
    assert found == []


def test_an_ordinary_user_without_rights(look):
    """The notebook runs as user 1000 in one group, without capabilities, and cannot create user namespaces."""
    found = look(
        """
import ctypes
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
found = [os.getuid(), os.getgid(), sorted(set(os.getgroups()) - {1000, 65534})]
found += [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
found += [int(status["NoNewPrivs"]), ctypes.CDLL(None).unshare(0x10000000)]
"""
    )
    assert found == [1000, 1000, [], 0, 0, 0, 0, 0, 1, -1]


def test_only_the_jails_processes_are_seen(look):
    """The host's processes are not listed."""
    assert look("found = len([name for name in os.listdir('/proc') if name.isdigit()])") <= 3


def test_only_the_pipes_are_inherited(look):
    """The notebook inherits only the payload's pipes, the output, and a descriptor of its own user namespace."""
    found = look(
        """
known = {"/dev/null", os.readlink("/proc/self/ns/user")}
links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
targets = [os.readlink(link) for link in links if os.path.lexists(link)]
found = sorted(target.split(":")[0] for target in targets if target not in known)
"""
    )
    assert found == ["pipe"] * 4


def test_data_sets_are_there_read_only(look, tmp_path):
    """The data sets are visible under KERAS_HOME, with links resolved, and cannot be changed."""
    real = tmp_path / "elsewhere"
    (real / "fashion-mnist").mkdir(parents=True)
    (real / "boston_housing.npz").write_bytes(b"houses")
    (real / "fashion-mnist" / "labels.gz").write_bytes(b"labels")
    datasets = tmp_path / "keras" / "datasets"
    datasets.mkdir(parents=True)
    (datasets / "boston_housing.npz").symlink_to(real / "boston_housing.npz")
    (datasets / "fashion-mnist").symlink_to(real / "fashion-mnist")
    (tmp_path / "keras" / "keras.json").write_text("{}", encoding="utf-8")
    found = look(
        """
top = os.environ["KERAS_HOME"]
found = [os.listdir(top)]
for name in ("boston_housing.npz", "fashion-mnist/labels.gz"):
    path = f"{top}/datasets/{name}"
    found.append([open(path).read(), os.access(path, os.W_OK)])
"""
    )
    assert found == [["datasets"], ["houses", False], ["labels", False]]


def test_one_order_of_sets(look):
    """Hashes of texts are equal in every execution, so that results do not depend on the order of sets."""
    body = "found = [hash('inception'), hash('resnet')]"
    assert look(body) == look(body)
