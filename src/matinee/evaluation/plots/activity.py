"""Classes of activity of users and films, one panel each, as two pictures show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.evaluation.plots.style import new_figure
from matinee.evaluation.report.wording import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

_SIDES: Final = {"user_ratings": "users, by training ratings", "item_ratings": "films, by training ratings"}


def tables_by_side(evaluation: Evaluation, group: Callable[[Evaluation, str], pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The groups of users and of films by activity, under the titles of their panels."""
    return {title: group(evaluation, column) for column, title in _SIDES.items()}


def activity_figure(
    evaluation: Evaluation, title: str, tables: dict[str, pl.DataFrame], widths: Sequence[int] = (1,)
) -> tuple[Figure, NDArray[Any]]:
    """A figure with a row of panels for users and one for films, as high as their tables are long."""
    rows = [max(2, len(table)) for table in tables.values()]
    figure = new_figure(evaluation.setting, 1.9 + 0.34 * sum(rows), title)
    panels = figure.subplots(
        2, len(widths), sharex="col", sharey="row", height_ratios=rows, width_ratios=widths, squeeze=False
    )
    for axes, heading in zip(panels[:, 0], tables, strict=True):
        axes.set_title(heading, loc="left")
    return figure, panels


def label_rows(axes: Axes, table: pl.DataFrame) -> None:
    """The class and the number of predictions at the left of each row, the first row at the top."""
    pairs = zip(table["label"], table["count"], strict=True)
    axes.set_yticks(np.arange(len(table)), [f"{label}   (n {compact(count)})" for label, count in pairs])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
