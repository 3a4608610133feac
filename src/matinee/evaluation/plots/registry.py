"""Every picture under its stable name."""

from __future__ import annotations

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
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from matinee.evaluation.plots.picture import Picture
    from matinee.evaluation.result import Evaluation

_FILES: Final = (
    error_histogram,
    named_films,
    predicted_by_star,
    error_by_activity,
    reliability,
    interval_by_activity,
    singular_values,
    rmse_by_rank,
    training_trace,
    posterior_traces,
    recall_by_length,
)

PICTURES: Final[Mapping[str, Picture]] = MappingProxyType({file.PICTURE.name: file.PICTURE for file in _FILES})
"""Every picture by its stable name, in the order of the report."""


def applicable(evaluation: Evaluation) -> tuple[Picture, ...]:
    """The pictures this evaluation has the data for, in the order of the report."""
    return tuple(picture for picture in PICTURES.values() if picture.applies(evaluation))


def figures(evaluation: Evaluation, theme: Theme = LIGHT) -> dict[str, Figure]:
    """Every applicable picture as a matplotlib `Figure`, by stable name."""
    return {picture.name: picture.draw(evaluation, theme) for picture in applicable(evaluation)}
