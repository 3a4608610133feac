"""The error histogram: how far the predictions are from the truth, model against baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.metrics.errors import errors, rmse
from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import BASELINE, Theme, legend_below, new_figure, set_apart, whole_numbers
from matinee.evaluation.report.wording import decimals, model_name, predicted_ratings, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

QUANTILES: Final = {"5 %": 0.05, "median": 0.5, "95 %": 0.95}
_NICE: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_FEWEST_BINS: Final = 9
_MOST_BINS: Final = 90


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """The histogram of prediction minus truth (stars), with mean, standard deviation and quantiles marked."""
    digits = decimals(evaluation.setting.scale)
    model, baseline = (errors(evaluation, column) for column in ("prediction", "baseline"))
    figure = new_figure(
        evaluation.setting,
        5.0,
        f"errors of {predicted_ratings(evaluation.setting, len(model))}",
        f"RMSE {rmse(model):.{digits}f} stars (baseline {rmse(baseline):.{digits}f})",
    )
    strip, axes = figure.subplots(2, 1, sharex=True, height_ratios=[1, 3])
    _draw_bars(axes, model, baseline, evaluation, theme)
    legend_below(figure, axes)
    figure.draw_without_rendering()
    _draw_quantiles(strip, axes, model, theme)
    _draw_mean(strip, axes, model, theme)
    strip.set_ylim(-0.1, 1)
    strip.set_axis_off()
    return figure


def bin_edges(model: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Edges of bins of one round width, with one bin centred on zero, that cover ``±limit``."""
    lower, upper = np.quantile(model, [0.25, 0.75])
    freedman_diaconis = 2 * (upper - lower) / len(model) ** (1 / 3) or limit / 10
    width = _round_width(float(np.clip(freedman_diaconis, 2 * limit / _MOST_BINS, 2 * limit / _FEWEST_BINS)))
    half = int(np.ceil(limit / width - 0.5))
    return np.asarray((np.arange(-half, half + 2) - 0.5) * width, dtype=np.float64)


def _round_width(width: float) -> float:
    """The nearest of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(width))
    return float(power * min(_NICE, key=lambda step: abs(np.log(step * power / width))))


def _draw_bars(
    axes: Axes, model: NDArray[np.float64], baseline: NDArray[np.float64], evaluation: Evaluation, theme: Theme
) -> None:
    setting = evaluation.setting
    furthest = max(np.abs(model).max(), np.abs(baseline).max())
    edges = bin_edges(model, max(float(furthest), setting.scale.width / 10))
    axes.hist(
        model, edges.tolist(), color=theme.model_soft, edgecolor=theme.model, linewidth=0.6, label=model_name(setting)
    )  # fmt: skip
    counts, _ = np.histogram(baseline, edges)
    axes.stairs(counts, edges, color=theme.baseline, linewidth=1.6, label=BASELINE)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel("error: prediction − truth (stars)")
    axes.set_ylabel(f"ratings per {edges[1] - edges[0]:.3g} stars")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_locator(whole_numbers())


def _draw_quantiles(strip: Axes, axes: Axes, error: NDArray[np.float64], theme: Theme) -> None:
    """A whisker from the 5 % to the 95 % quantile and its three numbers, none over another."""
    values = np.quantile(error, list(QUANTILES.values())).tolist()
    strip.plot(values, [0.52] * 3, color=theme.ink, marker="|", markersize=11, markeredgewidth=1.8, linewidth=1.4)
    labels = [f"{name} {signed(value)}" for name, value in zip(QUANTILES, values, strict=True)]
    _write_row(strip, values, labels, 0.74, theme.ink)
    for value in values:
        axes.axvline(value, color=theme.ink, linewidth=1, linestyle=(0, (2, 3)))


def _draw_mean(strip: Axes, axes: Axes, error: NDArray[np.float64], theme: Theme) -> None:
    mean = float(error.mean())
    deviation = float(error.std())
    strip.errorbar(mean, 0.34, xerr=deviation, color=theme.accent, marker="o", markersize=6, capsize=4, linewidth=1.8)
    _write_row(strip, [mean], [f"mean {signed(mean)} ± {deviation:.2f} (standard deviation)"], -0.06, theme.accent)
    axes.axvline(mean, color=theme.accent, linewidth=1.4)


def _write_row(strip: Axes, centres: list[float], labels: list[str], height: float, colour: str) -> None:
    """Labels in one row at ``height``, none over another and none outside."""
    texts = [strip.text(x, height, label, color=colour, ha="center") for x, label in zip(centres, labels, strict=True)]
    low, high = strip.get_xlim()
    per_pixel = (high - low) / strip.get_window_extent().width
    widths = [(text.get_window_extent().width + 12) * per_pixel for text in texts]
    for text, centre in zip(texts, set_apart(centres, widths, low, high), strict=True):
        text.set_x(centre)
        text.set_in_layout(False)


def _describe(evaluation: Evaluation) -> str:
    error = errors(evaluation)
    low, middle, high = (signed(value) for value in np.quantile(error, list(QUANTILES.values())))
    return (
        f"Histogram of {len(error):,} prediction errors with mean {signed(error.mean())} and standard "
        f"deviation {error.std():.2f} stars; quantiles 5 %: {low}, 50 %: {middle}, 95 %: {high} stars."
    )


PICTURE: Final = Picture(
    name="error-histogram",
    title="How large are the errors?",
    caption="Each bar counts predictions by their error: prediction minus truth, in stars. Bars left of zero "
    "were predicted too low, bars right of zero too high; the narrower the histogram, the better the model. "
    "The outline is the baseline, which knows only how generous each user and how well liked each film "
    "is. Above: the quantiles (nine in ten errors lie between the outer two) and the mean with one "
    "standard deviation.",
    figure=_figure,
    describe=_describe,
)
