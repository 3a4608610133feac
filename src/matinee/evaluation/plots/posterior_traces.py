"""How the chains went: a few numbers of every draw, a line a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from matinee.errors import InputError
from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled
from matinee.evaluation.report.wording import counted, model_name, shorten
from matinee.models.bayesian.convergence import TRACES, Convergence, Quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_COLUMNS: Final = 2
_ROW_HEIGHT: Final = 1.9
_MOST_IN_LEGEND: Final = 6
_LONGEST: Final = 32
"""Letters of the name of a panel."""

CAPTION = (
    "The model draws all that it does not know again and again, each draw from the one before, and predicts the mean. "
    "Each panel follows one number; with several chains, one line each. The first draws (shaded) still remember "
    "where they started and are thrown away. After that, lines should look like grass: level, and chains on top of "
    "each other. R-hat is near 1 where they are. Effective draws say how many independent ones these are worth. "
    "The two predictions shown are those that agree least of the watched ones. Numbers other than predictions may "
    "drift for long without changing what is predicted."
)


def applies(evaluation: Evaluation) -> bool:
    """Whether the model drew."""
    return bool(evaluation.setting.details.get(TRACES, {}).get("values"))


def posterior_traces(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """A panel for each number, its R-hat and effective draws above it."""
    told, found = _told(evaluation)
    values, rows = told["values"], -(-len(told["values"]) // _COLUMNS)
    with styled(theme):
        title = f"{model_name(evaluation.setting)}: {_chains(found)}"
        figure = new_figure(1.0 + _ROW_HEIGHT * rows, title)
        panels = figure.subplots(rows, _COLUMNS, sharex=True, squeeze=False).ravel()
        for axes, (name, chains) in zip(panels, values.items(), strict=False):
            _draw(axes, chains, told, theme)
            axes.set_title(_heading(name, found), fontsize=10, loc="left")
            axes.set_ylabel(_unit(name), fontsize=10)
        for axes in panels[len(values) :]:
            axes.set_visible(False)
        for axes in panels[max(0, len(values) - _COLUMNS) : len(values)]:
            axes.set_xlabel("draw", fontsize=10)
            axes.tick_params(labelbottom=True)
        legend_below(figure, panels[0], 3)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in words, for those who cannot see it."""
    told, found = _told(evaluation)
    by_name = {one.name: one for one in found.quantities}
    shown = [by_name[name] for name in told["values"]]
    lines = [f"{_label(one)}: {_around(one)}, {_agreement(one)}" for one in shown]
    burn_in = f"after {counted(told['burn_in'], 'draw')} of burn-in" if told["burn_in"] else "without burn-in"
    return f"{_chains(found)}, {burn_in}. {'; '.join(lines)}."


def _draw(axes: Axes, chains: list[list[float]], told: dict[str, Any], theme: Theme) -> None:
    colours = (theme.model, theme.baseline, theme.accent, theme.muted)
    for at, values in enumerate(chains):
        number = told["every"] * np.arange(1, len(values) + 1)
        label = f"chain {at + 1}" if at < _MOST_IN_LEGEND else None
        marker = "o" if len(values) == 1 else ""
        axes.plot(
            number, values, color=colours[at % len(colours)], linewidth=0.8, alpha=0.85, marker=marker, label=label
        )
    if told["burn_in"]:
        axes.axvspan(0, told["burn_in"] + 0.5, color=theme.grid, zorder=0, linewidth=0, label="burn-in")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelsize=9)
    axes.margins(x=0.02, y=0.12)
    _zoom(axes, [values[told["burn_in"] // told["every"] :] for values in chains])


def _zoom(axes: Axes, kept: list[list[float]]) -> None:
    """To what comes after burn-in, and a little above and below: a start far away would make all look level."""
    numbers = [number for values in kept for number in values]
    if len(numbers) > 1 and max(numbers) > min(numbers):
        room = 0.3 * (max(numbers) - min(numbers))
        axes.set_ylim(min(numbers) - room, max(numbers) + room)


def _heading(name: str, found: Convergence) -> str:
    one = next(one for one in found.quantities if one.name == name)
    return f"{_label(one)}\n{_agreement(one)}"


def _label(one: Quantity) -> str:
    return shorten(one.label, _LONGEST)


def _agreement(one: Quantity) -> str:
    rhat = "R-hat not known" if one.rhat is None else f"R-hat {one.rhat:.2f}"
    return rhat if one.bulk is None else f"{rhat}, {one.bulk:,.0f} effective"


def _around(one: Quantity) -> str:
    if one.mean is None or one.sd is None:
        return "no draw kept"
    return f"{one.mean:.3g} ± {one.sd:.2g}{' stars' if _unit(one.name) == 'stars' else ''}"


def _unit(name: str) -> str:
    return "" if name.startswith(("ν", "precision")) else "stars"


def _chains(found: Convergence) -> str:
    return f"{counted(found.draws, 'draw')} kept of {counted(found.chains, 'chain')}"


def _told(evaluation: Evaluation) -> tuple[dict[str, Any], Convergence]:
    found = Convergence.of(evaluation.setting.details)
    if found is None or not applies(evaluation):
        raise InputError("posterior_traces: the model did not draw; leave this picture out")
    return evaluation.setting.details[TRACES], found
