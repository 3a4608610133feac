"""Bayesian matrix factorisation by Gibbs sampling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Self

import numpy as np

from matinee.data.scale import infer_scale
from matinee.errors import ConfigError
from matinee.fitting.config import parameter
from matinee.fitting.model import Learnt, Model
from matinee.fitting.stopping import stopping
from matinee.kernels.blas import single_threaded_blas
from matinee.models.bayesian.chain.chain import Chain, chain_seeds
from matinee.models.bayesian.chain.features import who_rated_what
from matinee.models.bayesian.chain.latent import stars_of
from matinee.models.bayesian.factors import PosteriorFactors
from matinee.models.bayesian.fold_in import folded
from matinee.models.bayesian.inputs.attributes import Attributes, attributes_of
from matinee.models.bayesian.inputs.blocks import blocks_of
from matinee.models.bayesian.inputs.rated_rows import RatedRows
from matinee.models.bayesian.inputs.vocabularies import with_described
from matinee.models.bayesian.posterior.posterior import Posterior
from matinee.models.bayesian.report import SamplingReport
from matinee.models.bayesian.run.monitor import Monitor
from matinee.models.bayesian.run.names import named
from matinee.models.bayesian.run.resume import Keeper, about
from matinee.models.bayesian.run.run import SamplingRun, Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.data.scale import Scale
    from matinee.fitting.model import Training
    from matinee.fitting.options import RunOptions
    from matinee.matrix.sparse import RatingMatrix
    from matinee.predicting.fold_in import NewPeople

NOISES: Final = ("varying", "equal")
USES: Final = ("used", "ignored")
LIKELIHOODS: Final = ("gaussian", "ordered-probit")

_CALIBRATING_DRAWS: Final = 100

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

    Several ``chains`` start from streams of their own of the seed and take turns; the first is the one that there is
    without others. ``details["convergence"]`` says how well they agree. A fit can be saved in a checkpoint and go on
    later, also with more ``draws``: the result is what it would have been without interruption, to the last bit.

    Memory: 32 bytes a rating, of them 20 for each chain, and about ``40 rank`` bytes a user and a film.
    """

    scorer: ClassVar[type[PosteriorFactors]] = PosteriorFactors
    report: ClassVar[type[SamplingReport]] = SamplingReport
    name: ClassVar[str] = "bayesian"
    when: ClassVar[str] = "the most accurate predictions of ratings, in seconds to minutes"
    summary: ClassVar[str] = (
        "This model adds to the mean a bias and a few factors of taste of the user and of the film. Many such "
        "numbers fit the ratings about as well: it draws a great number of them, each as often as the ratings make "
        "it likely, and predicts their average."
    )
    calibrations: ClassVar[int] = 3
    calibrates_apart: ClassVar[bool] = True
    resumes: ClassVar[bool] = True

    rank: int = parameter(16, "factors of a user and of a film", low=1, high=1_000)
    draws: int = parameter(300, "draws that are averaged", low=1, high=100_000)
    burn_in: int = parameter(50, "draws before them that are thrown away", low=0, high=100_000)
    thinning: int = parameter(1, "keep one draw in so many", low=1, high=1_000)
    chains: int = parameter(1, "chains that start apart and are averaged, to see that they agree", low=1, high=100)
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
        "used", "whether ratings given at about one time have something in common, where times are known", choices=USES
    )

    likelihood: str = parameter(
        "gaussian",
        "what ratings are: numbers with normal noise, or stars that cut such numbers at thresholds",
        choices=LIKELIHOODS,
    )

    periods: int = parameter(
        0,
        "number of periods, with equal shares of the ratings, in which a film's bias and its audience may differ; "
        "0: none",
        low=0,
        high=1_000,
    )

    genres: str = parameter("used", "what genres say of films, where a file of titles has them", choices=USES)
    years: str = parameter("used", "what years say of films, where a file of titles has them", choices=USES)
    people: str = parameter("used", "what attributes say of users, where a file of users has them", choices=USES)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.thinning > self.draws:
            raise ConfigError(
                f"bayesian: thinning: found {self.thinning}; allowed is at most draws, which is {self.draws}; every "
                "thinning-th draw is kept: take more draws or a smaller thinning"
            )

    @property
    def description(self) -> str:
        """The summary, and for ordered probit the thresholds."""
        if self.likelihood == "gaussian":
            return self.summary
        return (
            f"{self.summary} That sum is not yet a rating: thresholds, which are drawn too, cut it into stars. The "
            "prediction is the expected star."
        )

    def with_described(self, ratings: Ratings) -> Ratings:
        """``ratings`` with the users and films added that files describe and that have no ratings."""
        films = "used" in (self.genres, self.years)
        return with_described(ratings, films=films, people=self.people == "used")

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """The posterior mean of predictions, with what times and attributes tell where they are known."""
        matrix, ratings = training.matrix, training.ratings
        known, time = Attributes.none(), None
        scale = infer_scale(*np.unique(matrix.by_user.values, return_counts=True))
        if ratings is not None:
            uses = {name: getattr(self, name) == "used" for name in ("genres", "years", "people")}
            known, scale = attributes_of(ratings, **uses), ratings.scale
        if ratings is not None and ratings.timestamp is not None and self.times == "used":
            time = ratings.timestamp[np.lexsort((ratings.item, ratings.user))]
        scorer, report = self._learn(matrix, options, scale, time, known)
        if ratings is not None:
            report = named(report, ratings, matrix, options.seed, known, timed=scorer.timed)
        return Learnt(scorer, report)

    def _learn(
        self,
        matrix: RatingMatrix,
        options: RunOptions,
        scale: Scale,
        time: NDArray[np.int64] | None,
        known: Attributes,
    ) -> tuple[PosteriorFactors, SamplingReport]:
        stars = None if self.likelihood == "gaussian" else stars_of(scale)
        if float(np.ptp(matrix.by_user.values)) == 0.0:
            return self._constant(matrix), SamplingReport()
        rated = RatedRows.of(matrix)
        with single_threaded_blas():
            factors, report = self._sampled(rated, options, time, known, stars)
            return rated.scattered(factors, known), report

    def _sampled(
        self,
        rated: RatedRows,
        options: RunOptions,
        time: NDArray[np.int64] | None,
        known: Attributes,
        stars: NDArray[np.float64] | None,
    ) -> tuple[PosteriorFactors, SamplingReport]:
        matrix = rated.matrix
        components = (self.user_features, self.item_features)
        users, items = who_rated_what(matrix, components, options.seed, options.workers)
        features = blocks_of(users, known.users, rated.users), blocks_of(items, known.items, rated.items)
        chains = tuple(
            Chain(matrix, self.rank, features, self._varies, seed, options.workers, time, self.periods, stars)
            for seed in chain_seeds(options.seed, self.chains)
        )
        posterior = Posterior(chains[0], matrix, 3 * self.rank + 16, options.seed)
        schedule = Schedule(self.burn_in, self.draws, self.thinning)
        attributes = [block for side in (known.users, known.items) for block in side.values()]
        run = SamplingRun(chains, posterior, Monitor(matrix, options.seed), schedule)
        basis = about(self.name, self.to_dict(), matrix, options, time, stars, *attributes)
        keeper = Keeper(options.checkpoint, run, basis)
        with stopping(options.time_limit, lambda: options.progress(_STOPS, 0.0)) as stop:
            resumed = keeper.resume(schedule.most)
            course = run.go(stop, options.progress, keeper)
        factors, report = posterior.factors()
        return factors, replace(report, **course._asdict(), resumed=resumed or None)

    def calibrating(self, learnt: Learnt | None) -> Self:  # noqa: ARG002
        """With 100 draws at most, of one chain: errors are as large but for a thousandth. As many of them are kept."""
        draws = min(self.draws, _CALIBRATING_DRAWS)
        return replace(self, draws=draws, thinning=max(1, self.thinning * draws // self.draws), chains=1)

    def fold_in(self, scorer: PosteriorFactors, people: NewPeople, threads: int) -> PosteriorFactors:
        """The posterior mean of new rows, the films being as they are on average over the draws."""
        return folded(scorer, people, self._varies, threads)

    @staticmethod
    def _constant(matrix: RatingMatrix) -> PosteriorFactors:
        """All ratings are equal: their noise would be drawn ever smaller, and there is nothing to average."""
        users, items = matrix.shape
        return PosteriorFactors(
            matrix.mean,
            np.zeros(users, np.float32),
            np.zeros(items, np.float32),
            np.zeros((users, 0), np.float32),
            np.zeros((items, 0), np.float32),
        )

    @property
    def _varies(self) -> bool:
        return self.noise == "varying"
