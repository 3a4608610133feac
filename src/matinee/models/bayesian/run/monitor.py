"""Watched numbers of chains, which do not depend on the rotation of factors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from matinee.kernels.streams import GeneratorStream, generator
from matinee.models.bayesian.convergence import Convergence, Quantity
from matinee.models.bayesian.run.rhat import bulk_size, split_rhat, tail_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.chain import Chain
    from matinee.models.bayesian.chain.side import SampledSide

PREDICTIONS: Final = 40
"""Pairs whose predictions are watched."""

_MOST_POINTS: Final = 500
"""Points of a chain that are kept for a picture."""

_DRAWN: Final = ("noise", "RMSE of one draw", "size of p · q")
"""Quantities in the picture, beside the ν of users and the predictions that agree least."""


def watched_pairs(matrix: RatingMatrix, seed: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows and columns of `PREDICTIONS` pairs: a user and a film as ratings have them, but each by itself.

    Hardly any of these pairs is rated, and empty rows and columns of ``matrix`` make no difference.
    """
    rng = generator(seed, GeneratorStream.BAYESIAN_WATCHED_PAIRS)
    users = matrix.by_item.indices[rng.integers(0, len(matrix), PREDICTIONS)]
    return users, matrix.by_user.indices[rng.integers(0, len(matrix), PREDICTIONS)]


class Monitor:
    """Numbers of every draw of every chain, burn-in included; predictions are of `watched_pairs`."""

    STATE: ClassVar[tuple[str, ...]] = ("_names", "_table")

    def __init__(self, matrix: RatingMatrix, seed: int) -> None:
        self.user, self.item = watched_pairs(matrix, seed)
        self._names: list[str] = []
        self._rows: list[NDArray[np.float64]] = []

    @property
    def _table(self) -> NDArray[np.float64] | None:
        """Everything so far, shape ``(draws × chains, numbers)``: one array instead of one a draw."""
        return np.array(self._rows) if self._rows else None

    @_table.setter
    def _table(self, table: NDArray[np.float64] | None) -> None:
        self._rows = [] if table is None else list(table)

    def add(self, chain: Chain, error: float) -> None:
        """Add the present draw of ``chain``, whose RMSE on probes is ``error`` stars. Chains take turns."""
        numbers = self._numbers(chain, error)
        self._names = list(numbers)
        self._rows.append(np.array(list(numbers.values())))

    def _numbers(self, chain: Chain, error: float) -> dict[str, float]:
        """By name; in stars, but for precisions, which are in the unit of the chain, and ν.

        Behind thresholds noise and ``p · q`` are of latent numbers, whose unit is the width of the most common star.
        """
        noise, unit = chain.noise, chain.unit
        numbers = {"noise": unit * noise.all**-0.5, "RMSE of one draw": error, "size of p · q": unit * _size(chain)}
        if noise.varies:
            numbers |= {"ν of users": noise.user.freedom, "ν of films": noise.item.freedom}
        for word, side in (("user", chain.users), ("film", chain.items)):
            numbers |= {f"precision of {word} {part}": number for part, number in _precisions(side).items()}
        predicted = enumerate(chain.stars(self.user, self.item), 1)
        return numbers | {f"prediction {at}": float(number) for at, number in predicted}

    def summary(self, chains: int, kept: NDArray[np.bool_], burn_in: int) -> tuple[Convergence, dict[str, Any]]:
        """Convergence by the draws ``kept``, one a sweep, of each chain; and traces for a picture."""
        table = np.array(self._rows).reshape(-1, chains, len(self._names)).transpose(2, 1, 0)
        numbers: dict[str, Any] = {
            name: _quantity(draws[:, kept]) for name, draws in zip(self._names, table, strict=True)
        }
        quantities = tuple(Quantity(name=name, **of_name) for name, of_name in numbers.items())
        traces = _traces({name: table[self._names.index(name)] for name in _shown(numbers)}, burn_in)
        return Convergence(chains, int(kept.sum()) * chains, quantities, burn_in=burn_in), traces


def _size(chain: Chain) -> float:
    """Root mean square of p · q over all pairs, in units: ``tr(PᵀP QᵀQ) / (m n)``, which no rotation changes."""
    users, items = (side.factors[:, : chain.rank].astype(np.float64) for side in (chain.users, chain.items))
    return math.sqrt(float(np.sum((users.T @ users) * (items.T @ items))) / (len(users) * len(items)))


def _precisions(side: SampledSide) -> dict[str, float]:
    """Precision of biases, and the geometric mean of those of factors, which their order does not change."""
    return {
        "biases": float(side.precision[-1]),
        "factors": float(np.exp(np.log(side.precision[:-1]).mean())),
    }


def _quantity(draws: NDArray[np.float64]) -> dict[str, float | None]:
    """Plain values of one number's draws, shape ``(chains, draws)``."""
    some = draws.size > 0
    numbers = {
        "mean": float(draws.mean()) if some else None,
        "sd": float(draws.std()) if some else None,
        "rhat": split_rhat(draws),
        "bulk": bulk_size(draws),
        "tail": tail_size(draws),
    }
    return {name: None if number is None else _short(number) for name, number in numbers.items()}


def _shown(quantities: dict[str, dict[str, float | None]]) -> list[str]:
    """Names of the quantities in the picture, with the two predictions that agree least."""
    predictions = sorted(
        (name for name in quantities if name.startswith("prediction ")),
        key=lambda name: -(quantities[name]["rhat"] or 0.0),
    )
    names = [*_DRAWN, "ν of users" if "ν of users" in quantities else "precision of user biases", *predictions[:2]]
    return [name for name in names if name in quantities]


def _traces(values: dict[str, NDArray[np.float64]], burn_in: int) -> dict[str, Any]:
    """Every n-th draw of each chain, n as small as can be; ``every`` is n."""
    draws = next(iter(values.values())).shape[1]
    every = max(1, -(-draws // _MOST_POINTS))
    return {
        "burn_in": burn_in,
        "every": every,
        "values": {
            name: [[_short(number) for number in chain[every - 1 :: every]] for chain in chains]
            for name, chains in values.items()
        },
    }


def _short(number: float) -> float:
    """To five digits: more would only make the manifest longer."""
    return float(f"{number:.5g}")
