"""Make the sample class: nine submissions, cut from the master notebooks and changed as students change them.

Run it after the master notebooks changed: `python tests/make_sample_class.py`
(`--check` only says which are out of date). What each submission must earn stands
in `tests/sample_class.yml`, which no script writes.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.assignment import open_assignment
from autograder.otter.standard_cells import add_standard_cells

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "sample_class"

Edit = Callable[[str, str], str]
"""Takes a cell's id and its solved source, gives back what the student wrote."""


def solved(_cell: str, source: str) -> str:
    """Hand in the solution, without Otter Assign's marks."""
    source = re.sub(r"[ ]*# (BEGIN|END) SOLUTION\n?", "", source)
    return re.sub(r"[ ]+# SOLUTION$", "", source, flags=re.MULTILINE)


def blank(_cell: str, source: str) -> str:
    """Hand in the scaffold unchanged."""
    source = re.sub(r"^([ ]*)# BEGIN SOLUTION\n.*?# END SOLUTION", r"\1...", source, flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"^([ ]*)(\w+) = .*# SOLUTION$", r"\1\2 = ...", source, flags=re.MULTILINE)
    return re.sub(r"^([ ]*).*# SOLUTION$", r"\1...", source, flags=re.MULTILINE)


def choices_only(cell: str, source: str) -> str:
    """Answer the ten multiple-choice questions and omit the code."""
    return solved(cell, source) if cell.endswith("-answer") else blank(cell, source)


def other_style(cell: str, source: str) -> str:  # noqa: PLR0911 (a table of cells)
    """Write the same differently: functional API, scikit-learn's scaler, NumPy numbers, rates rounded to 4 digits."""
    source = solved(cell, source)
    match cell:
        case "q01-code":
            return source + "\nq01_losses = {name: np.float32(loss) for name, loss in q01_losses.items()}\n"
        case "q07-data":
            return (
                "from sklearn.preprocessing import StandardScaler\n\n"
                "(x_train, y_train), (x_test, y_test) = keras.datasets.boston_housing.load_data()\n"
                "scaler = StandardScaler().fit(x_train)\n"
                "x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)\n"
            )
        case "q07-network":
            start = source.index("    return keras.Sequential")
            end = source.index("def decay_from_epoch_10")
            functional = (
                "    inputs = keras.Input(shape=(x_train.shape[1],))\n"
                "    hidden = keras.layers.Dense(16)(inputs)\n"
                "    hidden = keras.layers.ReLU()(hidden)\n"
                '    hidden = keras.layers.Dense(8, activation="relu")(hidden)\n'
                '    return keras.Model(inputs, keras.layers.Dense(1, activation="relu")(hidden))\n\n\n'
            )
            return (source[:start] + functional + source[end:]).replace(
                "rate * math.exp(-0.05)", "round(rate * math.exp(-0.05), 4)"
            )
        case "q07-code":
            return (
                source
                + "\nq07_history = {name: {key: np.array(h[key]) for key in h} for name, h in q07_history.items()}\n"
            )
        case "q07-answer" | "q08-answer":
            return source.replace('"b"', '"(B)"').replace('"a"', '"A "')
        case "q08-code":
            source = source.replace("rate * math.exp(-0.1)", "np.round(rate * np.exp(-0.1), 4)")
            return (
                source + "\nq08_best = np.array(q08_best)\n"
                "q08_mse = {np.int64(b): np.float64(e) for b, e in q08_mse.items()}\n"
            )
    return source


def no_z_score(cell: str, source: str) -> str:
    """Forget to normalise Boston Housing."""
    source = solved(cell, source)
    return source[: source.index("\n")] + "\n" if cell == "q07-data" else source


def too_few_epochs(cell: str, source: str) -> str:
    """Train question 7 for 20 epochs instead of 50."""
    source = solved(cell, source)
    return source.replace("epochs=50", "epochs=20") if cell == "q07-network" else source


def exception_in_q07(cell: str, source: str) -> str:
    """Misspell a variable where question 7's histories are combined."""
    source = solved(cell, source)
    return source.replace('{"A": history_a', '{"A": histroy_a') if cell == "q07-code" else source


def equals_everything(cell: str, source: str) -> str:
    """Answer with objects that claim to equal whatever they are compared with."""
    source = blank(cell, source)
    if cell == "setup":
        source += (
            "\n\nclass Right(str):\n"
            "    def __eq__(self, other):\n        return True\n\n"
            "    def __ne__(self, other):\n        return False\n\n"
            "    def __hash__(self):\n        return 0\n\n\n"
            "class RightNumber(float):\n"
            "    def __eq__(self, other):\n        return True\n\n"
            "    def __sub__(self, other):\n        return 0.0\n\n"
            "    __rsub__ = __sub__\n    __abs__ = __float__ = lambda self: 0.0\n"
            "    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True\n"
        )
    if cell.endswith("-answer"):
        return re.sub(r"= .*", '= Right("a")', source)
    if cell == "q01-code":
        names = '["squared", "cross_entropy", "zero_one", "hinge"]'
        return (
            "q01_probabilities = [RightNumber()] * 10\n"
            f"q01_losses = {{name: RightNumber() for name in {names}}}\n"
            f"q01_losses_per_example = {{name: [RightNumber()] * 10 for name in {names}}}\n"
            "q01_order = [Right()] * 4\n"
        )
    if cell == "q03-code":
        return 'q03_losses = {"cross_entropy": RightNumber(), "squared": RightNumber()}\n'
    return source


def published_numbers(cell: str, source: str) -> str:
    """Type in the numbers of an answer sheet, with curves that end in them, and train nothing."""
    match cell:
        case "q07-code":
            return (
                "last = {\n"
                '    "A": {"loss": 21.0, "mae": 3.4, "val_loss": 28.2, "val_mae": 4.1},\n'
                '    "B": {"loss": 7.3, "mae": 1.92, "val_loss": 22.9, "val_mae": 3.1},\n'
                "}\n"
                "q07_history = {\n"
                "    name: {key: list(np.geomspace(586.0, value, 50)) for key, value in values.items()}\n"
                "    for name, values in last.items()\n"
                "}\n"
            )
        case "q08-code":
            return (
                "q08_mse = {2: 22.47, 4: 19.14, 8: 23.93, 16: 21.63, 32: 25.31, 64: 23.75, 128: 30.69, 256: 129.76}\n"
                "q08_epochs = {batch: 9 + i for i, batch in enumerate(q08_mse, start=1)}\n"
                "q08_best, q08_worst = [4, 16], [128, 256]\n"
            )
        case "q10-data" | "q10-networks":
            return "pass\n"
        case "q10-training":
            return (
                'q10_params = {"inception": 196154, "resnet": 186058}\n'
                "q10_scores = {\n"
                '    "inception": {"train": [0.345, 0.858], "test": [0.715, 0.758]},\n'
                '    "resnet": {"train": [0.000, 1.000], "test": [1.515, 0.800]},\n'
                "}\n"
                "q10_history = {\n"
                '    name: {"loss": np.linspace(2.2, loss, 100), "accuracy": np.linspace(0.2, accuracy, 100)}\n'
                '    for name, (loss, accuracy) in {"inception": (0.345, 0.858), "resnet": (0.0, 1.0)}.items()\n'
                "}\n"
            )
    return solved(cell, source)


CLASS: dict[str, tuple[str, Edit]] = {
    "all_right": ("pt-BR", solved),
    "other_style": ("en", other_style),
    "choices_only": ("pt-BR", choices_only),
    "no_z_score": ("pt-BR", no_z_score),
    "too_few_epochs": ("en", too_few_epochs),
    "exception_in_q07": ("pt-BR", exception_in_q07),
    "empty": ("en", blank),
    "equals_everything": ("pt-BR", equals_everything),
    "published_numbers": ("en", published_numbers),
}


def built_notebook(language: str, folder: Path) -> dict[str, Any]:
    """Return a language's master with the standard cells that `autograder build` adds."""
    path = Path(shutil.copy(ROOT / "assignments" / "cnn-training" / f"cnn-training.{language}.ipynb", folder))
    specification = open_assignment(ROOT / "grading.yml").specification
    add_standard_cells(path, language, specification.run_spec.variables, specification.letters)
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def submission(master: dict[str, Any], edit: Edit) -> str:
    """Return a student's notebook as JSON text: the master without what Otter Assign takes out."""
    notebook = copy.deepcopy(master)
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "raw" or cell["id"].endswith("-tests"):
            continue
        if cell["cell_type"] == "code":
            cell["source"] = edit(cell["id"], "".join(cell["source"])).splitlines(keepends=True)
        cells.append(cell)
    notebook["cells"] = cells
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write every submission of the class; with `--check`, only name those that are out of date."""
    outdated = 0
    with tempfile.TemporaryDirectory() as folder:
        masters = {language: built_notebook(language, Path(folder)) for language in ("pt-BR", "en")}
    for name, (language, edit) in CLASS.items():
        path = FOLDER / f"{name}.ipynb"
        text = submission(masters[language], edit)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            outdated += 1
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    return outdated if "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
