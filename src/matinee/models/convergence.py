"""Whether a sampler's chains agree, read back from the details of what it learnt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

AGREE: Final = 1.1
"""R-hat of predictions up to which chains agree.

Predictions are what the draws are for, and they settle long before the precisions of factors do, which wander for
hundreds of draws and change next to nothing. Only the mean of a prediction's draws is used: at 1.1 halves of chains lie
about half a standard deviation apart, and their mean a quarter from each. The 1.01 that Vehtari and others (2021) ask
for is for quantiles of everything; the largest of twelve R-hats of 60 effective draws is 1.05 by chance alone.
"""

TRACES: Final = "posterior_traces"
"""The detail that holds draws, for a picture."""

PREDICTION: Final = "prediction "
"""What the names of watched predictions begin with."""


_SHOWN: Final = 6
_REMEDY: Final = "ask for more draws or chains, or a longer burn_in"


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

    @property
    def worst(self) -> float | None:
        """What nine predictions in ten have at most as R-hat; ``None`` where it is not known."""
        known = sorted(one.rhat for one in self.quantities if one.predicts and one.rhat is not None)
        return known[_nine_in_ten(len(known))] if known else None

    @property
    def least(self) -> float | None:
        """What nine predictions in ten have at least as effective draws; ``None`` where they are not known."""
        known = sorted((one.bulk for one in self.quantities if one.predicts and one.bulk is not None), reverse=True)
        return known[_nine_in_ten(len(known))] if known else None

    @property
    def shown(self) -> tuple[Quantity, ...]:
        """What a table shows: everything but predictions, and the six of these that agree least."""
        predictions = [one for one in self.quantities if one.predicts]
        least = sorted(predictions, key=lambda one: -(one.rhat or 0.0))[:_SHOWN]
        return tuple(one for one in self.quantities if not one.predicts or one in least)

    @property
    def chance(self) -> float | None:
        """Standard error of the mean of a prediction's draws, stars: root mean square over predictions."""
        known = [one for one in self.quantities if one.predicts and one.sd is not None and one.bulk]
        squares = [one.sd**2 / one.bulk for one in known if one.sd is not None and one.bulk]
        return math.sqrt(sum(squares) / len(squares)) if squares else None

    @property
    def converged(self) -> bool:
        """Whether chains, and their halves, agree about predictions."""
        return self.worst is not None and self.worst <= AGREE

    def in_words(self) -> str:
        """One line: ``converged: R-hat of nine predictions in ten at most 1.01, at least 210 effective draws …``."""
        if self.worst is None or self.least is None or self.chance is None:
            return f"not known to have converged: too few draws to tell, {self.draws:,} kept; {_REMEDY}"
        if self.converged:
            return f"converged: {self._figures('at most', 'at least')}"
        return f"not converged everywhere: {self._figures('up to', 'as few as')}; {_REMEDY}"

    def _figures(self, most: str, fewest: str) -> str:
        return (
            f"R-hat of nine predictions in ten {most} {self.worst:.2f}, {fewest} {self.least:,.0f} effective draws of "
            f"{self.draws:,}, {self.chance:.1g} stars left to chance"
        )


def _nine_in_ten(count: int) -> int:
    """Where, among so many in order, the last of nine in ten is."""
    return max(0, math.ceil(0.9 * count) - 1)
