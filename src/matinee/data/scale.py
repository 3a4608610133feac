"""The rating scale: the lowest and highest rating and the step between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


_ON_STEP: Final = 1e-4
"""Largest distance of a rating from a step, in steps."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating scale: ``low`` to ``high``, in steps of ``step`` (``None``: any value between).

    Raises `ConfigError` where ``low`` is not under ``high``, or these are not a whole number of steps apart.

    >>> Scale(0.5, 5.0, 0.5).star_count
    10
    """

    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        finite = all(np.isfinite(x) for x in (self.low, self.high, self.step or 1.0))
        if not finite or not self.low < self.high or (self.step is not None and self.step <= 0):
            raise ConfigError(
                f"rating scale: found {self}; allowed is low < high, both finite, and a step over 0, "
                "for example 0.5:5:0.5"
            )
        if self.step is not None:
            self._check_top(self.step)

    def _check_top(self, step: float) -> None:
        """The highest rating is a whole number of steps from the lowest: else none could be it, or be clipped to it."""
        steps = (self.high - self.low) / step
        whole = max(1, round(steps))
        if abs(steps - whole) > _ON_STEP:
            raise ConfigError(
                f"rating scale: found {self}, whose highest rating is {steps:g} steps from its lowest; allowed is a "
                f"whole number of steps, for example {self.low:g}:{self.low + whole * step:g}:{step:g}"
            )

    @classmethod
    def parse(cls, text: str) -> Scale:
        """Read ``"low:high"`` or ``"low:high:step"``, as given on the command line."""
        try:
            parts = [float(part) for part in text.split(":")]
        except ValueError:
            parts = []
        if len(parts) not in (2, 3):
            raise ConfigError(f"rating scale: found '{text}'; allowed is low:high or low:high:step, like 0.5:5:0.5")
        return cls(*parts)

    @property
    def star_count(self) -> int | None:
        """Number of distinct ratings of the scale; ``None`` where it has no step."""
        return None if self.step is None else round((self.high - self.low) / self.step) + 1

    @property
    def width(self) -> float:
        """``high - low``, in stars."""
        return self.high - self.low

    def contains(self, values: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Mask of the ``values`` that lie on the scale, steps included. NaN never does."""
        inside: NDArray[np.bool_] = (values >= self.low) & (values <= self.high)
        if self.step is None:
            return inside
        steps = (values - self.low) / self.step
        with np.errstate(invalid="ignore"):  # an infinite rating is off the scale, and no warning
            on_step: NDArray[np.bool_] = inside & (np.abs(steps - np.rint(steps)) <= _ON_STEP)
        return on_step

    def clip(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """``values`` brought into ``[low, high]``."""
        clipped: NDArray[np.floating] = np.clip(values, self.low, self.high)
        return clipped

    def opposite(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """The rating as far from the other end: 5 becomes 0.5 on the scale 0.5 to 5."""
        return (self.low + self.high) - values

    def __str__(self) -> str:
        step = "" if self.step is None else f" by {self.step:g}"
        return f"{self.low:g} to {self.high:g}{step}"


KNOWN_SCALES: Final = (
    Scale(1, 5, 1),
    Scale(0.5, 5, 0.5),
    Scale(0, 5, 0.5),
    Scale(1, 10, 1),
    Scale(0, 10, 1),
    Scale(0.5, 10, 0.5),
    Scale(0, 10, 0.5),
    Scale(0, 100, 1),
    Scale(-10, 10, None),
)
"""Scales in common use, narrowest first."""


def infer_scale(distinct: NDArray[np.floating], counts: Iterable[int], tolerance: float = 0.01) -> Scale:
    """The narrowest known scale that holds at least ``1 - tolerance`` of the ratings.

    ``distinct`` are the distinct finite ratings, shape ``(d,)``, and ``counts`` how often each occurs.

    Few ratings far away (more than twice the top, or negative) do not count: 55 among ones to fives is a
    slip for 5, not a scale to 100. Where no known scale fits, the scale is the span of the ratings
    themselves, without a step.

    """
    weights = np.asarray(list(counts), dtype=np.int64)
    for scale in KNOWN_SCALES:
        off = ~scale.contains(distinct)
        far = off & ((distinct > 2 * scale.high) | (distinct < min(scale.low, 0)))
        strays = weights[far].sum()
        misses = weights[off].sum() - (strays if _are_few(strays, weights.sum()) else 0)
        if misses <= tolerance * weights.sum():
            return scale
    low = float(distinct.min())
    high = float(distinct.max())
    return Scale(low, high) if low < high else Scale(low, low + 1.0)


def _are_few(strays: int, ratings: int) -> bool:
    """True if so few of the ratings are slips: one in ten, or one of three or more."""
    return strays * 10 <= ratings or (strays == 1 and ratings >= 3)
