"""Recall against the length of the list: how many suggestions it takes to find the films that were hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.ranking import recall_curve
from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled
from matinee.evaluation.report.wording import model_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

LONGEST: Final = 100
_TICKS: Final = (1, 2, 5, 10, 20, 50, 100)
_TOLD: Final = (10, 50, 100)

CAPTION = (
    "For every user all films were put in order but those already rated. Across: how many films from the top "
    "of that list are shown. Up: the share of the user's hidden liked films among them, averaged over users. "
    "A curve that rises early finds films with few suggestions. The dashed curve shows everybody the same "
    "films, the most popular first; a model that knows taste lies above it."
)


def applies(evaluation: Evaluation) -> bool:
    """Whether films were ranked."""
    return evaluation.ranks and evaluation.rows["rank"].count() > 0


def recall_by_length(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """Mean recall (%) at each length of list from 1 to 100, model against popularity."""
    with styled(theme):
        name = model_name(evaluation.setting)
        figure = new_figure(4.4, f"{name}: recall by length of list", "among all films the user has not rated")
        axes = figure.subplots()
        lengths = np.arange(1, LONGEST + 1)
        popular = 100 * recall_curve(evaluation, LONGEST, "popularity_rank")
        axes.plot(lengths, 100 * recall_curve(evaluation, LONGEST), color=theme.model, linewidth=2, label=name)
        axes.plot(lengths, popular, color=theme.baseline, linestyle="--", label="popularity")
        axes.set_xscale("log")
        axes.set_xticks(_TICKS, [str(tick) for tick in _TICKS])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("films shown (k)")
        axes.set_ylabel("recall@k (%)")
        legend_below(figure, axes)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    own, popular = (recall_curve(evaluation, LONGEST, column) for column in ("rank", "popularity_rank"))
    points = (f"{100 * own[k - 1]:.1f} % at {k} films (popularity {100 * popular[k - 1]:.1f} %)" for k in _TOLD)
    return f"Mean recall by length of list: {', '.join(points)}."
