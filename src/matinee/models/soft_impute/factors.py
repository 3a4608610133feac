"""Factors at one λ of the path, and the report of a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.matrix.fields import array, number
from matinee.predicting.factors import LinearFactors
from matinee.predicting.report import FitReport, detail

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PathFactors(LinearFactors):
    """``P = U √D`` and ``Q = V √D`` at one λ of the path.

    ``singular_values``: the diagonal of D, float64, shape ``(k,)``; ``regularization``: λ, and
    ``largest_regularization`` that at which the path starts.
    """

    singular_values: NDArray[np.float64] = array("k", np.float64)
    regularization: float = number()
    largest_regularization: float = number()


@dataclass(frozen=True)
class PathReport(FitReport):
    """The end of the path, and ``optimality`` as `Optimality.to_dict` gives it."""

    values: tuple[float, ...] | None = detail("singular_values", read=tuple, plain=list)
    regularization: float | None = detail()
    largest_regularization: float | None = detail()
    optimality: dict[str, float] | None = detail()
