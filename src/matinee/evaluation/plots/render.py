"""Figures to PNG and SVG bytes, and to files: the same evaluation gives the same bytes."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

from matinee.evaluation.files import prepared, write_whole
from matinee.evaluation.plots.registry import applicable
from matinee.evaluation.plots.style import LIGHT, Theme, styled

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation

DPI: Final = 150


def to_png(figure: Figure, theme: Theme = LIGHT, dpi: int = DPI) -> bytes:
    """The figure as PNG, ``dpi`` pixels an inch."""
    return _save(figure, theme, "png", {"Software": None}, dpi)


def to_svg(figure: Figure, theme: Theme = LIGHT) -> bytes:
    """The figure as SVG with its text as text; no date and no random ids in it."""
    return _save(figure, theme, "svg", {"Date": None, "Creator": None}, 72)


def save_figures(evaluation: Evaluation, directory: str | Path) -> dict[str, Path]:
    """Write every applicable picture as PNG and SVG, each whole or not at all.

    Returns the paths by file name (``error-histogram.png``, …). Raises `InputError` if ``directory`` cannot
    be made or written.
    """
    folder = prepared(directory)
    written = {}
    for picture in applicable(evaluation):
        figure = picture.draw(evaluation, LIGHT)
        for ending, render in (("png", to_png), ("svg", to_svg)):
            name = f"{picture.name}.{ending}"
            written[name] = write_whole(folder / name, render(figure))
    return written


def _save(figure: Figure, theme: Theme, kind: str, metadata: dict[str, str | None], dpi: int) -> bytes:
    """Titles may hold letters the font lacks (a box is drawn): not worth a warning to the user."""
    buffer = io.BytesIO()
    with styled(theme), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()
