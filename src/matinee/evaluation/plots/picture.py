"""One kind of figure, as each file of this folder ends with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.errors import InputError
from matinee.evaluation.plots.style import LIGHT, Theme, styled

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from matinee.evaluation.result import Evaluation


def predicts_stars(evaluation: Evaluation) -> bool:
    """True where there are predictions in stars."""
    return len(evaluation.rows) > 0 and not evaluation.ranks


@dataclass(frozen=True)
class Picture:
    """One kind of figure.

    Attributes
    ----------
    name : stable name, also of its files.
    title : heading of its section in the report.
    caption : how to read it, for a student.
    figure : makes the `Figure` of an evaluation inside a theme; `draw` calls it.
    describe : the figure of an evaluation in words, as alternative text.
    applies : true where an evaluation has the data for it.

    """

    name: str
    title: str
    caption: str
    figure: Callable[[Evaluation, Theme], Figure]
    describe: Callable[[Evaluation], str]
    applies: Callable[[Evaluation], bool] = predicts_stars

    def draw(self, evaluation: Evaluation, theme: Theme = LIGHT) -> Figure:
        """The figure in a theme. Raises `InputError` where the evaluation does not have the data for it."""
        if not self.applies(evaluation):
            raise InputError(
                f"picture {self.name}: the evaluation of {evaluation.setting.model} has no data for it; leave it out"
            )
        with styled(theme):
            return self.figure(evaluation, theme)
