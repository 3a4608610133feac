"""Figures to PNG and SVG bytes, and to files: the same evaluation gives the same bytes."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.evaluation.plots.registry import applicable
from matinee.evaluation.plots.style import LIGHT, Theme, styled
from matinee.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from matinee.evaluation.plots.picture import Picture
    from matinee.evaluation.result import Evaluation

DPI: Final = 150


@dataclass(frozen=True)
class Rendered:
    """One picture in one theme, as the bytes of both kinds of file."""

    png: bytes
    svg: bytes


def to_png(figure: Figure, theme: Theme = LIGHT, dpi: int = DPI) -> bytes:
    """The figure as PNG, ``dpi`` pixels an inch."""
    return _save(figure, theme, "png", {"Software": None}, dpi)


def to_svg(figure: Figure, theme: Theme = LIGHT) -> bytes:
    """The figure as SVG with its text as text; no date and no random ids in it."""
    return _save(figure, theme, "svg", {"Date": None, "Creator": None}, 72)


def render(evaluation: Evaluation, theme: Theme = LIGHT) -> dict[str, Rendered]:
    """Every applicable picture by stable name, drawn once and written as both kinds."""
    return {picture.name: _both(picture, evaluation, theme) for picture in applicable(evaluation)}


def render_svg(evaluation: Evaluation, theme: Theme = LIGHT) -> dict[str, bytes]:
    """Every applicable picture by stable name, as SVG alone: tens of kilobytes each, whatever the data."""
    return {picture.name: to_svg(picture.draw(evaluation, theme), theme) for picture in applicable(evaluation)}


def save_rendered(rendered: Mapping[str, Rendered], folder: Path) -> dict[str, Path]:
    """Write pictures into ``folder``, which exists, each file whole or not at all.

    Returns the paths by file name (``error-histogram.png``, …). Raises `InputError` where one cannot be written.
    """
    written = {}
    for name, picture in rendered.items():
        written[f"{name}.png"] = write_whole(folder / f"{name}.png", picture.png)
        written[f"{name}.svg"] = write_whole(folder / f"{name}.svg", picture.svg)
    return written


def _both(picture: Picture, evaluation: Evaluation, theme: Theme) -> Rendered:
    """Both kinds from one layout: working it out again would take a third of the time."""
    figure = picture.draw(evaluation, theme)
    png = to_png(figure, theme)
    figure.set_layout_engine("none")
    return Rendered(png, to_svg(figure, theme))


def _save(figure: Figure, theme: Theme, kind: str, metadata: dict[str, str | None], dpi: int) -> bytes:
    """Titles may hold letters the font lacks (a box is drawn): not worth a warning to the user."""
    buffer = io.BytesIO()
    with styled(theme), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()
