"""Whether a sampler's chains agree, read back from the details of what it learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TRACES: Final = "posterior_traces"
"""The detail that holds draws, for a picture."""

PREDICTION: Final = "prediction "
"""What the names of watched predictions begin with."""


@dataclass(frozen=True)
class Quantity:
    """One number that every draw has.

    Attributes
    ----------
    name : what it is.
    mean, sd : over the kept draws of all chains; ``None`` where none was kept.
    rhat : split R-hat, 1 where chains and their halves agree; ``None`` for too few draws, or where it never varies.
    bulk, tail : effective draws of the middle and of the 5 % and 95 % quantiles; ``None`` for too few draws.

    """

    name: str
    mean: float | None
    sd: float | None
    rhat: float | None
    bulk: float | None
    tail: float | None

    @property
    def predicts(self) -> bool:
        """Whether it is a prediction of a pair."""
        return self.name.startswith(PREDICTION)


@dataclass(frozen=True)
class Convergence:
    """``draws`` kept of ``chains`` chains together, and what is watched of them."""

    chains: int
    draws: int
    quantities: tuple[Quantity, ...]

    @classmethod
    def of(cls, details: Mapping[str, Any]) -> Convergence | None:
        """What ``details`` tell of; ``None`` where the model does not draw."""
        told = details.get("convergence")
        if not told:
            return None
        found = (Quantity(name=name, **numbers) for name, numbers in told["quantities"].items())
        return cls(int(told["chains"]), int(told["draws"]), tuple(found))
