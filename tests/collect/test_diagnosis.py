"""What a file is if it is not a notebook, and a remedy that works for it."""

import json
import shutil
import subprocess

import pytest
from refusal_texts import remedy_of, what_of

from autograder.collect import read_notebook
from autograder.records import SubmissionError

NOTEBOOK = {
    "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = 'ação'"}],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
TEXT = json.dumps(NOTEBOOK, ensure_ascii=False, indent=1)
LINES = TEXT.splitlines()


def with_conflict(*lines):
    """Return a notebook's text with git's conflict markers in it."""
    return "\n".join([*LINES[:6], *lines, *LINES[6:]]).encode()


def refused(tmp_path, content, name="a.ipynb"):
    """Return the refusal of a file."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SubmissionError) as caught:
        read_notebook(tmp_path / name, "ana")
    assert "\n" not in str(caught.value)
    return caught.value


SIDES = ("<<<<<<< HEAD", '   "a": 1', "=======", '   "a": 2', ">>>>>>> other")


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        pytest.param(with_conflict(*SIDES), "git conflict markers at line 7", "keep one side", id="conflict"),
        pytest.param(with_conflict(*SIDES).replace(b"\n", b"\r\n"), "markers at line 7", "keep one", id="of Windows"),
        pytest.param(
            with_conflict("<<<<<<< a", "||||||| base", "=======", ">>>>>>> b"), "markers at line 7", "", id="diff3"
        ),
        pytest.param(with_conflict(">>>>>>> other"), "git conflict markers at line 7", "", id="half mended"),
        pytest.param(TEXT.encode("cp1252"), "perhaps Windows-1252 (byte 0xe7 at line 7)", "UTF-8", id="Windows-1252"),
        pytest.param(TEXT.encode("utf-16"), "not UTF-8 text, but perhaps UTF-16", "UTF-8", id="UTF-16"),
        pytest.param(TEXT.encode("utf-16-le"), "perhaps UTF-16", "UTF-8", id="UTF-16 without a mark"),
        pytest.param(TEXT.encode("utf-32"), "not UTF-8 text, but perhaps UTF-32", "UTF-8", id="UTF-32"),
        pytest.param(b"", "is empty", "again", id="empty"),
        pytest.param(b"\0" * 5000, "is empty: it contains only zeros", "again", id="zeros"),
        pytest.param(TEXT[:80].encode(), "breaks off", "download or copy the notebook again", id="truncated"),
        pytest.param(b"<!DOCTYPE html><title>Google Colab</title>", "a web page", "Download, .ipynb", id="page"),
        pytest.param(b"\n<html lang=en><title>Jupyter Server</title>", "a web page", "Download", id="log-in page"),
        pytest.param(json.dumps(TEXT).encode(), "saved as one JSON text", "jq -r . < a.ipynb >", id="JSON in JSON"),
        pytest.param(
            b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}', "a shortcut to Google Drive", ".ipynb",
            id="Drive",
        ),
        pytest.param(b"bplist00\xd4\x01", "what iCloud leaves", "hand in", id="iCloud"),
        pytest.param(b"[InternetShortcut]\nURL=https://x", "a shortcut to a file or a page", "hand in", id="shortcut"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", "Git LFS", "git lfs pull", id="Git LFS"),
        pytest.param(b"%PDF-1.4\n%\xe2\xe3", "but a PDF", "hand in the .ipynb", id="PDF"),
        pytest.param(b"PK\x03\x04\x14\xff", "but a zip", "hand in the .ipynb", id="zip"),
        pytest.param(b'{\\rtf1 {"cells": []}}', "a text with formats", "hand in the .ipynb", id="RTF"),
        pytest.param(b"import numpy as np\n", "not JSON", "hand in the .ipynb", id="Python"),
        pytest.param(
            json.dumps({"cells": [], "metadata": {}}).encode(), "nbformat is missing", '"nbformat": 4', id="no format"
        ),
        pytest.param(json.dumps(NOTEBOOK | {"nbformat": 3}).encode(), "format 3", "jupyter nbconvert", id="format 3"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_notebook_says_what_it_is(tmp_path, content, what, remedy):
    """If Jupyter cannot open the file, the remedy does not ask for it."""
    error = refused(tmp_path, content)
    assert what in what_of(error)
    assert remedy in remedy_of(error)
    assert "open it in Jupyter" not in remedy_of(error)


def test_markers_within_a_cell_are_the_students_text(tmp_path):
    """A complete notebook is accepted, whatever its cells contain."""
    cells = [NOTEBOOK["cells"][0] | {"source": ["<<<<<<< HEAD\n", "=======\n", ">>>>>>> x"]}]
    (tmp_path / "a.ipynb").write_text(json.dumps(NOTEBOOK | {"cells": cells}))
    assert read_notebook(tmp_path / "a.ipynb", "ana").cells


@pytest.mark.skipif(shutil.which("jq") is None, reason="there is no jq here")
def test_the_command_that_unpacks_works_on_any_name(tmp_path):
    """The command can be copied to a terminal, and is harmless there."""
    name = "-a; touch $(echo x) 'b'.ipynb"
    remedy = remedy_of(refused(tmp_path, json.dumps(TEXT).encode(), name))
    subprocess.run(["bash", "-c", remedy.removeprefix("unpack it: ")], cwd=tmp_path, check=True)
    assert read_notebook(tmp_path / f"unpacked-{name}", "ana").cells
    assert not (tmp_path / "x").exists()


def test_a_name_in_a_command_is_quoted(tmp_path):
    """Blanks, options and second commands in a name are not interpreted."""
    content = json.dumps(NOTEBOOK | {"nbformat": 3}).encode()
    assert remedy_of(refused(tmp_path, content, "a b;c.ipynb")).endswith("--nbformat 4 'a b;c.ipynb'")
    assert remedy_of(refused(tmp_path, content, "-x.ipynb")).endswith("--nbformat 4 ./-x.ipynb")
