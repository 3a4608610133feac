"""The pictures of the page, each drawn from the JSON of one benchmark, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from matinee.evaluation.plots.render import to_svg
from matinee.evaluation.plots.style import DARK, LIGHT, Theme, styled

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    Result = dict[str, Any]

_WIDTH: Final = 7.6
_LINE: Final = 0.045
"""Height of a line of letters as a share of a picture of usual height."""


def drawn(name: str, result: Result) -> str:
    """The picture in both themes, of which the page shows the one that fits; nothing where there is none."""
    if name not in PLOTS:
        return ""
    both = []
    for theme in (LIGHT, DARK):
        with styled(theme):
            text = to_svg(PLOTS[name](result, theme), theme).decode()
        both.append(f'<div class="{theme.name}">{text[text.index("<svg") :]}</div>')
    return "\n".join(both)


def _new(height: float, columns: int = 1, rows: int = 1) -> tuple[Figure, Any]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def _logarithmic(axes: Axes, sides: str = "xy") -> None:
    """Logarithmic sides, their powers of ten written out: the theme reads no formulas."""
    for side in sides:
        axes.set(**{f"{side}scale": "log"})
        axis = axes.xaxis if side == "x" else axes.yaxis
        axis.set_major_formatter(lambda number, _: f"{number:,.12g}")
        axis.set_minor_formatter(NullFormatter())


def solver_bars(result: Result, theme: Theme) -> Figure:
    """Seconds of each solver, with its residual written beside."""
    figure, panels = _new(2.6)
    axes, speed = panels[0, 0], result["speed"]
    names = list(speed)[::-1]
    colours = [theme.model if name == "matinee" else theme.muted for name in names]
    bars = axes.barh(names, [speed[name]["seconds"] for name in names], color=colours)
    axes.bar_label(bars, [f"residual {speed[name]['residual']:.0e} σ₁" for name in names], padding=4)
    axes.margins(x=0.45)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("seconds, median")
    return figure


def time_against_error(result: Result, theme: Theme) -> Figure:
    """RMSE against seconds of the fit, every model by name; what is worse than biases alone is left out."""
    figure, panels = _new(5.2)
    axes = panels[0, 0]
    rows = [{**row, "RMSE": float(row["RMSE"])} for row in result["models"]]
    worst = next((row["RMSE"] for row in rows if row["model"] == "bias"), np.inf)
    rows = sorted((row for row in rows if row["RMSE"] <= worst), key=lambda row: row["RMSE"])
    for ours, colour, label in ((True, theme.model, "matinee"), (False, theme.baseline, "others")):
        own = [row for row in rows if row["matinee"] is ours]
        axes.scatter(
            [row["seconds"] for row in own], [row["RMSE"] for row in own],
            color=colour, marker="o" if ours else "D", s=46, label=label, zorder=3,
        )  # fmt: skip
    _logarithmic(axes, "x")
    axes.margins(x=0.12, y=0.1)
    _name_points(axes, rows, theme)
    axes.set_xlabel("seconds of the fit, 2 threads (left is better)")
    axes.set_ylabel("RMSE in stars (lower is better)")
    axes.legend(loc="upper right")
    return figure


def _name_points(axes: Axes, rows: list[Result], theme: Theme) -> None:
    """Names beside their points: to the left in the right half, and apart where two would meet."""
    low, high = axes.get_ylim()
    left, right = axes.get_xlim()
    middle, line = float(np.sqrt(left * right)), (high - low) * _LINE
    for leftwards in (True, False):
        own = [row for row in rows if (row["seconds"] > middle) is leftwards]
        for row, height in zip(own, spread([row["RMSE"] for row in own], line), strict=True):
            up = _points(axes) * (height - row["RMSE"]) / (high - low)
            axes.annotate(
                row["model"], (row["seconds"], row["RMSE"]), (-9 if leftwards else 9, up),
                textcoords="offset points", ha="right" if leftwards else "left", va="center", fontsize=10.5,
                color=theme.model if row["matinee"] else theme.ink,
            )  # fmt: skip


def _points(axes: Axes) -> float:
    """Height of a panel, nearly: the layout is worked out only when the figure is saved."""
    return 72 * 0.85 * float(axes.figure.get_figheight())  # type: ignore[union-attr]


def spread(wanted: list[float], least: float) -> list[float]:
    """Ascending numbers moved up no further than must be for each to lie ``least`` above the one before."""
    placed: list[float] = []
    for number in wanted:
        placed.append(max(number, placed[-1] + least) if placed else number)
    return placed


def throughput(result: Result, theme: Theme) -> Figure:
    """GFLOP/s of a half-sweep by rank, beside the matrix products, and the bars."""
    figure, panels = _new(4.2)
    axes, rows = panels[0, 0], result["ranks"]
    products = {name: product["gflops"] for name, product in result["product"].items()}
    ranks, speed = [row["rank"] for row in rows], [row["gflops"] for row in rows]
    axes.plot(ranks, speed, "o-", color=theme.model, label="half-sweeps of als", zorder=3)
    for rank, own in zip(ranks, speed, strict=True):
        axes.annotate(f"{own:.0f}", (rank, own), (0, 9), textcoords="offset points", ha="center", color=theme.model)
    for (name, product), style in zip(products.items(), ("--", ":"), strict=True):
        axes.axhline(product, color=theme.baseline, linestyle=style, label=f"matrix product, {name}")
    wanted = [(rank, share * max(products.values())) for rank, share in _BARS.items() if rank in ranks]
    axes.plot(*zip(*wanted, strict=True), "_", color=theme.accent, markersize=22, markeredgewidth=2.5, label="the bars")
    axes.set_xscale("log", base=2)
    axes.set_xticks(ranks, [str(rank) for rank in ranks])
    axes.set_ylim(bottom=0)
    axes.margins(x=0.08)
    axes.set_xlabel("rank")
    axes.set_ylabel("useful GFLOP/s, 2 threads")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


_BARS: Final = {16: 0.20, 64: 0.45, 128: 0.55}


def time_against_ratings(result: Result, theme: Theme) -> Figure:
    """Seconds of the fit against ratings, both on logarithms, with the line of time in proportion."""
    figure, panels = _new(4.2)
    axes = panels[0, 0]
    for number, found in enumerate(result["exponents"]):
        rows = [row for row in result["sizes"] if row["rank"] == found["rank"]]
        counts, seconds = [row["ratings"] for row in rows], [row["seconds"] for row in rows]
        slope = f", exponent {found['exponent']:.2f}" if found["exponent"] else ""
        colour = (theme.model, theme.accent, theme.baseline)[number % 3]
        axes.plot(counts, seconds, "o-", color=colour, label=f"rank {found['rank']}{slope}")
        for count, taken in zip(counts, seconds, strict=True):
            axes.annotate(f"{taken:.3g} s", (count, taken), (8, -10), textcoords="offset points", color=colour)
        if not number:
            line = [seconds[0] * count / counts[0] for count in counts]
            axes.plot(counts, line, ":", color=theme.muted, label="in proportion")
    _logarithmic(axes)
    axes.margins(x=0.1, y=0.1)
    axes.set_xlabel("ratings")
    axes.set_ylabel(f"seconds, {result['sweeps']} sweeps")
    axes.legend(loc="upper left")
    return figure


def against_cmfrec(result: Result, theme: Theme) -> Figure:
    """Seconds of both libraries for each solver, at the penalty best for each."""
    figure, panels = _new(2.8)
    axes, rows = panels[0, 0], result["each at its own best penalty"][::-1]
    _pairs(axes, [row["solver"] for row in rows], rows, ("matinee seconds", "cmfrec seconds"), theme)
    axes.set_xlabel(f"seconds of {result['sweeps']} sweeps at rank {result['rank']}, median")
    return figure


def _pairs(axes: Axes, names: list[str], rows: list[Result], keys: tuple[str, str], theme: Theme) -> None:
    """Two bars a name, where there are two: ours above."""
    at = np.arange(len(names))
    for key, shift, colour in zip(keys, (0.2, -0.2), (theme.model, theme.muted), strict=True):
        if rows and key in rows[0]:
            bars = axes.barh(at + shift, [row[key] for row in rows], 0.36, color=colour, label=key.split(" seconds")[0])
            axes.bar_label(bars, fmt="{:.2f} s", padding=4)
    axes.set_yticks(at, names)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.14)
    axes.legend(loc="lower right")


def loss_against_time(result: Result, theme: Theme) -> Figure:
    """How far each fit is above the lowest loss of its panel, as a share, against seconds."""
    fits = result["plotted"]
    rows = -(-len(fits) // 2)
    figure, panels = _new(2.6 * rows + 0.3, 2, rows)
    for axes in panels.flat[len(fits) :]:
        axes.set_axis_off()
    for axes, (name, traces) in zip(panels.flat, fits.items(), strict=False):
        lowest = min(min(trace["loss"]) for trace in traces.values()) * (1 - 1e-4)
        for own, colour in zip(traces, (theme.model, theme.baseline), strict=False):
            above = np.asarray(traces[own]["loss"]) / lowest - 1
            axes.plot(traces[own]["seconds"], above, ".-", color=colour, label=own)
        axes.set_title(name, fontsize=10)
        _logarithmic(axes)
    for axes in panels[-1]:
        axes.set_xlabel("seconds")
    figure.supylabel("loss above the lowest, share", fontsize=11)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def ranks_of_truths(result: Result, theme: Theme) -> Figure:
    """How far the shares of ranks lie from uniform ones, a line a quantity, in the band of such lines."""
    settings = result["plotted"]
    figure, panels = _new(3.4, len(settings))
    for axes, (name, drawn_from) in zip(panels.flat, settings.items(), strict=True):
        at = drawn_from["expected"]
        axes.fill_between(at, drawn_from["low"], drawn_from["high"], color=theme.muted, alpha=0.3)
        for line in drawn_from["lines"].values():
            axes.plot(at, line, color=theme.model, linewidth=1, alpha=0.7)
        axes.set_title(name, fontsize=10)
    figure.supxlabel("rank of the truth among draws, as a share", fontsize=11)
    figure.supylabel("share of ranks up to it, less that", fontsize=11)
    return figure


PLOTS: Final[dict[str, Callable[[Result, Theme], Figure]]] = {
    "svd_speed": solver_bars,
    "accuracy_time": time_against_error,
    "als_throughput": throughput,
    "als_scaling": time_against_ratings,
    "als_speed": against_cmfrec,
    "calibration": ranks_of_truths,
    "implicit_speed": loss_against_time,
}
