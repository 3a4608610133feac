"""What is not known of new people, against one dense matrix a person."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.kernels.compress import compress
from matinee.models.bayesian import row_variance as module
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.row_variance import posterior_variance
from tests.support.planted import planted


@pytest.fixture(scope="module")
def factors():
    config = Bayesian(rank=2, draws=20, burn_in=10, user_features=4, item_features=4)
    return config.fit(planted(80, 90, 0.3, noise=0.5), RunOptions(intervals=False)).scorer


def people_of(counts: list[int], items: int):
    """Rows of so many ratings each, of films by chance."""
    rng = np.random.default_rng(1)
    user = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    item = np.concatenate([rng.permutation(items)[:count] for count in counts]).astype(np.int32)
    return compress(user, item, rng.uniform(1, 5, len(user)).astype(np.float32), len(counts), 1)


def densely(factors, rows, precision):
    """``(C⁻¹ + Σ w z zᵀ)⁻¹`` of each person, with ``z`` a film's factors and 1, and ``w`` a rating's precision."""
    known = factors.prior
    film, films = known.typical_film.astype(float), known.typical_films.astype(float)
    typical = np.block([[films, film[:, None]], [film[None], np.ones((1, 1))]])
    prior = np.diag(np.append(np.ones(factors.rank), known.bias_precision))
    doubt, explained = [], []
    for person, weight in enumerate(precision):
        item = rows.columns_of(person)
        z = np.column_stack([factors.item_factors[item], np.ones(len(item))]).astype(float)
        gram = (z.T * weight * known.item_scale[item].astype(float) ** 2) @ z
        covariance = np.linalg.inv(prior + gram)
        doubt.append(np.trace(typical @ covariance))
        explained.append(np.trace(gram @ covariance))
    return np.array(doubt), np.array(explained)


@pytest.mark.parametrize("cells", [1, 300, 1 << 22])
def test_it_is_what_one_matrix_a_person_says_however_people_are_put_together(factors, cells, monkeypatch) -> None:
    monkeypatch.setattr(module, "_CELLS", cells)
    k = factors.rank
    rows = people_of([0, 1, k, k + 1, k + 2, 50, 0, 3, 1, 50, 2], len(factors.item_bias))
    precision = np.random.default_rng(2).uniform(0.5, 4.0, rows.row_count)
    for found, expected in zip(
        posterior_variance(factors, rows, precision), densely(factors, rows, precision), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)


def test_who_rated_nothing_is_as_unknown_as_the_prior_and_explains_nothing(factors) -> None:
    rows = people_of([0, 4], len(factors.item_bias))
    doubt, explained = posterior_variance(factors, rows, np.ones(2))
    assert doubt[0] > doubt[1] > 0
    assert explained[0] == 0 < explained[1] < 4
