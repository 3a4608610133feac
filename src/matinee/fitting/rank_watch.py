"""Watching a model that ranks, by the ranks of films set aside among those without a rating of the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.predicting.pairs import Grid, Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.split import Triplets
    from matinee.predicting.factors import LinearFactors

_MOST_USERS: Final = 500
_BATCH: Final = 64


@dataclass(frozen=True)
class RankWatch:
    """Films set aside, and the other ratings of each user, in compressed rows.

    The error is the mean percentile rank: the share of the films without a rating of the user that score as high
    as the one set aside, 0 to 1; 0.5 is chance (Hu, Koren and Volinsky 2008, section 5, equation 8).
    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    rated: Compressed

    measure: ClassVar[str] = "mean percentile rank"

    @classmethod
    def of(cls, aside: Triplets, rated: Compressed) -> RankWatch:
        """The first 500 users of ``aside``, which is in order of users."""
        user, item, _ = aside
        people = np.unique(user)
        kept = user <= people[min(len(people), _MOST_USERS) - 1]
        return cls(user[kept], item[kept], rated)

    def error(self, factors: LinearFactors) -> float:
        """The mean percentile rank of the films set aside."""
        people = np.unique(self.user)
        with single_threaded_blas():
            total = sum(self._ranks(factors, people[at : at + _BATCH]) for at in range(0, len(people), _BATCH))
        return float(total / len(self.user))

    def _ranks(self, factors: LinearFactors, people: NDArray[np.int32]) -> float:
        """The sum of the percentile ranks of the films of ``people``."""
        table = factors.score_rows(Grid(Side.known(people), Side.known(np.arange(factors.shape[1], dtype=np.int32))))
        total = 0.0
        for row, user in zip(table, people, strict=True):
            aside = row[self.item[self.user == user]]
            row[self.rated.columns_of(user)] = np.nan
            total += np.count_nonzero(row >= aside[:, None]) / np.count_nonzero(~np.isnan(row))
        return total
