"""The outputs that a file holds beside its cells: text and pictures to show, whatever anybody wrote there."""

import base64
import hashlib
import io
import json
import zipfile

import pytest

from autograder.collect import collect, read_cell_outputs

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def read(tmp_path):
    """Write a notebook of one cell with these outputs, and read them."""

    def write(outputs, **cell):
        path = tmp_path / "ana.ipynb"
        cells = [{"cell_type": "code", "metadata": {}, "source": "x", "outputs": outputs} | cell]
        path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
        return read_cell_outputs(str(path), hashlib.sha256(path.read_bytes()).hexdigest())[0]

    return write


def shown(**data):
    """Return a result of these forms, underscores for the slash and the dots."""
    return {"output_type": "display_data", "metadata": {}, "data": data}


def test_text_stands_as_a_reader_of_the_notebook_saw_it(read):
    """Without colours, with the last state of a progress bar, tabs as spaces, and no marks of text direction."""
    text = ["1/50\r", "50/50 \u2014 ok\r\n", "\x1b[1;31mred\x1b[0m\ta\n", "\x1b]0;title\x07b\u202ec\x00"]
    [one] = read([{"output_type": "stream", "name": "stdout", "text": text}])
    assert (one.kind, one.label) == ("text", "stdout")
    assert one.text == "50/50 \u2014 ok\nred a\nb\ufffdc\ufffd"


@pytest.mark.parametrize(
    ("forms", "kind", "text"),
    [
        ({"image/png": base64.b64encode(PNG).decode(), "text/plain": "<Figure>"}, "picture", ""),
        ({"image/png": base64.encodebytes(PNG).decode()}, "picture", ""),
        ({"image/png": base64.b64encode(SCRIPT.encode()).decode(), "text/plain": "f"}, "text", "f"),
        ({"image/jpeg": base64.b64encode(PNG).decode()}, "source", base64.b64encode(PNG).decode()),
        ({"image/png": "no base64!"}, "source", "no base64!"),
        ({"text/html": SCRIPT, "text/plain": "table"}, "text", "table"),
        ({"text/html": [SCRIPT, "\n"]}, "source", f"{SCRIPT}\n"),
        ({"image/svg+xml": f"<svg>{SCRIPT}</svg>"}, "source", f"<svg>{SCRIPT}</svg>"),
        ({"application/javascript": "alert(1)"}, "source", "alert(1)"),
        ({"application/json": {"a": 1}}, "source", ""),
    ],
)
def test_a_result_has_its_safest_form(read, forms, kind, text):
    """A picture that is one, else plain text, else the source of whatever it is."""
    [one] = read([shown(**forms)])
    assert (one.kind, one.text) == (kind, text)
    assert one.picture == (PNG if kind == "picture" else b"")


def test_an_error_has_its_traceback(read):
    """Or at least its message."""
    trace = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["\x1b[31mline 1", "line 2"]}
    assert [(one.kind, one.label, one.text) for one in read([trace, trace | {"traceback": 3}])] == [
        ("error", "NameError", "line 1\nline 2"),
        ("error", "NameError", "x"),
    ]


def test_what_is_huge_is_shortened_and_counted(read):
    """One output of a million characters, and a thousand outputs."""
    stream = {"output_type": "stream", "name": "stdout"}
    outputs = read([stream | {"text": "y" * 1_000_000}, *[stream | {"text": "y"}] * 999])
    assert len(outputs) == 31
    assert (len(outputs[0].text), outputs[0].left_out) == (10_000, 980_000)
    assert (outputs[-1].kind, outputs[-1].left_out) == ("rest", 970)


@pytest.mark.parametrize(
    "outputs",
    [None, "x", {}, [None], ["x"], [[]], [{}], [{"output_type": []}], [{"output_type": "other"}],
     [shown() | {"data": "x"}], [shown() | {"data": None}]],
)  # fmt: skip
def test_what_is_no_output_is_none(read, outputs):
    """A file may hold anything there."""
    assert read(outputs) == ()


def test_another_file_or_none_has_no_outputs_of_this_notebook(tmp_path):
    """Whatever lies there now: a missing file, a folder, a pipe's name, another notebook, no notebook."""
    path = tmp_path / "ana.ipynb"
    assert read_cell_outputs(str(path), "0" * 64) is None
    assert read_cell_outputs(str(tmp_path), "0" * 64) is None
    path.write_text("{}")
    assert read_cell_outputs(str(path), "0" * 64) is None
    assert read_cell_outputs(str(path), hashlib.sha256(b"{}").hexdigest()) is None
    assert read_cell_outputs(str(tmp_path / "a\0b"), "0" * 64) is None


@pytest.mark.parametrize("inner", [False, True])
def test_a_notebook_in_a_zip_is_found_again(tmp_path, inner):
    """By the name that collecting gave it: in an export, and in a student's zip within the export."""
    stream = {"output_type": "stream", "name": "stdout", "text": "done"}
    cells = [{"cell_type": "code", "metadata": {}, "source": "q01_answer = 'b'", "outputs": [stream]}]
    data = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()
    name = "Ana Araújo/tiny.ipynb"
    if inner:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("tiny.ipynb", data)
        name, data = "Ana Araújo/a.zip", held.getvalue()
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(name, data)
        archive.writestr("Bia/tiny.ipynb", "{}")
    collected = collect([tmp_path / "class.zip"], "tiny", {"q01_answer": None})
    [job] = collected.jobs
    assert ".zip/" in job.source
    assert [one.text for one in read_cell_outputs(job.source, job.notebook_sha256)[0]] == ["done"]
    assert read_cell_outputs(f"{job.source}x", job.notebook_sha256) is None
    (tmp_path / "class.zip").write_bytes(b"PK no zip")
    assert read_cell_outputs(job.source, job.notebook_sha256) is None
