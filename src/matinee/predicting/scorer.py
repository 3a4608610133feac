"""The interface of fitted numbers: a score and its deviation, for pairs and for rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from matinee.errors import NumericalError
from matinee.matrix.fields import arrays_of
from matinee.predicting.sources import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.vocabulary import Vocabulary
    from matinee.predicting.pairs import Grid, Pairs


class Scores(NamedTuple):
    """Scores of n pairs.

    Attributes
    ----------
    value : stars, not clipped, or preferences, float64, shape ``(n,)``.
    deviation : standard deviation of a rating about ``value``, in a unit of the model's own, float64 over 0, ``(n,)``.
    probabilities : of each star, float64, shape ``(n, stars)``; ``None`` where the model has no thresholds.

    """

    value: NDArray[np.float64]
    deviation: NDArray[np.float64]
    probabilities: NDArray[np.float64] | None = None


class Contributions(NamedTuple):
    """Parts that add up to the scores of n pairs.

    Attributes
    ----------
    mean, user, item, rest : of each pair, float64, shape ``(n,)``; ``rest`` is all that no other part explains.
    offsets : int64, shape ``(n + 1,)``: pair p's ratings are ``offsets[p]`` to ``offsets[p + 1] - 1`` of the next two.
    items : items that the user rated, int32, shape ``(offsets[-1],)``.
    ratings : contribution of each of those ratings, float64, shape ``(offsets[-1],)``.

    """

    mean: NDArray[np.float64]
    user: NDArray[np.float64]
    item: NDArray[np.float64]
    rest: NDArray[np.float64]
    offsets: NDArray[np.int64]
    items: NDArray[np.int32]
    ratings: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """The sum of all parts, shape ``(n,)``."""
        sums = np.add.reduceat(np.append(self.ratings, 0.0), self.offsets[:-1])
        return self.mean + self.user + self.item + self.rest + np.where(np.diff(self.offsets) > 0, sums, 0.0)


@dataclass(frozen=True)
class Scorer(ABC):
    """The numbers that a fit learnt. Frozen; saved arrays are declared on the fields (`matinee.matrix.fields`)."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Users and items, m and n."""

    @property
    def rank(self) -> int:
        """Number of factors, k; 0 where there are none."""
        return 0

    @property
    def source(self) -> Source:
        """Source of the score of a pair known on both sides."""
        return Source.MODEL

    @property
    def timed(self) -> bool:
        """True if the time of a rating changes its score."""
        return False

    @property
    def covers_unrated(self) -> bool:
        """True if pairs are scored of which a side, or both, has no training ratings."""
        return False

    @abstractmethod
    def score(self, pairs: Pairs) -> Scores:
        """Scores of ``pairs``, all rated on both sides unless the scorer `covers_unrated`."""

    @abstractmethod
    def score_rows(self, grid: Grid) -> NDArray[np.float32]:
        """The value of `score` for b users and every item, float32, shape ``(b, n)``: 4 b n bytes.

        Called within `single_threaded_blas` and for the same users at once, it gives the same bits. Numbers where a
        side has no training ratings mean something only if the scorer `covers_unrated`.
        """

    @abstractmethod
    def contributions(self, pairs: Pairs) -> Contributions:
        """Parts that add up to the value of `score`: the mean, biases, and each rating that explains it."""

    def check_finite(self, model: str, users: Vocabulary, items: Vocabulary) -> None:
        """Raise `NumericalError`, naming the first user or item of which a number learnt is NaN or infinite."""
        for name, stored, content in arrays_of(self):
            if np.issubdtype(content.dtype, np.floating) and not _finite(content):
                side = {"m": users, "n": items}.get(stored.axes[0])
                raise NumericalError(
                    f"{model}: {_culprit(name, side, content)} is not finite; allowed are finite numbers; try a larger "
                    "regularization or a smaller learning_rate"
                )


def _finite(numbers: NDArray[np.floating]) -> bool:
    """True if all are finite: so is their sum then, since float32 terms cannot overflow it."""
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.isfinite(np.sum(numbers, dtype=np.float64)))


def _culprit(name: str, side: Vocabulary | None, content: NDArray[np.floating]) -> str:
    if side is None:
        return name
    bad = ~np.isfinite(content).reshape(len(content), -1).all(axis=1)
    return f"what was learnt of {side.name} {side.ids[int(np.argmax(bad))]!r}"
