"""Search everything that students or the sandbox get for letters of the key, reference values and tests.

The same search finds what is planted, and what is there on purpose: a search that never finds anything proves nothing.
"""

import json

import pytest

from autograder.otter import assign, write_hidden_tests, write_students_zip
from autograder.otter.leaks import find_hidden_tests
from autograder.otter.passages import passages_of_file
from autograder.own_check import write_own_check
from autograder.records import Cell, Job, to_json
from autograder.sandbox import PAYLOAD

PLANTED = "q02_answer"


@pytest.fixture(scope="module")
def assigned(specification, root, tmp_path_factory):
    """Let Otter Assign build both languages, with the students' own check beside each notebook."""
    built = {
        language: assign(root / notebook, tmp_path_factory.mktemp(language))
        for language, notebook in specification.assignment.notebooks.items()
    }
    for language, made in built.items():
        write_own_check(made.student_folder, specification, language)
    return built


def test_the_search_finds_every_secret_where_it_stands(needles, search, files_of, specification, root, tmp_path):
    """Each pattern is found in the rubric, the reference or the hidden tests, so no pattern is empty."""
    write_hidden_tests(tmp_path / "tests", specification)
    texts = [(root / "grading.yml").read_bytes(), (root / "reference" / "justifications.yml").read_bytes()]
    texts += [(root / "reference" / data / "baseline.json").read_bytes() for data in ("real", "practice")]
    texts += list(files_of(tmp_path / "tests").values())
    assert {label for text in texts for label in search(text)} == set(needles)


@pytest.mark.slow
def test_what_is_handed_out_holds_none_of_it(search, files_of, specification, assigned, tmp_path):
    """Both notebooks, their tests, the students' own check and the zip of both."""
    students_zip = tmp_path / "cnn-training.zip"
    write_students_zip(students_zip, specification.assignment.name, assigned)
    texts = files_of(students_zip)
    for made in assigned.values():
        texts |= files_of(made.student_folder)
    assert {name: found for name, text in texts.items() if (found := search(text))} == {}
    assert sum(map(len, texts.values())) > 100_000
    assert {"request.json", "answer_form.py", "stated_trainings.py"} <= texts.keys()


def test_a_key_planted_in_a_notebook_is_found(search, files_of, assigned, specification):
    """In a cell, an output, an attachment or the metadata of the very file that is handed out."""
    [letter] = [item.key for item in specification.questions["q02"].items.values()]
    notebook = json.loads(assigned["en"].student_notebook.read_text())
    for place in ("source", "outputs", "metadata"):
        planted = json.loads(json.dumps(notebook))
        cell = next(one for one in planted["cells"] if one["cell_type"] == "code")
        said = {"output_type": "stream", "name": "stdout", "text": f"{PLANTED} = '{letter}'"}
        cell[place] = {"source": said["text"], "outputs": [said], "metadata": {"note": said["text"]}}[place]
        path = assigned["en"].student_folder.parent / f"planted-{place}.ipynb"
        path.write_text(json.dumps(planted))
        assert search(*files_of(path).values()) == {f"key of {PLANTED}"}


def test_the_payload_holds_none_of_it(search, files_of):
    """Its source is readable by every notebook."""
    texts = files_of(PAYLOAD)
    assert len(texts) > 20
    assert {name: found for name, text in texts.items() if (found := search(text))} == {}
    passages = [passage for file in PAYLOAD.rglob("*.py") for passage in passages_of_file(file)]
    assert list(find_hidden_tests(passages)) == []


def test_a_job_and_its_conditions_hold_none_of_it(search, specification):
    """Everything that enters the sandbox is made from these two."""
    job = Job("0" * 16, "Ana", "ana.ipynb", "ab" * 32, "en", (Cell(0, "x = 1"),))
    said = to_json(job) + specification.run_spec.model_dump_json()
    assert search(said.encode()) == set()
