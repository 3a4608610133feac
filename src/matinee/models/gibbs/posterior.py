"""What is kept of a chain's draws: the mean of what they predict, and what folding in needs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.factors import Factors
from matinee.models.gibbs.average import MeanProduct, MeanVector
from matinee.models.gibbs.doubt import Doubt
from matinee.models.gibbs.moods import SCALES
from matinee.models.moods import Moods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.gibbs.chain import Chain
    from matinee.models.link import Cutpoints

_PROBES: Final = 20_000
_INTERVAL: Final = (0.05, 0.95)


class Posterior:
    """Means over draws.

    On at most 20,000 training ratings, drawn by ``seed``, predictions are summed exactly, one by one: to follow the
    error of the mean, and to measure what compression changes.
    """

    def __init__(self, chain: Chain, matrix: RatingMatrix, kept: int, seed: int) -> None:
        self._chain, size = chain, min(_PROBES, len(matrix))
        offsets, items, values = matrix.by_user
        self._taken = np.sort(np.random.default_rng([seed, 5]).choice(len(matrix), size, replace=False, shuffle=False))
        self._user = np.searchsorted(offsets, self._taken, side="right") - 1
        self._item, self._value = items[self._taken], values[self._taken]
        self._product = MeanProduct(len(chain.users.bias), kept)
        self._means: defaultdict[str, MeanVector] = defaultdict(MeanVector)
        self._at_probes, self._doubt = MeanVector(), Doubt(matrix, seed)
        self._noises: list[float] = []
        self._thresholds: list[NDArray[np.float64]] = []

    @property
    def draws(self) -> int:
        """How many have been added."""
        return self._product.draws

    def add(self) -> None:
        """Keep the chain's present state."""
        chain, rank = self._chain, self._chain.rank
        users, items = chain.users, chain.items
        pull = (
            np.zeros((len(items.bias), rank + 1), np.float32) if users.weights is None else users.weights.of_features()
        )
        left = np.concatenate([users.factors[:, :rank], pull[:, :-1]])
        self._product.add(left, items.factors[:, :rank].copy(), 1.0 / users.precision[:-1])
        noise = chain.noise
        prior = np.array([users.bias_mean, users.precision[-1], noise.all, noise.user.alike])
        drawn: dict[str, NDArray[np.floating]] = {
            "user_bias": users.bias,
            "item_bias": items.bias,
            "bias_pull": pull[:, -1],
            "prior": prior,
        }
        drawn |= {"user_noise": noise.user.precision**-0.5, "item_noise": noise.item.precision**-0.5}
        if chain.moods is not None:
            drawn["level"] = chain.moods.level
        if chain.latent is not None:
            drawn["thresholds"] = chain.latent.thresholds.value
            self._thresholds.append(chain.mean + chain.unit * chain.latent.thresholds.value)
        for name, numbers in drawn.items():
            self._means[name].add(numbers)
        self._at_probes.add(self._now_at_probes())
        self._doubt.add(chain)
        self._noises.append(chain.unit * noise.all**-0.5)

    def error(self) -> float:
        """RMSE of the mean so far on the probes, which are training ratings, in stars."""
        predicted, link = self._chain.mean + self._chain.unit * self._at_probes.value, self._link()
        if link is not None:
            predicted = link.expected(predicted, np.ones(len(predicted)))
        return float(np.sqrt(np.mean(np.square(predicted - self._value))))

    def factors(self) -> Factors:
        """The mean of the draws in stars, its factors in units of how much people differ."""
        chain, unit, means = self._chain, self._chain.unit, {name: mean.value for name, mean in self._means.items()}
        left, items = self._product.factors()
        users, pull = np.split(left, [len(means["user_bias"])])
        bias, noise = means["user_bias"] * unit, self._noise()
        made = Factors(
            chain.mean,
            bias.astype(np.float32),
            (means["item_bias"] * unit).astype(np.float32),
            users.astype(np.float32),
            (items * unit).astype(np.float32),
            folding={
                "pull": pull.astype(np.float32),
                "bias_pull": (means["bias_pull"] * unit).astype(np.float32),
                "item_scale": (1.0 / means["item_noise"]).astype(np.float32),
            },
            user_noise=noise.get("user_noise"),
            item_noise=noise.get("item_noise"),
            moods=self._moods(),
            link=self._link(),
        )
        made.details.update(self._details(made, means["prior"]))
        return made

    def _moods(self) -> Moods | None:
        drawn = self._chain.moods
        if drawn is None:
            return None
        level = (self._chain.unit * self._means["level"].value).astype(np.float32)
        return Moods(drawn.starts.copy(), drawn.time, level, np.array(SCALES))

    def _link(self) -> Cutpoints | None:
        if self._chain.latent is None:
            return None
        return self._chain.latent.link(self._means["thresholds"].value, float(np.mean(self._noises)))

    def _noise(self) -> dict[str, NDArray[np.float32]]:
        """Of each side: its ratings' own, and what is not known of it."""
        if not self._chain.noise.varies and self._chain.latent is None:
            return {}
        usual = self._means["prior"].value[2]  # one over the squared usual noise
        doubts = dict(zip(("user_noise", "item_noise"), self._doubt.of_sides(), strict=True))
        return {
            name: np.sqrt(np.square(self._means[name].value) + usual * doubt).astype(np.float32)
            for name, doubt in doubts.items()
        }

    def _now_at_probes(self) -> NDArray[np.float64]:
        predicted = self._chain.predict(self._user, self._item)
        return predicted if self._chain.moods is None else predicted + self._chain.moods.of_ratings()[self._taken]

    def _details(self, made: Factors, prior: NDArray[np.float64]) -> dict[str, Any]:
        unit, user, item = self._chain.unit, self._user, self._item
        kept = made.predict(user, item)
        if self._chain.moods is not None:
            kept += unit * self._means["level"].value.sum(1)[self._chain.moods.places(self._taken)]
        exact = self._chain.mean + unit * self._at_probes.value
        lost = float(np.sqrt(np.mean(np.square(kept - exact))))
        limits = np.quantile(self._thresholds, _INTERVAL, axis=0).tolist() if self._thresholds else None
        return {
            "draws_kept": self.draws,
            "compression_error": lost,
            "noise": float(np.mean(self._noises)),
            "noise_interval": [float(limit) for limit in np.quantile(self._noises, _INTERVAL)],
            **({} if limits is None else {"thresholds_interval": limits}),
            "user_prior": {
                "bias_mean": unit * float(prior[0]),
                "bias_precision": float(prior[1]) / unit**2,
                "noise_precision": float(prior[2]) / unit**2,
                "noise_alike": float(prior[3]),
            },
        }
