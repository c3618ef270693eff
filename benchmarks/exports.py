"""Grade a class of 200 in three exports with all oddities of platforms, systems and students: is anyone missing?

Canvas, Moodle and Gradescope each export a part of the class, as a folder or a zip. Each student's outcome (a grade or
a refusal) is known when the files are written, and so is each file that is not a submission. The real command grades
all of it, and its output is compared with that. Run it by `make bench-exports`.
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.child_process import listed_environment, run

ROOT = Path(__file__).parents[1]
STUDENTS = {"canvas": 70, "moodle": 70, "gradescope": 60}
GRADED, REFUSED = "graded", "refused"

_FIRST = (
    "Ana Bia Caio Davi Érica Fábio Gil Íris João Luíza Márcio Núbia Otávio Paulo Renée Søren Tânia Úrsula Vítor Zoé"
)
_LAST = "Lima|Reis|Souza|Araújo|Conceição|D'Ávila|Müller|de Sá|dos Santos|Nuñez|O'Neil|Peña|Silva-Prado|Łoś|Yamada"
NAMES = [f"{first} {last}" for first, last in itertools.product(_FIRST.split(), _LAST.split("|"))]


@dataclasses.dataclass
class Class:
    """The class as written: each student's expected outcome, and the number of files that are not submissions."""

    outcomes: dict[str, str] = dataclasses.field(default_factory=dict)
    nobodys: int = 0


def notebook(letter: str = "c") -> bytes:
    """Return a notebook that answers one question and needs no package, as answers are not tested here."""
    cells = [{"cell_type": "code", "metadata": {}, "source": f'q02_answer = "{letter}"', "outputs": []}]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


CONFLICT = b'{\n "cells": [\n<<<<<<< HEAD\n  1\n=======\n  2\n>>>>>>> other\n ]\n}'
ANOTHER = notebook().replace(b"q02_answer", b"homework")
JUNK = ("desktop.ini", "Thumbs.db", ".DS_Store", "__MACOSX/._a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb")


def write_canvas(folder: Path, names: Iterator[str], size: int, made: Class) -> None:
    """Write Canvas's flat folder: names run together, `LATE`, attempts counted behind a dash, text entries, links."""
    kinds = [
        ("{key}_{id}_{hand_in}_cnn-training.pt-BR.ipynb", notebook(), GRADED),
        ("{key}_LATE_{id}_{hand_in}_cnn-training.pt-BR-1.ipynb", notebook("a"), GRADED),
        ("{key}_{id}_{hand_in}_meu_trabalho_final (2).ipynb", notebook("b"), GRADED),
        ("{key}_{id}_text.html", b"<p>esqueci o arquivo</p>", REFUSED),
        ("{key}_LATE_{id}_link.html", b"https://example.org", REFUSED),
        ("{key}_{id}_{hand_in}_relatorio.pdf", b"%PDF-1.7", REFUSED),
        ("{key}_{id}_{hand_in}_conflito.ipynb", CONFLICT, REFUSED),
        ("{key}_{id}_{hand_in}_outra.ipynb", ANOTHER, REFUSED),
        ("{key}_{id}_{hand_in}_tudo.zip", zipped({"entrega/cnn-training.pt-BR.ipynb": notebook()}), GRADED),
        ("{key}_{id}_{hand_in}_vazio.ipynb", b"", REFUSED),
    ]
    for number, kind in zip(range(size), itertools.cycle(kinds), strict=False):
        template, content, outcome = kind
        key = "".join(letter for letter in "".join(reversed(next(names).split(" ", 1))).lower() if letter.isalnum())
        identity = 10_000 + number
        write(folder, template.format(key=key, id=identity, hand_in=500_000 + number), content)
        made.outcomes[f"{key} ({identity})"] = outcome
    write(folder, "notas.csv", b"a;b")
    made.nobodys += 1
    write_junk(folder)


def write_moodle(folder: Path, names: Iterator[str], size: int, made: Class) -> None:
    """Write Moodle's folders, one per participant; some submitted only text, some two notebooks."""
    suffix = "assignsubmission_file"
    kinds = [
        ({f"{suffix}/cnn-training.pt-BR.ipynb": notebook()}, GRADED),
        ({f"{suffix}/a.ipynb": notebook(), f"{suffix}/cnn-training.pt-BR.ipynb": notebook("a")}, GRADED),
        ({f"{suffix}/a.ipynb": notebook(), f"{suffix}/b.ipynb": notebook("a")}, REFUSED),
        ({f"{suffix}/a.ipynb": notebook(), f"{suffix}/copia de a.ipynb": notebook()}, GRADED),
        ({f"{suffix}/relatorio.docx": b"PK", f"{suffix}/foto.png": b"PNG"}, REFUSED),
        ({"assignsubmission_onlinetext/onlinetext.html": b"<p>ok</p>"}, REFUSED),
        ({f"{suffix}/x/submission_metadata.yml": b":submission_1: {}", f"{suffix}/x/a.ipynb": notebook()}, GRADED),
        ({f"{suffix}/login.ipynb": b"<!DOCTYPE html><title>Sign in</title>"}, REFUSED),
        ({f"{suffix}/windows.ipynb": notebook().replace(b"metadata", "metadatá".encode("cp1252"))}, REFUSED),
    ]
    for number, (files, outcome) in zip(range(size), itertools.cycle(kinds), strict=False):
        name = f"Participante {number}" if number % 10 == 0 else next(names)
        identity = 70_000 + number
        for path, content in files.items():
            write(folder, f"{name}_{identity}_{path}", content)
        made.outcomes[f"{name} ({identity})"] = outcome
        if "relatorio" in str(files):
            continue
        made.nobodys += 1 if f"{suffix}/cnn-training.pt-BR.ipynb" in files and len(files) > 1 else 0
    write_junk(folder)


def write_gradescope(folder: Path, names: Iterator[str], size: int, made: Class) -> None:
    """Write Gradescope's folders and its list, with some pairs of students."""
    listed = []
    number = 0
    while size > 0:
        pair = number % 7 == 0 and size > 1
        people = [(next(names), 30_000 + 10 * number + place) for place in range(2 if pair else 1)]
        size -= len(people)
        kind, content, outcome = [
            ("cnn-training.pt-BR.ipynb", notebook(), GRADED),
            ("trabalho/final/cnn.ipynb", notebook(), GRADED),
            ("notas.txt", b"depois mando", REFUSED),
            ("quebrado.ipynb", notebook()[:40], REFUSED),
        ][number % 4]
        write(folder, f"submission_{900 + number}/{kind}", content)
        students = "".join(f"  - :name: {json.dumps(name)}\n    :sid: '{sid}'\n" for name, sid in people)
        listed.append(f"submission_{900 + number}:\n  :submitters:\n{students}")
        made.outcomes[", ".join(sorted(f"{name} ({sid})" for name, sid in people))] = outcome
        number += 1
    write(folder, "submission_metadata.yml", "".join(listed).encode())
    write_junk(folder)


def write(folder: Path, name: str, content: bytes) -> None:
    """Write a file, creating its folders."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_junk(folder: Path) -> None:
    """Write files of systems and editors, which should not be mentioned."""
    for name in JUNK:
        write(folder, name, b"junk")


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        file.seek(0)
        return file.read()


def main() -> None:
    """Write the class, grade it, and report wrong outcomes; exit with 1 if there are any."""
    names = iter(random.Random(200).sample(NAMES, sum(STUDENTS.values())))  # noqa: S311 (the same class every time)
    made = Class()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_canvas(folder / "canvas", names, STUDENTS["canvas"], made)
        write_moodle(folder / "moodle", names, STUDENTS["moodle"], made)
        write_gradescope(folder / "gradescope", names, STUDENTS["gradescope"], made)
        paths = [str(folder / export) for export in STUDENTS]
        began = time.perf_counter()
        autograder = str(Path(sys.executable).with_name("autograder"))
        command = [autograder, "grade", *paths, "--config", str(ROOT / "grading.yml"), "--data", "practice"]
        done = run(
            [*command, "--workers", "2", "--out", str(folder / "out")],
            environment=listed_environment(),
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - began
        if done.returncode != 0:
            sys.exit(done.stderr[-2000:])
        with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as table:
            rows = list(csv.DictReader(table))
    obtained = {row["student"]: REFUSED if row["run"] == "REFUSED" else GRADED for row in rows}
    nobodys = sum(line.startswith("not a submission:") for line in done.stderr.splitlines())
    everybody = sorted({*made.outcomes, *obtained})
    wrong = [who for who in everybody if made.outcomes.get(who) != obtained.get(who)]
    counted = Counter(obtained.values())
    sys.stdout.write(
        f"{sum(STUDENTS.values())} students in {len(made.outcomes)} hand-ins: {counted[GRADED]} graded, "
        f"{counted[REFUSED]} refused, {len(wrong)} not as due; {nobodys} files named as nobody's "
        f"({made.nobodys} due); {seconds:.0f} s\n{done.stderr.splitlines()[-1]}\n"
    )
    sys.stdout.writelines(f"  {who}: {made.outcomes.get(who)} is due, not {obtained.get(who)}\n" for who in wrong)
    sys.exit(1 if wrong or nobodys != made.nobodys else 0)


if __name__ == "__main__":
    main()
