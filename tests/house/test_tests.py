"""How the tests stand to each other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.support.sources import ROOT, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_test_module_is_imported_by_another() -> None:
    """Everything shared lives in tests/support, or is a fixture of a conftest."""
    files = sorted((ROOT / "tests").rglob("*.py"))
    names = [(str(file.relative_to(ROOT)), name) for file in files for name in imported(file)]
    assert any(name.startswith("tests.support.") for _, name in names)
    assert [(file, name) for file, name in names if any(part.startswith("test_") for part in name.split("."))] == []
