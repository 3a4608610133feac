"""The report of a run of Gibbs sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matinee.models.bayesian.convergence import TRACES, Convergence
from matinee.predicting.report import FitReport, detail


@dataclass(frozen=True)
class SamplingReport(FitReport):
    """The course of a run. All but `inputs` is ``None`` where all ratings were equal: nothing was sampled then.

    Attributes
    ----------
    draws_kept : draws that were averaged.
    compression_error : how far compressing the average moves predictions, stars.
    noise, noise_interval : usual noise of a rating, stars, and what 90 % of its draws lie between.
    thresholds_interval : likewise of the thresholds between stars, low and high ones; ``None`` without such.
    user_prior : `UserPrior.numbers`.
    convergence : whether chains agree.
    traces : numbers of every draw, for a picture.
    inputs : what was learnt from, as ``ratings``, ``times``, ``genres (movies.csv)``.
    resumed : draws that are from a checkpoint; ``None`` where it did not go on from one.

    """

    draws_kept: int | None = detail()
    compression_error: float | None = detail()
    noise: float | None = detail()
    noise_interval: tuple[float, ...] | None = detail(read=tuple, plain=list)
    thresholds_interval: list[list[float]] | None = detail()
    user_prior: dict[str, float] | None = detail()
    convergence: Convergence | None = detail(read=Convergence.from_dict, plain=Convergence.to_dict)
    traces: dict[str, Any] | None = detail(TRACES)
    inputs: tuple[str, ...] | None = detail("learnt_from", read=tuple, plain=list)
    resumed: int | None = detail()
