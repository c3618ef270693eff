"""Explain why a file's bytes are not a notebook, with a remedy that works for the particular fault.

Jupyter cannot open such files, so "open it and save it again" would not help.
"""

from __future__ import annotations

import codecs
import json
import re
import shlex
from typing import NoReturn

from autograder.records import Detail, SubmissionError

_MAGIC = (
    (b"\x89PNG", "file.png"),
    (b"\xff\xd8\xff", "file.jpeg"),
    (b"GIF8", "file.gif"),
    (b"%PDF", "file.pdf"),
    (b"PK\x03\x04", "file.office"),
    (b"Rar!", "file.rar"),
    (b"7z\xbc\xaf\x27\x1c", "file.seven_zip"),
    (b"\x1f\x8b", "file.gzip"),
    (b"\x89HDF", "file.hdf5"),
    (b"bplist00", "file.property_list"),
    (b"{\\rtf", "file.rtf"),
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|>{7})(?: .*)?\r?$|^={7}\r?$", re.MULTILINE)
_WEB_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_SHORTCUT = re.compile(r"\s*(?:\[InternetShortcut\]|\[Desktop Entry\]|<\?xml[^>]*>\s*<!DOCTYPE plist)")
_GIT_LFS = "version https://git-lfs.github.com/spec/"
_LEADING_CHARACTERS = 4096


def decode(data: bytes, source: str) -> str:
    """Decode a file's text.

    Raises:
        SubmissionError: It is empty or not UTF-8; the message says what it is instead.
    """
    if not data.strip():
        raise SubmissionError(Detail("refused.empty"), source)
    if not data.strip(b"\0"):
        raise SubmissionError(Detail("refused.only_zeros"), source)
    if b"\0" in data[:2]:
        raise SubmissionError(Detail.of("refused.other_encoding", encoding="UTF-16"), source)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(_other_encoding(data, error.start), source) from error


def refuse_broken(text: str, error: json.JSONDecodeError, source: str) -> NoReturn:
    """Explain why a text is not JSON.

    Raises:
        SubmissionError: Always.
    """
    conflict = _CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        raise SubmissionError(Detail.of("refused.conflict", line=line), source) from error
    start = text[:_LEADING_CHARACTERS]
    if start.lstrip()[:1] == "{" and not start.startswith("{\\rtf"):
        fault = Detail.of("refused.not_whole", line=error.lineno, column=error.colno)
        raise SubmissionError(fault, source) from error
    raise SubmissionError(_kind_of_text(start), source) from error


def refuse_other_json(value: object, source: str) -> NoReturn:
    """Explain what JSON that is not a notebook may be.

    Raises:
        SubmissionError: Always.
    """
    name = source.rpartition("/")[2]
    if isinstance(value, str) and value.lstrip()[:1] == "{" and '"cells"' in value:
        unpacked = shlex.quote("unpacked-" + name)
        raise SubmissionError(Detail.of("refused.one_text", name=shlex.quote(name), unpacked=unpacked), source)
    if isinstance(value, dict) and ("doc_id" in value or "docs.google.com" in str(value.get("url", ""))):
        raise SubmissionError(Detail("refused.drive_shortcut"), source)
    raise SubmissionError(Detail("refused.other_json"), source)


def _other_encoding(data: bytes, first: int) -> Detail:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return Detail.of("refused.other_encoding", encoding=name)
    for magic, code in _MAGIC:
        if data.startswith(magic):
            return Detail.of("refused.another_file", kind=Detail(code))
    if data.lstrip()[:1] == b"{" and b"\0" not in data:
        line = data.count(b"\n", 0, first) + 1
        return Detail.of("refused.windows_1252", byte=f"0x{data[first]:02x}", line=line)
    return Detail("refused.not_utf8")


def _kind_of_text(start: str) -> Detail:
    if _WEB_PAGE.match(start):
        return Detail("refused.web_page")
    if start.startswith(_GIT_LFS):
        return Detail("refused.git_lfs")
    if _SHORTCUT.match(start):
        return Detail.of("refused.another_file", kind=Detail("file.shortcut"))
    for magic, code in _MAGIC:
        if start.encode("latin-1", "replace").startswith(magic):
            return Detail.of("refused.another_file", kind=Detail(code))
    return Detail("refused.not_json")
