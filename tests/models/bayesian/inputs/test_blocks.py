"""Blocks of features: their principal components, their weights, and what attributes of files become."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from matinee.data.metadata.catalogue import Catalogue
from matinee.data.metadata.people import People
from matinee.kernels.compress import Compressed
from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.chain.features import Weights, who_rated_what
from matinee.models.bayesian.chain.side import SampledSide
from matinee.models.bayesian.inputs.attributes import attributes_of, film_blocks, people_blocks
from matinee.models.bayesian.inputs.blocks import blocks_of
from tests.support.described import described
from tests.support.planted import planted

ALL = {"genres": True, "years": True, "people": True}


def two_blocks(rng: np.random.Generator, rows: int = 400) -> dict[str, np.ndarray]:
    return {"one": rng.standard_normal((rows, 3)), "other": rng.standard_normal((rows, 2))}


def drawn(side: SampledSide, rows: np.ndarray, rng: np.random.Generator, draws: int = 200) -> list[np.ndarray]:
    """The mean weights of the attributes themselves, block by block, the rows staying as they are."""
    side.factors[:, : rows.shape[1] - 1], side.bias[:] = rows[:, :-1], rows[:, -1]
    sums = [np.zeros((weights.features.axes.shape[0], rows.shape[1])) for weights in side.weights]
    for _ in range(draws):
        side.draw_prior(rng)
        for total, weights in zip(sums, side.weights, strict=True):
            total += weights.of_features() / draws
    return sums


def test_each_block_finds_its_weights_given_the_other() -> None:
    rng = np.random.default_rng(0)
    known = two_blocks(rng)
    truth = {name: rng.standard_normal((table.shape[1], 3)) for name, table in known.items()}
    rows = sum(known[name] @ truth[name] for name in known) + 0.1 * rng.standard_normal((400, 3))
    matrix = Compressed(np.arange(401), np.zeros(400, np.int32), np.zeros(400, np.float32))
    side = SampledSide(matrix, 2, blocks_of(None, known, np.full(400, True)), 0, 1)
    for found, name in zip(drawn(side, rows, rng), known, strict=True):
        np.testing.assert_allclose(found, truth[name], atol=0.05)


def test_a_block_that_tells_nothing_is_shrunk_beside_one_that_does() -> None:
    """Its own precision grows as far as its prior lets it, the other's does not; its weights stay near nothing."""
    rng = np.random.default_rng(1)
    known = {"tells": rng.standard_normal((60, 8)), "noise": rng.standard_normal((60, 8))}
    rows = known["tells"] @ rng.standard_normal((8, 3)) + 0.3 * rng.standard_normal((60, 3))
    matrix = Compressed(np.arange(61), np.zeros(60, np.int32), np.zeros(60, np.float32))
    side = SampledSide(matrix, 2, blocks_of(None, known, np.full(60, True)), 0, 1)
    tells, noise = drawn(side, rows, rng)
    own = np.mean(
        [(side.draw_prior(rng), [weights.precision.mean() for weights in side.weights])[1] for _ in range(50)], 0
    )
    assert own[1] > 2.5 * own[0]
    assert np.abs(noise).max() < 0.2 < np.abs(tells).max()


def test_principal_components_span_the_block_and_no_more() -> None:
    rng = np.random.default_rng(2)
    table = rng.standard_normal((30, 2)) @ rng.standard_normal((2, 5))
    (block,) = blocks_of(None, {"flat": table, "empty": np.zeros((30, 2))}, np.full(30, True))
    assert (block.name, block.scores.shape) == ("flat", (30, 2))
    np.testing.assert_allclose(block.scores.T @ block.scores, np.diag(block.values**2), atol=1e-9)
    np.testing.assert_allclose(block.scores @ block.axes.T, table, atol=1e-5)
    np.testing.assert_allclose(block.unrated[1:6], block.axes, atol=1e-6)
    assert not block.unrated[0].any()
    assert not block.unrated[6:].any()


def test_scores_of_the_unseen_are_those_of_the_seen_with_the_same_attributes() -> None:
    ratings = described(40, 30)
    known = attributes_of(ratings, **ALL).items
    matrix = RatingMatrix.from_ratings(ratings)
    _, rated = who_rated_what(matrix, (0, 5), 0, 1)
    blocks = blocks_of(rated, known, matrix.item_counts > 0)
    assert [block.name for block in blocks] == ["rated", "genres", "years"]
    told = np.concatenate([np.zeros((30, 1)), *known.values()], axis=1)
    for block in blocks[1:]:
        np.testing.assert_allclose(told @ block.unrated, block.scores, atol=1e-9)
    np.testing.assert_allclose(blocks[0].unrated[0], rated.scores.mean(0))


def test_weights_of_features_give_what_is_expected_of_rows() -> None:
    rng = np.random.default_rng(3)
    known = two_blocks(rng, 50)
    (block, _) = blocks_of(None, known, np.full(50, True))
    weights = Weights(block, 3)
    weights.draw(rng.standard_normal((50, 3)), np.ones(3), rng)
    np.testing.assert_allclose(known["one"] @ weights.of_features(), weights.expected, atol=1e-5)


def test_what_the_files_say_becomes_columns_about_the_average_row() -> None:
    ratings = described(60, 50)
    found = attributes_of(ratings, **ALL)
    assert (list(found.users), list(found.items)) == (["age", "hair"], ["genres", "years"])
    for block in (*found.users.values(), *found.items.values()):
        np.testing.assert_allclose(block.mean(0), 0.0, atol=1e-12)
    genres = found.items["genres"]
    assert genres.shape == (50, 4)
    np.testing.assert_allclose(np.ptp(genres, axis=0), 1.0)  # one genre each: length 1
    assert attributes_of(ratings, genres=False, years=True, people=False).items.keys() == {"years"}
    assert attributes_of(ratings, genres=False, years=True, people=False).users == {}


def test_several_genres_share_a_row_of_length_1_and_what_is_missing_is_average() -> None:
    ratings = planted(10, 5, 0.9)
    ids = ratings.items.ids
    table = {"item": [ids[0], ids[1], ids[3], 999], "title": list("abcd"), "year": [1950, None, 2000, 1980],
             "genres": [["x", "y"], ["y"], [], ["z"]]}  # fmt: skip
    catalogue = Catalogue(pl.DataFrame(table).with_columns(pl.col("year").cast(pl.Int32)))
    found = film_blocks(catalogue, ratings.items, np.full(5, True))
    apart = found["genres"][0] - found["genres"][1]
    np.testing.assert_allclose(apart, [0.5**0.5, 0.5**0.5 - 1.0])
    assert not found["genres"][2:].any()
    assert not found["years"][[1, 2, 4]].any()
    assert found["years"][0] @ found["years"][3] < 0
    words = replace(catalogue, films=catalogue.films.with_columns(pl.col("item").cast(pl.String)))
    assert film_blocks(words, ratings.items, np.full(5, True)) == {}


def test_quantities_are_smooth_and_kinds_with_a_level_a_user_are_left_out() -> None:
    ratings = planted(100, 5, 0.9)
    ages = np.linspace(10, 80, 100)
    table = pl.DataFrame({"user": ratings.users.ids, "age": ages, "zip": [f"z{n}" for n in range(100)],
                          "sex": ["f", "m"] * 50, "same": ["x"] * 100})  # fmt: skip
    found = people_blocks(People(table), ratings.users, np.full(100, True))
    assert list(found) == ["age", "sex"]
    steps = np.linalg.norm(np.diff(found["age"], axis=0), axis=1)
    assert steps.max() < 0.15
    assert np.linalg.norm(found["age"][0] - found["age"][-1]) == pytest.approx(2**0.5)
