"""What a jail sees of this machine: a list of what is shown, everything else is not there.

Shown are the system's programs and libraries, Python and its packages, the payload, and the data sets, all
read-only. Inside what is shown, whatever belongs to this package or leads to it is covered.
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
"""The folders that can be written to: they lie in memory and vanish with the jail."""

_PACKAGE = Path(__file__).resolve().parent.parent
_STAND_INS = Path(__file__).resolve().parent / "etc"

# Of /usr only what programs need: people keep sources in /usr/src and /usr/local/src.
_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share", "local/bin", "local/lib")
_LINKED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
_OWN_SETTINGS = ("passwd", "group", "nsswitch.conf", "hosts")
_DEEPEST_DATA = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Mount:
    """One place in the jail, and bubblewrap's arguments that put something there; sealed, nothing is added to it."""

    target: Path
    arguments: tuple[str, ...]
    seal: bool = False


def shown(source: Path, target: Path | None = None) -> Mount:
    """Show a file or folder read-only, in its own place unless told otherwise."""
    target = target or source
    return Mount(target, ("--ro-bind", str(source), str(target)))


def system_mounts() -> list[Mount]:
    """Show the programs and libraries of the system, and the few settings that they cannot do without."""
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
    """Show this Python: the virtual environment alone, without the folder it lies in, and what it was made from.

    Raises:
        EnvironmentFault: It lies where showing it would show everything.
    """
    executable = python_path()
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), executable.resolve().parent.parent}
    prefixes |= {prefix.resolve() for prefix in prefixes}
    for prefix in prefixes & {Path("/"), Path.home()}:
        raise EnvironmentFault(
            "a sandbox cannot show Python without showing everything that lies beside it",
            str(prefix),
            "use a virtual environment in a folder of its own",
        )
    # The system's own Python is shown with the system.
    return [shown(prefix) for prefix in sorted(prefixes) if prefix not in {Path("/usr"), Path("/usr/local")}]


def data_mounts(data_home: Path) -> list[Mount]:
    """Show the data sets. Links among them are followed here: in the jail they would lead nowhere."""
    return _data(data_home / "datasets", Path(KERAS_HOME) / "datasets", _DEEPEST_DATA)


def _data(source: Path, target: Path, deepest: int) -> list[Mount]:
    resolved = source.resolve()
    if not resolved.exists():
        return []
    if not resolved.is_dir() or deepest == 0 or not any(entry.is_symlink() for entry in resolved.iterdir()):
        return [shown(resolved, target)]
    return [mount for entry in sorted(resolved.iterdir()) for mount in _data(entry, target / entry.name, deepest - 1)]


def refuse_to_show(secrets: Iterable[Path], mounts: Sequence[Mount]) -> None:
    """See that no mount shows what must not be shown: a rubric may lie in the very folder that Python lies in.

    Raises:
        EnvironmentFault: One does.
    """
    covered = [mount.target.resolve() for mount in cover_mounts(mounts)]
    sources = [Path(mount.arguments[1]).resolve() for mount in mounts if mount.arguments[:1] == ("--ro-bind",)]
    for path in (secret.resolve() for secret in secrets):
        if any(_is_below(path, source) for source in sources) and not any(_is_below(path, one) for one in covered):
            raise EnvironmentFault(
                "students' code could read this: it lies where Python, the system or the data sets do",
                str(path),
                "move it, or the virtual environment, to a folder of its own",
            )


def own_mounts(file_bytes: int) -> list[Mount]:
    """Give the jail what is its own: its processes, its devices, and the folders in memory that can be written to."""
    room = ("--perms", "1777", "--size", str(file_bytes), "--tmpfs")
    mounts = [Mount(Path(folder), (*room, folder)) for folder in WRITABLE]
    # What bubblewrap builds for itself could be written to, without a limit to its size, so it is sealed; /proc with
    # it, because the settings under /proc/sys are the whole machine's.
    mounts.append(Mount(Path("/proc"), ("--proc", "/proc"), seal=True))
    mounts.append(Mount(Path("/dev"), ("--dev", "/dev"), seal=True))
    mounts.append(Mount(Path(KERAS_HOME), ("--dir", KERAS_HOME)))
    mounts.append(Mount(Path("/"), (), seal=True))
    return mounts


def cover_mounts(mounts: Iterable[Mount]) -> list[Mount]:
    """Cover what the mounts would show of this package: its source, its project, what tells where it lies."""
    shown_folders = [mount.target for mount in mounts if mount.arguments[0] == "--ro-bind"]
    hidden = list(own_folders())
    for folder in {Path(entry) for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}}:
        hidden += _traces(folder)
    # Both spellings: a shown folder may itself have been reached by a link.
    hidden += [path.resolve() for path in hidden]
    return [_cover(path) for path in sorted(set(hidden)) if any(_is_below(path, folder) for folder in shown_folders)]


def own_folders() -> tuple[Path, ...]:
    """Return where this package lies: its own folder, and the checkout that it is used from, if it is."""
    if _PACKAGE.parent.name in {"site-packages", "dist-packages"}:
        return (_PACKAGE,)
    return (_PACKAGE, _PACKAGE.parent)


def _traces(folder: Path) -> list[Path]:
    """List what an installation of this package leaves among the packages, editable or not."""
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
    """Return bubblewrap's arguments, outer folders first: a deeper mount would vanish under a later outer one."""
    # Folders on the way to a mount are made so that everybody may pass: by itself, bubblewrap lets only their owner.
    passages = {parent for mount in mounts for parent in mount.target.parents[:-1]} - {mount.target for mount in mounts}
    ordered = sorted(
        [*mounts, *(Mount(passage, ("--dir", str(passage))) for passage in passages)],
        key=lambda mount: (len(mount.target.parts), mount.target),
    )
    sealed = [argument for mount in ordered if mount.seal for argument in ("--remount-ro", str(mount.target))]
    return [argument for mount in ordered for argument in mount.arguments] + sealed


def _is_below(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
