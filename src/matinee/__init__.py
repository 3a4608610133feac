"""Matinee: film ratings predicted with the singular value decomposition and its descendants.

The public API is the list in ``__init__.pyi``, a line each, and nothing else. A name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

_LINES = Path(__file__).with_suffix(".pyi").read_text("utf-8").splitlines()
_HOMES = {line.split()[-1]: line.split()[1] for line in _LINES if line.startswith("from ")}
"""The module of each name; importing them all at once would take longer than the shortest command."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'; the public names are in matinee.__all__")
    value = globals()[name] = getattr(importlib.import_module(_HOMES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
