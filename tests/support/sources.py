"""The source files of the house, and what each imports."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "matinee"


@dataclass(frozen=True)
class Import:
    """``module`` imports ``target``, be it for annotations alone or within a function."""

    module: str
    target: str

    @property
    def ours(self) -> bool:
        return self.target == "matinee" or self.target.startswith("matinee.")


def name_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {name_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


@cache
def imports() -> tuple[Import, ...]:
    return tuple(Import(name, target) for name, file in modules().items() for target in _targets(name, tree(file)))


def _targets(module: str, source: ast.Module) -> Iterator[str]:
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(module, node)


def _from(module: str, node: ast.ImportFrom) -> list[str]:
    """What ``from x import y`` names: the module ``x.y`` where there is one, else ``x``."""
    base = node.module or ""
    if node.level:
        above = module.split(".")[: -node.level]
        base = ".".join([*above, base]).rstrip(".")
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules() else base for alias in node.names]
