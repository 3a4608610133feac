"""Coverage against its nominal value, and probabilities of stars against how often they came true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matinee.evaluation.metrics.distribution import LEVELS, coverages, star_reliability, states_levels, states_stars
from matinee.evaluation.plots.picture import Picture, predicts_stars
from matinee.evaluation.plots.style import Theme, new_figure, per_cent_axis
from matinee.evaluation.report.wording import predicted_ratings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_HEIGHTS: Final = {False: 3.45, True: 2.95}
"""Inches, without and with a panel for stars: two squares side by side are lower than one."""

_LIMITS: Final = (-0.03, 1.03)
"""Of the axes, so that dots at 0 and 1 are whole."""


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """Actual against nominal coverage, and observed shares against predicted probabilities of stars."""
    stars = states_stars(evaluation)
    subtitle = predicted_ratings(evaluation.setting, len(evaluation.rows))
    figure = new_figure(evaluation.setting, _HEIGHTS[stars], "do stated chances hold?", subtitle)
    panels = figure.subplots(1, 2 if stars else 1, squeeze=False)[0]
    _draw_coverage(panels[0], evaluation, theme)
    if stars:
        _draw_stars(panels[1], evaluation, theme)
    return figure


def _draw_coverage(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    axes.plot(LEVELS, coverages(evaluation), "o-", color=theme.model, markersize=5, linewidth=1.6, clip_on=False)
    _frame(axes, theme, "stated coverage", "truths inside")


def _draw_stars(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    table = star_reliability(evaluation)
    size = 12 + 120 * (table["count"] / table["count"].max()).sqrt()
    axes.scatter(table["predicted"], table["observed"], s=size, color=theme.model, zorder=3, clip_on=False)
    axes.plot(table["predicted"], table["observed"], color=theme.model, linewidth=1.2)
    _frame(axes, theme, "probability of a star", "came true")


def _frame(axes: Axes, theme: Theme, x: str, y: str) -> None:
    axes.plot([0, 1], [0, 1], color=theme.muted, linestyle="--", linewidth=1.2, zorder=1)
    axes.set(xlim=_LIMITS, ylim=_LIMITS, xlabel=x, ylabel=y, aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        per_cent_axis(axis)
        axis.set_ticks([0, 0.5, 1])
    axes.tick_params(labelsize=9.5)


def _describe(evaluation: Evaluation) -> str:
    pairs = zip(LEVELS, coverages(evaluation), strict=True)
    intervals = ", ".join(f"{level:.0%}: {share:.1%}" for level, share in pairs)
    text = f"Intervals stated to hold a share of truths, and what they hold: {intervals}."
    if not states_stars(evaluation):
        return text
    table = star_reliability(evaluation)
    pairs = zip(table["predicted"], table["observed"], strict=True)
    stars = ", ".join(f"{predicted:.0%}: {observed:.0%}" for predicted, observed in pairs)
    return f"{text} Probabilities of stars, and how often they came true: {stars}."


PICTURE: Final = Picture(
    name="reliability",
    title="Do stated chances hold?",
    caption="Dots on the dashed line: the chances are right. Left: of intervals said to hold 80 % of the truths, 80 % "
    "should hold theirs. Dots above the line: intervals are wider than need be; below: too narrow. Right, where the "
    "scale has stars: the model gives each star of each prediction a probability, and of those with 30 %, 30 % should "
    "come true. Above the line: such stars came more often than was said; below: less often. A larger dot stands for "
    "more of them.",
    figure=_figure,
    describe=_describe,
    applies=lambda evaluation: predicts_stars(evaluation) and states_levels(evaluation),
)
