"""What is kept of a chain's draws: the mean of what they predict, and what folding in needs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from matinee.models.factors import Factors
from matinee.models.gibbs.average import MeanProduct, MeanVector
from matinee.models.gibbs.doubt import Doubt
from matinee.models.gibbs.moods import SCALES
from matinee.models.moods import Moods
from matinee.models.newcomers import Newcomers, widths
from matinee.models.periods import Periods, at_home

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.gibbs.chain import Chain
    from matinee.models.link import Cutpoints

_PROBES: Final = 20_000
_INTERVAL: Final = (0.05, 0.95)
_NEW: Final = ("new_user", "new_item", "user_gain", "item_gain")


class Posterior:
    """Means over draws.

    On at most 20,000 training ratings, drawn by ``seed``, predictions are summed exactly, one by one: to follow the
    error of the mean, and to measure what compression changes.
    """

    STATE: ClassVar[tuple[str, ...]] = ("_product", "_means", "_at_probes", "_doubt", "_noises", "_thresholds")

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

    def add(self, chain: Chain, at_probes: NDArray[np.float64]) -> None:
        """Keep the present state of ``chain``, which is of the same ratings; ``at_probes`` is what it gives them."""
        rank = chain.rank
        users, items = chain.users, chain.items
        pull, new_user, new_item = users.pull(len(items.bias)), users.newcomers(), items.newcomers()
        periods = [] if chain.periods is None else [chain.periods.factors]
        left = np.concatenate([users.factors[:, :rank], pull[:, :-1], new_user[:, :-1], *periods])
        right = np.concatenate([items.factors[:, :rank], new_item[:, :-1]])
        self._product.add(left, right, 1.0 / users.precision[:-1])
        noise = chain.noise
        prior = np.array([users.bias_mean, users.precision[-1], noise.all, noise.user.alike])
        drawn: dict[str, NDArray[np.floating]] = {
            "user_bias": users.bias,
            "item_bias": items.bias,
            "bias_pull": pull[:, -1],
            "new_user": new_user[:, -1],
            "new_item": new_item[:, -1],
            "user_gain": items.gains(users),
            "item_gain": users.gains(items),
            "prior": prior,
        }
        drawn |= {"user_noise": noise.user.precision**-0.5, "item_noise": noise.item.precision**-0.5}
        if chain.moods is not None:
            drawn["level"] = chain.moods.level
        if chain.periods is not None:
            drawn["period_bias"] = chain.periods.bias
        if chain.latent is not None:
            drawn["thresholds"] = chain.latent.thresholds.value
            self._thresholds.append(chain.mean + chain.unit * chain.latent.thresholds.value)
        for name, numbers in drawn.items():
            self._means[name].add(numbers)
        self._at_probes.add(at_probes)
        self._doubt.add(chain)
        self._noises.append(chain.unit * noise.all**-0.5)

    def error(self) -> float:
        """RMSE of the mean so far on the probes, which are training ratings, in stars."""
        return self._error(self._at_probes.value, self._link())

    def error_of(self, chain: Chain, at_probes: NDArray[np.float64]) -> float:
        """RMSE of the present draw of ``chain``, which `at_probes` gives the probes, in stars."""
        return self._error(at_probes, chain.link)

    def _error(self, at_probes: NDArray[np.float64], link: Cutpoints | None) -> float:
        predicted = self._in_stars(self._chain.mean + self._chain.unit * at_probes, link)
        return float(np.sqrt(np.mean(np.square(predicted - self._value))))

    @staticmethod
    def _in_stars(predicted: NDArray[np.float64], link: Cutpoints | None) -> NDArray[np.float64]:
        """Predictions of the probes; behind thresholds the mean star, at the usual noise."""
        return predicted if link is None else link.expected(predicted, np.ones(len(predicted)))

    def factors(self) -> Factors:
        """The mean of the draws in stars, its factors in units of how much people differ."""
        chain, unit, means = self._chain, self._chain.unit, {name: mean.value for name, mean in self._means.items()}
        left, right = self._product.factors()
        count, width = (len(means[name]) for name in ("user_bias", "item_bias"))
        places = np.cumsum([count, width, len(means["new_user"])])
        (users, pull, new_users, periods), (items, new_items) = np.split(left, places), np.split(right, [width])
        bias, other = means["user_bias"] * unit, (items * unit, means["item_bias"] * unit)
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
                **_typical(items * unit, chain.noise.item_counts),
            },
            moods=self._moods(),
            newcomers=self._newcomers(new_users, new_items * unit, widths((users, bias), other, self._usual_noise())),
            link=self._link(),
            **self._noise(),
        )
        made = self._with_periods(made, periods)
        made.details.update(self._details(made, means["prior"]))
        return made

    def _newcomers(
        self, users: NDArray[np.float64], items: NDArray[np.float64], width: NDArray[np.float32]
    ) -> Newcomers:
        stars = {name: (self._chain.unit * self._means[name].value).astype(np.float32) for name in _NEW}
        return Newcomers(
            user_bias=stars["new_user"],
            user_factors=users.astype(np.float32),
            item_bias=stars["new_item"],
            item_factors=items.astype(np.float32),
            user_gain=stars["user_gain"],
            item_gain=stars["item_gain"],
            width=width,
        )

    def _usual_noise(self) -> float:
        """In stars."""
        return float(np.mean(self._noises))

    def _with_periods(self, made: Factors, rows: NDArray[np.float64]) -> Factors:
        drawn = self._chain.periods
        if drawn is None:
            return made
        bias = (self._chain.unit * self._means["period_bias"].value).astype(np.float32)
        return at_home(made, Periods(drawn.edges, rows.astype(np.float32), bias, drawn.home))

    def _moods(self) -> Moods | None:
        drawn = self._chain.moods
        if drawn is None:
            return None
        level = (self._chain.unit * self._means["level"].value).astype(np.float32)
        return Moods(drawn.starts.copy(), drawn.time, level, np.array(SCALES))

    def _link(self) -> Cutpoints | None:
        """That of the mean of the draws so far."""
        chain = self._chain
        if chain.latent is None:
            return None
        return chain.latent.link(self._means["thresholds"].value, float(np.mean(self._noises)))

    def _noise(self) -> dict[str, Any]:
        """Of each side: how far its ratings scatter where that varies, and what is not known of it."""
        usual = self._means["prior"].value[2]  # one over the squared usual noise
        doubts = dict(zip(("user_doubt", "item_doubt"), self._doubt.of_sides(), strict=True))
        sides = {name: (usual * doubt).astype(np.float32) for name, doubt in doubts.items()}
        if self._chain.noise.varies:
            sides |= {name: self._means[name].value.astype(np.float32) for name in ("user_noise", "item_noise")}
        return sides

    def at_probes(self, chain: Chain) -> NDArray[np.float64]:
        """What the present draw of ``chain`` gives the probes, in units about the mean."""
        predicted, periods = chain.predict(self._user, self._item), chain.periods
        if periods is not None:
            predicted += periods.moved(self._user, self._item, periods.period[self._taken], chain.items)
        return predicted if chain.moods is None else predicted + chain.moods.of_ratings()[self._taken]

    def _details(self, made: Factors, prior: NDArray[np.float64]) -> dict[str, Any]:
        unit, user, item = self._chain.unit, self._user, self._item
        kept = made.predict(user, item)
        if self._chain.moods is not None:
            kept += unit * self._means["level"].value.sum(1)[self._chain.moods.places(self._taken)]
        if made.periods is not None and self._chain.periods is not None:
            kept += made.periods.moved(user, item, self._chain.periods.period[self._taken], made.item_factors)
        exact = self._chain.mean + unit * self._at_probes.value
        kept, exact = (self._in_stars(numbers, made.link) for numbers in (kept, exact))
        lost = float(np.sqrt(np.mean(np.square(kept - exact))))
        limits = np.quantile(self._thresholds, _INTERVAL, axis=0).tolist() if self._thresholds else None
        return {
            "draws_kept": self.draws,
            "compression_error": lost,
            "noise": self._usual_noise(),
            "noise_interval": [float(limit) for limit in np.quantile(self._noises, _INTERVAL)],
            **({} if limits is None else {"thresholds_interval": limits}),
            "user_prior": {
                "bias_mean": unit * float(prior[0]),
                "bias_precision": float(prior[1]) / unit**2,
                "noise_precision": float(prior[2]) / unit**2,
                "noise_alike": float(prior[3]),
            },
        }


def _typical(items: NDArray[np.float64], counts: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
    """The mean row, and the mean of rows times themselves, of films as often as they are rated."""
    weight = counts / counts.sum()
    return {
        "typical_film": (weight @ items).astype(np.float32),
        "typical_films": (items.T @ (weight[:, None] * items)).astype(np.float32),
    }
