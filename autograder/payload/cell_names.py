"""Reads from a cell's syntax tree which names it binds, and which of its statements only prepare an environment."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from types import CodeType, TracebackType

_ENVIRONMENT = frozenset({
    # Devices that do not exist here.
    "LogicalDeviceConfiguration", "TPUClusterResolver", "TPUStrategy", "VirtualDeviceConfiguration",
    "experimental_connect_to_cluster", "get_device_details", "get_memory_info", "gpu_device_name",
    "initialize_tpu_system", "is_gpu_available", "list_local_devices", "list_logical_devices", "list_physical_devices",
    "reset_memory_stats", "set_logical_device_configuration", "set_memory_growth", "set_virtual_device_configuration",
    "set_visible_devices",
    # TensorFlow 1's sessions, whose options are about devices.
    "ConfigProto", "GPUOptions", "InteractiveSession", "Session", "set_session",
    # Places, languages and styles of the student's machine.
    "__version__", "chdir", "enable_eager_execution", "environ", "getlogin", "setlocale", "style", "version_info",
})  # fmt: skip
"""Functions and classes that prepare the machine on which a notebook runs; no answer depends on their success."""

_DEVICES = ("gpu", "tpu", "cuda", "nvidia", "nvml", "/content", "drive/", "/kaggle", "../input")
"""Parts of names and texts that show that a statement is about a device or about Colab's or Kaggle's disk."""

_COMPUTING = frozenset({
    "compile", "evaluate", "fit", "fit_generator", "load_data", "predict", "predict_proba", "train_on_batch",
})  # fmt: skip
"""Methods that compute answers; a statement with one of them, or in which one of them failed, is never skipped."""


def bound_names(statements: Iterable[ast.AST]) -> Iterator[str]:
    r"""Yield the names that statements bind in their own scope.

    >>> sorted(bound_names(ast.parse("import a.b as c, d.e\nx, y = 1, 2\ndef f(z): w = 1").body))
    ['c', 'd', 'f', 'x', 'y']
    """
    waiting = list(statements)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
        waiting.extend(ast.iter_child_nodes(node))


def failed_statement(tree: ast.Module, code: CodeType, trace: TracebackType | None) -> ast.stmt | None:
    """Return the statement of a cell in which an error occurred, None if it cannot be told.

    Args:
        tree: The cell.
        code: The code that was executed: one statement of the cell.
        trace: The traceback of the error.
    """
    while trace is not None and trace.tb_frame.f_code is not code:
        trace = trace.tb_next
    if trace is None:
        return None
    line, _, column, _ = list(code.co_positions())[trace.tb_lasti // 2]
    if line is None or column is None:
        return None
    covering = [one for one in tree.body if _begin(one) <= (line, column) < (one.end_lineno, one.end_col_offset)]
    return covering[0] if len(covering) == 1 else None


def came_from_computing(trace: TracebackType | None) -> bool:
    """Return whether an error was raised within a method that computes answers, however deep."""
    while trace is not None:
        if trace.tb_frame.f_code.co_name in _COMPUTING:
            return True
        trace = trace.tb_next
    return False


def prepares_environment(statement: ast.stmt, watched: Iterable[str]) -> bool:
    """Return whether a failed statement only prepares devices or folders, so that the cell can continue without it.

    Args:
        statement: The statement.
        watched: The variables that hold answers; a statement that assigns one is never skipped.

    >>> prepares_environment(ast.parse("set_memory_growth(gpus[0], True)").body[0], ())
    True
    """
    words = set(_words(statement))
    if words & _COMPUTING or not set(watched).isdisjoint(bound_names([statement])):
        return False
    return bool(words & _ENVIRONMENT) or any(sign in word.lower() for word in words for sign in _DEVICES)


def _begin(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.col_offset


def _words(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                yield word
            case ast.alias(name=name):
                yield from name.split(".")
