"""The course of the chains: a few numbers of every draw, a line a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import Theme, legend_below, new_figure
from matinee.evaluation.report.wording import counted, shorten
from matinee.models.bayesian.convergence import TRACES, Convergence, Quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_COLUMNS: Final = 2
_ROW_HEIGHT: Final = 1.9
_MOST_IN_LEGEND: Final = 6
_LONGEST: Final = 26
"""Letters of the name of a panel: as many as its width holds."""


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """A panel for each number, its R-hat and effective draws above it."""
    traces = _traces(evaluation)
    convergence = _convergence(evaluation)
    rows = -(-len(traces["values"]) // _COLUMNS)
    figure = new_figure(evaluation.setting, 1.0 + _ROW_HEIGHT * rows, _chains(convergence))
    panels = figure.subplots(rows, _COLUMNS, sharex=True, squeeze=False).ravel()
    for axes, quantity in zip(panels, _quantities(evaluation), strict=False):
        _draw_chains(axes, traces["values"][quantity.name], traces, theme)
        axes.set_title(f"{_label(quantity)}\n{_agreement(quantity)}", fontsize=10, loc="left")
        axes.set_ylabel(_unit(quantity), fontsize=10)
    _label_draws(panels, len(traces["values"]))
    legend_below(figure, panels[0], 3)
    return figure


def _label_draws(panels: Any, count: int) -> None:
    """The axis of draws below the last panel of each column; panels without a number are hidden."""
    for axes in panels[count:]:
        axes.set_visible(False)
    for axes in panels[max(0, count - _COLUMNS) : count]:
        axes.set_xlabel("draw", fontsize=10)
        axes.tick_params(labelbottom=True)


def _draw_chains(axes: Axes, chains: list[list[float]], traces: dict[str, Any], theme: Theme) -> None:
    colours = (theme.model, theme.baseline, theme.accent, theme.muted)
    burn_in = traces["burn_in"]
    for chain, values in enumerate(chains):
        draws = traces["every"] * np.arange(1, len(values) + 1)
        label = f"chain {chain + 1}" if chain < _MOST_IN_LEGEND else None
        marker = "o" if len(values) == 1 else ""
        colour = colours[chain % len(colours)]
        axes.plot(draws, values, color=colour, linewidth=0.8, alpha=0.85, marker=marker, label=label)
    if burn_in:
        axes.axvspan(0, burn_in + 0.5, color=theme.grid, zorder=0, linewidth=0, label="burn-in")
    _frame(axes)
    _zoom(axes, [values[burn_in // traces["every"] :] for values in chains])


def _frame(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelsize=9)
    axes.margins(x=0.02, y=0.12)


def _zoom(axes: Axes, kept: list[list[float]]) -> None:
    """To the draws after burn-in, and a little above and below: a start far away would make all look level."""
    values = [value for chain in kept for value in chain]
    if len(values) > 1 and max(values) > min(values):
        margin = 0.3 * (max(values) - min(values))
        axes.set_ylim(min(values) - margin, max(values) + margin)


def _label(quantity: Quantity) -> str:
    return shorten(quantity.label, _LONGEST)


def _agreement(quantity: Quantity) -> str:
    rhat = "R-hat not known" if quantity.rhat is None else f"R-hat {quantity.rhat:.2f}"
    return rhat if quantity.bulk is None else f"{rhat}, {quantity.bulk:,.0f} effective"


def _mean(quantity: Quantity) -> str:
    if quantity.mean is None or quantity.sd is None:
        return "no draw kept"
    return f"{quantity.mean:.3g} ± {quantity.sd:.2g} {_unit(quantity)}".rstrip()


def _unit(quantity: Quantity) -> str:
    return "" if quantity.name.startswith(("ν", "precision")) else "stars"


def _chains(convergence: Convergence) -> str:
    return f"{counted(convergence.draws, 'draw')} kept of {counted(convergence.chains, 'chain')}"


def _describe(evaluation: Evaluation) -> str:
    draws = _traces(evaluation)["burn_in"]
    burn_in = f"after {counted(draws, 'draw')} of burn-in" if draws else "without burn-in"
    lines = [f"{_label(shown)}: {_mean(shown)}, {_agreement(shown)}" for shown in _quantities(evaluation)]
    return f"{_chains(_convergence(evaluation))}, {burn_in}. {'; '.join(lines)}."


def _quantities(evaluation: Evaluation) -> list[Quantity]:
    """The numbers that have a panel, in its order."""
    by_name = {quantity.name: quantity for quantity in _convergence(evaluation).quantities}
    return [by_name[name] for name in _traces(evaluation)["values"]]


def _traces(evaluation: Evaluation) -> dict[str, Any]:
    traces: dict[str, Any] = evaluation.setting.details.get(TRACES, {})
    return traces


def _convergence(evaluation: Evaluation) -> Convergence:
    return Convergence.of_details(evaluation.setting.details) or Convergence(0, 0, ())


PICTURE: Final = Picture(
    name="posterior-traces",
    title="Do the draws agree?",
    caption="The model draws all that it does not know again and again, each draw from the one before, and predicts "
    "the mean. Each panel follows one number; with several chains, one line each. The first draws (shaded) still "
    "remember where they started and are thrown away. After that, lines should look like grass: level, and chains on "
    "top of each other. R-hat is near 1 where they are. Effective draws say how many independent ones these are worth. "
    "The two predictions shown are those of the watched ones that agree least. Numbers other than predictions may "
    "drift for long without changing the predictions.",
    figure=_figure,
    describe=_describe,
    applies=lambda evaluation: bool(_traces(evaluation).get("values")),
)
