"""Certificate of a decomposition: residuals, orthogonality, share of variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Certificate:
    """Errors of the triplets (σ, u, v) of A, measured on A itself.

    Attributes
    ----------
    residual_left : ``‖A v - σ u‖ / σ₁`` of each triplet.
    residual_right : ``‖Aᵀ u - σ v‖ / σ₁`` of each triplet.
    orthogonality : largest entry of ``|UᵀU - I|`` and ``|VᵀV - I|``.
    share_of_variance : ``Σ σ² / ‖A‖²_F``, 0 to 1.
    tolerance : the largest residual allowed.
    method : ``"block-krylov"`` or ``"lapack"``.
    multiplications : panels multiplied by A and by Aᵀ, of 16 columns each.

    """

    residual_left: tuple[float, ...]
    residual_right: tuple[float, ...]
    orthogonality: float
    share_of_variance: float
    tolerance: float
    method: str
    multiplications: int

    @property
    def worst_residual(self) -> float:
        """The largest residual of any triplet, relative to σ₁."""
        return max((*self.residual_left, *self.residual_right), default=0.0)

    @property
    def holds(self) -> bool:
        """True if every residual is within the tolerance."""
        return self.worst_residual <= self.tolerance

    @classmethod
    def from_dict(cls, summary: Mapping[str, Any]) -> Self:
        """Read what `to_dict` gave, which has the largest residual alone."""
        return cls(
            residual_left=(float(summary["worst_residual"]),),
            residual_right=(),
            orthogonality=float(summary["orthogonality"]),
            share_of_variance=float(summary["share_of_variance"]),
            tolerance=float(summary["tolerance"]),
            method=str(summary["method"]),
            multiplications=int(summary["multiplications"]),
        )

    def to_dict(self) -> dict[str, object]:
        """The summary that goes into results and manifests."""
        return {
            "worst_residual": self.worst_residual,
            "orthogonality": self.orthogonality,
            "share_of_variance": self.share_of_variance,
            "tolerance": self.tolerance,
            "holds": self.holds,
            "method": self.method,
            "multiplications": self.multiplications,
        }


def orthogonality(vectors: NDArray[np.floating]) -> float:
    """Largest entry of ``|VᵀV - I|`` for ``vectors`` of shape ``(n, k)``."""
    gram = vectors.T @ vectors
    return float(np.max(np.abs(gram - np.eye(len(gram))), initial=0.0))
