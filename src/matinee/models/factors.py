"""What a model learns, and what it predicts from that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.errors import NumericalError
from matinee.models.stopping import INTERRUPTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.vocabulary import Vocabulary
    from matinee.models.link import Cutpoints
    from matinee.models.moods import Moods

_CELLS: Final = 1 << 22
"""Factors gathered at once, 16 MB a side: what is gathered for one chunk of pairs."""


@dataclass(frozen=True)
class Factors:
    """What a model learns: ``mean + user_bias + item_bias + P Qᵀ``, in stars, or a preference without unit.

    Attributes
    ----------
    mean : of the ratings; 0 for a preference.
    user_bias, item_bias : float32, shapes ``(m,)`` and ``(n,)``.
    user_factors, item_factors : P and Q, float32, shapes ``(m, k)`` and ``(n, k)``.
    folding : further float32 arrays that folding in a new person needs, by name (see `Model.folding_axes`).
    details : what is particular to the model (singular values, certificate, trace), as plain values.
    user_noise, item_noise : float32 over 0, shapes ``(m,)`` and ``(n,)``: how far ratings of each lie from what is
        predicted, 1 being usual; ``None`` where the model takes all to be alike.
    moods : what users' ratings of one time have in common, where the model learnt from times.
    link : thresholds at which predictions are cut into stars, where they are not stars themselves.

    """

    mean: float
    user_bias: NDArray[np.float32]
    item_bias: NDArray[np.float32]
    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]
    folding: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    user_noise: NDArray[np.float32] | None = None
    item_noise: NDArray[np.float32] | None = None
    moods: Moods | None = None
    link: Cutpoints | None = None

    def __post_init__(self) -> None:
        noise = [side for side in (self.user_noise, self.item_noise) if side is not None]
        own = (self.user_bias, self.item_bias, self.user_factors, self.item_factors, *noise)
        for numbers in (*own, *self.folding.values()):
            numbers.flags.writeable = False

    @property
    def rank(self) -> int:
        """Number of factors, k; 0 where there are none."""
        return int(self.user_factors.shape[1])

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the fit before its time."""
        return self.details.get("ended") == INTERRUPTED

    def deviation(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """How far ratings of these pairs lie from predictions, 1 being usual, float64 over 0, shape ``(n,)``."""
        own = 1.0 if self.user_noise is None else self.user_noise[user].astype(np.float64)
        return np.full(len(user), 1.0) * own * (1.0 if self.item_noise is None else self.item_noise[item])

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Ratings (or preferences) at pairs of indices, shape ``(n,)`` each, not clipped."""
        value = self.mean + self.user_bias[user].astype(np.float64) + self.item_bias[item]
        chunk = max(1, _CELLS // max(1, self.rank))
        for start in range(0, len(user), chunk):
            part = slice(start, start + chunk)
            p, q = self.user_factors[user[part]], self.item_factors[item[part]]
            value[part] += np.einsum("nk,nk->n", p, q, dtype=np.float64)
        return np.asarray(value)

    def predict_rows(self, user: NDArray[np.integer]) -> NDArray[np.float32]:
        """What `predict` gives for b users and every item, in float32, shape ``(b, n)``: 4 b n bytes.

        Called within `single_threaded_blas` and for the same users at once, it gives the same bits.
        """
        value = self.user_factors[user] @ self.item_factors.T
        value += self.user_bias[user, None] + np.float32(self.mean)
        value += self.item_bias
        return np.asarray(value)


def check_finite(model: str, side: Vocabulary, bias: NDArray[np.float32], rows: NDArray[np.float32]) -> None:
    """Raise `NumericalError`, naming the first of ``side``, where a number learnt of it is NaN or infinite."""
    # the sum is as finite as its terms: float32 terms cannot overflow it
    with np.errstate(invalid="ignore"):
        total = np.sum(bias, dtype=np.float64) + np.sum(rows, dtype=np.float64)
    if np.isfinite(total):
        return
    first = int(np.argmin(np.isfinite(bias) & np.isfinite(rows).all(axis=1)))
    raise NumericalError(
        f"{model}: what was learnt of {side.name} {side.ids[first]!r} is not finite; allowed are finite numbers; "
        "try a larger regularization or a smaller learning_rate"
    )


@dataclass(frozen=True)
class Predictions:
    """Predicted ratings of n pairs.

    Attributes
    ----------
    value : stars, not clipped, or preferences, float64, shape ``(n,)``.
    source : index into `matinee.models.base.SOURCES`, int8, shape ``(n,)``.
    lower, upper : limits of the interval, clipped, float64, shape ``(n,)``; ``None`` without a measured spread.

    """

    value: NDArray[np.float64]
    source: NDArray[np.int8]
    lower: NDArray[np.float64] | None
    upper: NDArray[np.float64] | None
