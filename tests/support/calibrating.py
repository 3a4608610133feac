"""Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman 2018) of a chain.

Everything is drawn from the priors, and ratings from that; a chain that is given the ratings alone runs from its usual
start. What was true has then any rank among thinned draws as often as any other. Geweke's test looks at single sweeps;
this one also at the start, at how long burn-in has to be, and at predictions of cells without a rating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import chi2, norm

from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.chain.chain import Chain
from matinee.models.bayesian.chain.features import who_rated_what
from matinee.models.bayesian.inputs.blocks import blocks_of
from tests.support.chains import RANK, from_the_prior, new_ratings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.models.bayesian.chain.features import Features


USERS, ITEMS = 8, 6
LEAST_SIZE, LARGEST_SIZE = 0.5, 2.0
CELLS: Final = 3
"""With a rating, and without one, whose predictions are ranked."""


@dataclass(frozen=True)
class Plan:
    """How a chain runs: ``burn_in`` sweeps, then ``draws`` that are ``thinning`` sweeps apart."""

    burn_in: int
    draws: int
    thinning: int


class Setting:
    """A tiny pattern of ratings with some features, as ``Chain`` takes them."""

    def __init__(self, components: int, varies: bool) -> None:
        rng = np.random.default_rng(5)
        self._rated = rng.random((USERS, ITEMS)) < 0.6
        user, item = (side.astype(np.int32) for side in np.nonzero(self._rated))
        values = rng.standard_normal(len(user)).astype(np.float32)
        self._matrix = RatingMatrix.from_triplets(user, item, values, (USERS, ITEMS), 1)
        self._blocks = self._two_a_side(components, rng) if components else ((), ())
        self._varies = varies

    def _two_a_side(self, components: int, rng: np.random.Generator) -> tuple[tuple[Features, ...], ...]:
        """Who rated what, and an attribute."""
        users, items = who_rated_what(self._matrix, (components, components), 0, 1)
        age, genres = ({name: rng.standard_normal((rows, 1))} for name, rows in (("age", USERS), ("genres", ITEMS)))
        return blocks_of(users, age, np.full(USERS, True)), blocks_of(items, genres, np.full(ITEMS, True))

    def chain(self, seed: int) -> Chain:
        """At its start, with ratings that mean nothing."""
        return Chain(self._matrix, RANK, self._blocks, self._varies, seed, 1)

    def looked_at(self, chain: Chain) -> dict[str, float]:
        """What no turning of the factors changes, in the chain's present state."""
        users, items, noise = chain.users, chain.items, chain.noise
        seen = {
            "noise": noise.all,
            "bias mean": users.bias_mean + items.bias_mean,
            "precision of users' biases": users.precision[-1],
            "precision of items' biases": items.precision[-1],
            "precision of factors": float(np.prod(users.precision[:-1] * items.precision[:-1])),
            "size of products": float(np.square(users.factors @ items.factors.T).sum()),
        }
        if self._varies:
            seen |= {"users alike": noise.user.freedom, "items alike": noise.item.freedom}
            seen["noise of a cell"] = noise.all * noise.user.precision[0] * noise.item.precision[0]
        for side, name in ((users, "users"), (items, "items")):
            for weights in side.weights:
                block = f"{weights.features.name} of {name}"
                seen |= {
                    block: float(weights.expected[0, -1]),
                    f"precision of {block}": float(weights.precision[-1]),
                }
        return seen | self._predictions(chain)

    def _predictions(self, chain: Chain) -> dict[str, float]:
        found = {}
        for name, wanted in (("rated", self._rated), ("unrated", ~self._rated)):
            user, item = (side[:: len(side) // CELLS][:CELLS] for side in np.nonzero(wanted))
            found |= {f"{name} cell {n}": float(value) for n, value in enumerate(chain.predict(user, item))}
        return found


def ranks(setting: Setting, replicates: int, plan: Plan, seed: int) -> dict[str, NDArray[np.int64]]:
    """Of what was true among the draws, from 0 to ``plan.draws``, by replicate."""
    rng = np.random.default_rng(seed)
    truth = setting.chain(seed)
    found: dict[str, list[int]] = {}
    for replicate in range(replicates):
        draw_usual(truth, rng)
        chain = setting.chain(seed + 1 + replicate)
        chain.set_ratings(truth.values)
        true, drawn = setting.looked_at(truth), run(setting, chain, plan)
        for name, value in true.items():
            found.setdefault(name, []).append(sum(draw[name] < value for draw in drawn))
    return {name: np.array(own) for name, own in found.items()}


def draw_usual(truth: Chain, rng: np.random.Generator) -> None:
    """Everything from the model, until ratings are as far from 0 as a chain's unit makes real ones.

    What is asked of the ratings alone leaves what is known given the ratings, and so the ranks, as they are; and where
    ratings are far larger than their noise a chain takes thousands of sweeps to get anywhere.
    """
    size = 0.0
    while not LEAST_SIZE < size < LARGEST_SIZE:
        from_the_prior(truth, rng)
        new_ratings(truth, rng)
        size = float(np.sqrt(np.mean(np.square(truth.values, dtype=np.float64))))


def run(setting: Setting, chain: Chain, plan: Plan) -> list[dict[str, float]]:
    """The thinned draws."""
    for _ in range(plan.burn_in):
        chain.sweep()
    drawn = []
    for _ in range(plan.draws):
        for _ in range(plan.thinning):
            chain.sweep()
        drawn.append(setting.looked_at(chain))
    return drawn


def doubts(ranks: NDArray[np.int64], draws: int) -> dict[str, float]:
    """How likely uniform ranks are to look no better: by their histogram, their mean, and how far they spread."""
    count, steps = len(ranks), draws + 1
    expected = count / steps
    wide = (steps**2 - 1) / 12.0
    squares = np.square(np.arange(steps) - draws / 2)
    histogram = np.bincount(ranks, minlength=steps)
    far = (squares[ranks].mean() - wide) / np.sqrt(squares.var() / count)
    return {
        "histogram": float(chi2.sf(np.square(histogram - expected).sum() / expected, draws)),
        "mean": float(2 * norm.sf(abs(ranks.mean() - draws / 2) / np.sqrt(wide / count))),
        "spread": float(2 * norm.sf(abs(far))),
    }
