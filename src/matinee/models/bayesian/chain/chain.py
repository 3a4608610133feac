"""A Markov chain over everything unknown: a sweep draws each part given all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.kernels.row_products import row_products
from matinee.kernels.sample_rows import Likelihood
from matinee.kernels.streams import GeneratorStream, Stream, generator, words
from matinee.models.bayesian.chain.columns import columns_of
from matinee.models.bayesian.chain.latent import Latent
from matinee.models.bayesian.chain.noise import Noise
from matinee.models.bayesian.chain.periods import PeriodDraws
from matinee.models.bayesian.chain.residual import unexplained
from matinee.models.bayesian.chain.session_drift import SCALES, DriftDraws
from matinee.models.bayesian.chain.side import SampledSide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.columns import Columns
    from matinee.models.bayesian.chain.features import Features
    from matinee.models.bayesian.chain.noise import Varying
    from matinee.models.bayesian.cutpoints import Cutpoints


class Chain:
    """State of a chain, in units of ``unit`` stars about ``mean``; ``users`` and ``items`` are its sides."""

    STATE: ClassVar[tuple[str, ...]] = (
        "users", "items", "noise", "session_drift", "periods", "latent", "_rng", "_drawn",
    )  # fmt: skip

    def __init__(
        self,
        matrix: RatingMatrix,
        rank: int,
        features: tuple[tuple[Features, ...], tuple[Features, ...]],
        varies: bool,
        seed: int,
        threads: int,
        time: NDArray[np.int64] | None = None,
        periods: int = 0,
        stars: NDArray[np.float64] | None = None,
    ) -> None:
        """``stars``: the levels of an ordered probit; ``None``: ratings are normal as they are."""
        self.mean, self.rank = matrix.mean, rank
        centred = matrix.by_user.values - np.float32(self.mean)
        self.unit = float(np.sqrt(np.mean(np.square(centred, dtype=np.float64)))) or 1.0
        self.matrix, self._across = matrix, matrix.across()
        self.users = SampledSide(matrix.by_user, rank, features[0], seed, Stream.BAYESIAN_USERS)
        self.items = SampledSide(matrix.by_item, rank, features[1], seed, Stream.BAYESIAN_ITEMS)
        self.noise = Noise(matrix, varies, stars is not None)
        self.session_drift = None if time is None else DriftDraws(matrix, time, self.noise)
        self.periods = None if time is None or not periods else PeriodDraws(matrix, time, periods, rank)
        self._rng, self._threads = generator(seed, GeneratorStream.BAYESIAN_HYPERPARAMETERS), threads
        self._keys, self._drawn = int(words(seed, Stream.BAYESIAN_DRAWS)), 0
        self.latent = None if stars is None else Latent(matrix.by_user.values, stars, self.mean, self.unit)
        scaled = centred / np.float32(self.unit)
        self.set_ratings(scaled if self.latent is None else self.latent.start(self._key(), threads))

    def restored(self) -> None:
        """Compute what follows from a state that was put back."""
        if self.latent is not None:
            self.values = self.latent.values
        self._set_targets()

    def set_ratings(self, values: NDArray[np.float32]) -> None:
        """Take ``values`` as the ratings, about the mean and in units, in the order of users."""
        self.values = values
        self._set_targets()

    def _set_targets(self) -> None:
        """Compute the targets of films, ratings less session drift, and of users, which are less periods too."""
        values = self.values if self.session_drift is None else self.values - self.session_drift.of_ratings()
        self.by_item = self.matrix.by_item.with_values(values[self._across])
        if self.periods is not None:
            values = values - self.periods.of_ratings(self.items, self._threads)
        self._by_user = self.matrix.by_user.with_values(values)

    def sweep(self) -> None:
        """Draw items, users, periods, session drift, noise and latent numbers, each given all others.

        BLAS should have one thread.
        """
        self._draw_items()
        self._draw(self.users, columns_of(self.items, self._by_user, self.noise.item), self.noise.user)
        if self.periods is not None:
            self._draw_periods(self.periods)
        if self.session_drift is not None:
            self._draw_session_drift(self.session_drift)
        residual = self.residual()
        self.noise.draw(residual, self._rng)
        if self.latent is not None:
            predicted = self.values - residual
            self.set_ratings(self.latent.draw(predicted, self.noise, self._key(), self._rng, self._threads))

    def residual(self) -> NDArray[np.float32]:
        """Ratings less all that the chain explains of them, in the order of users, in units."""
        users, items = self.users, self.items
        user_rows = users.factors[:, : self.rank], users.bias
        item_rows = items.factors[:, : self.rank], items.bias
        return unexplained(self._by_user, 0.0, user_rows, item_rows, self._threads)[0]

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Predictions of pairs in users' home periods, without session drift, in units about the mean."""
        users, items = self.users, self.items
        periods = self.periods
        value = row_products(users.factors, user, items.factors, item, self._threads)
        value = value + users.bias[user] + items.bias[item]
        return np.asarray(value if periods is None else value + periods.at(item, periods.home[user], items))

    @property
    def link(self) -> Cutpoints | None:
        """Thresholds and noise of the present draw, in stars; ``None`` where ratings are normal as they are."""
        if self.latent is None:
            return None
        return self.latent.link(self.latent.thresholds.value, self.unit * self.noise.all**-0.5)

    def stars(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """`predict` in stars; with thresholds, the expected star given the present draw."""
        predicted, link = self.mean + self.unit * self.predict(user, item), self.link
        if link is None:
            return predicted
        return link.expected(predicted, (self.noise.user.precision[user] * self.noise.item.precision[item]) ** -0.5)

    def _draw_items(self) -> None:
        columns = columns_of(self.users, self.by_item, self.noise.user)
        if self.periods is None:
            self._draw(self.items, columns, self.noise.item)
            return
        self._draw(self.items, self.periods.beside(columns), self.noise.item)
        self._set_targets()

    def _draw(self, side: SampledSide, columns: Columns, noise: Varying) -> None:
        side.draw_prior(self._rng)
        side.draw_rows(Likelihood(*columns, self.noise.of_rows(noise), self.rank, 0.0), self._key(), self._threads)

    def _draw_periods(self, periods: PeriodDraws) -> None:
        residual = self.residual() + periods.of_ratings(self.items, self._threads)
        periods.draw(residual, self.noise.of_ratings(), self.items, self._rng)
        self._set_targets()

    def _draw_session_drift(self, drift: DriftDraws) -> None:
        residual = self.residual() + drift.of_ratings()
        drift.draw(residual, [self._key() for _ in SCALES], self._rng, self._threads)
        self._set_targets()

    def _key(self) -> int:
        """The key of a stream that nothing else has."""
        self._drawn += 1
        return int(words(self._keys, self._drawn))


def chain_seeds(seed: int, count: int) -> list[int]:
    """Seeds of ``count`` chains: ``seed`` itself for the first, words of a stream of it for the others."""
    key = int(words(seed, Stream.BAYESIAN_CHAINS))
    return [seed, *(int(words(key, number)) for number in range(1, count))]
