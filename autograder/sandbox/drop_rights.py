"""Give up root's rights for good and become what the arguments name: `python -I -S drop_rights.py UID COMMAND…`.

For a container, where no namespace can be made: what is left is what every process may do to itself. It runs before
any code of a student's, from the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9
_CAPABILITIES = 64
_MOST_KILLABLE = "1000"

_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_AF_UNIX = 1
_EPERM, _EAFNOSUPPORT = 1, 97
_FOREIGN_NUMBERS = 0x40000000
"""From here on, x86-64 counts the calls of its other, 32-bit-pointer interface."""

# By machine: its audit number, and the numbers of `socket` and of the calls that nobody who trains networks needs:
# io_uring, which opens sockets without `socket`; memory and messages that outlive their processes (shmget, semget,
# msgget, mq_open); other processes' memory (ptrace, process_vm_readv, process_vm_writev); namespaces and mounts
# (unshare, setns, mount); keys; bpf, perf_event_open, userfaultfd.
_MACHINES = {
    "x86_64": (
        0xC000003E,
        41,
        (425, 426, 427, 29, 64, 68, 240, 101, 310, 311, 272, 308, 165, 248, 249, 250, 321, 298, 323),
    ),
    "aarch64": (
        0xC00000B7,
        198,
        (425, 426, 427, 194, 190, 186, 180, 117, 270, 271, 97, 268, 40, 217, 218, 219, 280, 241, 282),
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def filter_for(machine: str) -> bytes:
    """Return the system call filter of a machine, empty for one that is not known."""
    if machine not in _MACHINES:
        return b""
    audit, socket, refused = _MACHINES[machine]
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_ABOVE, 0, 1, _FOREIGN_NUMBERS),
        (_RETURN, 0, 0, _REFUSE | _EPERM),
    ]
    for number in refused:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE | _EPERM)]
    lines += [
        (_EQUAL, 0, 3, socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _REFUSE | _EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def drop_rights(uid: int) -> None:
    """Become `uid` without capabilities, without a way back, without a network; die with who started us."""
    libc = ctypes.CDLL(None, use_errno=True)
    # The kernel takes a student's process before ours when memory runs out.
    Path("/proc/self/oom_score_adj").write_text(_MOST_KILLABLE, encoding="ascii")
    for capability in range(_CAPABILITIES):
        if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            break
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel refuses to bind a process")
    code = filter_for(platform.machine())
    if code:
        program = _Program(len(code) // 8, code)
        # A kernel without filters is no reason to grade nobody: `autograder doctor` says that the network is open.
        libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    os.umask(0o077)


if __name__ == "__main__":
    drop_rights(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 (no shell: that is the point)
