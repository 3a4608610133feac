"""Coverage and width of intervals by how much a user rated and how often a film was rated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.groups import intervals_by_activity
from matinee.evaluation.plots.activity import activity_figure, label_rows, tables_by_side
from matinee.evaluation.plots.picture import Picture, predicts_stars
from matinee.evaluation.plots.style import Theme, per_cent_axis
from matinee.evaluation.report.wording import decimals

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_LABEL_MARGIN: Final = 0.32
"""Share of the width of the longest bar, for the number at its end."""


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """Coverage with the 95 % interval of chance, and mean width (stars), in each class of activity."""
    tables = tables_by_side(evaluation, intervals_by_activity)
    figure, panels = activity_figure(evaluation, "intervals by activity", tables, widths=(3, 2))
    for (coverage, width), table in zip(panels, tables.values(), strict=True):
        _draw_coverage(coverage, table, evaluation.setting.coverage or 0.0, theme)
        _draw_width(width, table, decimals(evaluation.setting.scale) - 1, theme)
    panels[-1, 0].set_xlabel("truths inside the interval")
    panels[-1, 1].set_xlabel("width (stars)")
    return figure


def _draw_width(axes: Axes, table: pl.DataFrame, digits: int, theme: Theme) -> None:
    bars = axes.barh(np.arange(len(table)), table["width"], 0.55, color=theme.model_soft, edgecolor=theme.model)
    axes.bar_label(bars, fmt=f"%.{digits}f", padding=3, fontsize=9.5)
    axes.margins(x=_LABEL_MARGIN)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def _draw_coverage(axes: Axes, table: pl.DataFrame, stated: float, theme: Theme) -> None:
    share, low, high = (table[name].to_numpy() for name in ("coverage", "low", "high"))
    axes.axvline(stated, color=theme.muted, linestyle="--", linewidth=1.2, zorder=1)
    axes.errorbar(
        share, np.arange(len(table)), xerr=np.array([share - low, high - share]), fmt="o", color=theme.model,
        markersize=6, capsize=3, linewidth=1.6,
    )  # fmt: skip
    label_rows(axes, table)
    per_cent_axis(axes.xaxis)


def _describe(evaluation: Evaluation) -> str:
    parts = []
    for title, table in tables_by_side(evaluation, intervals_by_activity).items():
        values = zip(table["label"], table["coverage"], table["width"], strict=True)
        words = ", ".join(f"{label}: {share:.1%} inside, {width:.2f} stars wide" for label, share, width in values)
        parts.append(f"Intervals of {title}: {words}.")
    return " ".join(parts)


PICTURE: Final = Picture(
    name="interval-by-activity",
    title="For whom, and for which films, do intervals hold?",
    caption="Left: the share of truths inside their interval, for users (above) and films (below) with few or many "
    "ratings to learn from; the dashed line is the stated share, and the bars are 95 % intervals: how far chance alone "
    "may move the share. Right: the mean width of the intervals, in stars. With fewer ratings to learn from they are "
    "as a rule wider, and should still hold.",
    figure=_figure,
    describe=_describe,
    applies=lambda evaluation: predicts_stars(evaluation) and evaluation.setting.coverage is not None,
)
