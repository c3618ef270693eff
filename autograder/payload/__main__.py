"""Load this folder as a package with a private name, then run the job from the pipe, or serve as a trainer."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

PACKAGE = "_autograder_payload"


def load_package(folder: Path) -> None:
    """Make the modules beside this file importable without putting their folder on `sys.path`.

    On the path, a student's `import values` would find our module, and our import would find a student's.
    """
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is no package")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load_package(Path(__file__).resolve().parent)
    if sys.argv[1] == "trainer":
        importlib.import_module(f"{PACKAGE}.trainer.serving").main(sys.argv[2:])
    else:
        importlib.import_module(f"{PACKAGE}.session").main(sys.argv[1:])
