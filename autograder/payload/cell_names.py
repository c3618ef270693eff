"""Reads from a cell's text which names it binds, and which of its statements only prepare an environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from types import CodeType, TracebackType

_ENVIRONMENT = frozenset({
    # Devices that do not exist here.
    "LogicalDeviceConfiguration", "TPUClusterResolver", "TPUStrategy", "VirtualDeviceConfiguration",
    "experimental_connect_to_cluster", "get_device_details", "get_memory_info", "gpu_device_name",
    "initialize_tpu_system", "is_gpu_available", "list_local_devices", "list_logical_devices", "list_physical_devices",
    "reset_memory_stats", "set_logical_device_configuration", "set_memory_growth", "set_virtual_device_configuration",
    "set_visible_devices",
    # How a training is spread over devices.
    "CentralStorageStrategy", "MirroredStrategy", "MultiWorkerMirroredStrategy", "OneDeviceStrategy", "get_strategy",
    # TensorFlow 1's sessions, whose options are about devices.
    "ConfigProto", "GPUOptions", "InteractiveSession", "Session", "set_session",
    # Places, languages and styles of the student's machine.
    "__version__", "chdir", "enable_eager_execution", "environ", "getlogin", "setlocale", "style", "version_info",
})  # fmt: skip
"""Functions and classes that prepare the machine on which a notebook runs; no answer depends on their success."""

_DEVICES = ("gpu", "tpu", "cuda", "nvidia", "nvml", "/content", "drive/", "/kaggle", "../input")
"""Parts of names and texts that show that a statement is about a device or about Colab's or Kaggle's disk."""

_PART = re.compile(r"\n(?!else\b|elif\b|except\b|finally\b)(?=[^\s)\]}])")

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


def readable_statements(text: str) -> list[ast.stmt]:
    r"""Return the statements of a cell that can be read although the whole cell cannot.

    A line that begins neither with a space nor with the rest of a statement begins a part; a part that is no Python is
    passed over.

    >>> [ast.unparse(one) for one in readable_statements("import a\n<<<<<<< HEAD\nx = (1\ny = 2")]
    ['import a', 'y = 2']
    """
    found: list[ast.stmt] = []
    for part in _PART.split(text):
        first_line = part.partition("\n")[0]
        found += _parsed(part) or _parsed(first_line)
    return found


def _parsed(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def failed_place(code: CodeType, trace: TracebackType | None) -> tuple[int, int] | None:
    """Return line and column at which an error left a statement of a cell, None if they cannot be told.

    Args:
        code: The code that was executed: one statement of the cell.
        trace: The traceback of the error.
    """
    while trace is not None and trace.tb_frame.f_code is not code:
        trace = trace.tb_next
    if trace is None:
        return None
    line, _, column, _ = list(code.co_positions())[trace.tb_lasti // 2]
    return None if line is None or column is None else (line, column)


def statement_at(place: tuple[int, int] | None, tree: ast.Module) -> ast.stmt | None:
    """Return the statement of a cell that covers a place, None if it cannot be told."""
    covering = [] if place is None else [one for one in tree.body if _covers(one, place)]
    return covering[0] if len(covering) == 1 else None


def came_from_computing(trace: TracebackType | None) -> bool:
    """Return whether an error was raised within a method that computes answers, however deep."""
    while trace is not None:
        if trace.tb_frame.f_code.co_name in _COMPUTING:
            return True
        trace = trace.tb_next
    return False


def prepares_environment(statement: ast.stmt, watched: Iterable[str], place: tuple[int, int] | None = None) -> bool:
    r"""Return whether a failed statement only prepares devices or folders, so that the cell can continue without it.

    Args:
        statement: The statement.
        watched: The variables that hold answers; a statement that assigns one is never skipped.
        place: Where it failed. If that is in the body of a `with`, `if` or loop, the rest of the body must not do
            anything else either, since it would be lost.

    >>> prepares_environment(ast.parse("set_memory_growth(gpus[0], True)").body[0], ())
    True
    >>> prepares_environment(ast.parse("with device('GPU:0'):\n    build()").body[0], (), (2, 4))
    False
    """
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="input"))):
            return True  # waits for a key; its result is not used
    words = set(_words(statement))
    if words & _COMPUTING or not set(watched).isdisjoint(bound_names([statement])):
        return False
    if place is not None and any(_covers(one, place) for one in _body(statement)):
        return all(_is_harmless(one) for one in _leaves(statement)) and _names_environment(words)
    return _names_environment(words)


def _names_environment(words: set[str]) -> bool:
    return bool(words & _ENVIRONMENT) or any(sign in word.lower() for word in words for sign in _DEVICES)


def _is_harmless(statement: ast.stmt) -> bool:
    """Return whether a simple statement within a failed one can be left out together with it."""
    match statement:
        case ast.Pass() | ast.Raise() | ast.Assert() | ast.Assign(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
    return _names_environment(set(_words(statement)))


def _body(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements directly inside a statement; those of a function or class belong to its definition."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.stmt):
                yield node
            elif isinstance(node, ast.ExceptHandler | ast.match_case):
                yield from node.body


def _leaves(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements inside a statement that contain no others."""
    for one in _body(statement):
        if any(True for _ in _body(one)):
            yield from _leaves(one)
        else:
            yield one


def _covers(statement: ast.stmt, place: tuple[int, int]) -> bool:
    end = (statement.end_lineno or 0, statement.end_col_offset or 0)
    return (statement.lineno, statement.col_offset) <= place < end


def _words(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                yield word
            case ast.alias(name=name):
                yield from name.split(".")
