"""How the tests stand to each other, and to what they test."""

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


SAMPLER = ("models/bayesian", "support/chains.py", "support/calibrating.py")
OF_NAMED_TUPLES = {"_asdict", "_fields", "_replace"}


def private_reads(file: Path) -> Iterator[str]:
    """Attributes of others that begin with one underscore."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Attribute) and private(node):
            yield f"{file.name}:{node.lineno}: {ast.unparse(node)}"


def private(node: ast.Attribute) -> bool:
    named = node.attr.startswith("_") and not node.attr.startswith("__") and node.attr not in OF_NAMED_TUPLES
    return named and ast.unparse(node.value) not in ("self", "cls")


def test_no_test_reads_what_is_private_to_the_sampler() -> None:
    places = [ROOT / "tests" / name for name in SAMPLER]
    files = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
    assert len(files) > 10
    assert [read for file in files for read in private_reads(file)] == []
