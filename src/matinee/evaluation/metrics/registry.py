"""Every metric in ``result.json``, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matinee.evaluation.metrics.distribution import distribution_summary
from matinee.evaluation.metrics.errors import coverage, errors, mae, rmse, rmse_interval
from matinee.evaluation.metrics.ranking import ranking_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.evaluation.result import Evaluation


@dataclass(frozen=True)
class Metric:
    """One figure, or one group of figures, of an evaluation.

    Attributes
    ----------
    name : its key in ``result.json``.
    measure : its value from the rows; ``None`` where they lack what it needs.
    judges : the predictions that it is for: ``"stars"`` or ``"preference"``.

    """

    name: str
    measure: Callable[[Evaluation], Any]
    judges: str = "stars"


METRICS: Final = (
    Metric("rmse", lambda evaluation: rmse(errors(evaluation))),
    Metric("rmse_interval", rmse_interval),
    Metric("mae", lambda evaluation: mae(errors(evaluation))),
    Metric("baseline_rmse", lambda evaluation: rmse(errors(evaluation, "baseline"))),
    Metric("coverage", coverage),
    Metric("distribution", distribution_summary),
    Metric("ranking", ranking_summary, "preference"),
)
"""In the order of ``result.json``."""


def measured(evaluation: Evaluation) -> dict[str, Any]:
    """Every metric by its name.

    For a preference those of stars are ``None``; for stars those of a preference are left out.
    """
    predicts = evaluation.setting.predicts
    return {
        metric.name: metric.measure(evaluation) if metric.judges == predicts else None
        for metric in METRICS
        if metric.judges in ("stars", predicts)
    }
