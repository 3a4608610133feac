"""A few films by name: the original rating, its corrupted value if any, and the prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.style import Theme, legend_below, new_figure
from matinee.evaluation.report.examples import spread_examples
from matinee.evaluation.report.wording import film_name, shorten, signed

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.data.scale import Scale
    from matinee.evaluation.result import Evaluation

_LONGEST_TITLE: Final = 44


def _figure(evaluation: Evaluation, theme: Theme) -> Figure:
    """About twelve ratings (stars): truth, the corrupted value if any, prediction; one row each."""
    films = spread_examples(evaluation)
    title = "original to prediction" if evaluation.corrupted else "truth and prediction"
    figure = new_figure(evaluation.setting, 1.9 + 0.44 * len(films), title)
    axes = figure.subplots()
    for row, film in enumerate(films.iter_rows(named=True)):
        _draw_film(axes, row, film, theme)
        _write_film(axes, row, film, theme)
    _write_right(axes, -0.5, "error", theme)
    _draw_markers(axes, films, "original" if evaluation.corrupted else "truth", theme)
    _frame(axes, films, evaluation.setting.scale)
    legend_below(figure, axes, columns=3)
    return figure


def _draw_film(axes: Axes, row: int, film: dict[str, Any], theme: Theme) -> None:
    """The error as a bar from truth to prediction; a dotted line leads to the corrupted value."""
    if film.get("corrupted") is not None:
        ends = [film["truth"], film["corrupted"]]
        axes.plot(ends, [row] * 2, color=theme.baseline, linestyle=":", linewidth=1.6, zorder=1.5)
    axes.plot([film["truth"], film["shown"]], [row] * 2, color=theme.model, linewidth=3, zorder=1.6)


def _write_film(axes: Axes, row: int, film: dict[str, Any], theme: Theme) -> None:
    """The title above the bar, from the left edge; the error beside it, at the right edge."""
    across = axes.get_yaxis_transform()
    axes.text(
        0.02, row - 0.36, shorten(film_name(film), _LONGEST_TITLE), va="center", transform=across,
        bbox={"facecolor": theme.background, "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip
    _write_right(axes, row, signed(film["error"]), theme)


def _write_right(axes: Axes, row: float, text: str, theme: Theme) -> None:
    across = axes.get_yaxis_transform()
    axes.text(0.98, row, text, va="center", ha="right", color=theme.muted, fontsize=10.5, transform=across)


def _draw_markers(axes: Axes, films: pl.DataFrame, truth: str, theme: Theme) -> None:
    rows = range(len(films))
    edge = theme.background
    axes.plot(films["truth"], rows, "o", color=theme.ink, markersize=8, label=truth)
    if _replaced(films):
        axes.plot(films["corrupted"], rows, "X", color=theme.baseline, markersize=8, label="corrupted to")
    axes.plot(films["shown"], rows, "D", color=theme.model, markeredgecolor=edge, markersize=8, label="predicted")


def _replaced(films: pl.DataFrame) -> list[float]:
    """The values that ratings were corrupted to; none where they were removed."""
    return films["corrupted"].drop_nulls().to_list() if "corrupted" in films.columns else []


def _frame(axes: Axes, films: pl.DataFrame, scale: Scale) -> None:
    """The axis of ratings covers the scale, and corrupted values outside it (a zero on 0.5 to 5)."""
    low = min([scale.low, *_replaced(films)])
    high = max([scale.high, *_replaced(films)])
    axes.set_ylim(len(films) - 0.5, -0.8)
    axes.set_xlim(low - 0.04 * (high - low), high + 0.19 * (high - low))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("rating (stars)")


def _describe(evaluation: Evaluation) -> str:
    films = spread_examples(evaluation).iter_rows(named=True)
    return "; ".join(f"{film_name(film)}: {_values(film)}" for film in films) + "."


def _values(film: dict[str, Any]) -> str:
    corrupted = film.get("corrupted")
    middle = "" if corrupted is None else f"corrupted to {corrupted:g}, "
    return f"truth {film['truth']:g}, {middle}predicted {film['shown']:.2f}"


PICTURE: Final = Picture(
    name="named-films",
    title="A few films by name",
    caption="Single ratings, from the best predicted at the top to the worst at the bottom. They are not picked "
    "by hand: all predictions were put in order of their absolute error and taken at even distances "
    "(the 4 %, 12 %, 21 % … quantile), each film once. The number is the error, prediction minus truth.",
    figure=_figure,
    describe=_describe,
)
