"""Predictions against the true rating: a good model tells a two from a five."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.groups import star_centres, star_index, star_labels
from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import Theme, legend_below, new_figure
from matinee.evaluation.report.wording import compact, predicted_ratings
from matinee.predicting.distribution import MOST_STARS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.evaluation.result import Evaluation

_MOST_LABELS: Final = 11
_WHISKERS: Final = (5, 25, 50, 75, 95)


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """Boxes of the predictions (stars) for each true rating, or for ten bins of a continuous scale."""
    setting = evaluation.setting
    subtitle = predicted_ratings(setting, len(evaluation.rows))
    figure = new_figure(setting, 5.2, "prediction against truth", subtitle)
    axes = figure.subplots()
    _draw_groups(axes, evaluation, theme)
    ends = star_centres(setting.scale)[[0, -1]]
    axes.plot(ends, ends, color=theme.muted, linestyle="--", linewidth=1.4, zorder=1, label="perfect prediction")
    _frame(axes, setting.scale)
    legend_below(figure, axes, columns=3)
    return figure


def _draw_groups(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    scale = evaluation.setting.scale
    model = _by_star(evaluation, "prediction")
    baseline = _by_star(evaluation, "baseline")
    centres = star_centres(scale)
    at = centres[list(model)]
    boxes = np.array([np.percentile(values, _WHISKERS) for values in model.values()])
    _draw_quartiles(axes, at, boxes, centres[1] - centres[0], theme)
    means = [[values.mean() for values in groups.values()] for groups in (model, baseline)]
    axes.plot(
        at, means[1], "D", color="none", markeredgecolor=theme.baseline, markersize=7, label="baseline's mean"
    )  # fmt: skip
    axes.plot(at, means[0], "o", color=theme.ink, markersize=5, label="mean", zorder=4)
    for x, values in zip(at, model.values(), strict=True):
        count = compact(len(values))
        axes.text(x, scale.high + 0.06 * scale.width, count, color=theme.muted, fontsize=9.5, ha="center")


def _draw_quartiles(axes: Axes, at: NDArray[np.float64], boxes: NDArray[np.float64], gap: float, theme: Theme) -> None:
    """Boxes and whiskers from plain shapes: `Axes.bxp` would choose a backend for the whole process."""
    low, lower, middle, upper, high = boxes.T
    axes.vlines(at, low, high, colors=theme.model, linewidth=1.4, zorder=1.5)
    for ends in (low, high):
        axes.hlines(ends, at - 0.14 * gap, at + 0.14 * gap, colors=theme.model, linewidth=1.4)
    axes.bar(
        at, upper - lower, 0.55 * gap, bottom=lower, color=theme.model_soft, edgecolor=theme.model, zorder=1.6
    )  # fmt: skip
    axes.hlines(middle, at - 0.275 * gap, at + 0.275 * gap, colors=theme.model, linewidth=2.2)


def _frame(axes: Axes, scale: Scale) -> None:
    centres = star_centres(scale)
    gap = centres[1] - centres[0]
    axes.set_xlim(centres[0] - 0.6 * gap, centres[-1] + 0.6 * gap)
    axes.set_ylim(scale.low - 0.04 * scale.width, scale.high + 0.13 * scale.width)
    axes.set_xlabel("true rating (stars)")
    axes.set_ylabel("predicted rating (stars)")
    axes.grid(visible=False, axis="x")
    if (scale.star_count or MOST_STARS) <= _MOST_LABELS:
        axes.set_xticks(centres, star_labels(scale))


def _by_star(evaluation: Evaluation, column: str) -> dict[int, NDArray[np.floating]]:
    """The clipped predictions of each star, or bin, that occurs."""
    scale = evaluation.setting.scale
    stars = star_index(evaluation.rows["truth"].to_numpy(), scale)
    shown = scale.clip(evaluation.rows[column].to_numpy().astype(np.float64))
    return {int(star): shown[stars == star] for star in np.unique(stars)}


def _describe(evaluation: Evaluation) -> str:
    labels = star_labels(evaluation.setting.scale)
    means = (f"{labels[star]}: {values.mean():.2f}" for star, values in _by_star(evaluation, "prediction").items())
    return f"Box plot of predictions by true rating. Mean prediction at each true rating: {', '.join(means)}."


PICTURE: Final = Picture(
    name="predicted-by-star",
    title="Does it tell a bad film from a good one?",
    caption="For the ratings that truly were 1, 2, 3 … stars: the predictions. A box holds the middle "
    "half of the predictions, its line the median, the whiskers nine in ten, the dot the mean; the "
    "small number is the number of ratings. A perfect model would sit on the dashed diagonal. "
    "Every honest one is flatter: not knowing, it leans towards the middle. The diamonds are the means "
    "of the baseline.",
    figure=_figure,
    describe=_describe,
)
