"""Names in the report of a run: the watched pairs, and the inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from matinee.models.bayesian.convergence import PREDICTION, Convergence
from matinee.models.bayesian.run.monitor import watched_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matinee.data.ratings import Ratings
    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.inputs.attributes import Attributes
    from matinee.models.bayesian.report import SamplingReport


def named(
    report: SamplingReport, ratings: Ratings, matrix: RatingMatrix, seed: int, known: Attributes, *, timed: bool
) -> SamplingReport:
    """``report`` with the names of watched pairs and of inputs."""
    convergence = report.convergence
    if convergence is not None:
        convergence = _with_pairs(convergence, ratings, matrix, seed)
    return replace(report, convergence=convergence, inputs=tuple(_sources(ratings, known, timed=timed)))


def _with_pairs(convergence: Convergence, ratings: Ratings, matrix: RatingMatrix, seed: int) -> Convergence:
    users, films = watched_pairs(matrix, seed)
    raw = ratings.items.decode(films)
    titles = ratings.catalogue.titles(raw)
    rows = zip(ratings.users.decode(users), raw, titles, strict=True)
    pairs = {
        f"{PREDICTION}{at}": f"user {user}, {f'film {film}' if title is None else title}"
        for at, (user, film, title) in enumerate(rows, 1)
    }
    quantities = tuple(replace(quantity, pair=pairs.get(quantity.name)) for quantity in convergence.quantities)
    return replace(convergence, quantities=quantities)


def _sources(ratings: Ratings, known: Attributes, *, timed: bool) -> list[str]:
    """As ``ratings``, ``times``, ``genres and years (movies.csv)``."""
    names = ["ratings", "times"] if timed else ["ratings"]
    sides = ((known.items, ratings.catalogue.source), (known.users, ratings.people.source))
    return names + [_named(list(blocks), source) for blocks, source in sides if blocks]


def _named(names: Sequence[str], source: str) -> str:
    words = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{words} ({Path(source).name})" if source else words
