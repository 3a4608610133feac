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
from matinee.models.bayesian.chain.periods import DrawnPeriods
from matinee.models.bayesian.chain.residual import unexplained
from matinee.models.bayesian.chain.session_drift import SCALES, DrawnMoods
from matinee.models.bayesian.chain.side import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.columns import Columns
    from matinee.models.bayesian.chain.features import Features
    from matinee.models.bayesian.chain.noise import Varying
    from matinee.models.bayesian.cutpoints import Cutpoints


class Chain:
    """State of a chain, in units of ``unit`` stars about ``mean``; ``users`` and ``items`` are its sides."""

    STATE: ClassVar[tuple[str, ...]] = ("users", "items", "noise", "moods", "periods", "latent", "_rng", "_drawn")

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
        left = matrix.by_user.values - np.float32(self.mean)
        self.unit = float(np.sqrt(np.mean(np.square(left, dtype=np.float64)))) or 1.0
        self._matrix, self._across = matrix, matrix.across()
        self.users = Side(matrix.by_user, rank, features[0], seed, Stream.BAYESIAN_USERS)
        self.items = Side(matrix.by_item, rank, features[1], seed, Stream.BAYESIAN_ITEMS)
        self.noise = Noise(matrix, varies, stars is not None)
        self.moods = None if time is None else DrawnMoods(matrix, time, self.noise)
        self.periods = None if time is None or not periods else DrawnPeriods(matrix, time, periods, rank)
        self._rng, self._threads = generator(seed, GeneratorStream.BAYESIAN_HYPERPARAMETERS), threads
        self._keys, self._drawn = int(words(seed, Stream.BAYESIAN_DRAWS)), 0
        self.latent = None if stars is None else Latent(matrix.by_user.values, stars, self.mean, self.unit)
        self.give(left / np.float32(self.unit) if self.latent is None else self.latent.start(self._key(), threads))

    def restored(self) -> None:
        """What follows from a state that was put back."""
        if self.latent is not None:
            self._values = self.latent.values
        self._explain()

    def give(self, values: NDArray[np.float32]) -> None:
        """Let ``values`` be the ratings, about the mean and in units, in the order of users."""
        self._values = values
        self._explain()

    def _explain(self) -> None:
        """What moods and periods leave of the ratings is what users have to explain; films have periods' part too."""
        values = self._values if self.moods is None else self._values - self.moods.of_ratings()
        self._by_item = self._matrix.by_item.with_values(values[self._across])
        if self.periods is not None:
            values = values - self.periods.of_ratings(self.items, self._threads)
        self._by_user = self._matrix.by_user.with_values(values)

    def sweep(self) -> None:
        """Draw items, users, periods, moods, the noise and what is latent, each after what it is drawn from.

        BLAS should have one thread.
        """
        self._draw_items()
        self._draw(self.users, columns_of(self.items, self._by_user, self.noise.item), self.noise.user)
        if self.periods is not None:
            self._draw_periods(self.periods)
        if self.moods is not None:
            self._draw_moods(self.moods)
        left = self.left()
        self.noise.draw(left, self._rng)
        if self.latent is not None:
            self.give(self.latent.draw(self._values - left, self.noise, self._key(), self._rng, self._threads))

    def left(self) -> NDArray[np.float32]:
        """What everything leaves of every rating, in the order of users, in units."""
        users, items = self.users, self.items
        own, other = (users.factors[:, : self.rank], users.bias), (items.factors[:, : self.rank], items.bias)
        return unexplained(self._by_user, 0.0, own, other, self._threads)[0]

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """The present draw's predictions of pairs, without moods, in units about the mean; of users' home periods."""
        users, items, periods = self.users, self.items, self.periods
        value = row_products(users.factors, user, items.factors, item, self._threads)
        value = value + users.bias[user] + items.bias[item]
        return np.asarray(value if periods is None else value + periods.at(item, periods.home[user], items))

    @property
    def link(self) -> Cutpoints | None:
        """The present draw's thresholds and noise, in stars; ``None`` where ratings are normal as they are."""
        if self.latent is None:
            return None
        return self.latent.link(self.latent.thresholds.value, self.unit * self.noise.all**-0.5)

    def stars(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """`predict` in stars: behind thresholds the mean of the stars that a pair may get, given the present draw."""
        predicted, link = self.mean + self.unit * self.predict(user, item), self.link
        if link is None:
            return predicted
        return link.expected(predicted, (self.noise.user.precision[user] * self.noise.item.precision[item]) ** -0.5)

    def _draw_items(self) -> None:
        columns = columns_of(self.users, self._by_item, self.noise.user)
        if self.periods is None:
            self._draw(self.items, columns, self.noise.item)
            return
        self._draw(self.items, self.periods.beside(columns), self.noise.item)
        self._explain()

    def _draw(self, own: Side, columns: Columns, noise: Varying) -> None:
        own.draw_prior(self._rng)
        own.draw_rows(Likelihood(*columns, self.noise.of_rows(noise), self.rank, 0.0), self._key(), self._threads)

    def _draw_periods(self, periods: DrawnPeriods) -> None:
        left = self.left() + periods.of_ratings(self.items, self._threads)
        periods.draw(left, self.noise.of_ratings(), self.items, self._rng)
        self._explain()

    def _draw_moods(self, moods: DrawnMoods) -> None:
        """The moods, and what they leave for factors and biases to explain."""
        left = self.left() + moods.of_ratings()
        moods.draw(left, [self._key() for _ in SCALES], self._rng, self._threads)
        self._explain()

    def _key(self) -> int:
        """Of a stream that nothing else has."""
        self._drawn += 1
        return int(words(self._keys, self._drawn))


def chain_seeds(seed: int, count: int) -> list[int]:
    """A seed for each of ``count`` chains: ``seed`` itself for the first, words of a stream of it for the others."""
    key = int(words(seed, Stream.BAYESIAN_CHAINS))
    return [seed, *(int(words(key, number)) for number in range(1, count))]
