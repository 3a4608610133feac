"""Bayesian matrix factorisation by Gibbs sampling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.data.scale import infer_scale
from matinee.kernels.blas import single_threaded_blas
from matinee.models.base import Model
from matinee.models.config import parameter
from matinee.models.factors import Factors
from matinee.models.gibbs.chain import Chain
from matinee.models.gibbs.features import who_rated_what
from matinee.models.gibbs.folding import folded_noise, folded_rows
from matinee.models.gibbs.latent import stars_of
from matinee.models.gibbs.posterior import Posterior
from matinee.models.gibbs.run import Schedule, sample
from matinee.models.stopping import stopping

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.data.scale import Scale
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.options import RunOptions

NOISES: Final = ("varying", "equal")
TIMES: Final = ("used", "ignored")
LIKELIHOODS: Final = ("gaussian", "ordered-probit")

_STOPS: Final = "stopping after this draw; Ctrl-C again: at once"


@dataclass(frozen=True)
class Bayesian(Model):
    """Matrix factorisation in which everything unknown is drawn from its posterior, and predictions are averaged.

    ``rating = mean + b_u + b_i + p_u · q_i + noise`` (Salakhutdinov and Mnih 2008), with normal priors of p and b
    around what the films that a user rated say of the user, and who rated a film of the film (SVD++, Koren 2008;
    flipped, Rendle, Zhang and Koren 2019), and with noise that differs from user to user and from film to film
    (Lakshminarayanan, Bouchard and Archambeau 2011). Nothing has to be regularised: precisions are drawn too.
    The mean of the draws of p · q is compressed to three times the rank; ``details["compression_error"]`` says what
    that changes predictions by, in stars (root mean square over training pairs).

    Memory: 32 bytes a rating, and about ``40 rank`` bytes a user and a film.
    """

    name: ClassVar[str] = "bayesian"
    when: ClassVar[str] = "the most accurate predictions of ratings, in seconds to minutes"
    folding_axes: ClassVar[dict[str, str]] = {"pull": "nk", "bias_pull": "n", "item_scale": "n"}

    rank: int = parameter(16, "factors of a user and of a film", low=1, high=1_000)
    draws: int = parameter(300, "draws that are averaged", low=1, high=100_000)
    burn_in: int = parameter(50, "draws before them that are thrown away", low=0, high=100_000)
    thinning: int = parameter(1, "of so many draws one is kept", low=1, high=1_000)
    user_features: int = parameter(
        100, "components of which films a user rated that say something of the user; 0: none", low=0, high=2_000
    )
    item_features: int = parameter(
        100, "components of who rated a film that say something of the film; 0: none", low=0, high=2_000
    )
    noise: str = parameter(
        "varying", "whether users and films differ in how far ratings scatter, or all are alike", choices=NOISES
    )

    times: str = parameter(
        "used", "whether ratings given at about one time have something in common, where times are known", choices=TIMES
    )

    likelihood: str = parameter(
        "gaussian",
        "what ratings are: numbers with normal noise, or stars that cut such numbers at thresholds",
        choices=LIKELIHOODS,
    )

    def learn(self, matrix: RatingMatrix, options: RunOptions) -> Factors:
        """The posterior mean of predictions, without times; details tell how the chain went."""
        ratings, counts = np.unique(matrix.by_user[2], return_counts=True)
        return self._learn(matrix, options, infer_scale(ratings, counts), None)

    def learn_ratings(self, ratings: Ratings, matrix: RatingMatrix, options: RunOptions) -> Factors:
        """The posterior mean of predictions, with the moods that the times of ratings tell of."""
        if ratings.timestamp is None or self.times == "ignored":
            return self._learn(matrix, options, ratings.scale, None)
        time = ratings.timestamp[np.lexsort((ratings.item, ratings.user))]
        return self._learn(matrix, options, ratings.scale, time)

    def _learn(
        self, matrix: RatingMatrix, options: RunOptions, scale: Scale, time: NDArray[np.int64] | None
    ) -> Factors:
        stars = None if self.likelihood == "gaussian" else stars_of(scale)
        if float(np.ptp(matrix.by_user[2])) == 0.0:
            return self._constant(matrix)
        with single_threaded_blas():
            return self._sampled(matrix, options, time, stars)

    def _sampled(
        self,
        matrix: RatingMatrix,
        options: RunOptions,
        time: NDArray[np.int64] | None,
        stars: NDArray[np.float64] | None,
    ) -> Factors:
        wanted = (self.user_features, self.item_features)
        features = who_rated_what(matrix, wanted, options.seed, options.workers)
        chain = Chain(matrix, self.rank, features, self._varies, options.seed, options.workers, time, stars)
        posterior = Posterior(chain, matrix, 3 * self.rank + 16, options.seed)
        schedule = Schedule(self.burn_in, self.draws, self.thinning)
        with stopping(options.time_limit, lambda: options.progress(_STOPS, 0.0)) as stop:
            told = sample(chain, posterior, schedule, stop, options.progress)
        factors = posterior.factors()
        return replace(factors, details={**factors.details, **told})

    def fold_rows(
        self, factors: Factors, rows: Compressed, threads: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The posterior mean of new rows, the films being as they are on average over the draws."""
        if not factors.rank:
            return np.zeros(len(rows[0]) - 1, np.float32), np.zeros((len(rows[0]) - 1, 0), np.float32)
        return folded_rows(factors, rows, self._varies, threads)

    def fold_noise(self, people: Factors, rows: Compressed, threads: int) -> NDArray[np.float32] | None:
        """As steady as their ratings are; ``None`` where all are taken to be alike."""
        return folded_noise(people, rows, threads) if self._varies and people.rank else None

    @staticmethod
    def _constant(matrix: RatingMatrix) -> Factors:
        """All ratings are equal: their noise would be drawn ever smaller, and there is nothing to average."""
        users, items = matrix.shape
        biases = np.zeros(users, np.float32), np.zeros(items, np.float32)
        return Factors(matrix.mean, *biases, np.zeros((users, 0), np.float32), np.zeros((items, 0), np.float32))

    @property
    def _varies(self) -> bool:
        return self.noise == "varying"
