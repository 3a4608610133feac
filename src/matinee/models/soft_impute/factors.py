"""What SoftImpute learns, and how the fit went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from matinee.matrix.fields import array, number
from matinee.predicting.factors import LinearFactors
from matinee.predicting.report import FitReport, Iteration

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    values: tuple[float, ...] = ()
    regularization: float = 0.0
    largest_regularization: float = 0.0
    optimality: dict[str, float] | None = None

    @classmethod
    def of(cls, scorer: PathFactors, report: FitReport, optimality: dict[str, float]) -> Self:
        """The report of a fit that ended with ``scorer``."""
        values = tuple(scorer.singular_values.tolist())
        path = scorer.regularization, scorer.largest_regularization
        return cls(report.seed, report.seconds, report.iteration, values, *path, optimality)

    @classmethod
    def from_dict(cls, details: Mapping[str, Any], seed: int = 0, seconds: float = 0.0) -> Self:
        """Read what `to_dict` gave."""
        return cls(
            seed,
            seconds,
            Iteration.from_dict(details),
            tuple(details["singular_values"]),
            float(details["regularization"]),
            float(details["largest_regularization"]),
            details.get("optimality"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        plain = {
            "regularization": self.regularization,
            "largest_regularization": self.largest_regularization,
            "singular_values": list(self.values),
        }
        plain |= super().to_dict()
        return plain if self.optimality is None else plain | {"optimality": self.optimality}
