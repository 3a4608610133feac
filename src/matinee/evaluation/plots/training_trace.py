"""The course of the fit: the error of ratings set aside and the objective, sweep by sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import Theme, draw_line, legend_below, new_figure, ring, whole_numbers
from matinee.evaluation.report.wording import counted, decimals, rounds
from matinee.models.bayesian.convergence import Convergence
from matinee.predicting.report import Iteration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation


def _applies(evaluation: Evaluation) -> bool:
    """True where there is a trace of sweeps; draws do not descend, and `posterior_traces` shows them."""
    return bool(_iteration(evaluation).steps) and Convergence.of_details(evaluation.setting.details) is None


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """The error of the ratings set aside, if there are any, and the objective, by sweep."""
    iteration = _iteration(evaluation)
    word = rounds(evaluation.setting)
    course = iteration.in_words(f"{word}s").replace("; ", ";\n")
    height = 5.6 if iteration.watched else 3.8
    figure = new_figure(evaluation.setting, height, f"learning {word} by {word}", course)
    panels = figure.subplots(1 + iteration.watched, 1, sharex=True, squeeze=False)[:, 0]
    _draw_objective(panels[-1], iteration, theme)
    panels[-1].set_xlabel(word)
    panels[-1].xaxis.set_major_locator(whole_numbers())
    if iteration.watched:
        _draw_watched(panels[0], iteration, _lowest(evaluation), theme)
        legend_below(figure, panels[0])
    return figure


def _draw_watched(axes: Axes, iteration: Iteration, label: str, theme: Theme) -> None:
    errors = _errors(iteration)
    _draw_sweeps(axes, errors, theme.model)
    ring(axes, iteration.kept, errors[iteration.kept - 1], label, theme)
    axes.set_ylabel(f"{iteration.measured}\nof ratings set aside")


def _draw_objective(axes: Axes, iteration: Iteration, theme: Theme) -> None:
    """Its height above its lowest: sums over any number of ratings, and up to any constant, then read alike."""
    values = np.array([step.objective for step in iteration.steps])
    above = values - values.min()
    _draw_sweeps(axes, (100 * above / (above[0] or 1)).tolist(), theme.baseline)
    axes.set_ylabel("objective: way\nto go (%)")


def _draw_sweeps(axes: Axes, values: Sequence[float], colour: str) -> None:
    draw_line(axes, range(1, len(values) + 1), values, colour)
    axes.margins(y=0.15)


def _describe(evaluation: Evaluation) -> str:
    iteration = _iteration(evaluation)
    course = iteration.in_words(f"{rounds(evaluation.setting)}s")
    first, last = (iteration.steps[sweep].objective for sweep in (0, -1))
    words = f"{course}. Objective: from {first:.4g} to {last:.4g}."
    if not iteration.watched:
        return words
    digits = decimals(evaluation.setting.scale)
    errors = _errors(iteration)
    change = f"from {errors[0]:.{digits}f} to {errors[-1]:.{digits}f}"
    return f"{words} {iteration.measured} of the ratings set aside: {change}, {_lowest(evaluation)}."


def _lowest(evaluation: Evaluation) -> str:
    iteration = _iteration(evaluation)
    digits = decimals(evaluation.setting.scale)
    sweeps = counted(iteration.kept, rounds(evaluation.setting))
    return f"lowest {_errors(iteration)[iteration.kept - 1]:.{digits}f} after {sweeps}"


def _errors(iteration: Iteration) -> list[float]:
    return [np.nan if step.watched_error is None else step.watched_error for step in iteration.steps]


def _iteration(evaluation: Evaluation) -> Iteration:
    return Iteration.from_dict(evaluation.setting.details) or Iteration(0, "")


PICTURE: Final = Picture(
    name="training-trace",
    title="How did it learn?",
    caption="The model learns in rounds, each over all its ratings. Above, where some of the training ratings were set "
    "aside: the error of predicting those. It falls while taste is learnt and rises once noise is; learning "
    "stops, and the round with the lowest error (the ring) is the number of rounds that are made. Below: the "
    "objective, which is to be made small: the errors on the ratings learnt from, and a penalty that keeps the model "
    "from learning them by heart. Its way from the first round to the lowest is 100 %. The ratings predicted in this "
    "report have no part in either.",
    figure=_figure,
    describe=_describe,
    applies=_applies,
)
