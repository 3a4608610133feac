"""The parts, in the order in which they are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matinee.store.parts import link, moods, newcomers, noise, periods, spread

if TYPE_CHECKING:
    from matinee.store.parts.part import Part

OF_FACTORS: Final[tuple[Part, ...]] = (noise, moods, newcomers, periods, link)
"""Those that fill fields of `Factors`."""

PARTS: Final[tuple[Part, ...]] = (*OF_FACTORS, spread)
