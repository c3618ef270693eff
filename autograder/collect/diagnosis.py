"""Explain why a file's bytes are not a notebook, with a remedy that works for the particular fault.

Jupyter cannot open such files, so "open it and save it again" would not help.
"""

from __future__ import annotations

import codecs
import json
import re
import shlex
from typing import NoReturn

from autograder.errors import SubmissionError

_HAND_IN = "hand in the .ipynb file"
_AGAIN = "download or copy the notebook again and hand that in"
_SAVE_AS_UTF8 = "open it in a text editor, save it with the encoding UTF-8 and hand that in"
_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip or an Office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"bplist00", "what iCloud leaves in place of a file, or another property list"),
    (b"{\\rtf", "a text with formats (RTF)"),
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
        raise SubmissionError("is empty", source, _AGAIN, code="empty")
    if not data.strip(b"\0"):
        raise SubmissionError("is empty: it contains only zeros", source, _AGAIN, code="empty")
    if b"\0" in data[:2]:
        what = "is not a notebook: not UTF-8 text, but perhaps UTF-16"
        raise SubmissionError(what, source, _SAVE_AS_UTF8, code="not_utf8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind, remedy = _encoding(data, error.start)
        what = f"is not a notebook: not UTF-8 text{kind}"
        code = "not_utf8" if remedy == _SAVE_AS_UTF8 else "not_notebook"
        raise SubmissionError(what, source, remedy, code) from error


def refuse_broken(text: str, error: json.JSONDecodeError, source: str) -> NoReturn:
    """Explain why a text is not JSON.

    Raises:
        SubmissionError: Always.
    """
    conflict = _CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        remedy = "in a text editor, keep one side of each conflict and delete the lines of <<<<<<<, ======= and >>>>>>>"
        what = f"holds git conflict markers at line {line}"
        raise SubmissionError(what, source, remedy, code="conflict") from error
    start = text[:_LEADING_CHARACTERS]
    if start.lstrip()[:1] == "{" and not start.startswith("{\\rtf"):
        place = f"line {error.lineno}, column {error.colno}"
        what = f"is not whole: its JSON breaks off or is broken at {place}"
        raise SubmissionError(what, source, _AGAIN, code="not_whole") from error
    kind, remedy = _kind_of_text(start)
    raise SubmissionError(f"is not a notebook: not JSON{kind}", source, remedy, code="not_notebook") from error


def refuse_other_json(value: object, source: str) -> NoReturn:
    """Explain what JSON that is not a notebook may be.

    Raises:
        SubmissionError: Always.
    """
    name = source.rpartition("/")[2]
    if isinstance(value, str) and value.lstrip()[:1] == "{" and '"cells"' in value:
        remedy = f"unpack it: jq -r . < {shlex.quote(name)} > {shlex.quote('unpacked-' + name)}"
        raise SubmissionError("is a notebook that was saved as one JSON text", source, remedy, code="one_text")
    if isinstance(value, dict) and ("doc_id" in value or "docs.google.com" in str(value.get("url", ""))):
        remedy = "in Google Drive or Colab, download the notebook as .ipynb"
        raise SubmissionError("is a shortcut to Google Drive, not the notebook", source, remedy, code="shortcut")
    raise SubmissionError("is not a notebook: JSON of another kind", source, _HAND_IN, code="not_notebook")


def _encoding(data: bytes, first: int) -> tuple[str, str]:
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return f", but {name}", _SAVE_AS_UTF8
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return f", but {name}", _HAND_IN
    if data.lstrip()[:1] == b"{" and b"\0" not in data:
        line = data.count(b"\n", 0, first) + 1
        return f", but perhaps Windows-1252 (byte 0x{data[first]:02x} at line {line})", _SAVE_AS_UTF8
    return "", _HAND_IN


def _kind_of_text(start: str) -> tuple[str, str]:
    if _WEB_PAGE.match(start):
        remedy = "in Jupyter or Colab, choose File, Download, .ipynb; a browser's Save as keeps the page around it"
        return ", but a web page", remedy
    if start.startswith(_GIT_LFS):
        return ", but a pointer of Git LFS", "run git lfs pull, then hand in the file"
    if _SHORTCUT.match(start):
        return ", but a shortcut to a file or a page", _HAND_IN
    for magic, name in _MAGIC:
        if start.encode("latin-1", "replace").startswith(magic):
            return f", but {name}", _HAND_IN
    return "", _HAND_IN
