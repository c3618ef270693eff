"""The seccomp filter of the system calls that a notebook may not make, as taken by bubblewrap's `--seccomp`.

In a jail the namespaces already refuse most of these calls; the filter also keeps notebooks away from kernel bugs
behind them. No notebook needs what is refused: tracing, mounting, namespaces, keys, modules, io_uring, memory that
belongs to no process, and sockets other than Unix, internet and netlink ones (vsock ignores network namespaces).
Without namespaces the filter itself is the barrier: it leaves Unix sockets only, so none reaches another machine.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import socket
import struct
from collections.abc import Container

_X86_64 = {
    "acct": 163, "add_key": 248, "adjtimex": 159, "bpf": 321, "chroot": 161, "clock_adjtime": 305, "clock_settime": 227,
    "delete_module": 176, "fanotify_init": 300, "finit_module": 313, "init_module": 175, "ioperm": 173, "iopl": 172,
    "kcmp": 312, "kexec_file_load": 320, "kexec_load": 246, "keyctl": 250, "lookup_dcookie": 212, "modify_ldt": 154,
    "mount": 165, "nfsservctl": 180, "open_by_handle_at": 304, "perf_event_open": 298, "pivot_root": 155,
    "process_vm_readv": 310, "process_vm_writev": 311, "ptrace": 101, "quotactl": 179, "reboot": 169,
    "request_key": 249, "setns": 308, "settimeofday": 164, "swapoff": 168, "swapon": 167, "syslog": 103,
    "umount2": 166, "unshare": 272, "userfaultfd": 323, "uselib": 134, "vhangup": 153,
}  # fmt: skip
_AARCH64 = {
    "acct": 89, "add_key": 217, "adjtimex": 171, "bpf": 280, "chroot": 51, "clock_adjtime": 266, "clock_settime": 112,
    "delete_module": 106, "fanotify_init": 262, "finit_module": 273, "init_module": 105, "kcmp": 272,
    "kexec_file_load": 294, "kexec_load": 104, "keyctl": 219, "lookup_dcookie": 18, "mount": 40, "nfsservctl": 42,
    "open_by_handle_at": 265, "perf_event_open": 241, "pivot_root": 41, "process_vm_readv": 270,
    "process_vm_writev": 271, "ptrace": 117, "quotactl": 60, "reboot": 142, "request_key": 218, "setns": 268,
    "settimeofday": 170, "swapoff": 225, "swapon": 224, "syslog": 116, "umount2": 39, "unshare": 97,
    "userfaultfd": 282, "vhangup": 58,
}  # fmt: skip
# Since number 424, all architectures share the numbers.
_EVERYWHERE = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_getfd": 438, "process_madvise": 440,
    "mount_setattr": 442, "quotactl_fd": 443,
}  # fmt: skip
# Shared memory, semaphores and queues outlive their processes: without namespaces they would remain, and in a jail they
# are memory charged to no process. Python's own shared memory uses files, which are counted.
_X86_64_OUTLIVING = {"mq_open": 240, "msgget": 68, "semget": 64, "shmget": 29}
_AARCH64_OUTLIVING = {"mq_open": 180, "msgget": 186, "semget": 190, "shmget": 194}
_CLONE3 = 435
_NEWEST = 466
"""The newest call known when this list was made (`removexattrat`, Linux 6.13). Later calls are answered with ENOSYS:
nobody has reviewed them, and C libraries fall back as on an older kernel."""

_NEW_NAMESPACES = 0x7E020080
"""The flags of `clone` that create namespaces: time, mount, cgroup, UTS, IPC, user, pid, network."""

_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
_FAMILIES_WITHOUT_NAMESPACES = (socket.AF_UNIX,)


@dataclasses.dataclass(frozen=True, slots=True)
class _Processor:
    """A processor architecture: its audit number and its system call numbers."""

    audit: int
    refused: dict[str, int]
    outliving: dict[str, int]
    clone: int
    socket: int


_PROCESSORS = {
    "x86_64": _Processor(0xC000003E, _X86_64, _X86_64_OUTLIVING, clone=56, socket=41),
    "aarch64": _Processor(0xC00000B7, _AARCH64, _AARCH64_OUTLIVING, clone=220, socket=198),
}

_INSTRUCTION = struct.Struct("=HBBI")
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000


def system_call_filter(
    machine: str = os.uname().machine, *, namespaces: bool = True, allowed: Container[str] = ()
) -> bytes:
    """Return the filter as a BPF program; empty for an unknown architecture.

    Args:
        machine: The architecture, as named by the kernel.
        namespaces: Whether the notebook has its own network namespace.
        allowed: Names of calls to allow although they are in the list.
    """
    processor = _PROCESSORS.get(machine)
    if processor is None:
        return b""
    program = [(_LOAD, 0, 0, _ARCHITECTURE)]
    program += _refuse_unless(_EQUAL, processor.audit, errno.EPERM)
    program += [(_LOAD, 0, 0, _NUMBER)]
    # This also refuses the numbers of the x32 ABI, which would bypass the list.
    program += _refuse_if(_AT_LEAST, _NEWEST + 1, errno.ENOSYS)
    # The flags of clone3 are in memory, which filters cannot read. C libraries fall back to `clone`.
    program += _refuse_if(_EQUAL, _CLONE3, errno.ENOSYS)
    named = processor.refused | processor.outliving | _EVERYWHERE
    for number in sorted({number for name, number in named.items() if name not in allowed}):
        program += _refuse_if(_EQUAL, number, errno.EPERM)
    flags = [
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *_refuse_if(_ANY_BIT, _NEW_NAMESPACES, errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    program += [(_EQUAL, 0, len(flags), processor.clone), *flags]
    local = _FAMILIES if namespaces else _FAMILIES_WITHOUT_NAMESPACES
    families = [(_LOAD, 0, 0, _FIRST_ARGUMENT)]
    for place, family in enumerate(local):
        families.append((_EQUAL, len(local) - place, 0, family))
    families.append((_RETURN, 0, 0, _REFUSE | errno.EAFNOSUPPORT))
    program += [(_EQUAL, 0, len(families), processor.socket), *families, (_RETURN, 0, 0, _ALLOW)]
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in program)


def _refuse_if(test: int, value: int, error: int) -> list[tuple[int, int, int, int]]:
    return [(test, 0, 1, value), (_RETURN, 0, 0, _REFUSE | error)]


def _refuse_unless(test: int, value: int, error: int) -> list[tuple[int, int, int, int]]:
    return [(test, 1, 0, value), (_RETURN, 0, 0, _REFUSE | error)]
