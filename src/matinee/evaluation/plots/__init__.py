"""Pictures of an evaluation: one file a figure, and the registry of their stable names."""

from __future__ import annotations

from matinee.evaluation.plots.picture import Picture
from matinee.evaluation.plots.registry import PICTURES, applicable, figures
from matinee.evaluation.plots.render import Rendered, render, render_svg, save_figures, save_rendered, to_png, to_svg
from matinee.evaluation.plots.style import DARK, LIGHT, Theme

__all__ = [
    "DARK",
    "LIGHT",
    "PICTURES",
    "Picture",
    "Rendered",
    "Theme",
    "applicable",
    "figures",
    "render",
    "render_svg",
    "save_figures",
    "save_rendered",
    "to_png",
    "to_svg",
]
