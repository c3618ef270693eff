"""Tell from a file's name alone what it may be: a notebook, an archive, some other hand-in, or a system's leftover."""

from __future__ import annotations

import re
from pathlib import PurePath

_NOTEBOOK = ".ipynb"
_ZIP = ".zip"
_OTHER_ARCHIVES = frozenset({".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"})
_PLACEHOLDER = ".icloud"
_CHECKPOINT = "-checkpoint"

_LEFTOVERS = frozenset({
    "__macosx", "__pycache__", "desktop.ini", "thumbs.db", "ehthumbs.db", "icon\r", "$recycle.bin",
    "system volume information",
})  # fmt: skip
"""What systems and editors leave, by its name in lower case. So is every name that begins with a dot, or with `~$`."""

_NO_HAND_IN = frozenset({
    ".csv", ".tsv", ".xls", ".xlsx", ".ods", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".log", ".sqlite", ".db", ".sh",
    ".bat", ".ps1", ".npy", ".npz", ".h5", ".hdf5", ".keras", ".pkl", ".pt", ".parquet", ".tmp", ".bak", ".part",
    ".crdownload", ".sha256", ".md5", ".sig",
})  # fmt: skip
"""Tables, settings, data and half downloads: nobody hands in an assignment as one."""

_SPEAKS_OF_ALL = re.compile(
    r"(read[-_ ]?me|leia[-_ ]?me|notes?|notas?|grades?|licen[sc]e|makefile|dockerfile|requirements|environment|todo|"
    r"instructions?|instru[cç][oõ]es|enunciado|assignment|rubric|rubrica|gabarito|solution|turma|alunos|students|roster|"
    r"class|index|data|dados|datasets?|tests?|images?|imagens|figures?|figuras|docs?)",
    re.IGNORECASE,
)
"""A name of a document or a folder that is about a class, not a person's."""

_MORE_SUFFIXES = frozenset({".ipynb", ".tar", ".txt", ".json", ".html", ".htm", ".pdf", ".py", ".zip"})


def is_notebook(name: str) -> bool:
    """Tell a notebook by its name."""
    return PurePath(name).suffix.casefold() == _NOTEBOOK


def is_zip(name: str) -> bool:
    """Tell a zip by its name."""
    return PurePath(name).suffix.casefold() == _ZIP


def is_other_archive(name: str) -> bool:
    """Tell an archive that is not opened by its name."""
    return PurePath(name).suffix.casefold() in _OTHER_ARCHIVES


def is_leftover(name: str) -> bool:
    """Tell what systems and editors leave in a folder; not what iCloud leaves in place of a hand-in."""
    if name.startswith("."):
        return not is_placeholder(name)
    return name.startswith("~$") or name.casefold() in _LEFTOVERS


def is_placeholder(name: str) -> bool:
    """Tell what iCloud leaves in place of a file that it keeps elsewhere: `.ana.ipynb.icloud`."""
    return name.casefold().endswith(_PLACEHOLDER)


def is_checkpoint(name: str) -> bool:
    """Tell a copy that Jupyter made by itself, wherever it was moved to."""
    return is_notebook(name) and PurePath(name).stem.casefold().endswith(_CHECKPOINT)


def could_be_hand_in(name: str) -> bool:
    """Tell whether a file that lies beside submissions could be what somebody handed in."""
    if is_notebook(name) or is_zip(name) or is_other_archive(name) or is_placeholder(name):
        return True
    return PurePath(name).suffix.casefold() not in _NO_HAND_IN and not speaks_of_all(name)


def speaks_of_all(name: str) -> bool:
    """Tell a file or a folder about a class, such as `README.md` or `notas.pdf`, by its name."""
    return _SPEAKS_OF_ALL.fullmatch(person_part(name)) is not None


def person_part(name: str) -> str:
    """Return a file's name without its endings and without what programs put around it.

    >>> names = ("bia.silva.ipynb", ".eva.ipynb.icloud", "eva-checkpoint.ipynb", "work.tar.gz")
    >>> [person_part(name) for name in names]
    ['bia.silva', 'eva', 'eva', 'work']
    """
    if is_placeholder(name):
        name = name.removeprefix(".")[: -len(_PLACEHOLDER)]
    if is_checkpoint(name):
        name = name[: -len(_CHECKPOINT + _NOTEBOOK)] + _NOTEBOOK
    stem = PurePath(name).stem
    while PurePath(stem).suffix.casefold() in _MORE_SUFFIXES:
        stem = PurePath(stem).stem
    return stem


def is_own_name(name: str, assignment_name: str) -> bool:
    """Tell whether a notebook is called as the assignment's own: `cnn-training.ipynb`, `cnn-training.pt-BR.ipynb`."""
    language = r"(\.[a-z]{2,3}(-[a-z]{2,4})?)?"
    return bool(re.fullmatch(re.escape(assignment_name) + language + r"\.ipynb", name, re.IGNORECASE))


def is_copy_of_own_name(name: str, assignment_name: str) -> bool:
    """Tell whether a program called a notebook so, as a further copy of the assignment's own.

    Browsers add ` (1)`, Canvas `-1`, Jupyter `-Copy1`; Drive and Windows put words before or behind it.
    """
    stem = PurePath(name).stem
    stem = re.sub(r"^(copy of|c[oó]pia de) ", "", stem, flags=re.IGNORECASE)
    stem = re.sub(r"( ?\(\d+\)|-\d+|-copy\d+|( - | )c[oó]p(y|ia)( \(\d+\))?)$", "", stem, flags=re.IGNORECASE)
    return stem != PurePath(name).stem and is_own_name(stem + PurePath(name).suffix, assignment_name)
