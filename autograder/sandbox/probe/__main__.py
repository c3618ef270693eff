# ruff: noqa: INP001
"""Runs in the payload's place and attempts what a hostile notebook would; see `protections.py`.

The source of the job's only cell names the attempt. `look` tests all kinds of access and reports which succeeded; the
others exceed a limit and never end.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CLONE_NEWUSER = 0x10000000
_IO_URING_SETUP = 425
_VIRTUAL_MACHINE_SOCKETS = 40
_MOST_PROCESSES = 4
_MOST_FORKS = 200
_READ_ONLY = ("/", "/usr/lib", "/etc", "/dev", "/payload", "/keras", sys.prefix)
_SETTINGS_OF_THE_KERNEL = "/proc/sys/kernel/core_pattern"


def main(orders: int, frames: int) -> None:
    """Make the attempt that the job names."""
    (length,) = struct.unpack(">I", os.read(orders, 4))
    job = json.loads(os.read(orders, length))
    _send(frames, {"type": "hello", "versions": {}})
    _send(frames, {"type": "cell", "index": 0, "status": "started"})
    attempts: dict[str, Callable[[], Any]] = {"memory": _allocate, "processes": _multiply, "time": _wait}
    attempt = job["cells"][0]["source"]
    if attempt in attempts:
        attempts[attempt]()
    report = {
        "network": _network(),
        "processes": _processes(),
        "hidden": _hidden(job["parameters"]["hidden"]),
        "writes": _writes(),
        "environment": _environment(job["parameters"]["variables"]),
        "privileges": _privileges(),
        "calls": _calls(),
    }
    _send(frames, {"type": "value", "name": "q00_report", "cell": 0, "value": report})
    _send(frames, {"type": "cell", "index": 0, "status": "ok", "seconds": 0.0, "error": ""})
    _send(frames, {"type": "done"})


def _network() -> list[str]:
    """Return the routes to the network. Connecting a datagram socket sends nothing, it only looks up a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        try:
            channel.connect(("192.0.2.1", 9))
        except OSError:
            return []
    return ["a route to the network"]


def _processes() -> list[str]:
    seen = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [f"{len(seen)} processes"] if len(seen) > _MOST_PROCESSES else []


def _hidden(paths: list[str]) -> list[str]:
    return [path for path in paths if os.access(path, os.R_OK)]


def _writes() -> list[str]:
    possible = []
    for folder in _READ_ONLY:
        try:
            os.close(os.open(f"{folder}/probe", os.O_WRONLY | os.O_CREAT))
            possible.append(folder)
        except OSError:
            continue
    try:
        # Opened without writing: this setting is the whole machine's.
        os.close(os.open(_SETTINGS_OF_THE_KERNEL, os.O_WRONLY))
        possible.append(_SETTINGS_OF_THE_KERNEL)
    except OSError:
        pass
    return possible


def _environment(expected: list[str]) -> list[str]:
    """Return unexpected environment variables of this process and of the jail's first process."""
    try:
        first = Path("/proc/1/environ").read_text(errors="replace").split("\0")
    except OSError:
        first = []
    return sorted({*os.environ, *(line.split("=")[0] for line in first if line)} - set(expected))


def _privileges() -> list[str]:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    found = [name for name in ("CapPrm", "CapEff", "CapBnd") if int(status[name], 16)]
    if os.getuid() == 0:
        found.append("root")
    if status["NoNewPrivs"] != "1":
        found.append("setuid programs")
    if ctypes.CDLL(None).unshare(_CLONE_NEWUSER) == 0:
        found.append("user namespaces of its own")
    return found


def _calls() -> list[str]:
    """Return the system calls that succeed although the filter must refuse them."""
    library = ctypes.CDLL(None)
    text = ctypes.create_string_buffer(b"x")
    place = (ctypes.c_size_t * 2)(ctypes.addressof(text), 1)
    possible = []
    if library.ptrace(0, 0, 0, 0) != -1:
        possible.append("ptrace")
    if library.process_vm_readv(os.getpid(), place, 1, place, 1, 0) != -1:
        possible.append("process_vm_readv")
    if library.syscall(_IO_URING_SETUP, 1, ctypes.create_string_buffer(120)) != -1:
        possible.append("io_uring")
    try:
        socket.socket(_VIRTUAL_MACHINE_SOCKETS, socket.SOCK_STREAM).close()
        possible.append("sockets of the virtual machine")
    except OSError:
        pass
    return possible


def _allocate() -> None:
    blocks = []
    while True:
        blocks.append(bytearray(2**23))


def _multiply() -> None:
    """Fork a bounded number of times, and never in children: if the limit fails, the machine must survive."""
    for _ in range(_MOST_FORKS):
        try:
            if os.fork() == 0:
                break
        except OSError:
            time.sleep(0.01)
    _wait()


def _wait() -> None:
    while True:
        time.sleep(60)


def _send(frames: int, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    os.write(frames, struct.pack(">I", len(body)) + body)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
