"""The singular values: how much each further factor holds, and how much the kept ones hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import Theme, draw_line, new_figure, whole_numbers
from matinee.evaluation.report.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """σ by rank (no unit) and the cumulative share of variance (%)."""
    sigma = np.asarray(evaluation.singular_values, dtype=np.float64)
    share = variance_share(evaluation)
    figure = new_figure(evaluation.setting, 5.2, counted(len(sigma), "singular value"), _share_in_words(share))
    above, below = figure.subplots(2, 1, sharex=True)
    draw_line(above, range(1, len(sigma) + 1), sigma.tolist(), theme.model)
    above.set_ylim(0, float(sigma[0]) * 1.08 or 1)
    above.set_ylabel("singular value σ")
    _draw_share(below, sigma, share, theme)
    return figure


def variance_share(evaluation: Evaluation) -> float | None:
    """Share of the matrix's whole variance that the kept singular values hold, 0 to 1, where the model says it."""
    certificate = evaluation.setting.details.get("certificate")
    share: Any = certificate.get("share_of_variance") if isinstance(certificate, dict) else None
    return float(share) if isinstance(share, float) and 0 < share <= 1 else None


def _share_in_words(share: float | None) -> str:
    return "" if share is None else f"Together they hold {100 * share:.3g} % of the variance of the matrix."


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


def _describe(evaluation: Evaluation) -> str:
    sigma = evaluation.singular_values
    count = counted(len(sigma), "singular value")
    share = _share_in_words(variance_share(evaluation))
    return f"{count}, from {sigma[0]:.4g} down to {sigma[-1]:.4g}. {share}".strip()


PICTURE: Final = Picture(
    name="singular-values",
    title="How much does each factor hold?",
    caption="Above: the singular values σ from the largest on. Each belongs to one factor, a pattern of taste "
    "in the table; a large σ is a pattern that many ratings follow. Below: the variance (the sum of "
    "σ²) that the first factors hold together. Where the curve flattens, further factors add little but "
    "noise.",
    figure=_figure,
    describe=_describe,
    applies=lambda evaluation: len(evaluation.singular_values) > 0,
)
