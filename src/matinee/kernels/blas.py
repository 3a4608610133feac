"""BLAS threads, limited only around our own regions and restored after.

One thread makes a sum's order, and so the result, independent of how many threads the user asks for.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from threadpoolctl import ThreadpoolController


def single_threaded_blas() -> AbstractContextManager[object]:
    """A context in which NumPy's BLAS and LAPACK use one thread."""
    context: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return context


@cache
def _controller() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController  # once: looking for libraries takes milliseconds

    return ThreadpoolController()
