"""New people's rows: the posterior mean, given the items and what people of the training ratings are like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import padded
from matinee.kernels.spmm import spmm
from matinee.kernels.streams import stream_normals, uniform, words
from matinee.models.gibbs.residual import unexplained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.factors import Factors

_DRAWS: Final = 16
_STREAM: Final = 77
_PRIOR: Final = 2
"""Draws that tell how little is known of people, and what their streams are keyed by."""

_ROUNDS: Final = 3
"""Rows given how steady a person is, and the other way round, in turns: steadiness then stands to a percent."""


def folded_rows(
    factors: Factors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Biases ``(b,)`` and factors ``(b, k)`` of b new people, from their ratings."""
    prior = _prior(factors, rows, threads)
    folded, bias = np.zeros_like(prior.mean), np.zeros(len(rows[0]) - 1, np.float32)
    steady = np.ones(len(bias))
    for _ in range(_ROUNDS if varies else 1):
        sample_rows(_given(factors, rows, steady), prior, None, folded, bias, threads)
        steady = _steadiness(factors, (folded[:, : factors.rank], bias), rows, threads)
    folded = np.ascontiguousarray(folded[:, : factors.rank])
    if (new := factors.newcomers) is not None:  # who has no ratings is as new as anybody
        empty = np.diff(rows[0]) == 0
        bias[empty], folded[empty] = new.user_bias[0], new.user_factors[0]
    return bias, folded


def _given(factors: Factors, rows: Compressed, steady: NDArray[np.floating]) -> Likelihood:
    """What ratings say of people who are ``steady`` beside others."""
    precision = (factors.details["user_prior"]["noise_precision"] * steady).astype(np.float32)
    items, scale = padded(factors.item_factors), factors.folding["item_scale"]
    return Likelihood(rows, items, factors.item_bias, scale, precision, factors.rank, factors.mean)


def folded_uncertainty(
    people: Factors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """How far the ratings of ``people``, whose rows stand, scatter, and how little is known of them.

    `Factors.user_noise` (``None`` where all are alike) and `Factors.user_doubt`, float32, shape ``(b,)`` each: the
    doubt is the variance of predictions for typical films over draws of a row, the films staying as they are.
    A draw is the posterior mean of perturbed ratings and priors (Papandreou and Yuille 2010). The perturbation
    depends on the film and the draw alone: whoever else is folded in changes nothing.
    """
    steady = np.ones(len(people.user_bias))
    if varies:
        steady = _steadiness(people, (people.user_factors, people.user_bias), rows, threads)
    given, prior = _given(people, rows, steady), _prior(people, rows, threads)
    known, drawn, bias = people.details["user_prior"], np.zeros_like(prior.mean), np.zeros(len(steady), np.float32)
    doubt, squares = np.zeros(len(steady)), np.zeros(len(steady))
    for draw in range(_DRAWS):
        sample_rows(*_perturbed(given, prior, draw), None, drawn, bias, threads)
        doubt += _apart(people, drawn[:, : people.rank] - people.user_factors, bias - people.user_bias) / _DRAWS
        squares += _squares(people, (drawn[:, : people.rank], bias), rows, threads) / _DRAWS
    doubt = np.maximum(known["noise_precision"] * doubt, 0.0)
    if not varies:
        return None, doubt.astype(np.float32)
    left = np.maximum(known["noise_alike"] + np.diff(rows[0]) - 2.0, 1.0)
    return np.sqrt((known["noise_alike"] + squares) / left).astype(np.float32), doubt.astype(np.float32)


def _perturbed(given: Likelihood, prior: Prior, draw: int) -> tuple[Likelihood, Prior]:
    """Ratings and priors, each moved by a draw of its own deviation."""
    offsets, items, values = given.rows
    key, count = int(words(_STREAM, draw)), prior.mean.shape[1]
    off = _normals(key, items) / (given.scale[items] * np.sqrt(np.repeat(given.row_precision, np.diff(offsets))))
    moved = stream_normals(int(words(key, _PRIOR)), count + 1)
    rows = (offsets, items, values + off.astype(np.float32))
    mean = prior.mean + (moved[:-1] * (prior.precision > 0) / np.sqrt(np.maximum(prior.precision, 1e-30)))
    bias = prior.bias_mean + moved[-1] / np.sqrt(prior.bias_precision)
    return replace(given, rows=rows), replace(prior, mean=mean.astype(np.float32), bias_mean=bias.astype(np.float32))


def _normals(key: int, counter: NDArray[np.integer]) -> NDArray[np.float64]:
    """The standard normal number of each counter (Box and Muller 1958)."""
    radius, angle = (uniform(words(int(words(key, half)), counter)) for half in (0, 1))
    return np.asarray(np.sqrt(-2.0 * np.log(radius)) * np.cos(2.0 * np.pi * angle))


def _apart(factors: Factors, off: NDArray[np.float32], bias: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean square of what changes of rows, ``(b, k)``, and biases change predictions for typical films by."""
    film, films = factors.folding["typical_film"].astype(np.float64), factors.folding["typical_films"]
    return np.asarray(np.einsum("nk,nk->n", off @ films, off) + bias * (2.0 * off @ film + bias))


def _steadiness(
    factors: Factors, own: tuple[NDArray[np.float32], NDArray[np.float32]], rows: Compressed, threads: int
) -> NDArray[np.float64]:
    """Relative precision of each person's ratings, the mean of what it may be given what is left."""
    known = factors.details["user_prior"]
    squares = _squares(factors, own, rows, threads)
    return np.asarray((known["noise_alike"] + np.diff(rows[0])) / (known["noise_alike"] + squares))


def _squares(
    factors: Factors, own: tuple[NDArray[np.float32], NDArray[np.float32]], rows: Compressed, threads: int
) -> NDArray[np.float64]:
    """Each person's sum of squares of what is left of ratings, in units of the usual noise and the films'."""
    left, _ = unexplained(rows, factors.mean, own, (factors.item_factors, factors.item_bias), threads)
    scaled = np.square(left * factors.folding["item_scale"][rows[1]], dtype=np.float64)
    return np.asarray(factors.details["user_prior"]["noise_precision"] * _sums(rows, scaled))


def _prior(factors: Factors, rows: Compressed, threads: int) -> Prior:
    """What the films that they rated say of people, before how they rated them."""
    known, offsets = factors.details["user_prior"], rows[0]
    weight = (1.0 / np.sqrt(np.maximum(np.diff(offsets), 1))).astype(np.float32)
    features = (offsets, rows[1], np.repeat(weight, np.diff(offsets)))
    mean = spmm(features, padded(factors.folding["pull"]), threads)
    bias_mean = spmm(features, factors.folding["bias_pull"][:, None].astype(np.float64), threads)[:, 0]
    return Prior(
        mean,
        np.ones(mean.shape[1], np.float32),
        (known["bias_mean"] + bias_mean).astype(np.float32),
        known["bias_precision"],
    )


def _sums(rows: Compressed, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the entries of each row, 0 for a row without."""
    sums = np.add.reduceat(np.append(numbers, 0.0), rows[0][:-1]) if len(rows[0]) > 1 else np.zeros(0)
    return np.where(np.diff(rows[0]) > 0, sums, 0.0)
