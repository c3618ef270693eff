"""A class to review, made of the evidence of real reference runs: graded by the real rubric, and executed nowhere."""

import base64
import dataclasses
import json
import shutil
import zlib

from autograder.assignment import open_assignment
from autograder.class_results import write_results
from autograder.collect import read_notebook
from autograder.gradebook import Gradebook
from autograder.grading import grade
from autograder.records import CellOutcome, Detail, Refusal, Run, RunVerdict, Usage, Values
from autograder.reference import read_runs

HOSTILE = "<script>document.title='alive'</script><img src=http://x.invalid/ onerror=document.title='alive'> {{7*7}}"
MARKUP = "<svg onload=\"document.title='alive'\"><script>document.title='alive'</script></svg>"
ALIKE = ("Bia Souza", "Caio Reis")
"""They trained question 7 in a way that the grader cannot repeat, so that its items wait for a person."""


def chunk(kind, data):
    """Return one chunk of a PNG file."""
    body = kind + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def picture(width=240, height=120):
    """Return a PNG file with a falling line, as a notebook that draws a loss would hold one."""
    rows = []
    for y in range(height):
        curve = [int(110 * (1 - 2.7 ** (-x / 40))) + 5 for x in range(width)]
        rows.append(b"\0" + bytes(40 if abs(curve[x] - y) < 2 else 245 for x in range(width)))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


PROGRESS = ["Epoch 1/50\r", "Epoch 50/50 - loss: 21.4\n", "\x1b[31mred\x1b[0m\n"]
DRAWN = {"image/png": base64.b64encode(picture()).decode(), "text/plain": "<Figure>"}
OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": PROGRESS},
    {"output_type": "display_data", "metadata": {}, "data": DRAWN},
]
"""What an honest cell left in the file."""
HOSTILE_OUTPUTS = [
    {"output_type": "display_data", "metadata": {}, "data": {"text/html": HOSTILE}},
    {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": MARKUP}},
    {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "document.title='alive'"}},
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": base64.b64encode(MARKUP.encode()).decode()}},
    {"output_type": "error", "ename": HOSTILE, "evalue": "", "traceback": [f"\x1b]0;alive\x07\x1b[31m{HOSTILE}"]},
    {"output_type": "stream", "name": "stdout", "text": "x" * 3_000_000},
    {"output_type": "execute_result", "metadata": {}, "data": "no mapping"},
    "no output",
    *[{"output_type": "stream", "name": "stdout", "text": "again"}] * 200,
]
HOSTILE_CELLS = [f"# q07_history\n{HOSTILE}", f"# {HOSTILE * 1000}"]


def write_notebook(path, original, outputs, more=()):
    """Write a solved notebook with these outputs beside each cell of question 7, and further cells at the end."""
    document = json.loads(original.read_text(encoding="utf-8"))
    for cell in document["cells"]:
        if cell["cell_type"] == "code" and "q07_history" in "".join(cell["source"]):
            cell["outputs"] = outputs
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": outputs, "execution_count": None}
        for source in more
    ]
    document["cells"] += cells
    path.write_text(json.dumps(document), encoding="utf-8")


def in_its_cell(evidence, job):
    """Let the trainings of question 7 be those of this notebook's cell: a reference run's cells have other numbers."""
    [cell] = [cell.index for cell in job.cells if "q07_history = {" in cell.source]
    trainings = tuple(
        dataclasses.replace(one, cell=cell) if (one.parameters, one.epochs) == (369, 50) else one
        for one in evidence.trainings
    )
    return dataclasses.replace(evidence, trainings=trainings)


def unattested(evidence):
    """Let nobody but the notebook vouch for the trainings of question 7."""
    trainings = tuple(
        dataclasses.replace(one, attested=one.parameters != 369 or one.epochs != 50) for one in evidence.trainings
    )
    return dataclasses.replace(evidence, trainings=trainings)


def wrong_letters(evidence):
    """Choose wrongly in two questions, and let a cell fail."""
    given = {**evidence.executed.given, "q02_answer": "a", "q08_answer": "b"}
    first, *others = evidence.cells
    cells = (CellOutcome(first.index, "error", 1.0, f"NameError: {HOSTILE}"), *others)
    return dataclasses.replace(evidence, executed=Values(given, {}), cells=cells)


STUDENTS = {
    "Ana Lima": lambda evidence: evidence,
    **dict.fromkeys(ALIKE, unattested),
    "Érica Nascimento": wrong_letters,
    "João dos Santos": lambda evidence: evidence,
    HOSTILE: lambda evidence: wrong_letters(unattested(evidence)),
}


def copy_class(original, folder):
    """Copy the class into a new folder; what was handed in stays where it was."""
    folder.mkdir()
    for part in ("assignments", "reference"):
        (folder / part).symlink_to(original / part)
    shutil.copy(original / "grading.yml", folder)
    shutil.copytree(original / "grades", folder / "grades")
    return folder


def make_class(root, folder):
    """Make the class in a folder: `grades` holds its gradebook, `class` what was handed in."""
    for name in ("assignments", "reference"):
        (folder / name).symlink_to(root / name)
    (folder / "grading.yml").write_bytes((root / "grading.yml").read_bytes())
    (folder / "class").mkdir()
    assignment = open_assignment(folder / "grading.yml")
    baseline, key_spec = assignment.baseline("real"), assignment.specification.key_spec
    runs = [run.evidence for run in read_runs(assignment.runs_folder("real"))]
    runs = [run for run in runs if len(run.executed.given) == max(len(one.executed.given) for one in runs)]
    original = root / "tests" / "sample_class" / "all_right.ipynb"
    with Gradebook.in_folder(folder / "grades") as book:
        book.identify(assignment.identity("real", baseline))
        for number, (student, change) in enumerate(STUDENTS.items()):
            path = folder / "class" / f"{number}.ipynb"
            outputs, more = (HOSTILE_OUTPUTS, HOSTILE_CELLS) if student == HOSTILE else (OUTPUTS, ())
            write_notebook(path, original, outputs, more)
            job = read_notebook(path, student)
            book.add_job(job)
            run = runs[0 if student in ALIKE else number % len(runs)]
            names = {"job_id": job.id, "student": student, "notebook_sha256": job.notebook_sha256}
            evidence = change(in_its_cell(dataclasses.replace(run, **names, language=job.language), job))
            usage = Usage(wall_seconds=20.0, cpu_seconds=15.0)
            done = Run(
                job.id, RunVerdict.COMPLETE, None, "bubblewrap", (), {}, (), (), (), {}, usage, "done\n" + HOSTILE
            )
            book.save_run(done, evidence, "kept", "real")
            book.save_grade(grade(evidence, key_spec, baseline))
        book.refuse(
            [
                Refusal(
                    "Davi Reis",
                    "davi.ipynb",
                    Detail.of("refused.as_kept", what=f"is empty {HOSTILE}", remedy="hand it in again"),
                )
            ]
        )
        write_results(assignment, book, folder / "grades")
    return folder
