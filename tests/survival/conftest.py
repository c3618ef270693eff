"""A class of small notebooks, and the real command that grades it."""

import csv
import functools
import gzip
import json
import os
import signal
import subprocess
import sys

import pytest
from courses import make_course, notebook

CELLS = {
    "Ana Lima": ('q01_answer = "b"', "q01_loss = 0.5"),
    "bia": ('q01_answer = "c"', "import time; time.sleep(0.4)", "q01_loss = 0.5"),
    "caio": ('q01_answer = "b"', "1 / 0", "q01_loss = 0.7"),
    "davi": ('q01_answer = "b"', "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "q01_loss = 0.5"),
    "eva": ('q01_answer = "b"', "import os; os._exit(3)"),
    "zoe": ("print('nothing' * 1000)", "if False: q01_loss = 0.5"),
}
TRAINS = """
import keras, numpy as np
keras.utils.set_random_seed({seed})
draws = np.random.default_rng(0)
x, y = draws.normal(size=(64, 3)), draws.normal(size=64)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
model.compile("sgd", "mse")
q01_loss = model.fit(x, y, epochs={epochs}, verbose=0).history["loss"][-1]
q01_loss = model.evaluate(x, y, verbose=0)
"""
TRAINING_CELLS = {
    student: (TRAINS.format(seed=seed, epochs=epochs), 'q01_answer = "b"')
    for student, seed, epochs in (("ana", 1, 300), ("bia", 1, 300), ("caio", 2, 400), ("davi", 3, 3))
}
"""Nobody has trained any of it before, and two order the same."""

POINTS = {"Ana Lima": 2.0, "bia": 1.0, "caio": 1.0, "davi": 1.0, "eva": 1.0, "zoe": 0.0}


class Course:
    """A folder with a rubric and a class, and the command in it."""

    def __init__(self, folder, cells):
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        make_course(folder)
        for name, sources in cells.items():
            self.hand_in(name, *sources)

    def hand_in(self, student, *cells):
        """Add a notebook to the class."""
        place = self.folder / "class" / student
        place.mkdir(parents=True)
        (place / "tiny.ipynb").write_text(notebook(*cells))

    def command(self, out, *options):
        """Return the command line that grades the class."""
        return [sys.executable, "-m", "autograder", "grade", "class", "--data", "practice", "--out", out, *options]

    def start(self, out="grades", *options, program=()):
        """Start the command in a session of its own."""
        return subprocess.Popen(
            [*program, *self.command(out, "--workers", "2", *options)],
            cwd=self.folder,
            env={**os.environ, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Whoever runs the tests in the background has Ctrl-C ignored, and children inherit that.
            preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )

    def grade(self, out="grades", *options, program=()):
        """Run the command to its end; return its exit code and output."""
        with self.start(out, *options, program=program) as process:
            said, talk = process.communicate(timeout=600)
        return process.returncode, said + talk

    def points(self, out="grades"):
        """Return the table's points by student."""
        with (self.folder / out / "grades.csv").open(encoding="utf-8-sig") as file:
            return {row["student"]: float(row["points"]) for row in csv.DictReader(file)}

    def results(self, out="grades"):
        """Return every created file by name, except for those whose bytes depend on the time."""
        folder = self.folder / out
        files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        # The class report states how long the runs took.
        timed = ("gradebook.sqlite", "trainings", "class.html")
        return {str(name): path.read_bytes() for name, path in files.items() if name.parts[0] not in timed}

    def trainings(self, out="grades"):
        """Return the stored content of each order by its file's name, without its duration."""
        kept = {}
        for path in sorted((self.folder / out / "trainings").glob("*")):
            line, _, arrays = gzip.decompress(path.read_bytes()).partition(b"\n")
            head = json.loads(line)
            head["result"] = {name: value for name, value in head["result"].items() if "seconds" not in name}
            kept[path.name] = (head, arrays)
        return kept


@pytest.fixture
def course(tmp_path):
    """Create a course of six students."""
    return Course(tmp_path, CELLS)


@pytest.fixture
def training_course(tmp_path):
    """Create a course of four students who train."""
    return Course(tmp_path, TRAINING_CELLS)


@pytest.fixture
def expected_points():
    """Return each student's expected points."""
    return POINTS
