"""IPython without a kernel, for notebooks from other machines: what does not exist here does nothing and says so."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Collection, Iterable
from types import CodeType
from typing import Any

import IPython.core.magics.namespace  # noqa: F401 (Keras takes it as the sign of a notebook, where it does not raise)
from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.core.pylabtools import import_pylab
from IPython.utils.capture import capture_output
from IPython.utils.text import SList

from .cell_names import (
    bound_names,
    came_from_computing,
    failed_place,
    prepares_environment,
    readable_statements,
    statement_at,
)
from .stand_ins import ENVIRONMENT, StandIn

Report = Callable[..., None]
"""Called with the code of a remark on the running cell, and its fields."""

_INSTALLER = re.compile(r"\s*(sudo\s+)?(\S*python\S*\s+-m\s+)?(\S*pip[\d.]*|conda|mamba|uv|apt|apt-get)\s")

_SILENT_MAGICS = frozenset({"matplotlib", "pip", "conda", "mamba", "micromamba", "uv", "config", "autosave"})
"""Line magics that are meaningless here: figures are not shown, and nothing can be installed."""

_ABSENT_MAGICS = frozenset({
    "autoreload", "debug", "gui", "load_ext", "pdb", "reload_ext", "tensorboard", "tensorflow_version", "unload_ext",
})  # fmt: skip
"""Line magics that need a kernel, a network or an extension. No extension is loaded: it could change what runs."""

_MEASURING_MAGICS = frozenset({"memit", "mprun", "prun", "time"})
"""Magics that measure what they run; here it is just run, so that an error in it ends the cell as any other does."""

_OTHER_PROGRAMS = frozenset({
    "!", "R", "bash", "bigquery", "cmd", "js", "julia", "octave", "perl", "ruby", "script", "sh", "shell", "sql", "sx",
    "system",
})  # fmt: skip
"""Cell magics whose text is not Python."""


class QuietShell(InteractiveShell):
    """Runs cells as IPython does, except for what a notebook expects of another machine."""

    report: Report = staticmethod(lambda _code, **_fields: None)
    """Receives remarks on the running cell."""

    watched: Collection[str] = ()
    """The variables that hold answers."""

    def system(self, cmd: str) -> None:
        """Run a line that begins with `!`, unless it would install something: there is no network."""
        if not is_installer_command(cmd):
            super().system(cmd)  # type: ignore[no-untyped-call]

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:  # noqa: FBT001, FBT002 (IPython's own)
        """Run a line whose output is assigned, unless it would install something."""
        if is_installer_command(cmd):
            return SList() if split else ""
        return super().getoutput(cmd, split, depth + 1)  # type: ignore[no-untyped-call]

    def ask_exit(self) -> None:
        """End the cell that called `exit()`, as `sys.exit()` does; there is no kernel to leave."""
        raise SystemExit

    def magic(self, text: str) -> Any:
        """Run a line magic by its whole text, which older notebooks do."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line, _stack_depth=2)

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a line magic; one that does not exist here does nothing."""
        if magic_name in _SILENT_MAGICS:
            return None
        if magic_name == "pylab":
            import_pylab(self.user_ns)  # type: ignore[no-untyped-call]
            return None
        if magic_name in _MEASURING_MAGICS and line.strip():
            return self._run_within(line)
        if magic_name in _ABSENT_MAGICS or self.find_line_magic(magic_name) is None:  # type: ignore[no-untyped-call]
            self._leave_out("environment.magic", magic=f"%{magic_name}")
            return None
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except UsageError as error:
            print(error)
            self._leave_out("environment.magic", magic=f"%{magic_name}")
            return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a cell magic; of one that does not exist here only the Python code below it is run."""
        if magic_name in _OTHER_PROGRAMS:
            return self._run_program(magic_name, line, cell)
        if magic_name == "capture":
            return self._capture(line, cell)
        known = self.find_cell_magic(magic_name) is not None  # type: ignore[no-untyped-call]
        if known and magic_name not in _MEASURING_MAGICS:
            return super().run_cell_magic(magic_name, line, cell)  # type: ignore[no-untyped-call]
        if not known:
            self._leave_out("environment.magic", magic=f"%%{magic_name}")
        return self._run_within(cell) if magic_name in _MEASURING_MAGICS or self._is_python(cell) else None

    async def run_code(self, code_obj: CodeType, result: Any = None, *, async_: bool = False) -> bool:
        """Run one statement of a cell.

        One that fails to prepare a device or a folder does not end the cell; the names that it binds are stand-ins.
        Any other ends it, except for the imports below: the first cell's are needed by the whole notebook.
        """
        failed: bool = await super().run_code(code_obj, result, async_=async_)  # type: ignore[no-untyped-call]
        error = result.error_in_exec if result is not None else None
        if not failed or not isinstance(error, Exception | SystemExit):
            return failed
        tree = self._tree(result.info.raw_cell)
        place = failed_place(code_obj, error.__traceback__)
        statement = None if tree is None else statement_at(place, tree)
        if tree is None or statement is None:
            return failed
        if came_from_computing(error.__traceback__) or not prepares_environment(statement, self.watched, place):
            self.make_imports(tree.body[tree.body.index(statement) + 1 :], code_obj.co_filename)
            return failed
        result.error_in_exec = None
        for name in bound_names([statement]):
            self.user_ns.setdefault(name, StandIn(f"{ENVIRONMENT}.{name}"))
        first_line = ast.unparse(statement).partition("\n")[0]
        self._leave_out("environment.statement", statement=first_line, error=type(error).__name__)
        return False

    def make_imports(self, statements: Iterable[ast.stmt], file_name: str) -> None:
        """Run the imports among statements that are not run otherwise; those that fail as well are passed over."""
        for statement in statements:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                with contextlib.suppress(Exception):
                    exec(compile(ast.Module([statement], []), file_name, "exec"), self.user_ns)  # noqa: S102 (the cell's)

    def _tree(self, raw_cell: str) -> ast.Module | None:
        """Return the tree of a cell, None if it has errors."""
        try:
            text: str = self.transform_cell(raw_cell)  # type: ignore[no-untyped-call]
            return ast.parse(text)
        except Exception:  # noqa: BLE001 (IPython's own transformers may fail on odd text)
            return None

    def statements(self, raw_cell: str) -> list[ast.stmt]:
        """Return the statements of a cell whose first line may be a cell magic: those that are Python."""
        if raw_cell.lstrip().startswith("%%"):
            raw_cell = raw_cell.lstrip().partition("\n")[2]
        tree = self._tree(raw_cell)
        return readable_statements(raw_cell) if tree is None else tree.body

    def _is_python(self, cell: str) -> bool:
        return self._tree(cell) is not None

    def _run_within(self, source: str) -> Any:
        """Run code for a magic, with the same treatment as a cell's own, and raise its error."""
        result: ExecutionResult = self.run_cell(source, store_history=False)  # type: ignore[no-untyped-call]
        result.raise_error()  # type: ignore[no-untyped-call]
        return result.result

    def _capture(self, line: str, cell: str) -> None:
        output = next((word for word in line.split() if not word.startswith("-")), None)
        with capture_output() as captured:
            result: ExecutionResult = self.run_cell(cell, store_history=False)  # type: ignore[no-untyped-call]
        if output is not None:
            self.user_ns[output] = captured
        result.raise_error()  # type: ignore[no-untyped-call]

    def _run_program(self, magic_name: str, line: str, cell: str) -> None:
        """Run the text of another program, whose failure is no error of the notebook."""
        name = {"shell": "bash", "!": "sx"}.get(magic_name, magic_name)
        try:
            if is_installer_command(cell):
                return
            super().run_cell_magic(name, line, cell)  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 (a missing program, or one that failed)
            print(f"{type(error).__name__}: {error}")
            self._leave_out("environment.magic", magic=f"%%{magic_name}")

    def _leave_out(self, code: str, **fields: str) -> None:
        print(f"autograder: left out, since it does not work here: {next(iter(fields.values()))}")
        self.report(code, **fields)


def is_installer_command(command: str) -> bool:
    """Return whether a shell command is one of the usual ways to install packages.

    >>> is_installer_command("pip install -q keras"), is_installer_command("ls -l")
    (True, False)
    """
    return _INSTALLER.match(command + " ") is not None
