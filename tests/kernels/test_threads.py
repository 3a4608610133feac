from __future__ import annotations

import multiprocessing
import os
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.spmm import spmm
from matinee.kernels.threads import available_threads
from tests.support.arrays import draw_triplets

MATRIX = draw_triplets(4_000, 400, 80_000, seed=8).compressed
PANEL = np.random.default_rng(0).standard_normal((400, 16))


def product() -> np.ndarray:
    return spmm(MATRIX, PANEL, 3)


def child(answer: multiprocessing.connection.Connection) -> None:
    answer.send_bytes(product().tobytes())


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own() -> None:
    """The parent's pool does not live on in a child; a kernel waiting for it would never return."""
    expected = product()
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        mine, theirs = context.Pipe(duplex=False)
        forked = context.Process(target=child, args=(theirs,))
        forked.start()
        theirs.close()
        try:
            assert mine.recv_bytes() == expected.tobytes()
        finally:
            forked.kill()
            forked.join()
    np.testing.assert_array_equal(product(), expected)


def test_kernels_called_from_several_threads_at_once_do_not_mix() -> None:
    expected, found = product(), []
    workers = [threading.Thread(target=lambda: found.append([product() for _ in range(20)])) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 4
    assert all(np.array_equal(one, expected) for several in found for one in several)


def test_available_threads_are_those_this_process_may_use() -> None:
    assert available_threads() >= 1
    if hasattr(os, "sched_getaffinity"):
        assert available_threads() == len(os.sched_getaffinity(0))


def test_blas_is_limited_inside_alone() -> None:
    def blas() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    with threadpool_limits(2, user_api="blas"):
        assert set(blas()) == {2}
        with single_threaded_blas():
            assert set(blas()) == {1}
        assert set(blas()) == {2}
