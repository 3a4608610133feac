"""Result of Gibbs sampling: posterior means, how sure they are, and what times and cold starts add."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from matinee.matrix.fields import array, part
from matinee.models.bayesian.cold_start import ColdStart
from matinee.models.bayesian.cutpoints import Cutpoints
from matinee.models.bayesian.periods import Periods
from matinee.models.bayesian.session_drift import SessionDrift
from matinee.models.bayesian.user_prior import UserPrior
from matinee.predicting.factors import LinearFactors
from matinee.predicting.scorer import Contributions, Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.predicting.pairs import Grid, Pairs, Side


@dataclass(frozen=True)
class PosteriorFactors(LinearFactors):
    """Posterior means of biases and factors, in stars, or behind thresholds in latent units.

    Attributes
    ----------
    user_noise, item_noise : float32 over 0, shapes ``(m,)`` and ``(n,)``: how far ratings of each scatter, 1 being
        usual; ``None`` where the model takes all to be alike.
    user_variance, item_variance : float32, 0 or more, shapes ``(m,)`` and ``(n,)``: posterior variance of what is
        predicted for each, in units of the usual noise's; ``None`` where the model does not know.
    user_prior : the prior of a new person; ``None`` where all ratings were equal.
    session_drift : what users' ratings of one time have in common, where the model learnt from times.
    cold_start : what users and items without ratings are expected to be; rows of those without ratings then are what
        is expected of them, given what is known of them.
    periods : what all ratings of a period have in common, film by film, where the model has such.
    cutpoints : thresholds at which predictions are cut into stars, where they are not stars themselves.

    """

    user_noise: NDArray[np.float32] | None = array("m", optional=True)
    item_noise: NDArray[np.float32] | None = array("n", optional=True)
    user_variance: NDArray[np.float32] | None = array("m", optional=True)
    item_variance: NDArray[np.float32] | None = array("n", optional=True)
    user_prior: UserPrior | None = part(UserPrior)
    session_drift: SessionDrift | None = part(SessionDrift)
    cold_start: ColdStart | None = part(ColdStart)
    periods: Periods | None = part(Periods)
    cutpoints: Cutpoints | None = part(Cutpoints)

    def fault(self) -> str | None:
        """Fault of noise or variances; ``None`` where nothing is."""
        for name, side in (("user_noise", self.user_noise), ("item_noise", self.item_noise)):
            if side is not None and (side <= 0).any():
                return f"{name} is {side.min():g}, not over 0"
        for name, side in (("user_variance", self.user_variance), ("item_variance", self.item_variance)):
            if side is not None and (side < 0).any():
                return f"{name} is {side.min():g}, not 0 or more"
        return "there are cutpoints and no cold_start" if self.cutpoints and not self.cold_start else None

    @property
    def timed(self) -> bool:
        """True if times were learnt from."""
        return self.session_drift is not None or self.periods is not None

    @property
    def covers_unrated(self) -> bool:
        """True if it has an expectation of users and items without ratings."""
        return self.cold_start is not None

    @property
    def prior(self) -> UserPrior:
        """`user_prior`, of a model that was sampled."""
        assert self.user_prior is not None
        return self.user_prior

    def score(self, pairs: Pairs) -> Scores:
        """Mean and standard deviation of a rating of each pair; with `cutpoints` also of each star."""
        latent = self._latent(pairs)
        deviation = self._deviation(pairs)
        if self.cutpoints is None:
            return Scores(latent, deviation)
        probabilities = self.cutpoints.probabilities(latent, deviation)
        return Scores(*self.cutpoints.moments(probabilities), probabilities)

    def score_rows(self, grid: Grid) -> NDArray[np.float32]:
        """Means of ratings of b users and every item, float32, shape ``(b, n)``."""
        table = self._latent_rows(grid)
        if self.cutpoints is None:
            return table
        everything = np.arange(len(grid.item))
        for row in range(len(table)):
            deviation = self._deviation(grid.pairs(np.array([row]), everything))
            table[row] = self.cutpoints.expected(table[row].astype(np.float64), deviation)
        return table

    def contributions(self, pairs: Pairs) -> Contributions:
        """Mean and biases; ``rest`` is what factors, time, cold start and thresholds make of them."""
        parts = super().contributions(pairs)
        return parts._replace(rest=self.score(pairs).value - parts.mean - parts.user - parts.item)

    def spread(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Deviation of ratings of pairs of indices from predictions, 1 being usual, float64 over 0, shape ``(n,)``.

        The root of ``(user noise × item noise)² + user variance + item variance``.
        """
        noise = _taken(self.user_noise, user, 1.0) * _taken(self.item_noise, item, 1.0)
        variance = _taken(self.user_variance, user, 0.0) + _taken(self.item_variance, item, 0.0)
        return np.asarray(np.sqrt(np.square(noise) + variance))

    def by_time(
        self, user: NDArray[np.integer], item: NDArray[np.integer], time: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """Addition to pairs for being rated at ``time``, seconds since 1970, beside `at`: shape ``(n,)``."""
        added = np.zeros(len(user)) if self.session_drift is None else self.session_drift.at(user, time)
        if self.periods is not None:
            added += self.periods.moved(user, item, self.periods.of(time), self.item_factors)
        return added

    def over_items(self, items: NDArray[np.integer]) -> Self:
        """The same users with ``items`` in place of all, each as often as it is named."""
        return replace(super().over_items(items), user_prior=self.prior.over_items(items))

    def _latent(self, pairs: Pairs) -> NDArray[np.float64]:
        value = np.empty(len(pairs))
        rated = pairs.rated
        both = np.flatnonzero(rated)
        user, item = pairs.user.index[both], pairs.item.index[both]
        value[both] = self.at(user, item)
        if self.cold_start is not None:
            cold = np.flatnonzero(~rated)
            value[cold] = self.cold_start.predict(self, pairs.user.take(cold), pairs.item.take(cold))
        if pairs.time is not None and self.timed:
            value[both] += self.by_time(user, item, pairs.time[both])
        return value

    def _deviation(self, pairs: Pairs) -> NDArray[np.float64]:
        """Deviation of the truths of pairs, in a unit of the model's own; of new ones 1 if it says nothing of them."""
        usual = 1.0 if self.cold_start is None else self.cold_start.deviation(pairs.user.rated, pairs.item.rated)
        return np.where(pairs.rated, self.spread(pairs.user.index, pairs.item.index), usual)

    def _latent_rows(self, grid: Grid) -> NDArray[np.float32]:
        user = grid.user.index
        rows = self.user_factors[user]
        added = np.zeros(len(user))
        if grid.time is not None and self.session_drift is not None:
            added += self.session_drift.at(user, grid.time)
        if grid.time is not None and self.periods is not None:
            rows, moved = self.periods.moved_rows(user, rows, grid.time)
            added += moved
        table = self._product(user, rows)
        table += added[:, None].astype(np.float32)
        self._fill_unrated(table, grid)
        return table

    def _fill_unrated(self, table: NDArray[np.float32], grid: Grid) -> None:
        """Put what is expected where a side has no ratings."""
        if self.cold_start is None:
            return
        for rows, columns in _unrated(grid.user, grid.item):
            if len(rows) and len(columns):
                pairs = grid.pairs(rows, columns)
                expected = self.cold_start.predict(self, pairs.user, pairs.item)
                table[np.ix_(rows, columns)] = expected.reshape(len(rows), -1)


def _taken(side: NDArray[np.float32] | None, index: NDArray[np.integer], missing: float) -> NDArray[np.float64]:
    return np.full(len(index), missing) if side is None else side[index].astype(np.float64)


def _unrated(user: Side, item: Side) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Blocks of a grid, as rows and columns, that hold every place where a side has no ratings."""
    new_users = np.flatnonzero(~user.rated)
    new_items = np.flatnonzero(~item.rated)
    return [(new_users, np.arange(len(item))), (np.flatnonzero(user.rated), new_items)]
