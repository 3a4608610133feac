"""Predictions against the true rating: whether the model tells a two from a five."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.evaluation.metrics.groups import star_centres, star_index, star_labels
from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled
from matinee.evaluation.report.wording import compact, model_name, predicted_ratings
from matinee.predicting.distribution import MOST_STARS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.evaluation.result import Evaluation

_MOST_LABELS = 11
_WHISKERS = (5, 25, 50, 75, 95)

CAPTION = (
    "For the ratings that truly were 1, 2, 3 … stars: what the model predicted. A box holds the middle "
    "half of the predictions, its line the median, the whiskers nine in ten, the dot the mean; the "
    "small number is how many ratings there are. A perfect model would sit on the dashed diagonal. "
    "Every honest one is flatter: not knowing, it leans towards the middle. The diamonds are the means "
    "of the baseline."
)


def predicted_by_star(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """Boxes of the predictions (stars) for each true rating, or for ten bins of a continuous scale."""
    with styled(theme):
        setting = evaluation.setting
        figure = new_figure(5.2, f"{model_name(setting)}: prediction against truth", _subtitle(evaluation))
        axes = figure.subplots()
        _draw_boxes(axes, evaluation, theme)
        centres = star_centres(setting.scale)
        axes.plot(
            [centres[0], centres[-1]], [centres[0], centres[-1]],
            color=theme.muted, linestyle="--", linewidth=1.4, zorder=1, label="perfect prediction",
        )  # fmt: skip
        _label(axes, setting.scale)
        legend_below(figure, axes, columns=3)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    labels = star_labels(evaluation.setting.scale)
    shown, groups = _shown(evaluation, "prediction"), _groups(evaluation)
    means = (f"{labels[star]}: {shown[groups == star].mean():.2f}" for star in np.unique(groups))
    return f"Box plot of predictions by true rating. Mean prediction at each true rating: {', '.join(means)}."


def _subtitle(evaluation: Evaluation) -> str:
    return predicted_ratings(evaluation.setting, len(evaluation.rows))


def _draw_boxes(axes: Axes, evaluation: Evaluation, theme: Theme) -> None:
    groups, centres = _groups(evaluation), star_centres(evaluation.setting.scale)
    model, baseline = _shown(evaluation, "prediction"), _shown(evaluation, "baseline")
    present = np.unique(groups)
    at = centres[present]
    boxes = np.array([np.percentile(model[groups == star], _WHISKERS) for star in present])
    _draw_quartiles(axes, at, boxes, centres[1] - centres[0], theme)
    means = [model[groups == star].mean() for star in present]
    others = [baseline[groups == star].mean() for star in present]
    axes.plot(
        at, others, "D", color="none", markeredgecolor=theme.baseline, markersize=7, label="baseline's mean"
    )  # fmt: skip
    axes.plot(at, means, "o", color=theme.ink, markersize=5, label="mean", zorder=4)
    _write_counts(axes, at, np.bincount(groups)[present].tolist(), evaluation.setting.scale, theme)


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


def _write_counts(axes: Axes, at: NDArray[np.float64], counts: list[int], scale: Scale, theme: Theme) -> None:
    for x, count in zip(at, counts, strict=True):
        axes.text(
            x, scale.high + 0.06 * scale.width, compact(count), color=theme.muted, fontsize=9.5, ha="center"
        )  # fmt: skip


def _label(axes: Axes, scale: Scale) -> None:
    centres = star_centres(scale)
    gap = centres[1] - centres[0]
    axes.set_xlim(centres[0] - 0.6 * gap, centres[-1] + 0.6 * gap)
    axes.set_ylim(scale.low - 0.04 * scale.width, scale.high + 0.13 * scale.width)
    axes.set_xlabel("true rating (stars)")
    axes.set_ylabel("predicted rating (stars)")
    axes.grid(visible=False, axis="x")
    if (scale.star_count or MOST_STARS) <= _MOST_LABELS:
        axes.set_xticks(centres, star_labels(scale))


def _groups(evaluation: Evaluation) -> NDArray[np.int64]:
    return star_index(evaluation.rows["truth"].to_numpy(), evaluation.setting.scale)


def _shown(evaluation: Evaluation, column: str) -> NDArray[np.floating]:
    return evaluation.setting.scale.clip(evaluation.rows[column].to_numpy().astype(np.float64))
