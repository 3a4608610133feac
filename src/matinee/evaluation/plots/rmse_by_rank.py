"""RMSE against rank: how many factors help, and from where on they fit noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matinee.errors import InputError
from matinee.evaluation.metrics.errors import errors, rmse
from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled, whole_numbers
from matinee.evaluation.report.wording import decimals, model_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Curve, Evaluation

_MOST_MARKERS = 60

CAPTION = (
    "The RMSE of these very predictions had the model kept 1, 2, 3 … factors, and the baseline that "
    "keeps none. A curve that falls and then rises again learns taste first and noise later. It is for "
    "looking, not for choosing: a rank chosen by the ratings it is then judged on looks better than it "
    "is."
)


def applies(evaluation: Evaluation) -> bool:
    """Whether the evaluation has a curve."""
    return evaluation.rank_curve is not None and len(evaluation.rank_curve.x) > 0


def rmse_by_rank(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """RMSE (stars) of the same rows at each rank, with the baseline as a horizontal line."""
    curve = _curve(evaluation)
    with styled(theme):
        title = f"{model_name(evaluation.setting)}: RMSE by rank"
        figure = new_figure(4.4, title, "for looking, not for choosing the rank")
        axes = figure.subplots()
        _draw_curve(axes, curve, theme)
        _draw_marks(axes, evaluation, theme)
        axes.set_xlabel("rank (number of factors)")
        axes.set_ylabel("RMSE (stars)")
        axes.margins(y=0.12)
        axes.xaxis.set_major_locator(whole_numbers())
        legend_below(figure, axes)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    curve, digits = _curve(evaluation), decimals(evaluation.setting.scale)
    (first, start), (last, end) = (curve.x[0], curve.y[0]), (curve.x[-1], curve.y[-1])
    lowest = min(curve.y)
    return (
        f"RMSE by rank: {start:.{digits}f} at rank {first:g}, {end:.{digits}f} at rank {last:g}, lowest "
        f"{lowest:.{digits}f} at rank {curve.x[curve.y.index(lowest)]:g}; "
        f"baseline {_baseline(evaluation):.{digits}f} stars."
    )


def _draw_curve(axes: Axes, curve: Curve, theme: Theme) -> None:
    marker = "o" if len(curve.x) <= _MOST_MARKERS else ""
    axes.plot(curve.x, curve.y, color=theme.model, marker=marker, markersize=4.5, linewidth=1.6, label="RMSE")


def _draw_marks(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    """The baseline, and a ring around the rank this evaluation used."""
    curve, rank = _curve(evaluation), evaluation.setting.parameters.get("rank")
    axes.axhline(_baseline(evaluation), color=theme.baseline, linestyle="--", label="baseline: biases alone")
    if rank in curve.x:
        axes.plot(
            rank, curve.y[curve.x.index(rank)], "o", color="none", markeredgecolor=theme.accent,
            markeredgewidth=2, markersize=12, linestyle="none", label=f"rank {rank}, used here",
        )  # fmt: skip


def _baseline(evaluation: Evaluation) -> float:
    return rmse(errors(evaluation, "baseline"))


def _curve(evaluation: Evaluation) -> Curve:
    if evaluation.rank_curve is None:
        raise InputError("rmse_by_rank: the evaluation has no rank curve; leave this picture out")
    return evaluation.rank_curve
