"""Agreement of a sampler's chains, read back from the details of what it learnt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from matinee.predicting.report import CUTS

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
"""Beginning of the names of watched predictions."""


_SHOWN: Final = 6
_SOME: Final = 100
"""Draws that are asked for at least."""

_LABELS: Final = {
    "size of p · q": "size of taste (p · q)",
    "ν of users": "degrees of freedom, users",
    "ν of films": "degrees of freedom, films",
}


@dataclass(frozen=True)
class Quantity:
    """One number that every draw has.

    Attributes
    ----------
    name : what it is.
    mean, sd : over the kept draws of all chains; ``None`` where none was kept.
    rhat : split R-hat, 1 where chains and their halves agree; ``None`` for too few draws, or where it never varies.
    bulk, tail : effective draws of the middle and of the 5 % and 95 % quantiles; ``None`` for too few draws.
    pair : of a prediction, whose and of which film, as ``user 92, Heat``; ``None`` where that is not known.

    """

    name: str
    mean: float | None
    sd: float | None
    rhat: float | None
    bulk: float | None
    tail: float | None
    pair: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, the name apart."""
        numbers: dict[str, Any] = {name: getattr(self, name) for name in ("mean", "sd", "rhat", "bulk", "tail")}
        return numbers if self.pair is None else numbers | {"pair": self.pair}

    @property
    def label(self) -> str:
        """Its name where people read it."""
        return self.pair or _LABELS.get(self.name, self.name)

    @property
    def predicts(self) -> bool:
        """True of a prediction of a pair."""
        return self.name.startswith(PREDICTION)


@dataclass(frozen=True)
class Convergence:
    """Account of a sampler's chains.

    Attributes
    ----------
    chains : how many there are.
    draws : kept of all together.
    quantities : what is watched of them.
    made, burn_in : draws of each chain, kept or not, and those of them that are burn-in.
    ended : what ended them, as in `Iteration.ended`.

    """

    chains: int
    draws: int
    quantities: tuple[Quantity, ...]
    made: int = 0
    burn_in: int = 0
    ended: str = ""

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Convergence:
        """Read what `to_dict` gave."""
        quantities = tuple(Quantity(name=name, **numbers) for name, numbers in saved["quantities"].items())
        return cls(int(saved["chains"]), int(saved["draws"]), quantities, burn_in=int(saved.get("burn_in", 0)))

    @classmethod
    def of_details(cls, details: Mapping[str, Any]) -> Convergence | None:
        """Read the details of a report, and the course of its draws; ``None`` where the model does not draw."""
        if not details.get("convergence"):
            return None
        convergence = cls.from_dict(details["convergence"])
        return replace(convergence, made=int(details.get("sweeps", 0)), ended=str(details.get("ended", "")))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, the course apart."""
        quantities = {one.name: one.to_dict() for one in self.quantities}
        return {"chains": self.chains, "draws": self.draws, "burn_in": self.burn_in, "quantities": quantities}

    @property
    def worst(self) -> float | None:
        """R-hat that nine predictions in ten have at most; ``None`` where it is not known."""
        known = sorted(one.rhat for one in self.quantities if one.predicts and one.rhat is not None)
        return known[_nine_in_ten(len(known))] if known else None

    @property
    def least(self) -> float | None:
        """Effective draws that nine predictions in ten have at least; ``None`` where they are not known."""
        known = sorted((one.bulk for one in self.quantities if one.predicts and one.bulk is not None), reverse=True)
        return known[_nine_in_ten(len(known))] if known else None

    @property
    def shown(self) -> tuple[Quantity, ...]:
        """Rows of a table: everything but predictions, and the six of these that agree least."""
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
        """True if chains, and their halves, agree about predictions."""
        return self.worst is not None and self.worst <= AGREE

    def course(self) -> str:
        """One line: ``2 chains of 45 draws: 15 burn-in, 30 kept each``."""
        kept = self.draws // self.chains
        after_burn_in = self.made - self.burn_in
        words = f"{self.made:,} draw{'s' * (self.made != 1)}"
        if self.chains > 1:
            words = f"{self.chains:,} chains of {words}"
        share = f" of {after_burn_in:,}" if after_burn_in > kept else ""
        account = f"{kept:,}{share} kept{' each' if self.chains > 1 else ''}"
        words += f": {self.burn_in:,} burn-in, {account}" if kept else ", all burn-in: the last is used"
        return f"{words}; {CUTS[self.ended]}" if self.ended in CUTS else words

    def in_words(self) -> str:
        """``converged: of 40 watched predictions, nine in ten have an R-hat up to 1.01 …``, without a full stop."""
        if self.worst is None or self.least is None or self.chance is None:
            return f"not known to have converged: {self.draws:,} kept draws are too few to tell. {self._remedy}"
        figures = f"{self._figures}. More draws would change a typical prediction by about {self.chance:.1g} stars"
        return f"converged: {figures}" if self.converged else f"not converged: {figures}. {self._remedy}"

    @property
    def _figures(self) -> str:
        watched = sum(one.predicts for one in self.quantities)
        return (
            f"of {watched} watched predictions, nine in ten have an R-hat up to {self.worst:.2f} ({AGREE} is allowed) "
            f"and at least {self.least:,.0f} effective draws"
        )

    @property
    def _remedy(self) -> str:
        if self.ended in CUTS:
            return "Allow more time, or go on later with fit --checkpoint"
        more = max(2 * (self.made - self.burn_in), _SOME)
        return f"Take more draws (--set draws={more}), more chains, or a longer burn_in"


def _nine_in_ten(count: int) -> int:
    """Index, among so many in order, of the last of nine in ten."""
    return max(0, math.ceil(0.9 * count) - 1)
