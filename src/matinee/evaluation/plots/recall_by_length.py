"""Recall against the length of the list: the number of suggestions that it takes to show the hidden films."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.ranking import recall_curve
from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import Theme, legend_below, new_figure
from matinee.evaluation.report.wording import model_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

LONGEST: Final = 100
_TICKS: Final = (1, 2, 5, 10, 20, 50, 100)
_DESCRIBED: Final = (10, 50, 100)


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """Mean recall (%) at each length of list from 1 to 100, model against popularity."""
    figure = new_figure(evaluation.setting, 4.4, "recall by length of list", "among all films the user has not rated")
    axes = figure.subplots()
    lengths = np.arange(1, LONGEST + 1)
    model, popularity = (100 * recall_curve(evaluation, LONGEST, column) for column in ("rank", "popularity_rank"))
    axes.plot(lengths, model, color=theme.model, linewidth=2, label=model_name(evaluation.setting))
    axes.plot(lengths, popularity, color=theme.baseline, linestyle="--", label="popularity")
    _frame(axes)
    legend_below(figure, axes)
    return figure


def _frame(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [str(tick) for tick in _TICKS])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("films shown (k)")
    axes.set_ylabel("recall@k (%)")


def _describe(evaluation: Evaluation) -> str:
    model, popularity = (100 * recall_curve(evaluation, LONGEST, column) for column in ("rank", "popularity_rank"))
    points = (f"{model[k - 1]:.1f} % at {k} films (popularity {popularity[k - 1]:.1f} %)" for k in _DESCRIBED)
    return f"Mean recall by length of list: {', '.join(points)}."


PICTURE: Final = Picture(
    name="recall-by-length",
    title="How soon does it show the films that were liked?",
    caption="For every user all films were put in order but those already rated. Across: how many films from the top "
    "of that list are shown. Up: the share of the user's hidden liked films among them, averaged over users. "
    "A curve that rises early shows them with few suggestions. The dashed curve shows everybody the same "
    "films, the most popular first; a model that knows taste lies above it.",
    figure=_figure,
    describe=_describe,
    applies=lambda evaluation: evaluation.ranks and evaluation.rows["rank"].count() > 0,
)
