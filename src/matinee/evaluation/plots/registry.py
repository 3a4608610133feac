"""Every picture under its stable name, with its caption and when it applies."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from matinee.evaluation.plots import (
    error_by_activity,
    error_histogram,
    interval_by_activity,
    named_films,
    posterior_traces,
    predicted_by_star,
    recall_by_length,
    reliability,
    rmse_by_rank,
    singular_values,
    training_trace,
)
from matinee.evaluation.plots.style import LIGHT, Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation


def _has_stars(evaluation: Evaluation) -> bool:
    return len(evaluation.rows) > 0 and not evaluation.ranks


@dataclass(frozen=True)
class Picture:
    """One kind of figure.

    Attributes
    ----------
    name : stable name, also of its files.
    title : heading of its section in the report.
    caption : how to read it, for a student.
    draw : makes the `Figure` of an evaluation in a theme.
    describe : the figure of an evaluation in words, as alternative text.
    applies : whether an evaluation has what the figure shows.

    """

    name: str
    title: str
    caption: str
    draw: Callable[[Evaluation, Theme], Figure]
    describe: Callable[[Evaluation], str]
    applies: Callable[[Evaluation], bool] = _has_stars


_ALL: Final = (
    Picture(
        "error-histogram",
        "How large are the errors?",
        error_histogram.CAPTION,
        error_histogram.error_histogram,
        error_histogram.describe,
    ),
    Picture(
        "named-films",
        "A few films by name",
        named_films.CAPTION,
        named_films.named_films,
        named_films.describe,
    ),
    Picture(
        "predicted-by-star",
        "Does it tell a bad film from a good one?",
        predicted_by_star.CAPTION,
        predicted_by_star.predicted_by_star,
        predicted_by_star.describe,
    ),
    Picture(
        "error-by-activity",
        "Whom and what does it know well?",
        error_by_activity.CAPTION,
        error_by_activity.error_by_activity,
        error_by_activity.describe,
    ),
    Picture(
        "reliability",
        "Do stated chances hold?",
        reliability.CAPTION,
        reliability.reliability,
        reliability.describe,
        reliability.applies,
    ),
    Picture(
        "interval-by-activity",
        "For whom do intervals hold?",
        interval_by_activity.CAPTION,
        interval_by_activity.interval_by_activity,
        interval_by_activity.describe,
        interval_by_activity.applies,
    ),
    Picture(
        "singular-values",
        "How much does each factor hold?",
        singular_values.CAPTION,
        singular_values.singular_values,
        singular_values.describe,
        singular_values.applies,
    ),
    Picture(
        "rmse-by-rank",
        "How many factors help?",
        rmse_by_rank.CAPTION,
        rmse_by_rank.rmse_by_rank,
        rmse_by_rank.describe,
        rmse_by_rank.applies,
    ),
    Picture(
        "training-trace",
        "How did it learn?",
        training_trace.CAPTION,
        training_trace.training_trace,
        training_trace.describe,
        training_trace.applies,
    ),
    Picture(
        "posterior-traces",
        "Do the draws agree?",
        posterior_traces.CAPTION,
        posterior_traces.posterior_traces,
        posterior_traces.describe,
        posterior_traces.applies,
    ),
    Picture(
        "recall-by-length",
        "How soon does it find what was liked?",
        recall_by_length.CAPTION,
        recall_by_length.recall_by_length,
        recall_by_length.describe,
        recall_by_length.applies,
    ),
)

PICTURES: Final[Mapping[str, Picture]] = MappingProxyType({picture.name: picture for picture in _ALL})
"""Every picture by its stable name, in the order of the report."""


def applicable(evaluation: Evaluation) -> tuple[Picture, ...]:
    """The pictures this evaluation has the data for, in the order of the report."""
    return tuple(picture for picture in PICTURES.values() if picture.applies(evaluation))


def figures(evaluation: Evaluation, theme: Theme = LIGHT) -> dict[str, Figure]:
    """Every applicable picture as a matplotlib `Figure`, by stable name."""
    return {picture.name: picture.draw(evaluation, theme) for picture in applicable(evaluation)}
