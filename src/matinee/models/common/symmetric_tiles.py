"""The inverse of a large symmetric positive definite matrix, in the memory of a float32 one of its size."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Square = NDArray[np.float64]

_WIDEST: Final = 384
"""Rows of a tile, at most: fixed, for the order of sums inside BLAS may depend on the shape of its panels."""


class SymmetricTiles:
    """A symmetric matrix, float64, in ``4 n²`` bytes and some ``8 n`` for each row of a tile.

    The lower triangle is kept in square tiles, in the memory of the float32 matrix that `scaled` turns it into: the
    tile below the diagonal at (i, j) has its left half at (i, j) and its right half at (j, i), each number taking the
    place of two. Tiles on the diagonal have memory of their own.
    """

    def __init__(self, size: int) -> None:
        count = max(1, -(-size // _WIDEST))
        self.size = size
        self.width = 2 * -(-size // (2 * count))
        self._square = np.zeros((count * self.width, count * self.width), np.float32)
        self._diagonal = np.tile(np.eye(self.width), (count, 1, 1))
        self._halves = self._square.view(np.float64)

    def blocks(self) -> list[slice]:
        """Rows of each row of tiles, in order."""
        return [slice(start, min(start + self.width, self.size)) for start in range(0, self.size, self.width)]

    def fill(self, rows: Callable[[slice], NDArray[np.floating]], ridge: float) -> None:
        """Set the matrix to ``rows(block)`` for each of `blocks`, its lower triangle being read, plus ``ridge I``."""
        for i, part in enumerate(self.blocks()):
            size = part.stop - part.start
            block = np.zeros((self.width, part.stop))
            block[:size] = rows(part)[:, : part.stop]
            for j in range(i):
                self._set(i, j, block[:, self._at(j)])
            self._diagonal[i, :size, :size] = block[:size, part] + ridge * np.eye(size)

    def invert(self, threads: int, progress: Callable[[float], None] = lambda _: None) -> None:
        """Replace the matrix, positive definite, by its inverse; the same on any number of threads.

        Gauss-Jordan elimination by tiles, which needs no pivots on such a matrix (Higham 2002, section 14.4), on the
        lower triangle alone: n³ operations, nearly all of them in matrix products, and two columns of tiles of
        memory.
        """
        count = len(self._diagonal)
        with single_threaded_blas(), ThreadPoolExecutor(threads) as pool:
            for k in range(count):
                self._eliminate(k, pool)
                progress((k + 1) / count)
        for numbers in (self._halves, self._diagonal):
            np.negative(numbers, out=numbers)

    def diagonal(self) -> NDArray[np.float64]:
        """The diagonal, shape ``(n,)``."""
        return np.concatenate([tile.diagonal() for tile in self._diagonal])[: self.size]

    def rows(self, part: slice) -> NDArray[np.float64]:
        """One of `blocks` of rows, float64, shape ``(rows, n)``."""
        tiles = [self._tile(part.start // self.width, j) for j in range(len(self._diagonal))]
        return np.hstack(tiles)[: part.stop - part.start, : self.size]

    def scaled(self, columns: NDArray[np.float64]) -> NDArray[np.float32]:
        """The matrix with each column multiplied by a number, float32, shape ``(n, n)``, in the memory of the tiles."""
        scale = np.zeros((len(self._diagonal), self.width))
        scale.reshape(-1)[: self.size] = columns
        for i in range(len(self._diagonal)):
            for j in range(i + 1):
                tile = self._tile(i, j)
                self._square[self._at(i), self._at(j)] = tile * scale[j]
                self._square[self._at(j), self._at(i)] = tile.T * scale[i]
        return self._compact()

    def _eliminate(self, k: int, pool: ThreadPoolExecutor) -> None:
        """Sweep the k-th tile of the diagonal (Goodnight 1979): all tiles swept leave minus the inverse."""
        pivot = np.linalg.inv(self._diagonal[k])
        column = [self._tile(i, k) for i in range(len(self._diagonal))]
        solved = [tile @ pivot for tile in column]

        def update(i: int, j: int) -> None:
            if i == j:
                self._diagonal[i] -= solved[i] @ column[i].T
                return
            upper, lower = np.vsplit(column[j], 2)
            self._left(i, j)[:] -= solved[i] @ upper.T
            self._right(i, j)[:] -= solved[i] @ lower.T

        others = [i for i in range(len(column)) if i != k]
        list(pool.map(lambda pair: update(*pair), [(i, j) for i in others for j in others if j <= i]))
        for i in others:
            self._set(max(i, k), min(i, k), solved[i] if i > k else solved[i].T)
        self._diagonal[k] = -pivot

    def _at(self, i: int) -> slice:
        return slice(i * self.width, (i + 1) * self.width)

    def _left(self, i: int, j: int) -> Square:
        return self._halves[self._at(i), j * self.width // 2 : (j + 1) * self.width // 2]

    def _right(self, i: int, j: int) -> Square:
        return self._halves[self._at(j), i * self.width // 2 : (i + 1) * self.width // 2]

    def _tile(self, i: int, j: int) -> Square:
        """The tile at (i, j), on either side of the diagonal; a copy, except on it."""
        if i < j:
            return self._tile(j, i).T
        return self._diagonal[i] if i == j else np.hstack([self._left(i, j), self._right(i, j)])

    def _set(self, i: int, j: int, tile: Square) -> None:
        """Set the tile at (i, j), below the diagonal."""
        self._left(i, j)[:], self._right(i, j)[:] = np.hsplit(tile, 2)

    def _compact(self) -> NDArray[np.float32]:
        """The matrix without the rows and columns that only fill up its last tiles."""
        size = self.size
        flat = self._square.reshape(-1)
        if len(self._square) > size:
            for row in range(size):
                flat[row * size : (row + 1) * size] = self._square[row, :size]
        return flat[: size * size].reshape(size, size)
