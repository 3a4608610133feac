"""Shapes of planted ratings: sizes, scale, unevenness, and how much of them the factors explain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from matinee.data.scale import Scale
from matinee.errors import ConfigError

_USERS_GROW: Final = 0.85
_ITEMS_GROW: Final = 0.35
_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True)
class PlantedShape:
    """Sizes and distributions of planted ratings; validated, so an impossible shape is a `ConfigError`.

    Attributes
    ----------
    users, items, ratings : how many of each, 1 or more; no cell is rated twice.
    scale : the rating scale; it needs a step, of which its ends are multiples.
    rank : how many factors are planted, 0 to 1000.
    mean : of all ratings before these are clipped, stars.
    user_spread, item_spread, taste, noise : standard deviations, stars, of the user biases, the item biases,
        ``p · q`` and what nothing explains.
    decay : factor f has strength ``f ** -decay``, 0 (all alike) to 3.
    activity : standard deviation of the logarithm of how much users rate, 0 to 3.
    popularity : exponent of Zipf's law for how often items are rated, 0 (all alike) to 2.
    least : fewest ratings of a user, where there are enough for everybody.
    whole : share of the users who give whole stars only, 0 to 1.
    timestamps : whether ratings have times.

    """

    users: int
    items: int
    ratings: int
    scale: Scale = Scale(0.5, 5.0, 0.5)  # noqa: RUF009 - frozen
    rank: int = 32
    mean: float = 3.5
    user_spread: float = 0.45
    item_spread: float = 0.45
    taste: float = 0.46
    noise: float = 0.71
    decay: float = 0.5
    activity: float = 1.25
    popularity: float = 1.0
    least: int = 20
    whole: float = 0.0
    timestamps: bool = True

    def __post_init__(self) -> None:
        for name, low, high in _COUNTS:
            _check_count(name, getattr(self, name), low, high)
        for name, least, most in _MEASURES:
            _check_measure(name, getattr(self, name), least, most)
        self._check_cells()
        self._check_scale()

    def _check_cells(self) -> None:
        cells = self.users * self.items
        if self.ratings > cells:
            raise ConfigError(
                f"planted shape: found {self.ratings:,} ratings of {self.users:,} users and {self.items:,} items; "
                f"allowed are at most {cells:,}, one a cell; plant fewer ratings, or more users or items"
            )

    def _check_scale(self) -> None:
        step = self.scale.step
        if step is None or any(abs(end / step - round(end / step)) > 1e-6 for end in (self.scale.low, self.scale.high)):
            raise ConfigError(
                f"planted shape: scale: found {self.scale}; allowed is a scale with a step of which both ends are "
                "multiples, such as Scale(0.5, 5, 0.5)"
            )
        if self.whole and not (step <= 1 <= self.scale.high):
            raise ConfigError(
                f"planted shape: whole: found {self.whole:g} on the scale {self.scale}; allowed is 0 where the scale "
                "holds no whole stars between steps"
            )

    def scaled(self, ratings: int) -> PlantedShape:
        """The same shape with another number of ratings; users grow faster than items, as in real sets.

        MovieLens 10M scaled to 100,000 has 1,390 users and 2,130 items; users and items never run out of cells.
        """
        _check_count("ratings", ratings, 1, _LARGEST)
        growth = ratings / self.ratings
        users = max(1, round(self.users * growth**_USERS_GROW))
        items = max(round(self.items * growth**_ITEMS_GROW), -(-ratings // users))
        return replace(self, users=users, items=items, ratings=ratings)


_COUNTS: Final = (
    ("users", 1, _LARGEST),
    ("items", 1, _LARGEST),
    ("ratings", 1, _LARGEST),
    ("rank", 0, 1000),
    ("least", 0, _LARGEST),
)
_MEASURES: Final = (
    ("mean", -1e6, 1e6),
    ("user_spread", 0.0, 1e6),
    ("item_spread", 0.0, 1e6),
    ("taste", 0.0, 1e6),
    ("noise", 0.0, 1e6),
    ("decay", 0.0, 3.0),
    ("activity", 0.0, 3.0),
    ("popularity", 0.0, 2.0),
    ("whole", 0.0, 1.0),
)


def _check_count(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _out_of_range(name, value, f"a whole number from {low:,} to {high:,}")


def _check_measure(name: str, value: float, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not isfinite(value) or not low <= value <= high:
        raise _out_of_range(name, value, f"a number from {low:g} to {high:g}")


def _out_of_range(name: str, value: object, allowed: str) -> ConfigError:
    return ConfigError(f"planted shape: {name}: found {value!r}; allowed is {allowed}; change {name}")


MOVIELENS_1M: Final = PlantedShape(6_040, 3_706, 1_000_209, scale=Scale(1, 5, 1), mean=3.64, taste=0.5, noise=0.78)
MOVIELENS_10M: Final = PlantedShape(69_878, 10_677, 10_000_054, mean=3.56, whole=0.6)
NETFLIX: Final = PlantedShape(
    480_189, 17_770, 100_480_507, scale=Scale(1, 5, 1), mean=3.66, taste=0.5, noise=0.85, timestamps=False
)
NAMED_SHAPES: Final = {"movielens-1m": MOVIELENS_1M, "movielens-10m": MOVIELENS_10M, "netflix": NETFLIX}
