"""RMSE by how much a user rated and how often a film was rated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.groups import by_activity
from matinee.evaluation.plots.activity import activity_figure, label_rows, tables_by_side
from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import BASELINE, Theme, legend_below
from matinee.evaluation.report.wording import model_name

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """RMSE (stars) with a 95 % interval in each class of activity, model against baseline."""
    tables = tables_by_side(evaluation, by_activity)
    figure, panels = activity_figure(evaluation, "RMSE by activity", tables)
    for axes, table in zip(panels[:, 0], tables.values(), strict=True):
        _draw_panel(axes, table, model_name(evaluation.setting), theme)
    panels[-1, 0].set_xlabel("RMSE (stars)")
    legend_below(figure, panels[0, 0])
    return figure


def _draw_panel(axes: Axes, table: pl.DataFrame, name: str, theme: Theme) -> None:
    rows = np.arange(len(table))
    model = table["rmse"].to_numpy()
    low, high = (table[side].fill_null(table["rmse"]).to_numpy() for side in ("low", "high"))
    axes.plot(
        table["baseline"], rows - 0.16, "D", color="none", markeredgecolor=theme.baseline,
        markeredgewidth=1.5, markersize=6, label=BASELINE,
    )  # fmt: skip
    axes.errorbar(
        model, rows + 0.08, xerr=[model - low, high - model], fmt="o", color=theme.model,
        markersize=6, capsize=3, linewidth=1.6, label=name,
    )  # fmt: skip
    label_rows(axes, table)


def _describe(evaluation: Evaluation) -> str:
    parts = []
    for title, table in tables_by_side(evaluation, by_activity).items():
        values = zip(table["label"], table["rmse"], strict=True)
        parts.append(f"RMSE of {title}: " + ", ".join(f"{label}: {value:.2f}" for label, value in values) + ".")
    return " ".join(parts)


PICTURE: Final = Picture(
    name="error-by-activity",
    title="For whom, and for which films, is it accurate?",
    caption="The error for users (above) and films (below) with few or many ratings to learn from; further left is "
    "better. n is the number of predictions in a row; the line is an approximate 95 % interval, which lets the errors "
    "of one user go together. Films rated once or twice are guesswork for any model; 0 means the user or film never "
    "occurred in training.",
    figure=_figure,
    describe=_describe,
)
