"""Whether stated chances hold: coverage against nominal, and probabilities of stars against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matinee.evaluation.distribution import LEVELS, coverages, star_reliability, states_levels, states_stars
from matinee.evaluation.plots.style import LIGHT, Theme, new_figure, styled
from matinee.evaluation.wording import model_name, predicted_ratings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

CAPTION = (
    "Left: intervals that are said to hold 10, 20 … 98 % of the truths, and how many they do hold. Right: "
    "each star of each prediction was given a probability; of all that were given about so much, how many came "
    "true. Larger dots stand for more. On the dashed diagonal, what is said is so; below it, the model is surer "
    "than it should be."
)


def applies(evaluation: Evaluation) -> bool:
    """Whether the rows say at which level of their distribution truths lie."""
    return len(evaluation.rows) > 0 and not evaluation.ranks and states_levels(evaluation)


def reliability(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """Actual against nominal coverage, and observed shares against predicted probabilities of stars."""
    with styled(theme):
        setting = evaluation.setting
        stars = states_stars(evaluation)
        figure = new_figure(
            3.45, f"{model_name(setting)}: do stated chances hold?", predicted_ratings(setting, len(evaluation.rows))
        )
        panels = figure.subplots(1, 2 if stars else 1, squeeze=False)[0]
        _coverage(panels[0], evaluation, theme)
        if stars:
            _stars(panels[1], evaluation, theme)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    held = zip(LEVELS, coverages(evaluation), strict=True)
    text = "Intervals stated to hold a share of truths, and what they hold: "
    text += ", ".join(f"{level:.0%}: {share:.1%}" for level, share in held) + "."
    if not states_stars(evaluation):
        return text
    table = star_reliability(evaluation)
    pairs = zip(table["predicted"], table["observed"], strict=True)
    stars = ", ".join(f"{predicted:.0%}: {observed:.0%}" for predicted, observed in pairs)
    return f"{text} Probabilities of stars, and how often they came true: {stars}."


def _coverage(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    axes.plot(LEVELS, coverages(evaluation), "o-", color=theme.model, markersize=5, linewidth=1.6)
    _frame(axes, theme, "stated coverage", "truths inside")


def _stars(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    table = star_reliability(evaluation)
    size = 12 + 120 * (table["count"] / table["count"].max()).sqrt()
    axes.scatter(table["predicted"], table["observed"], s=size, color=theme.model, zorder=3)
    axes.plot(table["predicted"], table["observed"], color=theme.model, linewidth=1.2)
    _frame(axes, theme, "probability of a star", "came true")


def _frame(axes: Axes, theme: Theme, x: str, y: str) -> None:
    axes.plot([0, 1], [0, 1], color=theme.muted, linestyle="--", linewidth=1.2, zorder=1)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=x, ylabel=y, aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
        axis.set_ticks([0, 0.5, 1])
    axes.tick_params(labelsize=9.5)
