"""What the linter cannot see of how the code is to read."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

import pytest

from matinee import errors
from tests.support.sources import ROOT, modules, tree

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 400
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


def written() -> list[Path]:
    kinds = ("src/**/*.py", "tests/**/*.py", "benchmarks/**/*.py", "native/*.*pp", "native/bind/*", "tests/native/*")
    return [file for kind in kinds for file in ROOT.glob(kind)]


def test_files_stay_short() -> None:
    long = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in written()}
    assert len(long) > 80
    assert {name: lines for name, lines in long.items() if lines >= LONGEST} == {}


def test_every_error_is_in_the_tree_and_the_tree_is_drawn() -> None:
    classes = {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and kind.__module__ == errors.__name__
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
