"""Calls a function right after a module was imported, whoever imports it and however often."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

Action = Callable[[ModuleType], None]


class ImportHooks(MetaPathFinder):
    """A finder that finds what Python would find, and adds an action to its loading.

    Waiting for the import, instead of importing first, keeps a notebook that needs no TensorFlow fast.
    """

    def __init__(self) -> None:
        self._modules: dict[str, Action] = {}
        self._packages: dict[str, Action] = {}

    def after(self, module: str, action: Action) -> None:
        """Call `action` with `module` once it was executed."""
        self._modules[module] = action

    def after_each_in(self, package: str, action: Action) -> None:
        """Call `action` with every module directly inside `package`."""
        self._packages[package] = action

    def install(self) -> None:
        """Go first among Python's finders."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module that somebody waits for; leave all others to the next finder."""
        action = self._modules.get(fullname) or self._packages.get(fullname.rpartition(".")[0])
        if action is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            _extend(spec.loader, action)
        return spec


def _extend(loader: Loader, action: Action) -> None:
    """Add to one loader's work, keeping the loader: tracebacks and `inspect` read the source through it."""
    execute = loader.exec_module

    def execute_and_act(module: ModuleType) -> None:
        execute(module)
        try:
            action(module)
        except Exception as error:  # noqa: BLE001 (the student's import must not fail for our sake)
            print(f"autograder: {module.__name__} is not observed: {error!r}", file=sys.stderr)

    loader.exec_module = execute_and_act  # type: ignore[method-assign]
