"""Two themes, and the parts that figures share. No global state of matplotlib is changed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from matinee.evaluation.report.wording import model_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from matinee.evaluation.result import Setting

WIDTH: Final = 5.6
"""Width of every figure in inches: small, so that letters stay readable when a phone shrinks it."""

BASELINE: Final = "baseline: biases alone"
"""The baseline's name in legends."""

_MOST_MARKERS: Final = 60


@dataclass(frozen=True)
class Theme:
    """Colours of one theme, told apart by colour-blind eyes too (after Okabe and Ito 2008)."""

    name: str
    background: str
    ink: str
    muted: str
    grid: str
    model: str
    model_soft: str
    baseline: str
    accent: str


LIGHT: Final = Theme(
    name="light", background="#ffffff", ink="#1b1f24", muted="#57606a", grid="#dde1e6",
    model="#0072b2", model_soft="#a9d0e8", baseline="#b84a00", accent="#00664b",
)  # fmt: skip
DARK: Final = Theme(
    name="dark", background="#14171c", ink="#eceff3", muted="#a5afba", grid="#333a43",
    model="#56b4e9", model_soft="#245878", baseline="#f0a33a", accent="#3fd3a4",
)  # fmt: skip


def settings(theme: Theme) -> dict[str, Any]:
    """The matplotlib parameters of a theme; titles of films are never read as formulas."""
    return {
        "axes.edgecolor": theme.muted,
        "axes.axisbelow": True,
        "axes.facecolor": theme.background,
        "axes.grid": True,
        "axes.labelcolor": theme.ink,
        "axes.labelsize": 12,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 12,
        "figure.constrained_layout.h_pad": 0.06,
        "figure.constrained_layout.w_pad": 0.06,
        "figure.facecolor": theme.background,
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
        "font.size": 11.5,
        "grid.color": theme.grid,
        "grid.linewidth": 0.8,
        "legend.fontsize": 11,
        "legend.frameon": False,
        "legend.labelcolor": theme.ink,
        "savefig.facecolor": theme.background,
        "svg.fonttype": "none",
        "svg.hashsalt": "matinee",
        "text.color": theme.ink,
        "text.parse_math": False,
        "xtick.color": theme.muted,
        "xtick.labelcolor": theme.ink,
        "ytick.color": theme.muted,
        "ytick.labelcolor": theme.ink,
    }


@contextmanager
def styled(theme: Theme) -> Iterator[None]:
    """Matplotlib's own defaults and the theme, whatever the user's settings; restored afterwards."""
    with matplotlib.style.context(["default", settings(theme)]):
        yield


def new_figure(setting: Setting, height: float, title: str, subtitle: str = "") -> Figure:
    """An empty figure of `WIDTH` × ``height`` inches; its title, at the left, begins with the model's name."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    text = f"{model_name(setting)}: {title}\n{subtitle}".rstrip()
    figure.suptitle(text, x=0.02, ha="left", fontsize=13, fontweight="normal", linespacing=1.35)
    return figure


def draw_line(axes: Axes, x: Sequence[float], y: Sequence[float], colour: str, label: str | None = None) -> None:
    """A curve, with a marker at each point where there are few enough to tell them apart."""
    marker = "o" if len(x) <= _MOST_MARKERS else ""
    axes.plot(x, y, color=colour, marker=marker, markersize=4.5, linewidth=1.6, label=label)


def ring(axes: Axes, x: float, y: float, label: str, theme: Theme) -> None:
    """A ring around the point of a curve that was chosen."""
    axes.plot(
        x, y, "o", color="none", markeredgecolor=theme.accent, markeredgewidth=2, markersize=12, label=label,
        linestyle="none",
    )  # fmt: skip


def per_cent_axis(axis: Axis) -> None:
    """Shares from 0 to 1 on an axis, written as per cent."""
    axis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")


def legend_below(figure: Figure, axes: Axes, columns: int = 2) -> None:
    """A legend under the axes, where it can cover nothing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, columnspacing=1.4, handlelength=1.8)


def whole_numbers() -> MaxNLocator:
    """Ticks at whole numbers in steps of 1, 2 or 5 times a power of ten."""
    return MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])


def set_apart(centres: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of labels in one row, as near as can be to ``centres``, that neither overlap nor leave the row.

    ``centres`` must be sorted. Labels that would meet move apart by equal amounts (pooled averages, as in
    isotonic regression). Where the row is too short for all, they start at ``low`` and run over.
    """
    half = np.asarray(widths) / 2
    offsets = np.concatenate([[0.0], np.cumsum(half[:-1] + half[1:])])
    blocks: list[tuple[float, int]] = []
    for start in np.asarray(centres) - offsets:
        mean = float(start)
        size = 1
        while blocks and blocks[-1][0] > mean:
            previous_mean, previous_size = blocks.pop()
            mean = (previous_mean * previous_size + mean * size) / (previous_size + size)
            size += previous_size
        blocks.append((mean, size))
    starts = np.repeat([mean for mean, _ in blocks], [size for _, size in blocks])
    first = low + half[0]
    last = high - half[-1] - offsets[-1]
    return list((np.clip(starts, first, max(first, last)) + offsets).tolist())
