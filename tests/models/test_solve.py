from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.linalg import svds

from matinee.errors import ConfigError
from matinee.models.svd import solve
from matinee.models.svd.solve import truncated_svd
from tests.support.sparse import diagonal, from_dense, holds, random_matrix, residuals, to_scipy

KRYLOV_SHAPES = [(900, 400), (400, 900), (300, 1_500), (600, 600)]


def rounding_of(dtype: type, sides: tuple[int, int]) -> float:
    """Of a residual: the sums behind it have at most as many terms as the longer side."""
    return float(np.finfo(dtype).eps) * np.sqrt(max(sides)) * 4


@given(
    users=st.integers(1, 40),
    items=st.integers(1, 40),
    share=st.sampled_from([0.02, 0.1, 0.5, 1.0]),
    seed=st.integers(0, 10_000),
    data=st.data(),
)
@settings(max_examples=200)
def test_small_matrices_of_any_shape_agree_with_lapack(users, items, share, seed, data) -> None:
    matrix = random_matrix(users, items, share, seed)
    rank = data.draw(st.integers(1, min(users, items)))
    svd = truncated_svd(matrix, rank)
    expected = np.linalg.svd(to_scipy(matrix).toarray(), compute_uv=False)
    assert svd.certificate.method == "lapack"
    np.testing.assert_allclose(svd.values, expected[:rank], atol=1e-7 * max(expected[0], 1.0))
    holds(matrix, svd, rank, 1e-7)


@given(seed=st.integers(0, 10_000), shape=st.sampled_from(KRYLOV_SHAPES), rank=st.integers(1, 20))
@settings(max_examples=10)
def test_larger_matrices_agree_with_lapack(seed, shape, rank) -> None:
    matrix = random_matrix(*shape, 0.03, seed)
    svd = truncated_svd(matrix, rank, seed=seed)
    expected = np.linalg.svd(to_scipy(matrix).toarray(), compute_uv=False)[:rank]
    assert svd.certificate.method == "block-krylov"
    assert svd.certificate.holds
    np.testing.assert_allclose(svd.values, expected, rtol=1e-6)
    holds(matrix, svd, rank, 1e-5)


@pytest.mark.parametrize("shape", KRYLOV_SHAPES)
def test_values_and_subspaces_are_arpacks(shape) -> None:
    """The matrix's spectrum has a gap after the sixth value, so that the subspaces are well defined."""
    rng = np.random.default_rng(1)
    strong = (rng.standard_normal((shape[0], 6)) * 3) @ rng.standard_normal((6, shape[1]))
    matrix = from_dense(np.where(rng.random(shape) < 0.2, strong + rng.standard_normal(shape), 0.0))
    svd = truncated_svd(matrix, 6, tolerance=1e-9)
    left, values, right = svds(to_scipy(matrix), k=6, tol=0, v0=np.ones(min(shape)))
    np.testing.assert_allclose(svd.values, np.sort(values)[::-1], rtol=1e-11)
    for ours, theirs in ((svd.left, left), (svd.right, right.T)):
        cosines = np.linalg.svd(ours.T @ theirs, compute_uv=False)
        np.testing.assert_allclose(cosines, 1.0, atol=1e-9)


@pytest.mark.parametrize("shape", [(60, 30), *KRYLOV_SHAPES])
@pytest.mark.parametrize("tolerance", [1e-4, 1e-5, 1e-10])
def test_certificate_is_what_scipy_measures(shape, tolerance) -> None:
    matrix = random_matrix(*shape, 0.05, seed=4)
    svd = truncated_svd(matrix, 9, tolerance=tolerance)
    certificate = svd.certificate
    single = certificate.method == "block-krylov" and tolerance > 3e-6
    off = rounding_of(np.float32 if single else np.float64, shape)
    left, right = residuals(matrix, svd)
    turned = (right, left) if shape[0] < shape[1] else (left, right)
    np.testing.assert_allclose(certificate.residual_left, turned[0], atol=off)
    np.testing.assert_allclose(certificate.residual_right, turned[1], atol=off)
    assert certificate.worst_residual == max(*certificate.residual_left, *certificate.residual_right)
    assert certificate.holds
    assert certificate.tolerance == tolerance
    total = np.sum(matrix.by_user.values.astype(np.float64) ** 2)
    assert certificate.share_of_variance == pytest.approx(np.sum(svd.values**2) / total, rel=1e-12)
    expected = max(np.max(np.abs(v.T @ v - np.eye(9))) for v in (svd.left, svd.right))
    assert certificate.orthogonality == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("shape", KRYLOV_SHAPES)
def test_tight_tolerance_is_met_in_double_precision(shape) -> None:
    matrix = random_matrix(*shape, 0.05, seed=5)
    svd = truncated_svd(matrix, 12, tolerance=1e-10)
    assert svd.certificate.holds
    holds(matrix, svd, 12, 1e-10)
    np.testing.assert_allclose(svd.values, np.linalg.svd(to_scipy(matrix).toarray(), compute_uv=False)[:12], rtol=1e-12)


def test_residuals_of_biases_meet_a_tight_tolerance_too() -> None:
    """The two compressions of a residual are one matrix to the last bit, or no such tolerance could be met."""
    rng = np.random.default_rng(6)
    matrix = random_matrix(700, 500, 0.05, seed=6)
    residual = matrix.residual(3.1, rng.standard_normal(700).astype("f4"), rng.standard_normal(500).astype("f4"))
    svd = truncated_svd(residual, 8, tolerance=1e-10)
    assert svd.certificate.holds
    holds(residual, svd, 8, 1e-10)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-10])
@pytest.mark.parametrize("short_side", [100, 500])
def test_rank_deficient_matrix_has_zeros_after_its_rank(tolerance, short_side) -> None:
    rng = np.random.default_rng(7)
    dense = rng.integers(0, 3, (short_side + 100, 4)) @ rng.integers(0, 3, (4, short_side)).astype(float)
    matrix = from_dense(dense)
    svd = truncated_svd(matrix, 10, tolerance=tolerance)
    precise = 1e-12 if tolerance < 1e-6 or short_side == 100 else 1e-6
    np.testing.assert_allclose(svd.values[4:], 0.0, atol=precise * svd.values[0])
    np.testing.assert_allclose(svd.values[:4], np.linalg.svd(dense, compute_uv=False)[:4], rtol=1e-6)
    holds(matrix, svd, 10, max(tolerance, 1e-10))


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (500, 400)])
def test_zero_matrix(shape) -> None:
    matrix = diagonal(np.zeros(1), *shape)
    rank = min(shape[0], 5)
    svd = truncated_svd(matrix, rank)
    assert not svd.values.any()
    holds(matrix, svd, rank, 0.0)
    assert svd.certificate.share_of_variance == 0


@pytest.mark.parametrize("tolerance", [1e-5, 1e-10])
@pytest.mark.parametrize("times", [2, 15, 16, 17, 40])
def test_values_that_repeat_are_all_found(times, tolerance) -> None:
    """More often than a block is wide, too: a Krylov space of one start would meet each but 16 times."""
    values = np.concatenate([np.full(times, 8.0), np.full(times, 4.0), np.linspace(1.0, 0.1, 300)])
    matrix = diagonal(values, 700, 600)
    svd = truncated_svd(matrix, 2 * times, tolerance=tolerance)
    np.testing.assert_allclose(svd.values, values[: 2 * times], rtol=1e-6)
    holds(matrix, svd, 2 * times, tolerance)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-10])
def test_a_start_that_runs_dry_is_given_fresh_directions(tolerance) -> None:
    """One value 60 times and nothing else: two blocks exhaust what the start can reach, and 45 copies are missing."""
    matrix = diagonal(np.full(60, 8.0), 700, 600)
    svd = truncated_svd(matrix, 56, tolerance=tolerance)
    np.testing.assert_allclose(svd.values, 8.0, rtol=1e-6)
    holds(matrix, svd, 56, tolerance)


def test_values_far_under_the_first_are_as_precise() -> None:
    """Residuals are relative to σ₁, as of a matrix with nothing taken out; values are to be good to 1e-6 each."""
    values = np.concatenate([[1_000.0], np.linspace(4.0, 0.5, 500)])
    svd = truncated_svd(diagonal(values, 900, 800), 20)
    np.testing.assert_allclose(svd.values, np.asarray(values[:20], np.float32), rtol=1e-6)


def test_a_cut_through_a_cluster_gives_vectors_of_the_cluster() -> None:
    values = np.concatenate([[9.0], np.full(20, 5.0), np.full(400, 1.0)])
    matrix = diagonal(values, 800, 700)
    svd = truncated_svd(matrix, 7)
    np.testing.assert_allclose(svd.values, values[:7], rtol=1e-6)
    holds(matrix, svd, 7, 1e-5)


@pytest.mark.parametrize("side", [1, 50, 500])
def test_identity(side) -> None:
    matrix = diagonal(np.ones(side), side, side)
    rank = min(side, 12)
    svd = truncated_svd(matrix, rank)
    np.testing.assert_allclose(svd.values, 1.0, rtol=1e-6)
    holds(matrix, svd, rank, 1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (1, 5_000), (5_000, 1)])
def test_one_row_or_column_is_its_own_length(shape) -> None:
    matrix = random_matrix(*shape, 0.9, seed=8) if max(shape) > 1 else diagonal(np.array([3.5]), 1, 1)
    svd = truncated_svd(matrix, 1)
    assert svd.values[0] == pytest.approx(np.linalg.norm(matrix.by_user.values.astype(float)), rel=1e-12)
    holds(matrix, svd, 1, 1e-12)
    assert svd.certificate.share_of_variance == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(1, 1), (20, 30), (700, 600)])
def test_single_entry(shape) -> None:
    matrix = diagonal(np.array([2.5]), *shape)
    rank = min(*shape, 3)
    svd = truncated_svd(matrix, rank)
    assert svd.values == pytest.approx([2.5, 0.0, 0.0][:rank], abs=1e-6)
    holds(matrix, svd, rank, 1e-6)


@pytest.mark.parametrize("shape", [(40, 25), (25, 40), (500, 300)])
def test_full_rank_gives_the_matrix_back(shape) -> None:
    matrix = random_matrix(*shape, 0.2, seed=9)
    svd = truncated_svd(matrix, min(shape))
    np.testing.assert_allclose((svd.left * svd.values) @ svd.right.T, to_scipy(matrix).toarray(), atol=1e-10)
    assert svd.certificate.share_of_variance == pytest.approx(1.0)


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.99])
def test_decaying_spectra(decay) -> None:
    values = 5.0 * decay ** np.arange(500.0)
    matrix = diagonal(values, 900, 800)
    svd = truncated_svd(matrix, 20)
    kept = np.asarray(values[:20], np.float32)
    np.testing.assert_allclose(svd.values, kept, rtol=1e-6, atol=1e-6 * values[0])
    holds(matrix, svd, 20, 1e-5)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-10])
@pytest.mark.parametrize("basis", [64, 80, 128])
def test_restarts_give_the_same(monkeypatch, basis, tolerance) -> None:
    """A basis too small for the iteration to end in it; slow decay, so that it restarts many times."""
    matrix = diagonal(np.linspace(3.0, 1.0, 600), 900, 800)
    roomy = solve._limits

    def cramped(*given):
        limits = roomy(*given)
        return type(limits)(limits.tolerance, basis, limits.blocks, limits.deadline)

    monkeypatch.setattr(solve, "_limits", cramped)
    svd = truncated_svd(matrix, 20, tolerance=tolerance)
    assert svd.certificate.multiplications > 2 * basis // 16 + 4, "it never restarted"
    np.testing.assert_allclose(svd.values, np.linspace(3.0, 1.0, 600)[:20], rtol=1e-6)
    holds(matrix, svd, 20, tolerance)


def test_a_spent_budget_is_confessed(monkeypatch) -> None:
    roomy = solve._limits

    def hurried(*given):
        limits = roomy(*given)
        return type(limits)(limits.tolerance, limits.basis, 4, limits.deadline)

    monkeypatch.setattr(solve, "_limits", hurried)
    matrix = random_matrix(900, 600, 0.03, seed=10)
    certificate = truncated_svd(matrix, 20).certificate
    assert not certificate.holds
    assert certificate.worst_residual > 1e-3


def test_a_time_limit_stops_short_and_says_so() -> None:
    matrix = random_matrix(900, 600, 0.03, seed=10)
    svd = truncated_svd(matrix, 20, tolerance=1e-12, time_limit=1e-9)
    assert not svd.certificate.holds
    assert svd.values.shape == (20,)
    assert truncated_svd(matrix, 20, time_limit=1e9).certificate.holds


@pytest.mark.parametrize("shape", [(60, 30), (900, 600)])
def test_multiplications_are_counted(shape) -> None:
    """Each is a panel of at most 16 columns; the dense way multiplies the identity both ways."""
    svd = truncated_svd(random_matrix(*shape, 0.1), 16)
    multiplications = svd.certificate.multiplications
    assert multiplications == 2 * 2 + 3 if shape == (60, 30) else multiplications > 10


@pytest.mark.parametrize("shape", [(80, 60), (900, 600), (600, 900)])
@pytest.mark.parametrize("tolerance", [1e-5, 1e-10])
def test_threads_and_repetition_change_not_one_bit(shape, tolerance) -> None:
    matrix = random_matrix(*shape, 0.1, seed=11)
    first, *others = (truncated_svd(matrix, 10, seed=3, tolerance=tolerance, threads=n) for n in (1, 1, 2, 5))
    for other in others:
        for name in ("left", "values", "right"):
            np.testing.assert_array_equal(getattr(first, name), getattr(other, name))


def test_seeds_give_other_starts_and_the_same_answer() -> None:
    matrix = random_matrix(900, 600, 0.05, seed=12)
    one, other = (truncated_svd(matrix, 10, seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.left, other.left)
    np.testing.assert_allclose(one.values, other.values, rtol=1e-6)


def test_progress_is_a_share() -> None:
    told: list[float] = []
    truncated_svd(random_matrix(900, 600, 0.03, seed=13), 20, progress=told.append)
    assert len(told) > 3
    assert all(0 <= share <= 1 for share in told)


@pytest.mark.parametrize("rank", [0, -1, 31])
def test_impossible_ranks_are_refused(rank) -> None:
    says = rf"rank: found {rank}; allowed is 1 to 30, the number of users or items, whichever is smaller"
    with pytest.raises(ConfigError, match=says):
        truncated_svd(random_matrix(50, 30, 0.2), rank)
