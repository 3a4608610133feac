"""RMSE against rank: how many factors help, and from where on they fit noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matinee.evaluation.metrics.errors import errors, rmse
from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import (
    BASELINE,
    Theme,
    draw_line,
    legend_below,
    new_figure,
    ring,
    whole_numbers,
)
from matinee.evaluation.report.wording import decimals
from matinee.evaluation.result import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """RMSE (stars) of the same rows at each rank, with the baseline as a horizontal line."""
    curve = _curve(evaluation)
    rank = evaluation.setting.parameters.get("rank")
    figure = new_figure(evaluation.setting, 4.4, "RMSE by rank", "for looking, not for choosing the rank")
    axes = figure.subplots()
    draw_line(axes, curve.x, curve.y, theme.model, "RMSE")
    axes.axhline(_baseline(evaluation), color=theme.baseline, linestyle="--", label=BASELINE)
    if rank in curve.x:
        ring(axes, rank, curve.y[curve.x.index(rank)], f"rank {rank}, used here", theme)
    axes.set_xlabel("rank (number of factors)")
    axes.set_ylabel("RMSE (stars)")
    axes.margins(y=0.12)
    axes.xaxis.set_major_locator(whole_numbers())
    legend_below(figure, axes)
    return figure


def _describe(evaluation: Evaluation) -> str:
    curve = _curve(evaluation)
    digits = decimals(evaluation.setting.scale)
    lowest = min(curve.y)
    return (
        f"RMSE by rank: {curve.y[0]:.{digits}f} at rank {curve.x[0]:g}, {curve.y[-1]:.{digits}f} at rank "
        f"{curve.x[-1]:g}, lowest {lowest:.{digits}f} at rank {curve.x[curve.y.index(lowest)]:g}; "
        f"baseline {_baseline(evaluation):.{digits}f} stars."
    )


def _baseline(evaluation: Evaluation) -> float:
    return rmse(errors(evaluation, "baseline"))


def _curve(evaluation: Evaluation) -> Curve:
    return evaluation.rank_curve or Curve((), ())


PICTURE: Final = Picture(
    name="rmse-by-rank",
    title="How many factors help?",
    caption="The RMSE of these very predictions had the model kept 1, 2, 3 … factors, and the baseline that "
    "keeps none. A curve that falls and then rises again learns taste first and noise later. It is for "
    "looking, not for choosing: a rank chosen by the ratings it is then judged on looks better than it "
    "is.",
    figure=_figure,
    describe=_describe,
    applies=lambda evaluation: len(_curve(evaluation).x) > 0,
)
