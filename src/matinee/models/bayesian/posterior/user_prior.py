"""What people of the training ratings are like, as far as folding in needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class UserPrior(NamedTuple):
    """The prior of a new person's bias and noise, in stars; that of factors is standard normal.

    Attributes
    ----------
    bias_mean, bias_precision : of biases, without what is said of a person by which films were rated.
    noise_precision : one over the squared usual noise of a rating.
    noise_alike : how many ratings it takes to say as much of somebody's noise as is known before.

    """

    bias_mean: float
    bias_precision: float
    noise_precision: float
    noise_alike: float

    @classmethod
    def drawn(cls, means: NDArray[np.float64], unit: float) -> Self:
        """From the means of the same four numbers in units of ``unit`` stars."""
        bias, precision, noise, alike = (float(number) for number in means)
        return cls(unit * bias, precision / unit**2, noise / unit**2, alike)

    @classmethod
    def of(cls, details: Mapping[str, Any]) -> Self:
        """As `Factors.details` holds it."""
        return cls(**details["user_prior"])
