"""RMSE by how much a user rated and how often a film was rated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.evaluation.metrics.groups import by_activity
from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled
from matinee.evaluation.report.wording import compact, model_name

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_PANELS = (
    ("user_ratings", "users, by training ratings"),
    ("item_ratings", "films, by training ratings"),
)

CAPTION = (
    "The error for users (above) and films (below) with few or many ratings to learn from; further left "
    "is better. n is how many predictions a row holds; the line is an approximate 95 % interval, which "
    "lets the errors of one user go together. Films rated once or twice are guesswork for any model; 0 "
    "means the user or film never occurred in training."
)


def error_by_activity(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """RMSE (stars) with a 95 % interval in each class of activity, model against baseline."""
    with styled(theme):
        tables = [by_activity(evaluation, column) for column, _ in _PANELS]
        rows = [max(2, len(table)) for table in tables]
        figure = new_figure(1.9 + 0.34 * sum(rows), f"{model_name(evaluation.setting)}: RMSE by activity")
        panels = figure.subplots(2, 1, sharex=True, height_ratios=rows)
        for axes, table, (_, title) in zip(panels, tables, _PANELS, strict=True):
            _draw_panel(axes, table, model_name(evaluation.setting), theme)
            axes.set_title(title, loc="left")
        panels[-1].set_xlabel("RMSE (stars)")
        legend_below(figure, panels[0])
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    parts = []
    for column, title in _PANELS:
        table = by_activity(evaluation, column)
        values = zip(table["label"], table["rmse"], strict=True)
        parts.append(f"RMSE of {title}: " + ", ".join(f"{label}: {value:.2f}" for label, value in values) + ".")
    return " ".join(parts)


def _draw_panel(axes: Axes, table: pl.DataFrame, name: str, theme: Theme) -> None:
    places = np.arange(len(table))
    model = table["rmse"].to_numpy()
    low, high = (table[side].fill_null(table["rmse"]).to_numpy() for side in ("low", "high"))
    axes.plot(
        table["baseline"], places - 0.16, "D", color="none", markeredgecolor=theme.baseline,
        markeredgewidth=1.5, markersize=6, label="baseline: biases alone",
    )  # fmt: skip
    axes.errorbar(
        model, places + 0.08, xerr=[model - low, high - model], fmt="o", color=theme.model,
        markersize=6, capsize=3, linewidth=1.6, label=name,
    )  # fmt: skip
    axes.set_yticks(places, _row_names(table))
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _row_names(table: pl.DataFrame) -> list[str]:
    pairs = zip(table["label"], table["count"], strict=True)
    return [f"{label}   (n {compact(count)})" for label, count in pairs]
