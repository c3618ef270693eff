"""Reading one notebook: what enters a Job, and a clear reason for each file that is not a notebook."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from refusal_texts import remedy_of, what_of

from autograder.collect import EVIDENCE_TYPE, read_notebook
from autograder.collect.notebook import MAXIMUM_BYTES
from autograder.records import Cell, Job, SubmissionError, from_json, to_json
from autograder.wire import encode


def code(source: Any = "x = 1", *, tags: list[str] | None = None, outputs: list[Any] | None = None) -> dict[str, Any]:
    """Return a code cell."""
    return {"cell_type": "code", "source": source, "metadata": {"tags": tags or []}, "outputs": outputs or []}


def prose(source: str) -> dict[str, Any]:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def saved(content: Any) -> dict[str, Any]:
    """Return an output with saved evidence."""
    return {"output_type": "display_data", "data": {"text/plain": "…", EVIDENCE_TYPE: content}, "metadata": {}}


def notebook(*cells: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Return a notebook with these cells."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **others}


def read(tmp_path: Path, content: dict[str, Any] | bytes, student: str = "ana") -> Job:
    """Write a notebook and read it."""
    path = tmp_path / "a.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_notebook(path, student)


def refused(tmp_path: Path, content: dict[str, Any] | bytes) -> SubmissionError:
    """Write a file that is not a notebook, and return its refusal."""
    with pytest.raises(SubmissionError) as caught:
        read(tmp_path, content)
    assert caught.value.where == str(tmp_path / "a.ipynb")
    assert remedy_of(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_only_code_cells_enter_with_their_place_among_all(tmp_path):
    """Text, raw cells and unknown kinds are left out but counted."""
    raw = {"cell_type": "raw", "source": "# BEGIN QUESTION"}
    job = read(tmp_path, notebook(prose("# Title"), code("a = 1"), raw, {"cell_type": "heading"}, code("b = 2")))
    assert job.cells == (Cell(1, "a = 1"), Cell(4, "b = 2"))


def test_a_source_may_be_one_string_or_a_list_of_lines(tmp_path):
    """Both ways of the notebook format read the same."""
    assert (
        read(tmp_path, notebook(code(["a = 1\n", "b = 2"]))).cells
        == read(tmp_path, notebook(code("a = 1\nb = 2"))).cells
    )


def test_metadata_configures_nothing(tmp_path):
    """Kernel, ids and the tags that tools obey do not affect the cells."""
    plain = read(tmp_path, notebook(code("1"), code("2")))
    tricky = notebook(
        code("1", tags=["skip-execution", "raises-exception"]) | {"id": "!", "execution_count": 9},
        code("2") | {"metadata": None},
        metadata={"kernelspec": {"name": "bash", "argv": ["rm"]}, "language_info": {"name": "R"}},
    )
    job = read(tmp_path, tricky)
    assert dataclasses.replace(job, id=plain.id, notebook_sha256=plain.notebook_sha256) == plain


@pytest.mark.parametrize(
    ("cells", "index"),
    [
        pytest.param([prose("a"), code(), code(tags=["parameters"]), code(tags=["parameters"])], 2, id="the first"),
        pytest.param([prose("a") | {"metadata": {"tags": ["parameters"]}}, code()], None, id="not of prose"),
        pytest.param([code() | {"metadata": {"tags": "parameters"}}], None, id="no list"),
    ],
)
def test_the_first_code_cell_tagged_parameters_is_marked(tmp_path, cells, index):
    """Only this tag is read, since it says where a seed may be set."""
    assert read(tmp_path, notebook(*cells)).parameters_cell == index


def test_the_same_bytes_of_another_student_are_another_job(tmp_path):
    """A job is identified by its student and the notebook's hash."""
    first, second = read(tmp_path, notebook(code())), read(tmp_path, notebook(code()), "bia")
    assert first.notebook_sha256 == second.notebook_sha256
    assert first.notebook_sha256 == hashlib.sha256((tmp_path / "a.ipynb").read_bytes()).hexdigest()
    assert first.id != second.id
    assert read(tmp_path, notebook(code())).id == first.id


def test_an_empty_notebook_is_a_submission(tmp_path):
    """A student who handed in no code is graded: everything is missing."""
    assert read(tmp_path, notebook()).cells == ()


@pytest.mark.parametrize("minor", [0, 2, 4, 5, 99])
def test_every_minor_version_of_format_4_is_read(tmp_path, minor):
    """A newer Jupyter does not cause a refusal."""
    assert read(tmp_path, notebook(code(), nbformat_minor=minor)).cells


def test_a_byte_order_mark_does_not_matter(tmp_path):
    """Some editors write one before UTF-8."""
    assert read(tmp_path, b"\xef\xbb\xbf" + json.dumps(notebook(code())).encode()).cells


def test_nan_and_repeated_keys_are_tolerated(tmp_path):
    """Plotting tools write them in outputs, where they are harmless."""
    text = json.dumps(notebook(code())).replace('"outputs": []', '"outputs": [{"x": NaN, "x": 1}]')
    assert read(tmp_path, text.encode()).cells == (Cell(0, "x = 1"),)


def test_half_a_surrogate_pair_can_be_kept_and_sent(tmp_path):
    """What JSON can express and UTF-8 cannot is replaced before it reaches a file or the wire."""
    job = read(tmp_path, notebook(code("s = '\ud800'")))
    assert job.cells == (Cell(0, "s = '?'"),)
    assert from_json(Job, to_json(job)) == job


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \n", "is empty", id="blank"),
        pytest.param(b"PK\x03\x04\xff\xfe", "is not a notebook, but a zip", id="binary"),
        pytest.param(json.dumps(notebook()).encode("utf-16"), "is not a notebook: not UTF-8 text", id="UTF-16"),
        pytest.param(b"import numpy", "is not a notebook: not JSON", id="Python"),
        pytest.param(b"[1, 2]", "is not a notebook: JSON of another kind", id="list"),
        pytest.param(b'{"a": 1}', "is not a notebook: JSON of another kind", id="object"),
        pytest.param(json.dumps(notebook(code())).encode()[:-9], "is not whole", id="truncated"),
        pytest.param(b'{"cells":' + b"[" * 100_000, "is nested too deep", id="deep"),
        pytest.param(
            b'{"nbformat": 4, "cells": 1' + b"0" * 5_000 + b"}", "it holds an absurd number", id="long number"
        ),
        pytest.param({"nbformat": 3, "worksheets": [{"cells": []}]}, "is of notebook format 3", id="format 3"),
        pytest.param(notebook(nbformat=5), "is of notebook format 5", id="format 5"),
        pytest.param(notebook(nbformat="4"), "is of notebook format unknown", id="format as text"),
        pytest.param(notebook(nbformat=True), "is of notebook format unknown", id="format as truth"),
        pytest.param(notebook(nbformat=None), "does not say its notebook format", id="no format"),
        pytest.param({"nbformat": 4}, "has no list of cells", id="no cells"),
        pytest.param({"nbformat": 4, "cells": {}}, "has no list of cells", id="cells of another kind"),
        pytest.param({"nbformat": 4, "cells": ["x"]}, "has no list of cells", id="a cell of another kind"),
        pytest.param(notebook(prose("a"), {"cell_type": "code"}), "has no text in cell 2", id="no source"),
        pytest.param(notebook(code(["a", 1])), "has no text in cell 1", id="source of another kind"),
        pytest.param(notebook(code("#" * 5_000_000)), "has 5,000,004 bytes of code", id="too much code"),
        pytest.param(notebook(code("\x01" * 1_000_000)), "bytes of code, over", id="code that grows on the wire"),
        pytest.param(b'{"x":[' + b"{}," * 2_600_000 + b"{}]}", "holds too many values", id="small and huge"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(tmp_path, content, what):
    """Each way in which a file can fail to be a notebook has its own clear line, with a remedy."""
    assert what in what_of(refused(tmp_path, content))


def test_format_3_is_refused_with_the_command_that_helps(tmp_path):
    """The command can be copied to a terminal."""
    remedy = remedy_of(refused(tmp_path, {"nbformat": 3, "worksheets": []}))
    assert remedy == "jupyter nbconvert --to notebook --nbformat 4 a.ipynb"


def test_a_file_over_the_cap_is_refused_unparsed(tmp_path):
    """Half a gigabyte of outputs is not even read completely."""
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(MAXIMUM_BYTES * 8)
    with pytest.raises(SubmissionError, match="too_large"):
        read_notebook(path, "ana")


def test_a_pipe_is_not_waited_on(tmp_path):
    """A name that ends in .ipynb may belong to something other than a file."""
    os.mkfifo(tmp_path / "a.ipynb")
    with pytest.raises(SubmissionError, match="not_a_file"):
        read_notebook(tmp_path / "a.ipynb", "ana")


def test_a_file_that_fails_while_being_read_is_refused(tmp_path):
    """A real file that the system lets nobody read, not even root."""
    path = tmp_path / "a.ipynb"
    path.symlink_to("/proc/self/mem")
    with pytest.raises(SubmissionError, match=r"unreadable_file \(error: Input/output error"):
        read_notebook(path, "ana")


def test_a_file_without_permission_is_refused(tmp_path):
    """The remedy mentions permissions."""
    path = tmp_path / "a.ipynb"
    path.write_text("{}")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root may read everything")
    with pytest.raises(SubmissionError, match="unreadable_file"):
        read_notebook(path, "ana")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param({"version": 1}, '{"version": 1}', id="object"),
        pytest.param('{"version": 1}', '{"version": 1}', id="text"),
        pytest.param(['{"version":', " 1}"], '{"version": 1}', id="lines"),
        pytest.param([1], "[1]", id="a list that is no text"),
        pytest.param("x" * 5_000_000, None, id="too large"),
    ],
)
def test_saved_evidence_becomes_text(tmp_path, content, text):
    """However a notebook stores the output, saved evidence becomes untrusted JSON text of bounded size."""
    assert read(tmp_path, notebook(code(outputs=[saved(content)]))).claimed == text


def test_the_last_saved_evidence_counts(tmp_path):
    """Evidence in an earlier cell or output is older."""
    cells = [code(outputs=[saved("1"), saved("2")]), code(outputs=[saved("3"), saved("4")]), code(), prose("end")]
    assert read(tmp_path, notebook(*cells)).claimed == "4"


@pytest.mark.parametrize("outputs", ["text", {"0": 1}, [None], [{"data": []}], [{"data": None}], [{}]])
def test_outputs_of_any_kind_are_survived(tmp_path, outputs):
    """Outputs are the part of a notebook that its author controls least."""
    assert read(tmp_path, notebook(code() | {"outputs": outputs})).claimed is None


@pytest.mark.parametrize(
    ("content", "language"),
    [
        pytest.param(notebook(code(outputs=[saved({"language": "en"})])), "en", id="saved evidence"),
        pytest.param(
            notebook(code(outputs=[saved({"language": "pt-BR"})]), metadata={"autograder": {"language": "en"}}),
            "pt-BR",
            id="the claim before the notebook",
        ),
        pytest.param(notebook(prose("os dados"), metadata={"autograder": {"language": "en"}}), "en", id="the notebook"),
        pytest.param(notebook(prose("the data"), metadata={"autograder": {"language": "fr"}}), "en", id="another"),
        pytest.param(
            notebook(prose("de que um"), metadata={"autograder": {"language": "es"}}), "en", id="not Portuguese"
        ),
        pytest.param(notebook(prose("the"), metadata={"autograder": {"language": "pt-PT"}}), "pt-BR", id="Portugal"),
        pytest.param(notebook(code(outputs=[saved("{")]), prose("what is the loss of the network")), "en", id="prose"),
        pytest.param(notebook(prose("Qual é a perda da rede? Não se esqueça de semear.")), "pt-BR", id="prosa"),
        pytest.param(notebook(code("the = of")), "pt-BR", id="nothing"),
        pytest.param(notebook(metadata=[]), "pt-BR", id="odd metadata"),
    ],
)
def test_the_language_is_found(tmp_path, content, language):
    """Messages are in the notebook's language; Portuguese if nothing indicates it."""
    assert read(tmp_path, content).language == language


def test_the_largest_code_fits_a_frame(tmp_path):
    """Code that is accepted can also be sent to a sandbox."""
    job = read(tmp_path, notebook(code("é" * 690_000)))
    assert encode({"type": "job", "cells": [{"index": cell.index, "source": cell.source} for cell in job.cells]})
