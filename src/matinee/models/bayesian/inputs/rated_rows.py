"""The users and items that have ratings: they alone are sampled, the others get their prior means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from matinee.kernels.compress import Compressed
from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.cold_start import ColdStart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.models.bayesian.factors import PosteriorFactors
    from matinee.models.bayesian.inputs.attributes import Attributes, Blocks
    from matinee.models.bayesian.user_prior import UserPrior

    Rows = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class RatedRows:
    """Masks of the rows and columns of a matrix that have ratings, and the matrix of these."""

    users: NDArray[np.bool_]
    items: NDArray[np.bool_]
    matrix: RatingMatrix

    @classmethod
    def of(cls, matrix: RatingMatrix) -> RatedRows:
        """The ratings of ``matrix`` without its empty rows and columns."""
        users, items = matrix.user_counts > 0, matrix.item_counts > 0
        if users.all() and items.all():
            return cls(users, items, matrix)
        return cls(users, items, RatingMatrix(_kept(matrix.by_user, users, items), _kept(matrix.by_item, items, users)))

    def scattered(self, factors: PosteriorFactors, known: Attributes) -> PosteriorFactors:
        """Put what was learnt of those with ratings at their places among all, and prior means at the others'."""
        new = factors.cold_start
        assert new is not None
        user_rows = factors.user_bias, factors.user_factors
        item_rows = factors.item_bias, factors.item_factors
        user = _filled(self.users, user_rows, (new.user_bias, new.user_factors), known.users)
        item = _filled(self.items, item_rows, (new.item_bias, new.item_factors), known.items)
        return replace(
            factors,
            user_bias=user[0],
            user_factors=user[1],
            item_bias=item[0],
            item_factors=item[1],
            user_prior=self._user_prior(factors.prior),
            cold_start=self._cold_start(new),
            **self._parts(factors),
        )

    def _user_prior(self, prior: UserPrior) -> UserPrior:
        """With nothing that folding in takes of items without ratings: folded-in ratings of them are left out."""
        return replace(
            prior,
            pull=_placed(self.items, prior.pull, 0.0),
            bias_pull=_placed(self.items, prior.bias_pull, 0.0),
            item_scale=_placed(self.items, prior.item_scale, 1.0),
        )

    def _cold_start(self, new: ColdStart) -> ColdStart:
        """Without what attributes add: that is in the rows of those who have them."""
        users, items = (np.ascontiguousarray(rows[:2]) for rows in (new.user_factors, new.item_factors))
        gains = _placed(self.users, new.user_gain, 0.0), _placed(self.items, new.item_gain, 0.0)
        return ColdStart(new.user_bias[:2].copy(), users, new.item_bias[:2].copy(), items, *gains, new.width)

    def _parts(self, factors: PosteriorFactors) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        for side, rated in (("user", self.users), ("item", self.items)):
            for name, otherwise in ((f"{side}_noise", 1.0), (f"{side}_variance", 0.0)):
                values = getattr(factors, name)
                parts[name] = None if values is None else _placed(rated, values, otherwise)
        if factors.session_drift is not None:
            ends = np.concatenate([[0], np.cumsum(self.users)])
            parts["session_drift"] = replace(factors.session_drift, starts=factors.session_drift.starts[ends])
        if factors.periods is not None:
            home = np.full(len(self.users), len(factors.periods.bias) - 1, np.int32)
            home[self.users] = factors.periods.home
            parts["periods"] = replace(factors.periods, home=home)
        return parts


def _kept(rows: Compressed, rated: NDArray[np.bool_], columns: NDArray[np.bool_]) -> Compressed:
    places = (np.cumsum(columns) - 1).astype(np.int32)
    offsets = np.concatenate([rows.offsets[:1], rows.offsets[1:][rated]])
    return Compressed(offsets, places[rows.indices], rows.values)


def _placed(rated: NDArray[np.bool_], values: NDArray[np.float32], otherwise: float) -> NDArray[np.float32]:
    if rated.all():
        return values
    out = np.full((len(rated), *values.shape[1:]), otherwise, np.float32)
    out[rated] = values
    return out


def _filled(rated: NDArray[np.bool_], rows: Rows, new: Rows, known: Blocks) -> Rows:
    """Biases and factors of all rows; of those without ratings the prior means, given what is known."""
    if rated.all():
        return rows
    table = np.ones((int((~rated).sum()), 1))
    table = np.concatenate([table, *(block[~rated] for block in known.values())], axis=1).astype(np.float32)
    out = [_placed(rated, values, 0.0) for values in rows]
    for values, expected in zip(out, new, strict=True):
        values[~rated] = table @ np.delete(expected, 1, axis=0)
    return out[0], out[1]
