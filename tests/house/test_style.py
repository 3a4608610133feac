"""What the linter cannot see of how the code is to read."""

from __future__ import annotations

import ast
import inspect

import pytest

from matinee import errors
from tests.support.sources import modules, tree

BUILT_IN = {
    "AssertionError",
    "Exception",
    "IndexError",
    "KeyError",
    "OSError",
    "RuntimeError",
    "TypeError",
    "ValueError",
}

SIGNALS = {("matinee.store.manifest", "ValueError")}
"""Raised inside a parser's hook, and caught where the parser was called."""


def test_every_error_is_in_the_tree_and_the_tree_is_drawn() -> None:
    classes = {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, BaseException) and kind.__module__ == errors.__name__
    }
    assert len(classes) > 5
    for name, kind in classes.items():
        assert issubclass(kind, errors.MatineeError)
        assert name in (errors.__doc__ or ""), f"draw {name} in the tree at the top of errors.py"


@pytest.mark.parametrize("name", [name for name in modules() if name != "matinee"])
def test_what_is_raised_on_purpose_is_of_our_tree(name: str) -> None:
    raised = [node.exc for node in ast.walk(tree(modules()[name])) if isinstance(node, ast.Raise) and node.exc]
    called = [error.func.id for error in raised if isinstance(error, ast.Call) and isinstance(error.func, ast.Name)]
    assert [error for error in called if error in BUILT_IN and (name, error) not in SIGNALS] == []
