"""A few films by name: the original rating, what it was corrupted to, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matinee.evaluation.plots.style import LIGHT, Theme, legend_below, new_figure, styled
from matinee.evaluation.report.examples import spread_examples
from matinee.evaluation.report.wording import film_name, model_name, shorten, signed

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

_LONGEST_TITLE = 44

CAPTION = (
    "Single ratings, from the best predicted at the top to the worst at the bottom. They are not picked "
    "by hand: all predictions were put in order of their absolute error and taken at even distances "
    "(the 4 %, 12 %, 21 % … quantile), each film once. The number is the error, prediction minus truth."
)


def named_films(evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
    """About twelve ratings (stars): truth, the corrupted value if any, prediction; one row each."""
    with styled(theme):
        films = spread_examples(evaluation)
        figure = new_figure(1.9 + 0.44 * len(films), f"{model_name(evaluation.setting)}: {_story(evaluation)}")
        axes = figure.subplots()
        for place, film in enumerate(films.iter_rows(named=True)):
            _draw_film(axes, place, film, theme)
            _write_film(axes, place, film, theme)
        _write_right(axes, -0.5, "error", theme)
        _draw_markers(axes, films, evaluation, theme)
        _frame(axes, films, evaluation)
        legend_below(figure, axes, columns=3)
        return figure


def describe(evaluation: Evaluation) -> str:
    """The figure in one sentence, for those who cannot see it."""
    films = spread_examples(evaluation).iter_rows(named=True)
    return "; ".join(f"{film_name(film)}: {_values(film)}" for film in films) + "."


def _story(evaluation: Evaluation) -> str:
    return "original to prediction" if evaluation.corrupted else "truth and prediction"


def _values(film: dict[str, Any]) -> str:
    corrupted = film.get("corrupted")
    middle = "" if corrupted is None else f"corrupted to {corrupted:g}, "
    return f"truth {film['truth']:g}, {middle}predicted {film['shown']:.2f}"


def _draw_film(axes: Axes, place: int, film: dict[str, Any], theme: Theme) -> None:
    """The error as a bar from truth to prediction; a dotted line leads to the corrupted value."""
    if film.get("corrupted") is not None:
        ends = [film["truth"], film["corrupted"]]
        axes.plot(ends, [place] * 2, color=theme.baseline, linestyle=":", linewidth=1.6, zorder=1.5)
    axes.plot([film["truth"], film["shown"]], [place] * 2, color=theme.model, linewidth=3, zorder=1.6)


def _write_film(axes: Axes, place: int, film: dict[str, Any], theme: Theme) -> None:
    """The title above the bar, from the left edge; the error beside it, at the right edge."""
    across = axes.get_yaxis_transform()
    axes.text(
        0.02, place - 0.36, shorten(film_name(film), _LONGEST_TITLE), va="center", transform=across,
        bbox={"facecolor": theme.background, "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip
    _write_right(axes, place, signed(film["error"]), theme)


def _write_right(axes: Axes, place: float, text: str, theme: Theme) -> None:
    across = axes.get_yaxis_transform()
    axes.text(0.98, place, text, va="center", ha="right", color=theme.muted, fontsize=10.5, transform=across)


def _draw_markers(axes: Axes, films: pl.DataFrame, evaluation: Evaluation, theme: Theme) -> None:
    places = list(range(len(films)))
    truth = "original" if evaluation.corrupted else "truth"
    axes.plot(films["truth"], places, "o", color=theme.ink, markersize=8, label=truth)
    if "corrupted" in films.columns and films["corrupted"].is_not_null().any():
        axes.plot(films["corrupted"], places, "X", color=theme.baseline, markersize=8, label="corrupted to")
    axes.plot(
        films["shown"],
        places,
        "D",
        color=theme.model,
        markeredgecolor=theme.background,
        markersize=8,
        label="predicted",
    )


def _frame(axes: Axes, films: pl.DataFrame, evaluation: Evaluation) -> None:
    low, high = _span(films, evaluation)
    axes.set_ylim(len(films) - 0.5, -0.8)
    axes.set_xlim(low - 0.04 * (high - low), high + 0.19 * (high - low))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("rating (stars)")


def _span(films: pl.DataFrame, evaluation: Evaluation) -> tuple[float, float]:
    """The scale, widened where a rating was corrupted to a value outside it (a zero on 0.5 to 5)."""
    scale = evaluation.setting.scale
    values = films["corrupted"].drop_nulls().to_list() if "corrupted" in films.columns else []
    return min([scale.low, *values]), max([scale.high, *values])
