"""The package's layout: names are unique."""

import ast
import collections
from pathlib import Path

import autograder

PACKAGE = Path(autograder.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if not path.name.startswith("__"))


def repeated(names):
    """Return the names that occur more than once."""
    return sorted(name for name, count in collections.Counter(names).items() if count > 1)


def classes_of(path):
    """Return the public classes of a module."""
    body = ast.parse(path.read_text()).body
    return [node.name for node in body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def test_no_two_modules_have_the_same_name():
    """A module's name alone identifies it in messages and traces."""
    assert len(MODULES) > 200
    assert repeated(path.name for path in MODULES) == []


def test_no_two_public_classes_have_the_same_name():
    """A class's name alone identifies it."""
    names = [name for path in MODULES for name in classes_of(path)]
    assert len(names) > 100
    assert repeated(names) == []


def test_every_module_says_what_it_is_for():
    """The first line of each module is a sentence."""
    silent = [path.name for path in MODULES if not (ast.get_docstring(ast.parse(path.read_text())) or "").strip()]
    assert silent == []
