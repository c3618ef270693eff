"""Irrevocably drop root's rights and execute a command: `python -I -S drop_rights.py UID FILTER COMMAND…`.

For containers, where no namespaces can be created; uses only what a process can do to itself. It runs before any
student code and imports the standard library only. UID is `-` if the engine has already set the user; FILTER is the
hexadecimal program of `seccomp`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 1, 22, 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION = 0x20080522
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9
_CAPABILITIES = 64
_MOST_KILLABLE = "1000"
_INSTRUCTION_BYTES = 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def drop_rights(uid: int | None, call_filter: bytes) -> None:
    """Become `uid` without capabilities, irrevocably and behind the filter; die with the parent process."""
    library = ctypes.CDLL(None, use_errno=True)
    # If memory runs out, the kernel should kill student processes before ours.
    Path("/proc/self/oom_score_adj").write_text(_MOST_KILLABLE, encoding="ascii")
    if uid is not None:
        give_up_capabilities(library, uid)
    forbid_gaining_rights(library)
    if library.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel cannot tie the process to its parent")
    # A kernel without filters does not stop grading: `autograder doctor` reports that the network is reachable.
    load_filter(library, call_filter)
    os.umask(0o077)


def give_up_capabilities(library: ctypes.CDLL, uid: int) -> None:
    """Become a user whose only group has the same number, with all capability sets empty.

    Raises:
        OSError: The kernel refuses.
    """
    for capability in range(_CAPABILITIES):
        if library.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            break
    if os.geteuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    # A change between two ordinary users does not clear the sets.
    library.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    if library.capset(header, nothing):
        raise OSError(ctypes.get_errno(), "the kernel cannot clear the capabilities")


def forbid_gaining_rights(library: ctypes.CDLL) -> None:
    """Ensure that no program executed from here on gains rights.

    Raises:
        OSError: The kernel does not support this.
    """
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel cannot forbid gaining rights")


def load_filter(library: ctypes.CDLL, call_filter: bytes) -> bool:
    """Install the filter of system calls for good; return False if the kernel supports none."""
    if not call_filter:
        return False
    program = _Program(len(call_filter) // _INSTRUCTION_BYTES, call_filter)
    refused: int = library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return refused == 0


if __name__ == "__main__":
    drop_rights(None if sys.argv[1] == "-" else int(sys.argv[1]), bytes.fromhex(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606, TID251 (executing the given command is this script's purpose)
