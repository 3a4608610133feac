"""Sums over a chain's draws: of predictions, and of all that folding in needs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.models.bayesian.posterior.average import MeanProduct, MeanVector
from matinee.models.bayesian.posterior.probes import Probes
from matinee.models.bayesian.posterior.summary import Means, summary
from matinee.models.bayesian.posterior.variance import PosteriorVariance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.chain import Chain
    from matinee.models.bayesian.cutpoints import Cutpoints
    from matinee.models.bayesian.factors import PosteriorFactors
    from matinee.models.bayesian.report import SamplingReport

    Rows = NDArray[np.float32]


class Posterior:
    """Means over draws, and exact means of the predictions of some training ratings: see `Probes`."""

    STATE: ClassVar[tuple[str, ...]] = ("_product", "_means", "_at_probes", "_variance", "_noises", "_thresholds")

    def __init__(self, chain: Chain, matrix: RatingMatrix, kept: int, seed: int) -> None:
        self._chain, self._probes = chain, Probes(matrix, seed)
        self._product = MeanProduct(len(chain.users.bias), kept)
        self._means: defaultdict[str, MeanVector] = defaultdict(MeanVector)
        self._at_probes, self._variance = MeanVector(), PosteriorVariance(matrix, seed)
        self._noises: list[float] = []
        self._thresholds: list[NDArray[np.float64]] = []

    @property
    def draws(self) -> int:
        """The number of draws added."""
        return self._product.draws

    def add(self, chain: Chain, at_probes: NDArray[np.float64]) -> None:
        """Add the present draw of ``chain``, of the same ratings; ``at_probes``: its predictions of the probes."""
        pull = chain.users.pull(len(chain.items.bias))
        cold_start = chain.users.cold_start(), chain.items.cold_start()
        left, right = _thin(chain, pull, cold_start)
        self._product.add(left, right, 1.0 / chain.users.precision[:-1])
        for name, values in _numbers(chain, pull, cold_start).items():
            self._means[name].add(values)
        if chain.latent is not None:
            self._thresholds.append(chain.mean + chain.unit * chain.latent.thresholds.value)
        self._at_probes.add(at_probes)
        self._variance.add(chain)
        self._noises.append(chain.unit * chain.noise.all**-0.5)

    def at_probes(self, chain: Chain) -> NDArray[np.float64]:
        """Predictions of the probes by the present draw of ``chain``, in units about the mean."""
        return self._probes.of(chain)

    def error(self) -> float:
        """RMSE of the mean so far on the probes, which are training ratings, in stars."""
        return self._probes.error(self._chain, self._at_probes.value, self._link())

    def error_of(self, chain: Chain, at_probes: NDArray[np.float64]) -> float:
        """RMSE of the present draw of ``chain`` on the probes, in stars."""
        return self._probes.error(self._chain, at_probes, chain.link)

    def factors(self) -> tuple[PosteriorFactors, SamplingReport]:
        """The mean of the draws in stars, its factors in units of how much people differ, and figures of it."""
        left, right = self._product.factors()
        means = Means(
            chain=self._chain,
            draws=self.draws,
            left=left,
            right=right,
            of={name: mean.value for name, mean in self._means.items()},
            variances=self._variance.of_sides(),
            noises=self._noises,
            thresholds=self._thresholds,
            link=self._link(),
        )
        return summary(means, self._probes, self._at_probes.value)

    def _link(self) -> Cutpoints | None:
        """The cutpoints of the mean of the draws so far."""
        if self._chain.latent is None:
            return None
        return self._chain.latent.link(self._means["thresholds"].value, float(np.mean(self._noises)))


def _thin(chain: Chain, pull: Rows, cold_start: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
    """All rows that are multiplied by rows of films, users first, and those rows of films."""
    users, items = (side.factors[:, : chain.rank] for side in (chain.users, chain.items))
    new_user, new_item = (rows[:, :-1] for rows in cold_start)
    periods = [] if chain.periods is None else [chain.periods.factors]
    return np.concatenate([users, pull[:, :-1], new_user, *periods]), np.concatenate([items, new_item])


def _numbers(chain: Chain, pull: Rows, cold_start: tuple[Rows, Rows]) -> dict[str, NDArray[np.floating]]:
    """The numbers of the present draw, by name, of which only the mean is kept."""
    users, items = chain.users, chain.items
    noise = chain.noise
    numbers: dict[str, NDArray[np.floating]] = {
        "user_bias": users.bias,
        "item_bias": items.bias,
        "bias_pull": pull[:, -1],
        "new_user": cold_start[0][:, -1],
        "new_item": cold_start[1][:, -1],
        "user_gain": items.gains(users, items.pull(len(users.bias)), cold_start[1][1]),
        "item_gain": users.gains(items, pull, cold_start[0][1]),
        "prior": np.array([users.bias_mean, users.precision[-1], noise.all, noise.user.freedom]),
        "user_noise": noise.user.precision**-0.5,
        "item_noise": noise.item.precision**-0.5,
    }
    if chain.session_drift is not None:
        numbers["level"] = chain.session_drift.level
    if chain.periods is not None:
        numbers["period_bias"] = chain.periods.bias
    if chain.latent is not None:
        numbers["thresholds"] = chain.latent.thresholds.value
    return numbers
