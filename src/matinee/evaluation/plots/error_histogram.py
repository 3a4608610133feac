"""The error histogram: how far the predictions are from the truth, model against baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.evaluation.metrics.errors import errors, rmse
from matinee.evaluation.plots.style import (
    LIGHT,
    Theme,
    legend_below,
    new_figure,
    set_apart,
    styled,
    whole_numbers,
)
from matinee.evaluation.report.wording import decimals, model_name, predicted_ratings, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

QUANTILES = (0.05, 0.5, 0.95)
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_FEWEST_BINS, _MOST_BINS = 9, 90

CAPTION = (
    "Each bar counts predictions by their error: prediction minus truth, in stars. Bars left of zero "
    "were predicted too low, bars right of zero too high; the narrower the heap, the better the model. "
    "The outline is the baseline, which knows only how generous each user and how well liked each film "
    "is. Above: the quantiles (nine in ten errors lie between the outer two) and the mean with one "
    "standard deviation."
)


def error_histogram(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """The histogram of prediction minus truth (stars), with mean, spread and quantiles marked."""
    with styled(theme):
        figure = new_figure(5.0, *_titles(evaluation))
        strip, axes = figure.subplots(2, 1, sharex=True, height_ratios=[1, 3])
        model, baseline = errors(evaluation), errors(evaluation, "baseline")
        _draw_bars(axes, model, baseline, evaluation, theme)
        legend_below(figure, axes)
        figure.draw_without_rendering()
        _draw_quantiles(strip, axes, model, theme)
        _draw_mean(strip, axes, model, theme)
        _hide_frame(strip)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    error = errors(evaluation)
    low, middle, high = (signed(value) for value in np.quantile(error, QUANTILES))
    return (
        f"Histogram of {len(error):,} prediction errors with mean {signed(error.mean())} and standard "
        f"deviation {error.std():.2f} stars; quantiles 5 %: {low}, 50 %: {middle}, 95 %: {high} stars."
    )


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


def _titles(evaluation: Evaluation) -> tuple[str, str]:
    setting, digits = evaluation.setting, decimals(evaluation.setting.scale)
    model, baseline = rmse(errors(evaluation)), rmse(errors(evaluation, "baseline"))
    return (
        f"{model_name(setting)}: errors of {predicted_ratings(setting, len(evaluation.rows))}",
        f"RMSE {model:.{digits}f} stars (baseline {baseline:.{digits}f})",
    )


def _draw_bars(
    axes: Axes,
    model: NDArray[np.float64],
    baseline: NDArray[np.float64],
    evaluation: Evaluation,
    theme: Theme,
) -> None:
    furthest = max(np.abs(model).max(), np.abs(baseline).max())
    edges = bin_edges(model, max(float(furthest), evaluation.setting.scale.width / 10))
    axes.hist(
        model,
        edges.tolist(),
        color=theme.model_soft,
        edgecolor=theme.model,
        linewidth=0.6,
        label=model_name(evaluation.setting),
    )
    counts, _ = np.histogram(baseline, edges)
    axes.stairs(counts, edges, color=theme.baseline, linewidth=1.6, label="baseline: biases alone")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel("error: prediction − truth (stars)")
    axes.set_ylabel(f"ratings per {edges[1] - edges[0]:.3g} stars")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_locator(whole_numbers())


def _draw_quantiles(strip: Axes, axes: Axes, error: NDArray[np.float64], theme: Theme) -> None:
    """A whisker from the 5 % to the 95 % quantile and its three numbers, none over another."""
    values = np.quantile(error, QUANTILES).tolist()
    strip.plot(values, [0.52] * 3, color=theme.ink, marker="|", markersize=11, markeredgewidth=1.8, linewidth=1.4)
    names = [f"{name} {signed(value)}" for name, value in zip(("5 %", "median", "95 %"), values, strict=True)]
    _write_row(strip, values, names, 0.74, theme.ink)
    for value in values:
        axes.axvline(value, color=theme.ink, linewidth=1, linestyle=(0, (2, 3)))


def _draw_mean(strip: Axes, axes: Axes, error: NDArray[np.float64], theme: Theme) -> None:
    mean, spread = float(error.mean()), float(error.std())
    strip.errorbar(mean, 0.34, xerr=spread, color=theme.accent, marker="o", markersize=6, capsize=4, linewidth=1.8)
    _write_row(strip, [mean], [f"mean {signed(mean)} ± {spread:.2f} (standard deviation)"], -0.06, theme.accent)
    axes.axvline(mean, color=theme.accent, linewidth=1.4)


def _write_row(strip: Axes, wanted: list[float], names: list[str], height: float, colour: str) -> None:
    """Labels in one row at ``height``, none over another and none outside."""
    texts = [strip.text(x, height, name, color=colour, ha="center") for x, name in zip(wanted, names, strict=True)]
    low, high = strip.get_xlim()
    per_pixel = (high - low) / strip.get_window_extent().width
    widths = [(text.get_window_extent().width + 12) * per_pixel for text in texts]
    for text, centre in zip(texts, set_apart(wanted, widths, low, high), strict=True):
        text.set_x(centre)
        text.set_in_layout(False)


def _hide_frame(strip: Axes) -> None:
    strip.set_ylim(-0.1, 1)
    strip.set_axis_off()
