"""What a jail sees of the host's file system: only what is listed here.

The programs and libraries of the system, Python and its packages, the payload and the data sets are exposed,
read-only. Everything among them that belongs to this package, or reveals its location, is covered.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.child_process import python_path
from autograder.errors import EnvironmentFault

PAYLOAD = "/payload"
KERAS_HOME = "/keras"
HOME = "/home/student"
TEMPORARY = "/tmp"  # noqa: S108 (the jail's own, empty at its start)
SHARED_MEMORY = "/dev/shm"  # noqa: S108 (likewise)
WRITABLE = (HOME, TEMPORARY, SHARED_MEMORY)
"""The writable folders; they are in memory and vanish with the jail."""

_PACKAGE = Path(__file__).resolve().parent.parent
_STAND_INS = Path(__file__).resolve().parent / "etc"

# Of /usr only what programs need: /usr/src and /usr/local/src may contain private sources.
_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share", "local/bin", "local/lib")
_LINKED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
_OWN_SETTINGS = ("passwd", "group", "nsswitch.conf", "hosts")
_PROCESSORS = ("cpuinfo", "meminfo", "stat")
_DEEPEST_DATA = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Mount:
    """A path in the jail, and the bubblewrap arguments that mount it; if `seal` is set, it is remounted read-only."""

    target: Path
    arguments: tuple[str, ...]
    seal: bool = False


def shown(source: Path, target: Path | None = None) -> Mount:
    """Expose a file or folder read-only, by default under its own path."""
    target = target or source
    return Mount(target, ("--ro-bind", str(source), str(target)))


def system_mounts() -> list[Mount]:
    """Expose the programs and libraries of the system, and the few settings that they need."""
    mounts = [shown(Path("/usr") / name) for name in _SYSTEM if (Path("/usr") / name).is_dir()]
    for name in _LINKED:
        folder = Path("/") / name
        if folder.is_symlink():
            mounts.append(Mount(folder, ("--symlink", str(folder.readlink()), str(folder))))
        elif folder.is_dir():
            mounts.append(shown(folder))
    settings = [Path("/etc") / name for name in _SETTINGS]
    mounts += [shown(path.resolve(), path) for path in settings if path.exists()]
    mounts += [shown(_STAND_INS / name, Path("/etc") / name) for name in _OWN_SETTINGS]
    return mounts


def python_mounts() -> list[Mount]:
    """Expose this Python: the virtual environment, without the folder around it, and its base installation.

    Raises:
        EnvironmentFault: Python is in a folder that must not be exposed.
    """
    executable = python_path()
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), executable.resolve().parent.parent}
    prefixes |= {prefix.resolve() for prefix in prefixes}
    for prefix in prefixes & {Path("/"), Path.home()}:
        raise EnvironmentFault(
            "a sandbox cannot expose Python without exposing everything else in its folder",
            str(prefix),
            "use a virtual environment in a folder of its own",
        )
    # The system's own Python is part of `system_mounts`.
    return [shown(prefix) for prefix in sorted(prefixes) if prefix not in {Path("/usr"), Path("/usr/local")}]


def data_mounts(data_home: Path) -> list[Mount]:
    """Expose the data sets. Links are resolved here, as they would be dangling in the jail."""
    return _data(data_home / "datasets", Path(KERAS_HOME) / "datasets", _DEEPEST_DATA)


def _data(source: Path, target: Path, deepest: int) -> list[Mount]:
    resolved = source.resolve()
    if not resolved.exists():
        return []
    if not resolved.is_dir() or deepest == 0 or not any(entry.is_symlink() for entry in resolved.iterdir()):
        return [shown(resolved, target)]
    return [mount for entry in sorted(resolved.iterdir()) for mount in _data(entry, target / entry.name, deepest - 1)]


def refuse_to_show(secrets: Iterable[Path], mounts: Sequence[Mount]) -> None:
    """Ensure that no mount exposes a secret: a rubric may be in the same folder as Python.

    Raises:
        EnvironmentFault: A mount exposes a secret.
    """
    covered = [mount.target.resolve() for mount in cover_mounts(mounts)]
    sources = [Path(mount.arguments[1]).resolve() for mount in mounts if mount.arguments[:1] == ("--ro-bind",)]
    for path in (secret.resolve() for secret in secrets):
        if any(_is_below(path, source) for source in sources) and not any(_is_below(path, one) for one in covered):
            raise EnvironmentFault(
                "students' code could read this: it is in a folder of Python, of the system or of the data sets",
                str(path),
                "move it, or the virtual environment, to a folder of its own",
            )


def own_mounts(file_bytes: int, *, own_processes: bool = True) -> list[Mount]:
    """Mount the jail's own /proc and /dev, and its writable folders in memory.

    Args:
        file_bytes: The size limit of each writable folder.
        own_processes: Mount a /proc of the jail's own; otherwise only the files in it that libraries ask for.
    """
    room = ("--perms", "1777", "--size", str(file_bytes), "--tmpfs")
    mounts = [Mount(Path(folder), (*room, folder)) for folder in WRITABLE]
    # What bubblewrap creates itself would be writable without a size limit, so it is remounted read-only. So is /proc,
    # because the settings under /proc/sys are the whole machine's.
    mounts.append(Mount(Path("/proc"), ("--proc" if own_processes else "--tmpfs", "/proc"), seal=True))
    if not own_processes:
        mounts += [shown(Path("/proc") / name) for name in _PROCESSORS]
    mounts.append(Mount(Path("/dev"), ("--dev", "/dev"), seal=True))
    mounts.append(Mount(Path(KERAS_HOME), ("--dir", KERAS_HOME)))
    mounts.append(Mount(Path("/"), (), seal=True))
    return mounts


def server_mounts() -> list[Mount]:
    """Expose only a fork server's own modules of this package, at the path where jails have the payload.

    So its command line, which every child inherits, reads like a payload's.
    """
    place = Path(PAYLOAD) / _PACKAGE.name / "sandbox"
    here = _PACKAGE / "sandbox"
    return [
        shown(here / "fork_server" / "__main__.py", Path(PAYLOAD) / "__main__.py"),
        shown(here / "fork_server", place / "fork_server"),
        shown(here / "drop_rights.py", place / "drop_rights.py"),
    ]


def cover_mounts(mounts: Iterable[Mount]) -> list[Mount]:
    """Cover what the mounts would expose of this package: its source, its project, and files that name its location."""
    shown_folders = [mount.target for mount in mounts if mount.arguments[0] == "--ro-bind"]
    hidden = list(own_folders())
    for folder in {Path(entry) for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}}:
        hidden += _traces(folder)
    # Both spellings, because a mount may have been reached by a link.
    hidden += [path.resolve() for path in hidden]
    return [_cover(path) for path in sorted(set(hidden)) if any(_is_below(path, folder) for folder in shown_folders)]


def own_folders() -> tuple[Path, ...]:
    """Return this package's folder, and the checkout around it if it is not installed."""
    if _PACKAGE.parent.name in {"site-packages", "dist-packages"}:
        return (_PACKAGE,)
    return (_PACKAGE, _PACKAGE.parent)


def _traces(folder: Path) -> list[Path]:
    """List the files of this package's installation among the site packages, editable or not."""
    names = [_PACKAGE.name, f"*{_PACKAGE.name}*.dist-info", f"*{_PACKAGE.name}*.egg-link"]
    found = [path for name in names for path in folder.glob(name)]
    project = str(_PACKAGE.parent)
    pointers = [*folder.glob("*.pth"), *folder.glob("__editable__*.py"), *folder.glob("_editable_impl_*.py")]
    return found + [path for path in pointers if project in path.read_text(encoding="utf-8", errors="replace")]


def _cover(path: Path) -> Mount:
    if path.is_dir():
        target = str(path)
        return Mount(path, ("--perms", "0555", "--size", "4096", "--tmpfs", target), seal=True)
    return shown(_STAND_INS / "hidden.pth", path)


def arguments_of(mounts: Sequence[Mount]) -> list[str]:
    """Return bubblewrap's arguments, outer folders first: mounting an outer folder later would hide an inner one."""
    # Create parent folders explicitly: bubblewrap by itself would make them accessible to their owner only.
    passages = {parent for mount in mounts for parent in mount.target.parents[:-1]} - {mount.target for mount in mounts}
    ordered = sorted(
        [*mounts, *(Mount(passage, ("--dir", str(passage))) for passage in passages)],
        key=lambda mount: (len(mount.target.parts), mount.target),
    )
    sealed = [argument for mount in ordered if mount.seal for argument in ("--remount-ro", str(mount.target))]
    return [argument for mount in ordered for argument in mount.arguments] + sealed


def _is_below(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
