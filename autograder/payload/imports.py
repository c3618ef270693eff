"""Calls a function right before or after a module is imported, by any importer and however often."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Action = Callable[[ModuleType], None]


class ImportHooks(MetaPathFinder):
    """A finder that returns what Python would find, with an action added to its loading.

    Waiting for the import, instead of importing in advance, keeps notebooks without TensorFlow fast.
    """

    def __init__(self) -> None:
        self._modules: dict[str, Action] = {}
        self._packages: dict[str, Action] = {}
        self._before: dict[str, Callable[[], None]] = {}

    def before(self, module: str, action: Callable[[], None]) -> None:
        """Call `action` when `module` is looked for, before its execution."""
        self._before[module] = action

    def after(self, module: str, action: Action) -> None:
        """Call `action` with `module` after its execution."""
        self._modules[module] = action

    def after_each_in(self, package: str, action: Action) -> None:
        """Call `action` with every module directly inside `package`."""
        self._packages[package] = action

    def install(self) -> None:
        """Insert this finder before Python's own."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module that has an action; leave all others to the next finder."""
        if fullname in self._before:
            self._before[fullname]()
        action = self._modules.get(fullname) or self._packages.get(fullname.rpartition(".")[0])
        if action is None:
            return None
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _extend(spec.loader, action)
                return spec
        return None


def _extend(loader: Loader, action: Action) -> None:
    """Extend a loader without replacing it: tracebacks and `inspect` read the source through it."""
    execute = loader.exec_module

    def execute_and_act(module: ModuleType) -> None:
        execute(module)
        try:
            action(module)
        except Exception as error:  # noqa: BLE001 (our fault must not break the student's import)
            print(f"autograder: {module.__name__} is not observed: {error!r}", file=sys.stderr)

    loader.exec_module = execute_and_act  # type: ignore[method-assign]
