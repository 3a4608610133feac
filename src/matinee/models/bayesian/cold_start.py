"""Users and items without training ratings: what they are expected to be, and what that predicts.

To ask how a user would rate a film that nobody rated is to suppose that the user rates it. People choose what they
rate: where who rated a film is a feature of it, that one rater says something of it, and the more, the fewer others
there are. As in estimates after Good (1953), what was never seen is taken to be like the rarest that was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.matrix.fields import array, freeze

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.predicting.factors import LinearFactors
    from matinee.predicting.pairs import Side

    Vector = NDArray[np.float32]
    Half = tuple[NDArray[np.float64], NDArray[np.float64]]

_CELLS: Final = 1 << 22
"""Factors gathered at once."""


@dataclass(frozen=True)
class ColdStart:
    """Expected rows of new users and items, in the coordinates of `LinearFactors`.

    Attributes
    ----------
    user_bias, item_bias : stars, float32, shapes ``(a,)`` and ``(b,)``: first the bias of one of whom nothing is known;
        then, for one new on both sides, what the usual pattern of who rated what adds; then what each attribute adds.
    user_factors, item_factors : likewise, float32, shapes ``(a, k)`` and ``(b, k)``; the first are zeros.
    user_gain : stars that a new film gains by this user's rating it, float32, shape ``(m,)``.
    item_gain : stars that a new user gains by rating this film, float32, shape ``(n,)``.
    width : how far ratings by a new user, and of a new item, lie from what is predicted, 1 being usual where both are
        known: float32, 1 or more, shape ``(2,)``.

    """

    user_bias: Vector = array("2")
    user_factors: Vector = array("2k")
    item_bias: Vector = array("2")
    item_factors: Vector = array("2k")
    user_gain: Vector = array("m")
    item_gain: Vector = array("n")
    width: Vector = array("2")

    def __post_init__(self) -> None:
        freeze(self)

    def predict(self, factors: LinearFactors, user: Side, item: Side) -> NDArray[np.float64]:
        """Ratings of pairs of which a side, or both, has no ratings: stars, float64, shape ``(n,)``."""
        value = np.full(len(user), factors.mean)
        chunk = max(1, _CELLS // max(1, factors.rank))
        for start in range(0, len(value), chunk):
            part = slice(start, start + chunk)
            value[part] += self._of_pairs(factors, user.take(part), item.take(part))
        return value

    def of_people(self, people: LinearFactors, level: NDArray[np.floating]) -> ColdStart:
        """For people folded in: what ratings say of new films has to come from ``level``, shape ``(m,)``, stars.

        That is what each would give a film of which nothing is known; what is known of a film is added.
        """
        gain = level - (people.mean + people.user_bias.astype(np.float64) + float(self.item_bias[0]))
        return replace(self, user_gain=gain.astype(np.float32))

    def deviation(self, seen_user: NDArray[np.bool_], seen_item: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Deviation of ratings where a side, or both, has no ratings, 1 being usual: float64, shape ``(n,)``.

        Where both seem to have some, one is not in the vocabularies at all: the wider of both.
        """
        more = np.square(self.width, dtype=np.float64) - 1.0
        of_users = np.where(seen_user, 0.0, more[0])
        of_items = np.where(seen_item, 0.0, more[1])
        return np.asarray(np.sqrt(1.0 + np.where(seen_user & seen_item, more.max(), of_users + of_items)))

    def _of_pairs(self, factors: LinearFactors, user: Side, item: Side) -> NDArray[np.float64]:
        neither = ~user.rated & ~item.rated
        user_bias, p = _rows(factors.user_bias, factors.user_factors, user, neither, self.user_bias, self.user_factors)
        item_bias, q = _rows(factors.item_bias, factors.item_factors, item, neither, self.item_bias, self.item_factors)
        gain = np.where(user.rated, self.user_gain[user.index], 0.0) + np.where(
            item.rated, self.item_gain[item.index], 0.0
        )
        return np.asarray(user_bias + item_bias + gain + np.einsum("nk,nk->n", p, q, dtype=np.float64))


def _rows(
    bias: Vector, factors: Vector, side: Side, neither: NDArray[np.bool_], new_bias: Vector, new_factors: Vector
) -> tuple[NDArray[np.float64], Vector]:
    """Biases and factors of one side, with what is usual where ``neither`` side has ratings."""
    rows = np.where(side.in_vocabulary[:, None], factors[side.index], new_factors[0])
    level = np.where(side.in_vocabulary, bias[side.index], new_bias[0]).astype(np.float64)
    rows[neither] += new_factors[1]
    level[neither] += new_bias[1]
    return level, rows


def widths(users: Half, items: Half, noise: float) -> Vector:
    """`ColdStart.width` of sides whose rows and biases, in stars, differ as ``users`` and ``items`` do.

    A rating by a new user has the variance of the noise, of biases, and of ``p · q`` over users p.
    """
    varies = [_variance(side, other) for side, other in ((users, items), (items, users))]
    return np.sqrt(1.0 + np.array(varies) / noise**2).astype(np.float32)


def _variance(side: Half, other: Half) -> float:
    rows, others = side[0] - side[0].mean(0), other[0]
    return float(side[1].var() + np.sum((rows.T @ rows) * (others.T @ others)) / (len(rows) * len(others)))
