"""The singular values: how much each further factor holds, and how much the kept ones hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matinee.evaluation.plots.style import LIGHT, Theme, new_figure, styled, whole_numbers
from matinee.evaluation.report.wording import counted, model_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

_MOST_MARKERS = 60

CAPTION = (
    "Above: the singular values σ from the largest on. Each belongs to one factor, a pattern of taste "
    "found in the table; a large σ is a pattern many ratings follow. Below: the variance (the sum of "
    "σ²) that the first factors hold together. Where the curve flattens, further factors add little but "
    "noise."
)


def applies(evaluation: Evaluation) -> bool:
    """Whether the model has singular values."""
    return len(evaluation.singular_values) > 0


def singular_values(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """σ by rank (no unit) and the cumulative share of variance (%)."""
    with styled(theme):
        sigma = np.asarray(evaluation.singular_values, dtype=np.float64)
        whole = variance_share(evaluation)
        figure = new_figure(5.2, _title(evaluation), _share(whole))
        above, below = figure.subplots(2, 1, sharex=True)
        _draw_values(above, sigma, theme)
        _draw_share(below, sigma, whole, theme)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    sigma, share = evaluation.singular_values, _share(variance_share(evaluation))
    count = counted(len(sigma), "singular value")
    return f"{count}, from {sigma[0]:.4g} down to {sigma[-1]:.4g}. {share}".strip()


def variance_share(evaluation: Evaluation) -> float | None:
    """Share of the matrix's whole variance the kept singular values hold, 0 to 1, where the model says it."""
    certificate = evaluation.setting.details.get("certificate")
    held: Any = certificate.get("share_of_variance") if isinstance(certificate, dict) else None
    return float(held) if isinstance(held, float) and 0 < held <= 1 else None


def _title(evaluation: Evaluation) -> str:
    return f"{model_name(evaluation.setting)}: {counted(len(evaluation.singular_values), 'singular value')}"


def _share(whole: float | None) -> str:
    return "" if whole is None else f"Together they hold {100 * whole:.3g} % of the variance of the matrix."


def _draw_values(axes: Axes, sigma: NDArray[np.float64], theme: Theme) -> None:
    marker = "o" if len(sigma) <= _MOST_MARKERS else ""
    axes.plot(_ranks(sigma), sigma, color=theme.model, marker=marker, markersize=4.5, linewidth=1.6)
    axes.set_ylim(0, float(sigma[0]) * 1.08 or 1)
    axes.set_ylabel("singular value σ")


def _draw_share(axes: Axes, sigma: NDArray[np.float64], whole: float | None, theme: Theme) -> None:
    squares = np.square(sigma)
    share = 100 * (whole or 1) * np.cumsum(squares) / max(squares.sum(), np.finfo(float).tiny)
    edges = np.arange(len(sigma) + 1) + 0.5
    axes.stairs(share, edges, fill=True, color=theme.model_soft)
    axes.stairs(share, edges, color=theme.model, linewidth=1.6)
    axes.set_ylim(0, share[-1] * 1.08 or 1)
    axes.set_xlim(0.5, len(sigma) + 0.5)
    axes.set_xlabel("rank (number of factors)")
    axes.set_ylabel("share of the kept\nvariance (%)" if whole is None else "share of the\nvariance (%)")
    axes.xaxis.set_major_locator(whole_numbers())


def _ranks(sigma: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.arange(1, len(sigma) + 1)
