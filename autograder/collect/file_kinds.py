"""Recognise by file name alone: notebooks, archives, other submissions, and files left by systems and editors."""

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
"""Lower-case names of files left by systems and editors; so is any name that begins with a dot or `~$`."""

_NO_HAND_IN = frozenset({
    ".csv", ".tsv", ".xls", ".xlsx", ".ods", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".log", ".sqlite", ".db", ".sh",
    ".bat", ".ps1", ".npy", ".npz", ".h5", ".hdf5", ".keras", ".pkl", ".pt", ".parquet", ".tmp", ".bak", ".part",
    ".crdownload", ".sha256", ".md5", ".sig",
})  # fmt: skip
"""Tables, settings, data and partial downloads: never a submission."""

_SPEAKS_OF_ALL = re.compile(
    r"(read[-_ ]?me|leia[-_ ]?me|notes?|notas?|grades?|licen[sc]e|makefile|dockerfile|requirements|environment|todo|"
    r"instructions?|instru[cç][oõ]es|enunciado|assignment|rubric|rubrica|gabarito|solution|turma|alunos|students|roster|"
    r"class|index|data|dados|datasets?|tests?|images?|imagens|figures?|figuras|docs?)",
    re.IGNORECASE,
)
"""Names of documents or folders about a class rather than of a person."""

_MORE_SUFFIXES = frozenset({".ipynb", ".tar", ".txt", ".json", ".html", ".htm", ".pdf", ".py", ".zip"})


def is_notebook(name: str) -> bool:
    """Recognise a notebook by its name."""
    return PurePath(name).suffix.casefold() == _NOTEBOOK


def is_zip(name: str) -> bool:
    """Recognise a zip by its name."""
    return PurePath(name).suffix.casefold() == _ZIP


def is_other_archive(name: str) -> bool:
    """Recognise by its name an archive that we do not open."""
    return PurePath(name).suffix.casefold() in _OTHER_ARCHIVES


def is_leftover(name: str) -> bool:
    """Recognise files left by systems and editors, except iCloud's placeholder of a submission."""
    if name.startswith("."):
        return not is_placeholder(name)
    return name.startswith("~$") or name.casefold() in _LEFTOVERS


def is_placeholder(name: str) -> bool:
    """Recognise iCloud's placeholder of a file that is stored elsewhere: `.ana.ipynb.icloud`."""
    return name.casefold().endswith(_PLACEHOLDER)


def is_checkpoint(name: str) -> bool:
    """Recognise a copy that Jupyter made by itself, wherever it was moved to."""
    return is_notebook(name) and PurePath(name).stem.casefold().endswith(_CHECKPOINT)


def could_be_hand_in(name: str) -> bool:
    """Return whether a file beside submissions could itself be one."""
    if is_notebook(name) or is_zip(name) or is_other_archive(name) or is_placeholder(name):
        return True
    return PurePath(name).suffix.casefold() not in _NO_HAND_IN and not speaks_of_all(name)


def speaks_of_all(name: str) -> bool:
    """Recognise by its name a file or folder about a class, such as `README.md` or `notas.pdf`."""
    return _SPEAKS_OF_ALL.fullmatch(person_part(name)) is not None


def person_part(name: str) -> str:
    """Return a file's name without suffixes and without what programs add to it.

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
    """Return whether a notebook has the assignment's own name: `cnn-training.ipynb`, `cnn-training.pt-BR.ipynb`."""
    language = r"(\.[a-z]{2,3}(-[a-z]{2,4})?)?"
    return bool(re.fullmatch(re.escape(assignment_name) + language + r"\.ipynb", name, re.IGNORECASE))


def is_copy_of_own_name(name: str, assignment_name: str) -> bool:
    """Return whether a notebook has the name that a program gives to another copy of the assignment's own.

    Browsers append ` (1)`, Canvas `-1`, Jupyter `-Copy1`; Drive and Windows put words before or after the name.
    """
    stem = PurePath(name).stem
    stem = re.sub(r"^(copy of|c[oó]pia de) ", "", stem, flags=re.IGNORECASE)
    stem = re.sub(r"( ?\(\d+\)|-\d+|-copy\d+|( - | )c[oó]p(y|ia)( \(\d+\))?)$", "", stem, flags=re.IGNORECASE)
    return stem != PurePath(name).stem and is_own_name(stem + PurePath(name).suffix, assignment_name)
