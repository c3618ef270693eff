"""Give up root's rights for good and become what the arguments name: `python -I -S drop_rights.py UID FILTER COMMAND…`.

For a container, where no namespace can be made: what is left is what every process may do to itself. It runs before
any code of a student's, from the standard library alone. UID is `-` where the engine has given the process its user;
FILTER is the program of `seccomp`, in hexadecimal.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9
_CAPABILITIES = 64
_MOST_KILLABLE = "1000"
_INSTRUCTION_BYTES = 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def drop_rights(uid: int | None, call_filter: bytes) -> None:
    """Become `uid` without capabilities, without a way back, behind the filter; die with who started us."""
    libc = ctypes.CDLL(None, use_errno=True)
    # The kernel takes a student's process before ours when memory runs out.
    Path("/proc/self/oom_score_adj").write_text(_MOST_KILLABLE, encoding="ascii")
    if uid is not None:
        for capability in range(_CAPABILITIES):
            if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                break
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel refuses to bind a process")
    if call_filter:
        program = _Program(len(call_filter) // _INSTRUCTION_BYTES, call_filter)
        # A kernel without filters is no reason to grade nobody: `autograder doctor` says that the network is open.
        libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    os.umask(0o077)


if __name__ == "__main__":
    drop_rights(None if sys.argv[1] == "-" else int(sys.argv[1]), bytes.fromhex(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606, TID251 (no shell, and what we were told: that is the point)
