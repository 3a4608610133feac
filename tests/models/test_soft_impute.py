"""SoftImpute against a dense solver of its own, written here with NumPy's SVD alone."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, replace

import numpy as np
import pytest

from matinee.fitting.model import Learnt, Training
from matinee.fitting.options import RunOptions
from matinee.matrix.baseline import damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.models.soft_impute.balance import balance
from matinee.models.soft_impute.learner import SoftImputation
from matinee.models.soft_impute.model import SoftImpute
from matinee.models.soft_impute.optimality import Optimality
from matinee.models.soft_impute.problem import Path
from matinee.models.svd.solve import truncated_svd
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False, threads=2)
DAMPING = 2.0


@dataclass(frozen=True)
class Dense:
    """A small problem with every cell written out: ratings, and where they are known."""

    stars: np.ndarray
    known: np.ndarray

    @classmethod
    def drawn(cls, seed: int) -> Dense:
        whole = planted(24, 17, 0.5, seed=seed)
        stars, known = np.zeros((24, 17)), np.zeros((24, 17), bool)
        stars[whole.user, whole.item], known[whole.user, whole.item] = whole.value, True
        return cls(stars, known)

    @property
    def matrix(self) -> RatingMatrix:
        user, item = (index.astype(np.int32) for index in np.nonzero(self.known))
        return RatingMatrix.from_triplets(user, item, self.stars[user, item].astype(np.float32), self.stars.shape, 1)

    @property
    def mean(self) -> float:
        return float(self.stars[self.known].mean())

    def objective(self, user: np.ndarray, item: np.ndarray, patterns: np.ndarray, regularization: float) -> float:
        left = (self.stars - self.mean - user[:, None] - item - patterns)[self.known]
        nuclear = np.linalg.svd(patterns, compute_uv=False).sum()
        return 0.5 * left @ left + 0.5 * DAMPING * (user @ user + item @ item) + regularization * nuclear

    def biases(self, patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of least squares, by the normal equations of all of them at once."""
        users = self.known.shape[0]
        where = self.known.astype(float)
        normal = np.block(
            [[np.diag(where.sum(1)), where], [where.T, np.diag(where.sum(0))]],
        ) + DAMPING * np.eye(sum(self.known.shape))
        left = where * (self.stars - self.mean - patterns)
        both = np.linalg.solve(normal, np.concatenate([left.sum(1), left.sum(0)]))
        return both[:users], both[users:]

    def soft_impute(self, regularization: float, rounds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Fill the unknown cells in with what is believed, lower the singular values by λ, and again."""
        patterns = np.zeros(self.stars.shape)
        for _ in range(rounds):
            user, item = self.biases(patterns)
            filled = np.where(self.known, self.stars - self.mean - user[:, None] - item, patterns)
            u, values, v = np.linalg.svd(filled, full_matrices=False)
            patterns = u * np.maximum(values - regularization, 0.0) @ v
        return (*self.biases(patterns), patterns)


def learner(dense: Dense, regularization: float, rank: int = 17, length: int = 6) -> SoftImputation:
    return SoftImputation(dense.matrix, rank, DAMPING, lambda largest: Path(largest, regularization, length), QUICK)


@pytest.mark.parametrize(("seed", "regularization"), [(0, 1.0), (1, 2.5), (2, 0.3)])
def test_it_is_the_dense_solution(seed: int, regularization: float) -> None:
    """Both iterate to a standstill, one in float32: what they predict everywhere is the same to 1e-3 stars."""
    dense, fit = Dense.drawn(seed), learner(Dense.drawn(seed), regularization)
    for _ in range(1_500):
        found = fit.sweep()
    user, item, patterns = dense.soft_impute(regularization, 20_000)
    own = fit.scorer()
    whole = own.mean + own.user_bias[:, None] + own.item_bias + own.user_factors @ own.item_factors.T
    np.testing.assert_allclose(whole, dense.mean + user[:, None] + item + patterns, atol=1e-3)
    best = dense.objective(user, item, patterns, regularization)
    assert found == pytest.approx(best, rel=1e-5)
    singular = np.linalg.svd(patterns, compute_uv=False)
    np.testing.assert_allclose(own.singular_values, singular, atol=2e-3)
    proof = Optimality.measured(dense.matrix, own, DAMPING, 2)
    assert proof.subgradient < 1e-3
    assert proof.largest < 1 + 1e-3
    assert proof.bias < 1e-3


def test_the_objective_falls_and_is_what_it_says() -> None:
    dense = Dense.drawn(3)
    fit = learner(dense, 1.0, length=1)
    before = np.inf
    for _ in range(60):
        found, own = fit.sweep(), fit.scorer()
        patterns = (own.user_factors @ own.item_factors.T).astype(np.float64)
        exact = dense.objective(own.user_bias.astype(float), own.item_bias.astype(float), patterns, 1.0)
        assert found == pytest.approx(exact, rel=1e-5)
        assert found <= before * (1 + 1e-6)
        before = found


def test_a_proof_that_does_not_hold_is_seen() -> None:
    """Too few sweeps, and then factors that are 1 % too long, or a bias that is moved."""
    dense, fit = Dense.drawn(4), learner(Dense.drawn(4), 1.0)
    fit.sweep()
    early = Optimality.measured(dense.matrix, fit.scorer(), DAMPING, 1)
    for _ in range(600):
        fit.sweep()
    own = fit.scorer()
    longer = replace(own, user_factors=own.user_factors * np.float32(1.01))
    moved = replace(own, user_bias=own.user_bias + np.float32(0.1))
    good, long, off = (Optimality.measured(dense.matrix, each, DAMPING, 1) for each in (own, longer, moved))
    assert early.subgradient > 20 * good.subgradient
    assert long.subgradient > 3 * good.subgradient
    assert off.bias > 0.05 > good.bias
    assert Optimality.measured(dense.matrix, learner(dense, 1.0, rank=1).scorer(), DAMPING, 1).largest > 1.1


def test_the_path_starts_where_the_solution_is_zero() -> None:
    """λ_max is the largest singular value of what the biases leave: over it M vanishes, under it M does not."""
    dense = Dense.drawn(5)
    biases = damped_baseline(dense.matrix, DAMPING, 1)
    residual = dense.matrix.residual(biases.mean, biases.user, biases.item)
    largest = float(truncated_svd(residual, 1).values[0])
    over, under = learner(dense, 1.02 * largest), learner(dense, 0.98 * largest)
    assert under.path.start == pytest.approx(largest, rel=1e-4)
    for _ in range(400):
        over.sweep()
        under.sweep()
    assert over.values.sum() < 1e-3 * largest
    assert under.values[0] > 0.01 * largest


def test_path_falls_evenly_and_stays_at_its_end() -> None:
    path = Path(8.0, 1.0, 3)
    np.testing.assert_allclose([path.at(number) for number in (1, 2, 3, 4, 9)], [4, 2, 1, 1, 1])
    assert replace(path, open=True).at(5) == pytest.approx(0.25)


@pytest.mark.parametrize("shape", [(7, 5, 3), (40_000, 3, 2), (3, 3, 1)])
def test_balance_keeps_the_product_and_makes_it_an_svd(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(1)
    left, right = (rng.standard_normal((side, shape[2])).astype(np.float32) for side in shape[:2])
    before = left.astype(np.float64) @ right.T
    values = balance(left, right)
    np.testing.assert_allclose(left @ right.T, before, atol=1e-4 * values[0] ** 0.5)
    for panel in (left, right):
        np.testing.assert_allclose(panel.T @ panel, np.diag(values), atol=1e-5 * values[0])
    np.testing.assert_allclose(values, np.linalg.svd(before, compute_uv=False)[: shape[2]], rtol=1e-5)


def test_balance_of_nothing_and_of_less_than_full_rank() -> None:
    left, right = np.ones((6, 3), np.float32), np.ones((5, 3), np.float32)
    values = balance(left, right)
    np.testing.assert_allclose(left @ right.T, 3.0, rtol=1e-4)
    np.testing.assert_allclose(values, [3 * np.sqrt(30), 0, 0], atol=1e-3)
    left, right = np.zeros((6, 3), np.float32), np.zeros((5, 3), np.float32)
    assert np.all(balance(left, right) < 1e-30)
    assert np.isfinite(left).all()


def test_folding_in_is_refitting_the_row() -> None:
    """The ridge regression that the row's share of the objective is, solved here in float64."""
    whole = planted(80, 60, 0.3, seed=7)
    config = SoftImpute(rank=5, regularization=1.5, damping=DAMPING, path=4, sweeps=12)
    model = config.fit(whole, QUICK)
    people = planted(9, 60, 0.4, seed=8)
    folded, own = model.fold_in(people), model.scorer
    for user in range(9):
        mine = people.user == user
        features = np.c_[own.item_factors[people.item[mine]].astype(np.float64), np.ones(mine.sum())]
        target = people.value[mine] - own.mean - own.item_bias[people.item[mine]].astype(np.float64)
        ridge = np.diag([1.5] * model.rank + [DAMPING])
        exact = np.linalg.solve(features.T @ features + ridge, features.T @ target)
        np.testing.assert_allclose(folded.scorer.user_factors[user], exact[:-1], atol=2e-4)
        assert folded.scorer.user_bias[user] == pytest.approx(exact[-1], abs=2e-4)


def test_at_the_minimum_users_are_where_folding_them_in_puts_them() -> None:
    whole = planted(80, 60, 0.3, seed=9)
    model = SoftImpute(rank=8, regularization=4.0, damping=DAMPING, path=4, sweeps=400).fit(whole, QUICK)
    folded = model.fold_in(whole)
    np.testing.assert_allclose(folded.scorer.user_bias, model.scorer.user_bias, atol=2e-3)
    np.testing.assert_allclose(folded.scorer.user_factors, model.scorer.user_factors, atol=2e-3)


@pytest.mark.parametrize(
    "change",
    [{"rank": 2}, {"regularization": 3.0}, {"damping": 9.0}, {"path": 2}, {"sweeps": 4}],
    ids=lambda change: next(iter(change)),
)
def test_each_parameter_changes_the_result(change: dict[str, float]) -> None:
    whole, base = planted(80, 60, 0.3, seed=10), {"rank": 4, "regularization": 2.0, "path": 5, "sweeps": 8}
    one, other = (SoftImpute(**{**base, **more}).fit(whole, QUICK) for more in ({}, change))
    user, item = (index.ravel() for index in np.indices((80, 60)))
    assert np.max(np.abs(predict_at(one, user, item).value - predict_at(other, user, item).value)) > 1e-3


def test_patience_chooses_where_the_path_is_left_and_what_was_chosen_can_be_fitted_again() -> None:
    whole = planted(400, 250, 0.25, noise=1.0)
    config = SoftImpute(rank=6)
    model = config.fit(whole, QUICK)
    iteration, path = model.report.iteration, model.scorer
    made = iteration.kept
    assert model.report.values == tuple(path.singular_values)
    assert made < config.path
    assert iteration.ended == "no gain"
    assert len(iteration.watched_trace) == made + config.patience
    ratio = path.regularization / path.largest_regularization
    assert ratio == pytest.approx(0.1 ** (made / config.path), rel=1e-6)
    again = config.settled(Learnt(path, model.report))
    assert (again.patience, again.sweeps, again.path) == (0, made, made)
    np.testing.assert_allclose(again.fit(whole, QUICK).scorer.user_factors, path.user_factors, atol=1e-5)


def test_with_nothing_to_watch_the_path_ends_early() -> None:
    for config, whole in ((SoftImpute(patience=0), planted(200, 80, 0.3)), (SoftImpute(), planted(40, 30, 0.3))):
        report = config.fit(whole, QUICK).report
        assert report.regularization == pytest.approx(0.25 * report.largest_regularization)
        assert report.iteration.kept == config.sweeps


def test_regularization_given_is_kept_and_nothing_is_watched() -> None:
    report = SoftImpute(regularization=7.0, sweeps=9, path=4).fit(planted(200, 80, 0.3), QUICK).report
    assert report.regularization == 7.0
    assert (report.iteration.kept, report.iteration.watched_trace) == (9, None)


def test_rank_over_the_shorter_side_is_all_there_is() -> None:
    whole = ratings_from([0, 0, 1, 1, 2], [0, 1, 0, 2, 2], [1.0, 4.0, 2.5, 5.0, 3.0])
    assert SoftImpute(rank=50).fit(whole, QUICK).rank == 3


@pytest.mark.parametrize(("users", "items", "rank"), [(9_000, 800, 30), (800, 9_000, 30), (4_000, 4_000, 14)])
def test_memory_is_as_stated(users: int, items: int, rank: int) -> None:
    rng = np.random.default_rng(0)
    cell = np.unique(rng.integers(0, users * items, 200_000))
    value = rng.integers(1, 6, len(cell)).astype(np.float32)
    user, item = (index.astype(np.int32) for index in np.divmod(cell, items))
    matrix = RatingMatrix.from_triplets(user, item, value, (users, items), 2)
    width = -(-(rank + 2) // 16) * 16
    shorter, basis = min(users, items), min(users, items, 12 * rank + 512)
    stated = 12 * len(cell) + 30 * width * (users + items) + 4 * basis * (shorter + 6 * basis)
    tracemalloc.start()
    try:
        SoftImpute(rank=rank, regularization=5.0, path=2, sweeps=3).learn(Training(matrix), QUICK)
        assert 0.4 * stated < tracemalloc.get_traced_memory()[1] < stated
    finally:
        tracemalloc.stop()


def test_each_row_goes_as_far_as_is_best() -> None:
    """Where a row has got to, what is left of its gradient is at right angles to the way it went."""
    dense = Dense.drawn(6)
    fit, matrix = learner(dense, 1.0), dense.matrix
    before, rank = fit.panels.item.copy(), fit.panels.rank
    squares = fit._regress(matrix.by_item, fit.panels.item, fit.panels.user, rank + 1, len(dense.stars))
    step = fit.panels.item - before
    offsets, users, left = fit.panels.residual(matrix, fit.mean, 1).by_item
    for item in range(len(step)):
        here = slice(offsets[item], offsets[item + 1])
        gradient = left[here] @ fit.panels.user[users[here]]
        gradient[:rank] -= fit.regularization * fit.panels.item[item, :rank]
        gradient[rank + 1] -= DAMPING * fit.panels.item[item, rank + 1]
        size = np.linalg.norm(gradient) * np.linalg.norm(step[item])
        assert abs(gradient[[*range(rank), rank + 1]] @ step[item][[*range(rank), rank + 1]]) < 1e-3 * size
    assert squares == pytest.approx(np.sum(np.square(left, dtype=np.float64)), rel=1e-5)
