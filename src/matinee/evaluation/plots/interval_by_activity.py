"""Whether intervals hold for new users and rare films too, and how wide they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.groups import intervals_by_activity
from matinee.evaluation.plots.style import LIGHT, Theme, new_figure, styled
from matinee.evaluation.report.wording import compact, decimals, model_name

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_PANELS = (("user_ratings", "users, by training ratings"), ("item_ratings", "films, by training ratings"))

CAPTION = (
    "Left: the share of truths inside their interval, for users (above) and films (below) with few or many "
    "ratings to learn from; the dashed line is what is stated, the bars are 95 % intervals: how far chance alone may "
    "move the share. Right: how wide the intervals are on average, in stars. Where less is known they are as a rule "
    "wider, and should still hold."
)

_ROOM: Final = 0.32
"""Of the width of the longest bar, for the number at its end."""


def applies(evaluation: Evaluation) -> bool:
    """Whether there are intervals."""
    return evaluation.setting.coverage is not None and len(evaluation.rows) > 0 and not evaluation.ranks


def interval_by_activity(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """Coverage with its 95 % interval of chance, and mean width (stars), in each class of activity."""
    with styled(theme):
        tables = [intervals_by_activity(evaluation, column) for column, _ in _PANELS]
        rows = [max(2, len(table)) for table in tables]
        figure = new_figure(1.9 + 0.34 * sum(rows), f"{model_name(evaluation.setting)}: intervals by activity")
        panels = figure.subplots(2, 2, sharex="col", sharey="row", height_ratios=rows, width_ratios=(3, 2))
        for (held, wide), table, (_, title) in zip(panels, tables, _PANELS, strict=True):
            _draw_coverage(held, table, evaluation.setting.coverage or 0.0, theme)
            _draw_width(wide, table, decimals(evaluation.setting.scale) - 1, theme)
            held.set_title(title, loc="left")
        panels[-1][0].set_xlabel("truths inside the interval")
        panels[-1][1].set_xlabel("width (stars)")
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    parts = []
    for column, title in _PANELS:
        table = intervals_by_activity(evaluation, column)
        values = zip(table["label"], table["coverage"], table["width"], strict=True)
        told = ", ".join(f"{label}: {share:.1%} inside, {width:.2f} stars wide" for label, share, width in values)
        parts.append(f"Intervals of {title}: {told}.")
    return " ".join(parts)


def _draw_width(axes: Axes, table: pl.DataFrame, digits: int, theme: Theme) -> None:
    bars = axes.barh(np.arange(len(table)), table["width"], 0.55, color=theme.model_soft, edgecolor=theme.model)
    axes.bar_label(bars, fmt=f"%.{digits}f", padding=3, fontsize=9.5)
    axes.margins(x=_ROOM)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def _draw_coverage(axes: Axes, table: pl.DataFrame, stated: float, theme: Theme) -> None:
    places = np.arange(len(table))
    share, low, high = (table[name].to_numpy() for name in ("coverage", "low", "high"))
    axes.axvline(stated, color=theme.muted, linestyle="--", linewidth=1.2, zorder=1)
    axes.errorbar(
        share, places, xerr=np.array([share - low, high - share]), fmt="o", color=theme.model, markersize=6,
        capsize=3, linewidth=1.6,
    )  # fmt: skip
    pairs = zip(table["label"], table["count"], strict=True)
    axes.set_yticks(places, [f"{label}   (n {compact(count)})" for label, count in pairs])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.tick_params(axis="y", length=0)
