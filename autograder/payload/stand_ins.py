"""Stand-ins for modules that are not installed here, so that one import does not cost a student the whole cell.

A module of which no answer is computed (Colab's own, another framework, a plotting library) is replaced by objects that
accept everything and do nothing. Any other missing module fails where it is first used instead of where it is imported.
Code that expects a module to be missing (`try: import google.colab`) is told the truth: its import fails.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, Self

ENVIRONMENT = "environment"
"""The first part of the path of a stand-in for a device, a session or a folder."""

_WITHOUT_EFFECT = frozenset({
    ENVIRONMENT,
    # Colab, Kaggle, and services that record or show what a notebook does.
    "comet_ml", "dotenv", "gdown", "google", "GPUtil", "gspread", "humanize", "kaggle", "kaggle_datasets",
    "kaggle_secrets", "kagglehub", "livelossplot", "loguru", "memory_profiler", "mlflow", "neptune", "nest_asyncio",
    "nvidia_smi", "opendatasets", "psutil", "pynvml", "pyngrok", "tensorboard", "tensorboardcolab", "wandb",
    "watermark",
    # Drawing and printing.
    "altair", "bokeh", "cv2", "graphviz", "missingno", "mpld3", "plotly", "prettytable", "pydot", "visualkeras",
    "yellowbrick",
    # Other frameworks: none of their generators or devices is used by a training in Keras on TensorFlow.
    "jax", "torch", "torchaudio", "torchinfo", "torchsummary", "torchvision",
})  # fmt: skip
"""Top-level modules whose absence changes no answer of a notebook that uses Keras."""

_RESULTS: dict[str, Any] = {
    "google.auth.default": ("", ""),
    "google.colab.files.upload": {},
    "google.colab.userdata.get": "",
    "kagglehub.dataset_download": "",
}
"""Calls whose result notebooks use at once: a secret or a folder as text, the uploaded files by name."""

_CATCHING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class StandIn:
    """Takes the place of something in a missing module.

    Args:
        path: Its dotted name, such as `google.colab.drive.mount`.
    """

    __slots__ = ("_stand_in_path",)
    _stand_in_path: str
    __array_ufunc__ = None  # NumPy leaves arithmetic to this class.

    def __init__(self, path: str) -> None:
        object.__setattr__(self, "_stand_in_path", path)

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self._stand_in_path}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        """Accept and forget a setting."""

    def __repr__(self) -> str:
        return f"<stand-in for {self._stand_in_path}>"

    def __format__(self, _form: str) -> str:
        """Take any format of a number: notebooks print how much memory there is."""
        self._use()
        return repr(self)

    def __call__(self, *arguments: Any, **_options: Any) -> Any:
        """Do nothing; used as a decorator, return what is decorated."""
        self._use()
        if len(arguments) == 1 and isinstance(arguments[0], FunctionType | type):
            return arguments[0]
        return _RESULTS.get(self._stand_in_path, self)

    def __enter__(self) -> Self:
        self._use()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let errors pass."""

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        self._use()
        return ()

    def _use(self) -> None:
        """Raise an error if answers may depend on the missing module.

        Raises:
            ModuleNotFoundError: The notebook computes with a module that is not installed.
        """
        top = self._stand_in_path.partition(".")[0]
        if top not in _WITHOUT_EFFECT:
            raise ModuleNotFoundError(f"No module named {top!r} (imported above, used here)", name=top)


def _operator(result: Callable[[StandIn], Any]) -> Callable[..., Any]:
    def operate(self: StandIn, *_operands: Any) -> Any:
        self._use()
        return result(self)

    return operate


for _names, _result in (
    ("add radd sub rsub mul rmul truediv rtruediv floordiv pow rpow mod matmul rmatmul neg abs getitem", lambda it: it),
    ("bool contains lt le gt ge instancecheck subclasscheck", lambda _: False),
    ("len", lambda _: 0),
    ("iter", lambda _: iter(())),
    ("setitem delitem", lambda _: None),
):
    for _name in _names.split():
        setattr(StandIn, f"__{_name}__", _operator(_result))


def path_of(stand_in: StandIn) -> str:
    """Return the dotted name of what a stand-in replaces."""
    path: str = object.__getattribute__(stand_in, "_stand_in_path")
    return path


class MissingModules(MetaPathFinder, Loader):
    """The last finder: it finds a stand-in for a module that the notebook's own code imports unprotected.

    Args:
        namespace: The notebook's variables; code with these globals is the notebook's.
        report: Called with the name of each module that is replaced.
    """

    def __init__(self, namespace: dict[str, Any], report: Callable[[str], None]) -> None:
        self._namespace = namespace
        self._report = report
        self._made: set[str] = set()

    def install(self) -> None:
        """Ask this finder after all others."""
        sys.meta_path.append(self)

    def forget(self) -> None:
        """Remove the stand-ins from `sys.modules`, where libraries and notebooks look for what is installed."""
        for name in self._made:
            if isinstance(sys.modules.get(name), _StandInModule):
                del sys.modules[name]
        self._made.clear()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a stand-in's spec, or None where the import fails as it would anywhere."""
        del path, target
        if not self._imported_unprotected(sys._getframe(1)):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the stand-in."""
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Report the stand-in, once for a module and those inside it."""
        self._made.add(module.__name__)
        if module.__name__.rpartition(".")[0] not in self._made:
            print(f"autograder: {module.__name__} is not installed here; a stand-in replaces it")
            self._report(module.__name__)

    def _imported_unprotected(self, frame: FrameType | None) -> bool:
        while frame is not None and frame.f_globals.get("__name__", "").startswith("importlib._bootstrap"):
            frame = frame.f_back
        if frame is None or not self._is_of_notebook(frame):
            return False
        while frame is not None:
            if self._is_of_notebook(frame) and _is_protected(frame):
                return False
            frame = frame.f_back
        return True

    def _is_of_notebook(self, frame: FrameType) -> bool:
        return frame.f_globals is self._namespace


class _StandInModule(ModuleType):
    __all__: Sequence[str] = ()

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")


def _is_protected(frame: FrameType) -> bool:
    """Return whether a frame's current line stands in a `try` or `with suppress(…)` that expects a failing import."""
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    if not tree.body:
        return True  # code from `exec`: its text is unknown
    return any(
        node.body[0].lineno <= frame.f_lineno <= (node.body[-1].end_lineno or 0)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Try) and any(map(_catches, node.handlers)))
        or (isinstance(node, ast.With) and any("suppress" in ast.dump(item) for item in node.items))
    )


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _CATCHING for kind in kinds)
