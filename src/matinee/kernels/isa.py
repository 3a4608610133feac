"""Instruction set of the kernels: the widest this processor runs, or the one named.

``MATINEE_INSTRUCTION_SET`` (``baseline``, ``avx2``, ``avx512``) chooses at import.
"""

from __future__ import annotations

import os

from matinee.errors import ConfigError
from matinee.kernels import _native


def instruction_sets() -> list[str]:
    """The instruction sets this processor can run, slowest first."""
    return list(_native.instruction_sets())


def instruction_set() -> str:
    """The instruction set in use."""
    return str(_native.instruction_set())


def use_instruction_set(name: str) -> None:
    """Use the kernels compiled for ``name``; `ConfigError` where this processor cannot run them."""
    if not _native.use_instruction_set(name):
        allowed = ", ".join(instruction_sets())
        raise ConfigError(f"instruction set: found '{name}'; this processor runs {allowed}; choose one of them")


if named := os.environ.get("MATINEE_INSTRUCTION_SET"):
    use_instruction_set(named)
