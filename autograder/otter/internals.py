"""Private parts of Otter 7.0.0, which may change: only this module imports them.

Importing Otter takes a second, so this module is imported only when Otter is about to be used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode
from otter.nbmeta_config import NBMetadataConfig
from otter.run import AutograderConfig
from otter.test_files import GradingResults, create_test_file

from autograder.records import JSON


def run_test_files(paths: Sequence[Path], environment: Mapping[str, object]) -> dict[str, JSON]:
    """Run Otter's test files on `environment`, and return the results in Gradescope's form."""
    files = [create_test_file(str(path), NBMetadataConfig()) for path in paths]
    for file in files:
        file.run(dict(environment))
    results: dict[str, JSON] = GradingResults(files).to_gradescope_dict(AutograderConfig({}))
    return results


def possible_points(paths: Sequence[Path], notebook_path: Path, notebook: NotebookNode) -> dict[str, float]:
    """Return the points of each question by the test files at `paths` and the tests embedded in a notebook."""
    embedded = NBMetadataConfig.from_notebook(notebook)
    files = [create_test_file(str(path), NBMetadataConfig()) for path in paths]
    files += [create_test_file(str(notebook_path), embedded, test_name=name) for name in embedded.tests]
    return {file.name: float(file.possible) for file in files}
