"""How a run of Gibbs sampling went."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Self

from matinee.models.bayesian.convergence import TRACES, Convergence
from matinee.predicting.report import FitReport, Iteration

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS: Final = {"inputs": "learnt_from", "traces": TRACES}
"""Fields whose plain values have another name."""


@dataclass(frozen=True)
class SamplingReport(FitReport):
    """How a run went. Everything but `inputs` is ``None`` where all ratings were equal: nothing was sampled then.

    Attributes
    ----------
    draws_kept : draws that were averaged.
    compression_error : how far compressing the average moves predictions, stars.
    noise, noise_interval : usual noise of a rating, stars, and what 90 % of its draws lie between.
    thresholds_interval : likewise of the thresholds between stars, low and high ones; ``None`` without such.
    user_prior : `UserPrior.numbers`.
    convergence : whether chains agree.
    traces : numbers of every draw, for a picture.
    inputs : what was learnt from, as ``ratings``, ``times``, ``genres (movies.csv)``.
    resumed : draws that are from a checkpoint; 0 where it did not go on from one.

    """

    draws_kept: int | None = None
    compression_error: float | None = None
    noise: float | None = None
    noise_interval: tuple[float, ...] | None = None
    thresholds_interval: list[list[float]] | None = None
    user_prior: dict[str, float] | None = None
    convergence: Convergence | None = None
    traces: dict[str, Any] | None = None
    inputs: tuple[str, ...] = ()
    resumed: int = 0

    @classmethod
    def from_dict(cls, details: Mapping[str, Any], seed: int = 0, seconds: float = 0.0) -> Self:
        """Read what `to_dict` gave."""
        plain: dict[str, Any] = {name: details.get(_KEYS.get(name, name)) for name in _own_fields()}
        interval = plain["noise_interval"]
        plain |= {
            "noise_interval": None if interval is None else tuple(interval),
            "convergence": Convergence.from_dict(details),
            "inputs": tuple(plain["inputs"] or ()),
            "resumed": plain["resumed"] or 0,
        }
        return cls(seed, seconds, Iteration.from_dict(details), **plain)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        plain = {_KEYS.get(name, name): getattr(self, name) for name in _own_fields()}
        plain["noise_interval"] = None if self.noise_interval is None else list(self.noise_interval)
        plain["convergence"] = None if self.convergence is None else self.convergence.to_dict()
        plain["learnt_from"] = list(self.inputs) or None
        plain["resumed"] = self.resumed or None
        return {name: value for name, value in plain.items() if value is not None} | super().to_dict()


def _own_fields() -> list[str]:
    common = {field.name for field in fields(FitReport)}
    return [field.name for field in fields(SamplingReport) if field.name not in common]
