"""Import modules once for all children, and hide them; in a child, each reappears when it is imported.

A visible preloaded module would change a notebook's behaviour: `import matplotlib` alone would provide
`matplotlib.pyplot`. So the imports that each module makes while it executes are recorded, and a child that imports a
module gets back exactly those, as if they had been executed.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import importlib.util
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_MACHINERY = sys.modules["_frozen_importlib"]
"""The module in which Python executes every module on its first import."""


class Preloader:
    """The modules imported before the fork."""

    def __init__(self) -> None:
        self._imports: dict[str, dict[str, None]] = {}
        """The imports of each module while it was executed, in order."""
        self._executing: list[str] = []

    def load(self, names: Iterable[str]) -> None:
        """Import modules that are not imported yet, and ignore those that are not installed."""
        missing = [name for name in names if name not in sys.modules]
        if not missing:
            return
        with self._recording():
            for name in missing:
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        # Exempt these objects from garbage collection in children, which would copy their pages.
        gc.collect()
        gc.freeze()

    def hide(self) -> None:
        """Hide all preloaded modules in this process; the next import of each finds it again."""
        self._reseed()
        kept = {name: sys.modules[name] for name in self._imports if not _is_built_in(sys.modules.get(name))}
        bound = []
        for name, module in kept.items():
            parent, _, tail = name.rpartition(".")
            namespace = getattr(sys.modules.get(parent), "__dict__", {})
            if namespace.get(tail) is module:
                bound.append((namespace, tail, name))
        for namespace, tail, _ in bound:
            # A module may appear under two names; then its namespace no longer has the entry.
            namespace.pop(tail, None)
        for name in kept:
            del sys.modules[name]
        sys.meta_path.insert(sys.meta_path.index(PathFinder), _HiddenModules(kept, self._imports, bound))

    def _reseed(self) -> None:
        """Reseed NumPy's generator in this child; Python reseeds its own after a fork."""
        numpy_random = sys.modules.get("numpy.random")
        if numpy_random is not None:
            numpy_random.seed()

    @contextlib.contextmanager
    def _recording(self) -> Iterator[None]:
        load_one = vars(_MACHINERY)["_load_unlocked"]
        import_statement, import_module = builtins.__import__, importlib.import_module

        def load_and_note(spec: ModuleSpec) -> ModuleType:
            self._note(spec.name)
            # Importing a module first imports its packages.
            self._imports.setdefault(spec.name, dict.fromkeys(_packages_of(spec.name)))
            self._executing.append(spec.name)
            count = len(sys.modules)
            try:
                module: ModuleType = load_one(spec)
                self._note_inserted_modules(len(sys.modules) - count)
                return module
            finally:
                self._executing.pop()

        def import_and_note(
            name: str,
            globals: Any = None,  # noqa: A002 (the names in Python's own signature)
            locals: Any = None,  # noqa: A002
            fromlist: Sequence[str] | None = (),
            level: int = 0,
        ) -> ModuleType:
            module = import_statement(name, globals, locals, fromlist or (), level)
            absolute = name if level == 0 else _absolute(name, level, globals)
            self._note(absolute)
            for part in fromlist or ():
                self._note(f"{absolute}.{part}")
            return module

        def import_module_and_note(name: str, package: str | None = None) -> ModuleType:
            module = import_module(name, package)
            self._note(importlib.util.resolve_name(name, package))
            return module

        places: tuple[tuple[ModuleType, str, Any], ...] = (
            (_MACHINERY, "_load_unlocked", load_and_note),
            (builtins, "__import__", import_and_note),
            (importlib, "import_module", import_module_and_note),
        )
        before = [vars(module)[name] for module, name, _ in places]
        for module, name, function in places:
            setattr(module, name, function)
        try:
            yield
        finally:
            for (module, name, _), function in zip(places, before, strict=True):
                setattr(module, name, function)

    def _note_inserted_modules(self, count: int) -> None:
        """Record which of the newest entries of `sys.modules` the executing module inserted itself, without loading."""
        for name in list(itertools.islice(reversed(sys.modules), max(0, count))):
            if name not in self._imports:
                self._note(name)
                self._imports[name] = dict.fromkeys(_packages_of(name))

    def _note(self, name: str) -> None:
        """Record that the executing module imports this name, which may also be an attribute of a module."""
        if self._executing:
            self._imports[self._executing[-1]][name] = None


class _HiddenModules(MetaPathFinder):
    """Finds the hidden modules, at the position of Python's own path finder."""

    def __init__(
        self,
        modules: dict[str, ModuleType],
        imports: dict[str, dict[str, None]],
        bound: Iterable[tuple[dict[str, Any], str, str]],
    ) -> None:
        self._modules = modules
        self._imports = imports
        self._server = sys.modules["__main__"]
        self._bound = {name: (namespace, tail) for namespace, tail, name in bound}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002 (part of the interface)
    ) -> ModuleSpec | None:
        """Find a hidden module, unless another module of its name comes first on the path."""
        module = self._modules.get(fullname)
        spec: ModuleSpec | None = getattr(module, "__spec__", None)
        # A module that another one inserted is restored by importing that other one.
        if module is None or spec is None or spec.name != fullname:
            return None
        if path is None:
            found = PathFinder.find_spec(fullname)
            if found is None or found.origin != spec.origin:
                return None
        return ModuleSpec(
            fullname,
            _PreloadedLoader(self, module, spec),
            origin=spec.origin,
            is_package=spec.submodule_search_locations is not None,
        )

    def restore_imports_of(self, name: str) -> None:
        """Restore the recorded imports of a module, recursively, as if it were executed now."""
        self._modules.pop(name, None)
        self._bound.pop(name, None)
        # Import hooks that come before us expect to see every import.
        hooks = [finder for finder in sys.meta_path[: sys.meta_path.index(self)] if not isinstance(finder, type)]
        for one in self._closure(name):
            module = self._modules.get(one)
            if module is None:
                continue
            if any(hook.find_spec(one, [] if "." in one else None) is not None for hook in hooks):
                importlib.import_module(one)
                continue
            del self._modules[one]
            # multiprocessing keeps the main module under a second name.
            sys.modules[one] = sys.modules["__main__"] if module is self._server else module
            if one in self._bound:
                namespace, tail = self._bound.pop(one)
                namespace[tail] = module

    def _closure(self, name: str) -> list[str]:
        """List the hidden modules that a module's execution imports, directly or not, in order of execution.

        A module that is no longer hidden is skipped, because its imports were restored with it.
        """
        ordered: list[str] = []
        seen = {name}
        waiting = [(name, iter(self._imports.get(name, ())))]
        while waiting:
            importer, imports = waiting[-1]
            for one in imports:
                if one in self._modules and one not in seen:
                    seen.add(one)
                    waiting.append((one, iter(self._imports[one])))
                    break
            else:
                waiting.pop()
                ordered.append(importer)
        return ordered[:-1]


class _PreloadedLoader(Loader):
    """Loads a module that was executed before the fork."""

    def __init__(self, hidden: _HiddenModules, module: ModuleType, spec: ModuleSpec) -> None:
        self._hidden = hidden
        self._module = module
        self._spec = spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 (part of the interface)
        """Return the module itself."""
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """Restore the module's imports instead of executing it."""
        module.__spec__ = self._spec
        self._hidden.restore_imports_of(self._spec.name)


def _packages_of(name: str) -> list[str]:
    """List the packages that contain a module, outermost first."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _is_built_in(module: ModuleType | None) -> bool:
    """Return whether a module cannot be hidden: it is gone again, or it is built into Python, which reuses it."""
    return module is None or getattr(getattr(module, "__spec__", None), "origin", "") in {"built-in", "frozen"}


def _absolute(name: str, level: int, namespace: dict[str, Any]) -> str:
    package = namespace.get("__package__") or namespace["__spec__"].parent
    return importlib.util.resolve_name("." * level + name, package)
