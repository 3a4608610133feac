"""Random numbers by counter: the n-th number of a stream is a function of the stream's key and n.

So no result depends on the order, or on the number of threads, in which numbers are drawn. The function is
splitmix64 (Steele, Lea and Flood 2014); ``native/streams.hpp`` is the same in C++.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def words(key: int | NDArray[np.uint64], counter: int | NDArray[np.integer]) -> NDArray[np.uint64]:
    """Random 64-bit words: the numbers ``counter`` (0 or more) of the streams ``key``, which broadcast.

    A word can be the key of a stream of its own.
    """
    keys, counters = np.asarray(key, dtype=np.uint64), np.asarray(counter).astype(np.uint64)
    with np.errstate(over="ignore"):  # arithmetic modulo 2⁶⁴ is what is meant
        x = keys + (counters + np.uint64(1)) * _GOLDEN
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def uniform(word: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Words as numbers in (0, 1], 53 bits each."""
    return ((word >> np.uint64(11)) + np.uint64(1)).astype(np.float64) * 2.0**-53


def uniforms(seed: int, purpose: int, count: int) -> NDArray[np.float64]:
    """``count`` numbers in (0, 1], independent for every ``purpose``."""
    return uniform(words(int(words(seed, purpose)), np.arange(count)))


def normals(seed: int, purpose: int, count: int) -> NDArray[np.float64]:
    """``count`` standard normal numbers (Box and Muller 1958), independent for every ``purpose``."""
    return stream_normals(int(words(seed, purpose)), count)


def stream_normals(key: int, count: int) -> NDArray[np.float64]:
    """The first ``count`` standard normal numbers of the stream ``key``."""
    half = (count + 1) // 2
    u = uniform(words(key, np.arange(2 * half)))
    radius, angle = np.sqrt(-2.0 * np.log(u[:half])), 2.0 * np.pi * u[half:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
