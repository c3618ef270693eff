"""Escapes that only a forked notebook might attempt, tried from inside; all fail."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.records import RunVerdict
from autograder.sandbox.seccomp import _EVERYWHERE, _PROCESSORS

ROOT = Path(__file__).parents[2]
CALLS = _PROCESSORS[os.uname().machine].refused | _EVERYWHERE


@pytest.fixture
def temperature():
    """Warm starts only; the other files test what holds for both."""
    return "warm"


@pytest.fixture
def attack(run_stand_in):
    """Run code in a forked notebook, and return what it assigns to `found`, empty if it gained nothing."""

    def run(body):
        result = run_stand_in(f"{TOOLS}\nfound = []\n{body}\ntell(found)\nfinish()")
        assert result.verdict is RunVerdict.COMPLETE, (result.detail, result.output_tail)
        return result.values["q01_probabilities"]

    return run


TOOLS = f"""
import ctypes, errno, fcntl, glob, resource
library = ctypes.CDLL(None, use_errno=True)
CALLS = {CALLS!r}

def call(name, *arguments):
    "Make a call by its number, and return its result or the name of its error."
    result = library.syscall(CALLS.get(name, name), *arguments)
    return result if result != -1 else errno.errorcode[ctypes.get_errno()]

def attempt(what, function, *arguments):
    try:
        result = function(*arguments)
    except (OSError, ValueError):
        return
    found.append([what, repr(result)[:200]])
"""


@pytest.mark.slow
def test_the_parent_is_the_jails_first_process(attack):
    """The fork server is not among the visible processes, and the first process can be neither read nor written."""
    body = """
assert os.getppid() == 1
assert sorted(name for name in os.listdir("/proc") if name.isdigit()) == ["1", str(os.getpid())]
for name in ("mem", "maps", "environ", "auxv", "stack", "syscall", "io"):
    attempt(name, lambda: open(f"/proc/1/{name}", "rb").read(1))
for name in ("mem", "clear_refs", "coredump_filter", "oom_score_adj", "timerslack_ns", "comm"):
    attempt(name, lambda: os.open(f"/proc/1/{name}", os.O_WRONLY))
for folder in ("fd", "fdinfo", "map_files", "cwd", "root", "task/1/fd"):
    attempt(folder, lambda: os.listdir(f"/proc/1/{folder}"))
"""
    assert attack(body) == []


@pytest.mark.slow
def test_no_process_can_be_traced_or_its_memory_read(attack):
    """Neither the first process nor any possible number of the fork server can be traced or its memory read."""
    body = """
text = ctypes.create_string_buffer(16)
place = (ctypes.c_size_t * 2)(ctypes.addressof(text), 16)
for pid in [*range(0, 64), os.getppid(), 2**15 - 1]:
    results = {call("ptrace", 16, pid, 0, 0), call("process_vm_readv", pid, place, 1, place, 1, 0)}
    results |= {call("process_vm_writev", pid, place, 1, place, 1, 0), call("kcmp", pid, os.getpid(), 0, 0, 0)}
    if results != {"EPERM"}:
        found.append([pid, *map(str, results)])
for number in (signal.SIGSTOP, signal.SIGKILL, signal.SIGINT, signal.SIGCHLD, signal.SIGTERM):
    os.kill(1, number)
"""
    assert attack(body) == []


@pytest.mark.slow
def test_no_namespace_of_the_server_is_left(attack):
    """Its namespaces are the jail's, no descriptor of others is open, and none can be joined."""
    body = """
for path in glob.glob("/proc/self/fd/*") + glob.glob("/proc/self/task/*/fd/*"):
    target = os.readlink(path) if os.path.lexists(path) else "pipe"
    if target.split(":")[0] not in ("pipe", "/dev/null") and not target.startswith("/proc/"):
        found.append(target)
for kind in os.listdir("/proc/self/ns"):
    attempt(kind, lambda: os.open(f"/proc/1/ns/{kind}", os.O_RDONLY))
    attempt(kind, lambda: os.readlink(f"/proc/1/ns/{kind}"))
    own = os.open(f"/proc/self/ns/{kind}", os.O_RDONLY)
    for flags in (0, 0x10000000, 0x20000, 0x7E020080):
        if call("setns", own, flags) != "EPERM" or call("unshare", flags or 0x10000000) != "EPERM":
            found.append(kind)
    # What owns it and what is above it: the kernel names nothing that is not below our own.
    for request in (0xB701, 0xB702):
        try:
            other = fcntl.ioctl(own, request)
        except OSError:
            continue
        if os.fstat(other).st_ino not in {os.stat(path).st_ino for path in glob.glob("/proc/self/ns/*")}:
            found.append(f"{request:x} {kind}")
        os.close(other)
    os.close(own)
for pid in (1, os.getpid()):
    if call("setns", os.pidfd_open(pid), 0x10000000) != "EPERM":
        found.append("setns by pidfd")
    if call("pidfd_getfd", os.pidfd_open(pid), 0, 0) != "EPERM":
        found.append("another's descriptor")
"""
    assert attack(body) == []


def test_every_right_is_gone_for_good(attack):
    """All five capability sets stay empty, filter and no_new_privs stay set, and the user cannot be changed."""
    body = """
def sets():
    lines = [line.split() for line in open("/proc/self/status")]
    return {line[0]: line[1] for line in lines if line and line[0].startswith(("Cap", "NoNew", "Seccomp:"))}
assert {value for name, value in sets().items() if name.startswith("Cap")} == {"0" * 16}, sets()
assert (sets()["NoNewPrivs:"], sets()["Seccomp:"]) == ("1", "2")
header, every = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
found += [what for what, refused in {
    "capset": library.capset(header, every) == -1,
    "ambient": library.prctl(47, 2, 21, 0, 0) == -1,
    "keepcaps and root": library.prctl(8, 1, 0, 0, 0) in (0, -1) and library.setresuid(0, 0, 0) == -1,
    "group": library.setresgid(0, 0, 0) == -1,
    "groups": library.setgroups(1, (ctypes.c_uint32 * 1)(0)) == -1,
    "no_new_privs": library.prctl(38, 0, 0, 0, 0) == -1,
    "securebits": library.prctl(28, 0, 0, 0, 0) == -1,
    "user of files": library.setfsuid(0) == 1000 and library.setfsuid(-1) == 1000,
    "seccomp off": library.prctl(22, 0, 0, 0, 0) == -1,
}.items() if not refused]
for limit in ("RLIMIT_NPROC", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE"):
    most = resource.getrlimit(getattr(resource, limit))[1]
    attempt(limit, resource.setrlimit, getattr(resource, limit), (most + 1, most + 1))
assert os.getresuid() == (1000,) * 3 and os.getresgid() == (1000,) * 3
subprocess.run(["/bin/su", "-c", "true"], capture_output=True, timeout=10)
assert {value for name, value in sets().items() if name.startswith("Cap")} == {"0" * 16}
"""
    assert attack(body) == []


@pytest.mark.slow
def test_keys_mounts_and_control_groups_are_out_of_reach(attack):
    """It has no key ring of the server's, cannot mount, change its control group, or avoid being killed for memory."""
    body = """
calls = {
    "keyctl": (0, -3, 0), "add_key": (b"user", b"a", b"b", 1, -4), "request_key": (b"user", b"a", 0, 0),
    "mount": (b"x", b"/tmp", b"tmpfs", 0, 0), "umount2": (b"/proc", 2), "pivot_root": (b"/tmp", b"/tmp"),
    "chroot": (b"/tmp",), "open_by_handle_at": (0, 0, 0), "bpf": (0, 0, 0), "perf_event_open": (0,) * 5,
}
for name, arguments in calls.items():
    if (result := call(name, *arguments)) != "EPERM":
        found.append([name, result])
attempt("keys", lambda: open("/proc/keys").read() or os.stat("/nothing"))
for path in glob.glob("/sys/fs/cgroup/**", recursive=True) + ["/proc/self/oom_score_adj", "/proc/1/oom_score_adj"]:
    attempt(path, lambda: open(path, "w").write("0"))
assert all(line.rstrip().endswith(":/") for line in open("/proc/self/cgroup")), open("/proc/self/cgroup").read()
"""
    assert attack(body) == []


@pytest.mark.slow
def test_nothing_of_the_operator_is_in_its_memory(run_cells, monkeypatch):
    """None of the pages shared with the fork server contains our environment, a rubric or another notebook."""
    token, other = (secrets.token_hex(16) for _ in range(2))
    monkeypatch.setenv("COURSE_TOKEN", token)
    run_cells(f"import numpy\nsecret = '{other}'\nkept = [secret + str(number) for number in range(1000)]")
    rubric = (ROOT / "grading.yml").read_text(encoding="utf-8")
    # Halves, so that what is looked for is not found in what looks for it.
    needles = {"token": token, "another's": other, "rubric": rubric[200:232], "control": "ipython-input-1-"}
    halves = {
        name: (text[: len(text) // 2].encode().hex(), text[len(text) // 2 :].encode().hex())
        for name, text in needles.items()
    }
    run = run_cells(
        f"""
        import numpy
        halves, found = {halves!r}, set()
        """,
        """
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
            regions = [line.split() for line in maps]
            for start, end in [region[0].split("-") for region in regions if region[1].startswith("rw")]:
                try:
                    memory.seek(int(start, 16))
                    content = memory.read(int(end, 16) - int(start, 16))
                except (OSError, ValueError, OverflowError):
                    continue
                for name, (first, second) in halves.items():
                    place = content.find(bytes.fromhex(first))
                    while place != -1:
                        if content[place + len(first) // 2:].startswith(bytes.fromhex(second)):
                            found.add(name)
                            break
                        place = content.find(bytes.fromhex(first), place + 1)
        q01_probabilities = " ".join(sorted(found))
        """,
    )
    assert [cell.status for cell in run.cells] == ["ok", "ok"], run.cells
    # What is in its memory is found: the name under which its own first cell ran.
    assert run.values["q01_probabilities"] == "control"


@pytest.mark.slow
def test_nothing_of_the_server_is_among_the_frames(run_cells):
    """Walking up the stack reveals only the payload and Python, and no socket or request."""
    run = run_cells(
        """
        import gc, socket, sys
        frame, names = sys._getframe(), []
        while frame is not None:
            names.append(frame.f_code.co_filename)
            frame = frame.f_back
        sockets = [one for one in gc.get_objects() if isinstance(one, socket.socket) and one.fileno() != -1]
        q01_probabilities = repr((sorted({name for name in names if "autograder" in name}), len(sockets)))
        """
    )
    assert run.values["q01_probabilities"] == "([], 0)"


@pytest.fixture
def for_everybody():
    """Create a world-accessible folder, as pytest's folders are private."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user tries it in all the other tests")
def test_an_ordinary_user_starts_warm_as_well(for_everybody, write_stand_in):
    """An ordinary user's jails are created in the user namespace of the fork server."""
    system = Path("/usr/bin/python3")
    packages = next(entry for entry in sys.path if entry.endswith("site-packages"))
    asked = [system, "-c", "import sys; print(*sys.version_info)"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout if system.exists() else ""
    if told.split()[:2] != [str(number) for number in sys.version_info[:2]] or not os.access(packages, os.X_OK):
        pytest.skip("no Python of this version is for everybody")
    subprocess.run([system, "-m", "venv", "--without-pip", for_everybody / "python"], check=True)
    python = for_everybody / "python" / "bin" / "python3"
    body = """
    found = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")]
    tell([os.getuid(), *map(int, found)])
    finish()
    """
    payload = for_everybody / "payload"
    shutil.copytree(write_stand_in(body), payload)
    code = f"""
import sys
sys.path[:0] = {[str(ROOT), str(ROOT / "tests"), packages]!r}
from pathlib import Path
from autograder.records import Cell, Job
from autograder.rubric import RunSpec
from autograder.sandbox import open_sandbox
from small_desk import SmallDesk
spec = RunSpec.model_validate({{"assignment": "test", "variables": {{"q01_probabilities": {{"type": "number"}}}},
    "limits": dict(cell_seconds=20, notebook_seconds=20, memory_mebibytes=512, processes=64, output_mebibytes=4,
                   files_mebibytes=16, evidence_mebibytes=2)}})
job = Job("job", "ana", "ana.ipynb", "", "en", (Cell(0, ""), Cell(1, "")))
box = open_sandbox("bubblewrap", spec, Path("/nowhere"), SmallDesk(), payload=Path({str(payload)!r}), warm=True)
run = box.run(job)
print(repr(box.remark), run.verdict, run.values, len(box.fork_servers.pids))
box.close()
"""
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
    done = subprocess.run([*as_nobody, python, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert done.stdout == "'' COMPLETE {'q01_probabilities': [1000, 0, 0, 0, 0, 0]} 1\n", done.stdout + done.stderr
