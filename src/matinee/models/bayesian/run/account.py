"""What a run tells, in the words of the ratings: whose predictions were watched, and what was learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matinee.models.bayesian.convergence import PREDICTION
from matinee.models.bayesian.run.monitor import watched_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matinee.data.ratings import Ratings
    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.inputs.attributes import Attributes
    from matinee.predicting.factors import Factors


def told_of(factors: Factors, ratings: Ratings, matrix: RatingMatrix, seed: int, known: Attributes) -> Factors:
    """``factors`` whose details name watched pairs, and in ``learnt_from`` what beside ratings was there."""
    details = {**factors.details, "learnt_from": _sources(ratings, known, timed=factors.timed)}
    if "convergence" in details:
        details["convergence"] = _with_pairs(details["convergence"], ratings, matrix, seed)
    return replace(factors, details=details)


def _with_pairs(convergence: dict[str, Any], ratings: Ratings, matrix: RatingMatrix, seed: int) -> dict[str, Any]:
    users, films = watched_pairs(matrix, seed)
    raw = ratings.items.decode(films)
    titles = ratings.catalogue.titles(raw)
    named = zip(ratings.users.decode(users), raw, titles, strict=True)
    pairs = {
        f"{PREDICTION}{at}": f"user {user}, {f'film {film}' if title is None else title}"
        for at, (user, film, title) in enumerate(named, 1)
    }
    found = convergence["quantities"]
    return {
        **convergence,
        "quantities": {name: {**one, "pair": pairs[name]} if name in pairs else one for name, one in found.items()},
    }


def _sources(ratings: Ratings, known: Attributes, *, timed: bool) -> list[str]:
    """As ``ratings``, ``times``, ``genres and years (movies.csv)``."""
    told = ["ratings", "times"] if timed else ["ratings"]
    sides = ((known.items, ratings.catalogue.source), (known.users, ratings.people.source))
    return told + [_named(list(blocks), source) for blocks, source in sides if blocks]


def _named(names: Sequence[str], source: str) -> str:
    words = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{words} ({Path(source).name})" if source else words
