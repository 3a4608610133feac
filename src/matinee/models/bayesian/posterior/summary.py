"""Means over draws, in a chain's units, turned into what the model keeps, in stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.bayesian.chain.session_drift import SCALES
from matinee.models.bayesian.cold_start import ColdStart, widths
from matinee.models.bayesian.factors import PosteriorFactors
from matinee.models.bayesian.period_rows import at_home
from matinee.models.bayesian.periods import Periods
from matinee.models.bayesian.report import SamplingReport
from matinee.models.bayesian.session_drift import SessionDrift
from matinee.models.bayesian.user_prior import UserPrior, in_stars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.models.bayesian.chain.chain import Chain
    from matinee.models.bayesian.cutpoints import Cutpoints
    from matinee.models.bayesian.posterior.probes import Probes

    Numbers = NDArray[np.float64]

_INTERVAL: Final = (0.05, 0.95)


@dataclass(frozen=True)
class Means:
    """Means of the draws of ``chain``, and of others of the same ratings.

    Attributes
    ----------
    chain : the source of all that is the same in every draw.
    draws : their number.
    left, right : the mean product of whatever is multiplied, one part after the other, see `MeanProduct.factors`.
    of : means of other numbers, by name.
    variances : `PosteriorVariance.of_sides`.
    noises : the usual noise of each draw, in stars.
    thresholds : of each draw, in stars; none where ratings are normal as they are.
    link : of the mean.

    """

    chain: Chain
    draws: int
    left: Numbers
    right: Numbers
    of: dict[str, Numbers]
    variances: tuple[Numbers, Numbers]
    noises: list[float]
    thresholds: list[Numbers]
    link: Cutpoints | None

    @property
    def noise(self) -> float:
        """The usual one, in stars."""
        return float(np.mean(self.noises))

    def in_stars(self, name: str) -> Numbers:
        """The mean of these numbers."""
        return np.asarray(self.of[name] * self.chain.unit)


def summary(means: Means, probes: Probes, at_probes: Numbers) -> tuple[PosteriorFactors, SamplingReport]:
    """The factors and the report. ``at_probes``: the exact mean on ``probes``, with which the report compares it."""
    chain = means.chain
    user_bias, item_bias = means.in_stars("user_bias"), means.in_stars("item_bias")
    places = np.cumsum([len(user_bias), len(item_bias), len(means.of["new_user"])])
    users, pull, new_users, periods = np.split(means.left, places)
    items, new_items = np.split(means.right * chain.unit, [len(item_bias)])
    width = widths((users, user_bias), (items, item_bias), means.noise)
    prior = in_stars(means.of["prior"], chain.unit)
    made = PosteriorFactors(
        chain.mean,
        user_bias.astype(np.float32),
        item_bias.astype(np.float32),
        users.astype(np.float32),
        items.astype(np.float32),
        user_prior=_user_prior(means, prior, pull, items),
        session_drift=_session_drift(means),
        cold_start=_cold_start(means, new_users, new_items, width),
        cutpoints=means.link,
        **_noise(means),
    )
    made = _with_periods(means, made, periods)
    lost = probes.lost(chain, at_probes, made, means.of.get("level"))
    return made, _report(means, lost, prior)


def _user_prior(means: Means, prior: dict[str, float], pull: Numbers, items: Numbers) -> UserPrior:
    """With the mean row, and the mean of rows times themselves, of films as often as they are rated."""
    counts = means.chain.noise.item_counts
    weight = counts / counts.sum()
    arrays = {
        "pull": pull,
        "bias_pull": means.in_stars("bias_pull"),
        "item_scale": 1.0 / means.of["item_noise"],
        "typical_film": weight @ items,
        "typical_films": items.T @ (weight[:, None] * items),
    }
    fields: dict[str, Any] = prior | {name: array.astype(np.float32) for name, array in arrays.items()}
    return UserPrior(**fields)


def _cold_start(means: Means, users: Numbers, items: Numbers, width: NDArray[np.float32]) -> ColdStart:
    return ColdStart(
        user_bias=means.in_stars("new_user").astype(np.float32),
        user_factors=users.astype(np.float32),
        item_bias=means.in_stars("new_item").astype(np.float32),
        item_factors=items.astype(np.float32),
        user_gain=means.in_stars("user_gain").astype(np.float32),
        item_gain=means.in_stars("item_gain").astype(np.float32),
        width=width,
    )


def _with_periods(means: Means, made: PosteriorFactors, rows: Numbers) -> PosteriorFactors:
    drawn = means.chain.periods
    if drawn is None:
        return made
    bias = means.in_stars("period_bias").astype(np.float32)
    return at_home(made, Periods(drawn.edges, rows.astype(np.float32), bias, drawn.home))


def _session_drift(means: Means) -> SessionDrift | None:
    drawn = means.chain.session_drift
    if drawn is None:
        return None
    return SessionDrift(drawn.starts.copy(), drawn.time, means.in_stars("level").astype(np.float32), np.array(SCALES))


def _noise(means: Means) -> dict[str, Any]:
    """Posterior variances of each side, and its noise where that varies."""
    usual = means.of["prior"][2]  # one over the squared usual noise
    variances = zip(("user_variance", "item_variance"), means.variances, strict=True)
    sides = {name: (usual * variance).astype(np.float32) for name, variance in variances}
    if means.chain.noise.varies:
        sides |= {name: means.of[name].astype(np.float32) for name in ("user_noise", "item_noise")}
    return sides


def _report(means: Means, lost: float, prior: dict[str, float]) -> SamplingReport:
    limits = np.quantile(means.thresholds, _INTERVAL, axis=0).tolist() if means.thresholds else None
    return SamplingReport(
        draws_kept=means.draws,
        compression_error=lost,
        noise=means.noise,
        noise_interval=tuple(np.quantile(means.noises, _INTERVAL).tolist()),
        thresholds_interval=limits,
        user_prior=prior,
    )
