"""The seccomp filter: its program for both architectures, and its effect in the kernel."""

import errno
import os
import struct
import sys
from pathlib import Path

import pytest

from autograder.records import RunVerdict
from autograder.sandbox import seccomp

ALLOWED = "allowed"
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = {"x86_64": 56, "aarch64": 220}
SOCKET = {"x86_64": 41, "aarch64": 198}
PTRACE = {"x86_64": 101, "aarch64": 117}


def judge(program, number, *, audit, argument=0):
    """Run a filter as the kernel does; return the error for the caller, or that the call is allowed."""
    data = struct.pack("=IIQQ", number, audit, 0, argument)
    place = accumulator = 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", program, 8 * place)
        place += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("=I", data, value)[0]
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: accumulator & value}[code]
                place += if_true if holds else if_false
            case 0x06:
                return ALLOWED if value == 0x7FFF0000 else errno.errorcode[value & 0xFFFF]


@pytest.mark.parametrize(("namespaces", "local"), [(True, {1, 2, 10, 16}), (False, {1})])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_the_program_says(machine, namespaces, local):
    """Tracing, persistent memory, namespaces, foreign sockets and conventions are refused; other calls are not.

    Without namespaces, all sockets that could reach another machine are refused as well.
    """
    program, audit = seccomp.system_call_filter(machine, namespaces=namespaces), AUDIT[machine]
    processor = seccomp._PROCESSORS[machine]
    named = processor.refused | seccomp._EVERYWHERE | processor.outliving
    for name, number in named.items():
        assert judge(program, number, audit=audit) == "EPERM", name
    for number in set(range(seccomp._NEWEST + 1)) - {*named.values(), seccomp._CLONE3, CLONE[machine], SOCKET[machine]}:
        assert judge(program, number, audit=audit) == ALLOWED, number
    assert judge(program, seccomp._CLONE3, audit=audit) == "ENOSYS"
    # A fork, a thread of glibc, and the flag of each kind of namespace.
    for flags in (17, 0x3D0F00):
        assert judge(program, CLONE[machine], audit=audit, argument=flags) == ALLOWED
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert judge(program, CLONE[machine], audit=audit, argument=flag | 17) == "EPERM"
    families = {family: judge(program, SOCKET[machine], audit=audit, argument=family) for family in range(46)}
    assert {family for family, verdict in families.items() if verdict == ALLOWED} == local
    assert set(families.values()) == {ALLOWED, "EAFNOSUPPORT"}
    assert judge(program, 0, audit=0x40000003) == "EPERM"
    assert judge(program, PTRACE[machine], audit=0x40000003) == "EPERM"
    # Newer than any reviewed call; the x32 convention; the largest number.
    for number in (seccomp._NEWEST + 1, 600, 0x40000000 + PTRACE[machine], 0xFFFFFFFF):
        assert judge(program, number, audit=audit) == "ENOSYS"


def test_an_unknown_processor_has_no_filter():
    """On an unknown architecture no filter is loaded, rather than that of another one."""
    assert seccomp.system_call_filter("riscv64") == b""


def test_what_the_kernel_makes_of_it(run_stand_in):
    """In the jail each named call fails with the filter's error, and threads, children and sockets work."""
    processor = seccomp._PROCESSORS[os.uname().machine]
    numbers = sorted({*processor.refused.values(), *processor.outliving.values(), *seccomp._EVERYWHERE.values()})
    run = run_stand_in(
        f"""
import ctypes, errno, socket
library = ctypes.CDLL(None, use_errno=True)
found = []
for number in {numbers}:
    if library.syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != errno.EPERM:
        found.append([number, ctypes.get_errno()])
thread = threading.Thread(target=found.append, args=("thread",))
thread.start()
thread.join()
found.append(subprocess.run(["echo", "child"], capture_output=True, text=True).stdout.strip())
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, 40, 38, 17):
    try:
        socket.socket(family, socket.SOCK_DGRAM if family != 40 else socket.SOCK_STREAM).close()
        found.append(int(family))
    except OSError as error:
        found.append(-error.errno)
found.append(open("/proc/self/status").read().split("Seccomp:")[1].split()[0])
tell(found)
finish()
"""
    )
    assert run.verdict is RunVerdict.COMPLETE, run.output_tail
    refused = [-errno.EAFNOSUPPORT] * 3
    assert run.values["q01_probabilities"] == ["thread", "child", 1, 2, 10, 16, *refused, "2"]


@pytest.mark.parametrize("sandbox", ["bubblewrap", "uid"])
def test_calls_that_nobody_has_looked_at_do_not_exist(run_stand_in, sandbox, monkeypatch):
    """A number above the newest reviewed call is answered as by an older kernel."""
    if sandbox == "uid":
        if os.geteuid() != 0 or not Path("/usr/bin/python3").exists():
            pytest.skip("another user's rights need root and a Python for everybody")
        monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    run = run_stand_in(
        """
import ctypes, errno
library = ctypes.CDLL(None, use_errno=True)
found = []
for number in (467, 469, 600, 5000, 0x40000027):
    library.syscall(number, 0, 0, 0, 0, 0, 0)
    found.append(errno.errorcode[ctypes.get_errno()])
tell(found)
finish()
""",
        sandbox=sandbox,
    )
    assert run.verdict is RunVerdict.COMPLETE, run.detail
    assert run.values["q01_probabilities"] == ["ENOSYS"] * 5


def test_memory_that_outlives_its_process_cannot_be_made(run_stand_in):
    """System V shared memory is refused; the shared memory of Python and its libraries works and is counted."""
    run = run_stand_in(
        """
import ctypes, multiprocessing, errno
from multiprocessing import shared_memory
library = ctypes.CDLL(None, use_errno=True)
found = [library.shmget(0, 4096, 0o1600), errno.errorcode[ctypes.get_errno()]]
memory = shared_memory.SharedMemory(create=True, size=4096)
memory.buf[0] = 7
with multiprocessing.Pool(2) as pool:
    found += [memory.buf[0], pool.map(abs, [-1, -2])]
memory.close()
memory.unlink()
tell(found)
finish()
"""
    )
    assert run.verdict is RunVerdict.COMPLETE, run.output_tail
    assert run.values["q01_probabilities"] == [-1, "EPERM", 7, [1, 2]]


@pytest.mark.slow
def test_a_kernel_without_filters_is_told_and_not_refused(run_stand_in, monkeypatch):
    """Without a filter the jail still works, and the doctor names the missing protection."""
    monkeypatch.setattr("autograder.sandbox.bubblewrap.system_call_filter", lambda: b"")
    run = run_stand_in("tell(open('/proc/self/status').read().split('Seccomp:')[1].split()[0])\nfinish()")
    assert run.values == {"q01_probabilities": "0"}
    from autograder.sandbox import examine_protections  # noqa: PLC0415 (under the changed name)

    lacking = {protection.name for protection in examine_protections() if not protection.holds}
    assert lacking == {"system calls filtered"}
