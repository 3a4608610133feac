"""How long functions are, and how many files a folder has."""

from __future__ import annotations

import ast
from collections import Counter
from statistics import median, quantiles
from typing import TYPE_CHECKING

from tests.support.sources import PACKAGE, modules, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIAN, NINETIETH, LONGEST = 5, 14, 35
"""Lines of a function's body, its docstring not counted."""

MOST_FILES = 18
"""In a folder; kernels have one for each kernel."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, int]]:
    for name, file in modules().items():
        for node in ast.walk(tree(file)):
            if isinstance(node, Function):
                yield f"{name}.{node.name}", length(node)


def length(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_are_short() -> None:
    lengths = dict(functions())
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}
    assert median(lengths.values()) <= MEDIAN
    assert quantiles(lengths.values(), n=10)[-1] <= NINETIETH


def test_folders_are_tables_of_contents() -> None:
    counts = Counter(file.parent for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
    sizes = {str(folder.relative_to(PACKAGE)): files for folder, files in counts.items()}
    assert {folder: files for folder, files in sizes.items() if files > MOST_FILES and folder != "kernels"} == {}
