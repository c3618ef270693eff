"""The sandbox `uid`, for the inside of containers: isolation between users, and clean-up. Needs root."""

import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from autograder.errors import EnvironmentFault
from autograder.records import RunVerdict
from autograder.report import in_english
from autograder.sandbox import open_sandbox, student_users, user_trial
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.processes import Measurement
from autograder.sandbox.student_users import (
    SHARED_FOLDERS,
    STUDENTS,
    TRAINERS,
    UserProcesses,
    end_abandoned_trainers,
    student_user,
    trainer_user,
    user_processes,
)
from autograder.sandbox.uid import SeparateUser

SYSTEM_PYTHON = Path("/usr/bin/python3")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can run notebooks as another user"),
    pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="no Python here is for everybody"),
]


@pytest.fixture(autouse=True)
def _python_for_everybody(monkeypatch):
    """Run with the system's Python: ours may be in root's home folder, unlike in a container."""
    monkeypatch.setattr(sys, "executable", str(SYSTEM_PYTHON))


@pytest.fixture
def run(run_stand_in):
    """Execute a stand-in for the payload as another user."""
    return lambda body, **options: run_stand_in(body, sandbox="uid", **options)


def test_an_ordinary_user_without_rights(run):
    """The notebook has its own user, group and session, no capabilities, and no way to gain any."""
    result = run(
        """
import ctypes
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
found = [os.getuid() == os.getgid() == os.geteuid(), os.getgroups(), os.getsid(0) == os.getpid()]
found += [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
found += [int(status["NoNewPrivs"]), ctypes.CDLL(None).unshare(0x10000000)]
tell(found)
finish()
"""
    )
    assert result.verdict is RunVerdict.COMPLETE, result.detail
    assert result.backend == "uid"
    assert result.values["q01_probabilities"] == [True, [], True, 0, 0, 0, 0, 0, 1, -1]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="calls are tried by their numbers")
def test_no_network_but_what_asyncio_needs(run):
    """No internet socket can be created in any way; a pair of local ones can."""
    result = run(
        """
import ctypes, socket
made = []
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
            made.append([int(family), int(kind)])
        except OSError:
            pass
calls = {"io_uring": 425, "ptrace": 101, "shmget": 29}
made += [name for name, number in calls.items() if ctypes.CDLL(None).syscall(number, 1, 0) != -1]
socket.socketpair()
tell(made)
finish()
"""
    )
    assert result.verdict is RunVerdict.COMPLETE, result.output_tail
    assert result.values["q01_probabilities"] == []


def test_our_environment_and_files_are_not_there(run, monkeypatch, tmp_path):
    """None of our variables is visible; root's private files and another process's memory cannot be read."""
    monkeypatch.setenv("COURSE_TOKEN", "secret-of-ours")
    secret = tmp_path / "key.yml"
    secret.write_text("d", encoding="utf-8")
    secret.chmod(0o600)
    result = run(
        f"""
found = [name for name in os.environ if name == "COURSE_TOKEN"]
for path in ({str(secret)!r}, "/etc/shadow", "/proc/{os.getpid()}/environ", "/proc/{os.getpid()}/mem"):
    try:
        open(path, "rb").read(10)
        found.append(path)
    except OSError:
        pass
try:
    os.kill({os.getpid()}, 0)
    found.append("signals")
except PermissionError:
    pass
tell(found)
finish()
"""
    )
    assert result.values["q01_probabilities"] == []


def test_every_process_is_ended_and_every_file_removed(run):
    """Orphans in their own sessions, undumpable ones, files in shared folders, deeply nested folders: all removed."""
    result = run(
        """
import ctypes
for place in ("/tmp", "/var/tmp", "/dev/shm", os.getcwd()):
    open(place + "/left-by-student", "w").close()
deep = "/tmp/deep-by-student"
os.mkdir(deep)
os.chdir(deep)
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(60)
time.sleep(0.3)
tell(os.getuid())
finish()
"""
    )
    assert result.verdict is RunVerdict.COMPLETE, result.detail
    uid = result.values["q01_probabilities"]
    assert user_processes(uid) == []
    folders = [Path(place) for place in ("/tmp", "/var/tmp", "/dev/shm")]  # noqa: S108 (where it wrote)
    assert [path for folder in folders for path in folder.iterdir() if path.lstat().st_uid == uid] == []


@pytest.mark.parametrize(
    ("body", "verdict", "detail"),
    [
        pytest.param("while True: os.fork()", RunVerdict.LIMIT, "processes and threads", id="fork bomb"),
        pytest.param("x = []\nwhile True: x.append(bytearray(2**23))", RunVerdict.LIMIT, "MiB of memory", id="memory"),
        pytest.param(
            "held = []\nwhile True:\n held.append(os.memfd_create('a'))\n os.posix_fallocate(held[-1], 0, 2**24)",
            RunVerdict.LIMIT,
            "MiB of memory",
            id="nameless files",
        ),
        pytest.param("os.kill(os.getpid(), 9)", RunVerdict.CRASHED, "SIGKILL", id="killed"),
        pytest.param("while True: pass", RunVerdict.TIMEOUT, "longer than 10 s", id="loop"),
        pytest.param("while True: os.write(1, b'x' * 65536)", RunVerdict.LIMIT, "MiB of output", id="output"),
    ],
)
def test_limits_end_it_and_keep_what_was_said(run, body, verdict, detail):
    """Each kind of overuse has its verdict, and earlier values are kept."""
    result = run(f"tell(1)\n{body}", notebook_seconds=10)
    assert (result.verdict, result.values) == (verdict, {"q01_probabilities": 1})
    assert detail in in_english(result.detail)


def test_a_secret_that_everybody_may_read_opens_no_sandbox(run_spec, desk, write_stand_in, tmp_path):
    """With a readable secret the sandbox does not open, and the error names the file and the remedy."""
    place = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    place.chmod(0o755)
    secret = place / "grading.yml"
    secret.touch(mode=0o600)
    payload = write_stand_in("")
    try:
        opened = open_sandbox("uid", run_spec, tmp_path, desk, payload=payload, secrets=[secret])
        assert opened.name == "uid"
        secret.chmod(0o644)
        with pytest.raises(EnvironmentFault, match=r"could read or change this \(chmod -R go-rwx"):
            open_sandbox("uid", run_spec, tmp_path, desk, payload=payload, secrets=[secret])
    finally:
        secret.unlink()
        place.rmdir()


@pytest.fixture
def course():
    """A world-accessible folder with an assignment's folder in it, outside of any closed folder."""
    place = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    place.chmod(0o755)
    (place / "reference").mkdir()
    (place / "grading.yml").write_text("d")
    yield place
    shutil.rmtree(place)


def test_whole_folders_are_secret(run_spec, desk, write_stand_in, tmp_path, course):
    """Closed files in an open folder do not suffice, because unlisted files may be beside them."""
    payload = write_stand_in("")

    def open_it(**options):
        return open_sandbox("uid", run_spec, tmp_path, desk, payload=payload, secrets=[course], **options)

    (course / "grading.yml").chmod(0o600)
    for mode in (0o755, 0o711, 0o710 | 0o001, 0o722, 0o704):
        course.chmod(mode)
        with pytest.raises(EnvironmentFault, match=rf"could read or change this \(chmod -R go-rwx {course}"):
            open_it()
    for mode in (0o700, 0o770):
        course.chmod(mode)
        assert open_it().name == "uid"


def test_python_may_lie_within_a_secret_folder(run_spec, desk, write_stand_in, tmp_path, course, monkeypatch):
    """The path to a needed folder may be traversable but not listable; everything else beside it must be closed."""
    monkeypatch.setattr(sys, "prefix", str(course / ".venv"))
    (course / ".venv").mkdir()
    payload = write_stand_in("")

    def open_it():
        return open_sandbox("uid", run_spec, tmp_path, desk, payload=payload, secrets=[course])

    with pytest.raises(EnvironmentFault, match=rf"chmod go=x {course}"):
        open_it()
    course.chmod(0o711)
    with pytest.raises(EnvironmentFault, match=rf"chmod -R go-rwx {course}/grading.yml"):
        open_it()
    (course / "grading.yml").chmod(0o600)
    with pytest.raises(EnvironmentFault, match=rf"chmod -R go-rwx {course}/reference"):
        open_it()
    (course / "reference").chmod(0o700)
    assert open_it().name == "uid"


@pytest.mark.parametrize(
    "name",
    [
        "grading.yml.bak",
        ".grading.yml.swp",
        "Copy of grading.yaml",
        "old/gradebook.sqlite",
        "gradebook.sqlite-wal",
        "justifications.yml~",
        "cnn-training-autograder.zip",
        "reference/practice/baseline.json",
        ".git/HEAD",
        "course.git/HEAD",
    ],
)
def test_a_copy_of_answers_is_found_wherever_it_lies(course, name):
    """Backups, an editor's files, other checkouts, repositories, gradebooks: readable copies are reported."""
    (course / "grading.yml").chmod(0o600)
    path = course / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o644)
    if path.name == "HEAD":
        (path.parent / "objects").mkdir()
        (path.parent / "refs").mkdir()
    fault = looked_around(course)
    assert str(course) in fault
    assert "chmod -R go-rwx" in fault
    course.chmod(0o700)
    assert str(course) not in looked_around(course.parent)


@pytest.mark.parametrize("name", ["upgrading.yml", "grades.csv", "baseline.json", "HEAD", "autograder.py"])
def test_what_only_looks_like_it_is_no_copy(course, name):
    """Common file names of system programs do not prevent the sandbox from opening."""
    (course / "grading.yml").chmod(0o600)
    (course / name).touch(mode=0o644)
    assert str(course) not in looked_around(course)


def test_a_file_for_everybody_would_carry_word(course):
    """Files of others that the user can change are reported, because the next student could read the change."""
    (course / "grading.yml").unlink()
    (course / "mailbox").touch()
    (course / "mailbox").chmod(0o666)
    assert f"chmod o-w {course}/mailbox" in looked_around(course)


def looked_around(top):
    """Return the error about what the student's user finds, with the search limited to one folder."""
    trial = user_trial.UserTrial([], [], [], search=True)
    text = user_trial._TRIAL.replace('os.walk("/")', f"os.walk({str(top)!r})")
    with student_user() as uid, pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_trial, "_TRIAL", text)
        try:
            trial.run(SeparateUser._as(uid), Path("/nowhere"))
        except EnvironmentFault as fault:
            return str(fault)
    return ""


@pytest.mark.parametrize("lends", ["student_user", "trainer_user"])
def test_containers_of_one_machine_begin_with_other_users(root, lends):
    """Containers use different users: the kernel counts a user's processes over all of them, so a bomb stays local."""
    asks = f"from autograder.sandbox.student_users import {lends}\nwith {lends}() as uid: print(uid)"
    python = f"exec {sys.prefix}/bin/python -c '{asks}'"
    lent = [
        int(
            subprocess.run(
                ["unshare", "--uts", "sh", "-c", f"hostname {name}; {python}"],
                cwd=root,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for name in ("3f1a", "3f1a", "9b02")
    ]
    # The very same one, unless another process here uses it now.
    assert abs(lent[0] - lent[1]) < 20 < abs(lent[0] - lent[2])


def test_no_two_executions_have_their_turn_at_once(root):
    """A second execution, in this command or another, waits until the first has ended."""
    ended = []
    asks = "from autograder.sandbox.student_users import student_user\nwith student_user(): print(1)"
    with student_user() as uid:
        assert uid in STUDENTS
        waiting = threading.Thread(target=lambda: [ended.append(lent) for lent in _lend()])
        waiting.start()
        command = [sys.prefix + "/bin/python", "-I", "-c", asks]
        other = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(2)
        assert ended == []
    waiting.join(20)
    assert ended == [uid]
    assert other.communicate(timeout=20)[0] == b"1\n"


def _lend():
    with student_user() as uid:
        yield uid


def test_what_a_killed_command_left_is_gone_before_the_next_turn():
    """Processes and files of all student users are removed, also of one chosen under another host name."""
    orphans = [
        subprocess.Popen(["/bin/sleep", "60"], user=uid, start_new_session=True) for uid in (STUDENTS[0], STUDENTS[-1])
    ]
    left = [Path(folder) / "left-by-student" for folder in SHARED_FOLDERS if Path(folder).is_dir()]
    for path in left:
        path.write_text("to the next one")
        os.chown(path, STUDENTS[-1], STUDENTS[-1])
        path.chmod(0o666)
    with student_user():
        assert [path for path in left if path.exists()] == []
        assert [user_processes(uid) for uid in (STUDENTS[0], STUDENTS[-1])] == [[], []]
    for orphan in orphans:
        orphan.wait(5)


def test_a_containers_students_are_left_alone():
    """Processes in a container, although visible from outside, belong to another command and are left alone."""
    command = ["unshare", "--pid", "--fork", "--kill-child", "setpriv", f"--reuid={STUDENTS[7]}", "sleep", "60"]
    with subprocess.Popen(command) as container:
        try:
            time.sleep(0.5)
            with student_user():
                pass
            time.sleep(0.2)
            assert container.poll() is None
        finally:
            container.kill()


def test_one_student_finds_nothing_of_the_one_before(run):
    """Files in world-writable folders, abstract sockets, shared memory, processes: the next student finds none."""
    leaves = """
import ctypes, socket
left = 0
for place in PLACES:
    try:
        os.mkdir(place + "/mailbox")
        with open(place + "/mailbox/word", "w") as file:
            file.write("the answer is d")
        os.chmod(place + "/mailbox/word", 0o666)
        os.chmod(place + "/mailbox", 0o777)
        left += 1
    except OSError:
        pass
if os.fork() == 0:
    os.setsid()
    door = socket.socket(socket.AF_UNIX)
    door.bind("\\0mailbox")
    door.listen()
    time.sleep(60)
time.sleep(0.3)
tell(left)
finish()
"""
    finds = """
import ctypes, socket
found = [place for place in PLACES if os.path.exists(place + "/mailbox")]
try:
    socket.socket(socket.AF_UNIX).connect("\\0mailbox")
    found.append("the socket")
except OSError:
    pass
for call in (29, 64, 68, 240):
    if ctypes.CDLL(None).syscall(call, 1, 4096, 0o1666) != -1:
        found.append(call)
found += [pid for pid in os.listdir("/proc") if pid.isdigit() and os.stat("/proc/" + pid).st_uid == os.getuid()][1:]
tell(found)
finish()
"""
    places = f"PLACES = {[*SHARED_FOLDERS, '/run', '/var/lock', '/var/crash']!r}\n"
    assert run(places + textwrap.dedent(leaves)).values["q01_probabilities"] >= 3
    assert run(places + textwrap.dedent(finds)).values["q01_probabilities"] == []


def test_more_files_than_a_command_line_holds_are_removed():
    """Even thousands of files with long names that a killed command left are removed before the next execution."""
    with student_user() as uid:
        pass
    left = [Path("/tmp") / f"{number:05}-{'n' * 240}" for number in range(9_000)]  # noqa: S108 (where users meet)
    try:
        for path in left:
            path.touch()
            os.chown(path, uid, uid)
        with student_user() as again:
            assert again == uid
            assert [path for path in left if path.exists()] == []
    finally:
        for path in left:
            path.unlink(missing_ok=True)


def test_a_file_deep_in_folders_of_others_is_removed():
    """Another user's folders, nested deeper than Python's recursion or open files allow, hide nothing and stay."""
    with student_user() as uid:
        pass
    top = Path("/var/tmp") / f"deep-{os.getpid()}"  # noqa: S108 (where users meet)
    folder = top
    before = os.umask(0)
    try:
        for _ in range(1_500):
            folder.mkdir()
            folder /= "d"
        left = folder.parent / "left-by-student"
        left.touch()
        os.chown(left, uid, uid)
        with student_user() as again:
            assert again == uid
            assert not left.exists()
            assert left.parent.exists()
    finally:
        os.umask(before)
        subprocess.run(["rm", "-rf", top], check=True)


def test_memory_is_bounded_by_ones_own_where_it_cannot_be_shared_out(monkeypatch):
    """Without the capability to read details, neither libraries' files nor a neighbour's memory count as the user's."""
    group = ControlGroup(Path("/nowhere"), Path("/nowhere"), Path("/nowhere"))
    monkeypatch.setattr(ControlGroup, "of_process", lambda _: group)
    monkeypatch.setattr(ControlGroup, "memory_limit_bytes", 2**32)
    monkeypatch.setattr(ControlGroup, "measure", lambda _: Measurement(memory_bytes=2**31))
    monkeypatch.setattr(student_users, "proportional_memory", lambda *_: (0, 0))
    hoards = "block = bytearray(2**27); import os, time; os.fork(); time.sleep(60)"
    with trainer_user() as uid:
        command = [SYSTEM_PYTHON, "-c", hoards]
        monitor = Monitor(subprocess.Popen(command, user=uid))
        processes = UserProcesses(monitor, uid, (uid,))
        try:
            until = time.monotonic() + 10
            while len(user_processes(uid)) < 2 and time.monotonic() < until:
                time.sleep(0.05)
            # What the fork shares counts twice: it may be too much, and is never too little.
            assert 2**27 < processes.proportional_memory_bytes() < 2**29
            monkeypatch.setattr(ControlGroup, "measure", lambda _: Measurement(memory_bytes=2**28))
            assert processes.proportional_memory_bytes() <= 2**28
        finally:
            processes.destroy()


def test_trainers_have_their_users_to_themselves():
    """Each trainer has a user of its own, different from its neighbours' and every student's, and returns it."""
    with trainer_user() as first, trainer_user() as second:
        assert first != second
        assert {first, second} <= set(TRAINERS)
    with trainer_user() as again:
        assert again == first


def test_what_a_killed_commands_trainer_left_is_gone_and_a_living_one_goes_on(root):
    """Opening the sandbox removes processes and files of trainers whose command was killed."""
    asks = "from autograder.sandbox.student_users import trainer_user\nwith trainer_user() as uid: print(uid); input()"
    command = [sys.prefix + "/bin/python", "-I", "-u", "-c", asks]
    processes, files = [], []
    with trainer_user() as living, subprocess.Popen(command, cwd=root, stdin=-1, stdout=-1, text=True) as owner:
        dead = int(owner.stdout.readline())
        assert dead != living
        for uid in (dead, living):
            processes.append(subprocess.Popen(["/bin/sleep", "60"], user=uid, start_new_session=True))
            files.append(Path("/dev/shm") / f"left-by-{uid}")  # noqa: S108 (where homes are)
            files[-1].touch()
            os.chown(files[-1], uid, uid)
        end_abandoned_trainers()
        assert [user_processes(uid) for uid in (dead, living)] == [[process.pid] for process in processes]
        owner.kill()
        owner.wait()
        end_abandoned_trainers()
        assert [path.exists() for path in files] == [False, True]
        assert [user_processes(uid) for uid in (dead, living)] == [[], [processes[1].pid]]
    assert (user_processes(living), files[1].exists()) == ([], False)
    for process in processes:
        process.wait(5)


def test_a_student_can_neither_touch_a_trainer_nor_look_into_it(start_trainer, run_stand_in):
    """A student can see that another user's trainer runs, but nothing more; cleaning up leaves the trainer alone."""
    trainer = start_trainer("uid")
    trainer.receive(20)
    leaves = "open('/tmp/trainers-' + str(os.getpid()), 'w').write('answer')"
    told = "send('told', uid=os.getuid(), pid=os.getpid(), home=os.getcwd())"
    trainer.send_message({"type": "do", "what": f"{leaves}; {told}"})
    told = trainer.receive(20)
    run = run_stand_in(
        f"""
        import ctypes, glob
        pid, home = {told["pid"]}, {told["home"]!r}
        found = []
        def attempt(name, deed, *arguments):
            try:
                deed(*arguments)
                found.append(name)
            except OSError:
                pass
        for number in (0, 9, 19):
            attempt(f"signal {{number}}", os.kill, pid, number)
        attempt("group", os.killpg, pid, 9)
        attempt("priority", os.setpriority, os.PRIO_PROCESS, pid, 19)
        attempt("processors", os.sched_setaffinity, pid, [0])
        attempt("home", os.listdir, home)
        attempt("rename", os.rename, home, home + "-mine")
        attempt("file", open, "/tmp/trainers-" + str(pid))
        for name in ("environ", "mem", "maps", "fd/0", "cwd/.", "root/.", "auxv", "io", "stack", "syscall", "task/x"):
            attempt(name, lambda path: os.read(os.open(path, os.O_RDONLY), 1), f"/proc/{{pid}}/{{name}}")
        attempt("adjust", lambda: open(f"/proc/{{pid}}/oom_score_adj", "w").write("0"))
        pidfd = os.pidfd_open(pid)
        attempt("pidfd", signal.pidfd_send_signal, pidfd, 9)
        libc = ctypes.CDLL(None)
        calls = {{"pidfd_getfd": (438, pidfd, 0, 0), "ptrace": (101, 16, pid, 0, 0)}}
        calls["kcmp"] = (312, pid, os.getpid(), 0, 0, 0)
        if os.uname().machine == "x86_64":
            found += [name for name, call in calls.items() if libc.syscall(*call) >= 0]
        found += [line for line in open("/proc/net/unix") if str({told["uid"]}) in line]
        tell([os.getuid(), found])
        finish()
        """,
        sandbox="uid",
    )
    uid, found = run.values["q01_probabilities"]
    assert (uid != told["uid"], found) == (True, []), run.output_tail
    trainer.send_message({"type": "still there"})
    assert trainer.receive(20) == {"type": "still there"}
    trainer.close()
    assert list(Path("/tmp").glob(f"trainers-{told['pid']}")) == []  # noqa: S108 (where it wrote)
    assert user_processes(told["uid"]) == []
    assert not Path(told["home"]).exists()
