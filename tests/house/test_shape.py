"""How long functions are, how many files a folder has, and how much stands in one statement."""

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


def packed(node: ast.AST) -> bool:
    """Whether ``node`` assigns three values or more to as many names. A swap may, and what one call returns."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple) or len(node.value.elts) < 3:
        return False
    targets = [target for target in node.targets if isinstance(target, ast.Tuple)]
    return any(not swap(target, node.value) for target in targets)


def swap(target: ast.Tuple, value: ast.Tuple) -> bool:
    """Whether the names on both sides have one in common, as in ``low, high = high, low`` and ``a, b = b, a % b``."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    return bool(names & {node.id for node in ast.walk(target) if isinstance(node, ast.Name)})


def splats_a_choice(node: ast.AST) -> bool:
    parts = ast.iter_child_nodes(node) if isinstance(node, ast.Starred) else ()
    return any(isinstance(part, ast.IfExp | ast.Starred) for part in parts)


def places(predicate) -> list[str]:
    return [
        f"{name}:{node.lineno}" for name, file in modules().items() for node in ast.walk(tree(file)) if predicate(node)
    ]


def test_functions_are_short() -> None:
    lengths = dict(functions())
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}
    assert median(lengths.values()) <= MEDIAN
    assert quantiles(lengths.values(), n=10)[-1] <= NINETIETH


def test_a_statement_does_one_thing() -> None:
    assert places(packed) == []
    assert places(splats_a_choice) == []


def test_folders_are_tables_of_contents() -> None:
    counts = Counter(file.parent for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
    sizes = {str(folder.relative_to(PACKAGE)): files for folder, files in counts.items()}
    assert {folder: files for folder, files in sizes.items() if files > MOST_FILES and folder != "kernels"} == {}
