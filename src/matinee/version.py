"""The version that is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("matinee")
    except PackageNotFoundError:
        return "0+unknown"


__version__ = _installed()
