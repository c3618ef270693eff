"""Decode the names in a zip that do not declare their encoding.

The format knows two encodings: code page 437 and, if a flag is set, UTF-8. Without the flag, programs also write UTF-8
(macOS), the code page of the Windows console (850 in Western Europe and Brazil, 437 in the United States) or
Windows-1252. Info-ZIP adds the name in UTF-8 in an extra field.
"""

from __future__ import annotations

import contextlib
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_UNICODE_PATH_VERSION = 1
_EXTRA_HEADER = struct.Struct("<HH")
_UNICODE_PATH_HEADER = struct.Struct("<BI")

_CODE_PAGES = ("cp850", "cp437", "cp1252")
"""In order of preference, which decides between equally plausible readings."""

_EXPECTED_LETTERS = frozenset("áàâãçéêíñóôõúü")
_EUROPEAN_LETTERS = frozenset("äåæèëìîïòöøùûßœ")
_EUROPEAN_LETTER = 1
_RARE_LETTER = 2
_CASE_CHANGES_WITHIN_WORD = 3
_NO_LETTER = 6


def decode_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the name of each entry as its author meant it.

    All names that neither have the flag nor are UTF-8 are decoded with the same, most plausible encoding, because one
    program wrote them.
    """
    names = [_declared(info) for info in infos]
    raw = [
        b"" if name is not None else info.orig_filename.encode("cp437") for info, name in zip(infos, names, strict=True)
    ]
    page = _best_code_page([one for one in raw if one])
    return [content.decode(page, "replace") if name is None else name for name, content in zip(names, raw, strict=True)]


def _declared(info: zipfile.ZipInfo) -> str | None:
    """Return a name whose encoding is known; None if it has to be guessed."""
    # Unlike `orig_filename`, `filename` is cut at a zero byte, where other readers continue.
    name = info.orig_filename
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    # Python decoded the name as code page 437, which has a character for every byte, so encoding restores the bytes.
    raw = name.encode("cp437")
    beside = _unicode_path(info.extra, raw)
    if beside is not None:
        return beside
    with contextlib.suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    return None


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Return the name in Info-ZIP's extra field; None if the entry was renamed since, as its checksum shows."""
    place = 0
    while place + _EXTRA_HEADER.size <= len(extra):
        kind, size = _EXTRA_HEADER.unpack_from(extra, place)
        field = extra[place + _EXTRA_HEADER.size : place + _EXTRA_HEADER.size + size]
        place += _EXTRA_HEADER.size + size
        if kind != _UNICODE_PATH or len(field) < _UNICODE_PATH_HEADER.size:
            continue
        version, checksum = _UNICODE_PATH_HEADER.unpack_from(field)
        if version == _UNICODE_PATH_VERSION and checksum == zlib.crc32(raw):
            with contextlib.suppress(UnicodeDecodeError):
                return field[_UNICODE_PATH_HEADER.size :].decode("utf-8")
    return None


def _best_code_page(names: Sequence[bytes]) -> str:
    return min(_CODE_PAGES, key=lambda page: sum(_oddness(name, page) for name in names))


def _oddness(raw: bytes, page: str) -> int:
    """Return how implausible a decoded name is as a name of a person or file; 0 is usual."""
    name = raw.decode(page, "replace")
    odd = 0
    for place, character in enumerate(name):
        if character.isascii():
            continue
        before, after = name[place - 1 : place], name[place + 1 : place + 2]
        is_lone_capital = character.isupper() and before.islower()
        is_lone_small_letter = character.islower() and before.isupper() and after.isupper()
        if unicodedata.category(character)[0] != "L":
            odd += _NO_LETTER
        elif is_lone_capital or is_lone_small_letter:
            odd += _CASE_CHANGES_WITHIN_WORD
        elif character.lower() in _EUROPEAN_LETTERS:
            odd += _EUROPEAN_LETTER
        elif character.lower() not in _EXPECTED_LETTERS:
            odd += _RARE_LETTER
    return odd
