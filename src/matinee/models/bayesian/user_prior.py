"""The prior of a new person, as folding in needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from matinee.matrix.fields import array, freeze, number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NUMBERS: Final = ("bias_mean", "bias_precision", "noise_precision", "noise_alike")


@dataclass(frozen=True)
class UserPrior:
    """The prior of a new person's bias, noise and factors, in stars; beside their mean, factors are standard normal.

    Attributes
    ----------
    bias_mean, bias_precision : of biases, without what is said of a person by which films were rated.
    noise_precision : one over the squared usual noise of a rating.
    noise_alike : how many ratings it takes to say as much of somebody's noise as is known before.
    pull, bias_pull : what having rated an item says of factors and bias, float32, shapes ``(n, k)`` and ``(n,)``.
    item_scale : one over the noise of an item's ratings, 1 being usual, float32, shape ``(n,)``.
    typical_film : the mean row of factors, items counting as often as they are rated, float32, shape ``(k,)``.
    typical_films : the mean of such rows times themselves, float32, shape ``(k, k)``. Models saved before there were
        any have neither.

    """

    bias_mean: float = number()
    bias_precision: float = number()
    noise_precision: float = number()
    noise_alike: float = number()
    pull: NDArray[np.float32] = array("nk")
    bias_pull: NDArray[np.float32] = array("n")
    item_scale: NDArray[np.float32] = array("n")
    typical_film: NDArray[np.float32] | None = array("k", optional=True)
    typical_films: NDArray[np.float32] | None = array("kk", optional=True)

    def __post_init__(self) -> None:
        freeze(self)

    def over_items(self, items: NDArray[np.integer]) -> UserPrior:
        """The same with ``items`` in place of all."""
        return replace(self, pull=self.pull[items], bias_pull=self.bias_pull[items], item_scale=self.item_scale[items])

    def numbers(self) -> dict[str, float]:
        """The four numbers by name."""
        return {name: getattr(self, name) for name in NUMBERS}


def in_stars(means: NDArray[np.float64], unit: float) -> dict[str, float]:
    """`UserPrior.numbers` from the means of the same four numbers in units of ``unit`` stars."""
    bias, precision, noise, alike = (float(number) for number in means)
    return dict(zip(NUMBERS, (unit * bias, precision / unit**2, noise / unit**2, alike), strict=True))
