"""Pictures of an evaluation: one file a figure, and the registry of their stable names."""

from __future__ import annotations

from matinee.evaluation.plots.registry import PICTURES, Picture, applicable, figures
from matinee.evaluation.plots.render import save_figures, to_png, to_svg
from matinee.evaluation.plots.style import DARK, LIGHT, Theme

__all__ = [
    "DARK",
    "LIGHT",
    "PICTURES",
    "Picture",
    "Theme",
    "applicable",
    "figures",
    "save_figures",
    "to_png",
    "to_svg",
]
