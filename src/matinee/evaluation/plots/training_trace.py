"""How the model learnt: the error of ratings set aside and the objective, sweep by sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.errors import InputError
from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled, whole_numbers
from matinee.evaluation.report.wording import counted, decimals, model_name, rounds
from matinee.fitting.report import Iteration
from matinee.models.bayesian.convergence import Convergence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

_MOST_MARKERS = 60

CAPTION = (
    "The model learns in rounds, each over all its ratings. Above, where some of the training ratings were set "
    "aside: the error of predicting those. It falls while taste is learnt and rises once noise is; learning "
    "stops, and the round with the lowest error (the ring) says how many are made. Below: the objective, which "
    "is to be made small: the errors on the ratings learnt from, and what keeps the model from learning them by "
    "heart. Its way from the first round to the lowest is 100 %. The ratings predicted in this report have no "
    "part in either."
)


def applies(evaluation: Evaluation) -> bool:
    """Whether the model learnt in sweeps; draws do not descend, and `posterior_traces` shows them."""
    details = evaluation.setting.details
    return Iteration.of(details) is not None and Convergence.of(details) is None


def training_trace(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """The error of the ratings set aside, if there are any, and the objective, by sweep."""
    iteration, word = _iteration(evaluation), rounds(evaluation.setting)
    with styled(theme):
        title = f"{model_name(evaluation.setting)}: learning {word} by {word}"
        told = iteration.in_words(f"{word}s").replace("; ", ";\n")
        figure = new_figure(5.6 if iteration.watched else 3.8, title, told)
        panels = figure.subplots(1 + iteration.watched, 1, sharex=True, squeeze=False)[:, 0]
        _draw_objective(panels[-1], iteration, theme)
        panels[-1].set_xlabel(word)
        panels[-1].xaxis.set_major_locator(whole_numbers())
        if iteration.watched:
            _draw_watched(panels[0], iteration, _lowest(evaluation), theme)
            legend_below(figure, panels[0])
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in words, for those who cannot see it."""
    iteration, word = _iteration(evaluation), rounds(evaluation.setting)
    first, last = iteration.steps[0].objective, iteration.steps[-1].objective
    words = f"{iteration.in_words(f'{word}s')}. Objective: from {first:.4g} to {last:.4g}."
    if not iteration.watched:
        return words
    digits, errors = decimals(evaluation.setting.scale), _errors(iteration)
    return (
        f"{words} {iteration.measured} of the ratings set aside: from {errors[0]:.{digits}f} "
        f"to {errors[-1]:.{digits}f}, "
        f"{_lowest(evaluation)}."
    )


def _lowest(evaluation: Evaluation) -> str:
    iteration, digits = _iteration(evaluation), decimals(evaluation.setting.scale)
    lowest = _errors(iteration)[iteration.kept - 1]
    return f"lowest {lowest:.{digits}f} after {counted(iteration.kept, rounds(evaluation.setting))}"


def _draw_watched(axes: Axes, iteration: Iteration, label: str, theme: Theme) -> None:
    errors = _errors(iteration)
    _draw_line(axes, errors, theme.model)
    axes.plot(
        iteration.kept, errors[iteration.kept - 1], "o", color="none", markeredgecolor=theme.accent,
        markeredgewidth=2, markersize=12, linestyle="none", label=label,
    )  # fmt: skip
    axes.set_ylabel(f"{iteration.measured}\nof ratings set aside")
    axes.margins(y=0.15)


def _draw_objective(axes: Axes, iteration: Iteration, theme: Theme) -> None:
    """How far above its lowest: sums over any number of ratings, and up to any constant, then read alike."""
    values = np.array([step.objective for step in iteration.steps])
    above = values - values.min()
    _draw_line(axes, 100 * above / (above[0] or 1), theme.baseline)
    axes.set_ylabel("objective: way\nto go (%)")
    axes.margins(y=0.15)


def _draw_line(axes: Axes, values: NDArray[np.float64], colour: str) -> None:
    marker = "o" if len(values) <= _MOST_MARKERS else ""
    axes.plot(np.arange(1, len(values) + 1), values, color=colour, marker=marker, markersize=4.5, linewidth=1.6)


def _errors(iteration: Iteration) -> NDArray[np.float64]:
    return np.array([step.watched_error for step in iteration.steps], dtype=np.float64)


def _iteration(evaluation: Evaluation) -> Iteration:
    iteration = Iteration.of(evaluation.setting.details)
    if iteration is None:
        raise InputError("training_trace: the model did not learn in sweeps; leave this picture out")
    return iteration
