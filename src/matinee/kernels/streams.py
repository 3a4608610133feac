"""Random numbers by counter: the n-th number of a stream is a function of the stream's key and n.

So no result depends on the order, or on the number of threads, in which numbers are drawn. The function is
splitmix64 (Steele, Lea and Flood 2014); ``native/streams.hpp`` is the same in C++.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@unique
class Stream(IntEnum):
    """Every stream of a seed that is drawn by counter: ``words(seed, stream)`` is its key.

    ``native/streams.hpp`` has those that C++ draws by number; the others reach it as keys.
    """

    PLANT_ITEM = 1
    PLANT_ITEM_ORDER = 2
    PLANT_NOISE = 3
    SAMPLE_ACTIVITY = 100
    SAMPLE_FAME = 101
    SAMPLE_USER_BIAS = 102
    SAMPLE_ITEM_BIAS = 103
    SAMPLE_TASTE = 104
    SAMPLE_USER_QUIRK = 105
    SAMPLE_FILM_QUIRK = 106
    SAMPLE_HABIT = 107
    SAMPLE_JOINING = 108
    SAMPLE_SITTING = 109
    SAMPLE_RETURN = 110
    PLANTED_ACTIVITY = 200
    PLANTED_ORDER = 201
    PLANTED_USER_BIAS = 202
    PLANTED_ITEM_BIAS = 203
    PLANTED_USER_FACTORS = 204
    PLANTED_ITEM_FACTORS = 205
    PLANTED_HABIT = 206
    PLANTED_JOINING = 207
    PLANTED_SITTING = 208
    ALTERNATING_START = 300
    VARIATIONAL_START = 301
    SGD_USERS = 310
    SGD_ITEMS = 311
    NMF_USERS = 320
    NMF_ITEMS = 321
    BAYESIAN_USERS = 400
    BAYESIAN_ITEMS = 401
    BAYESIAN_DRAWS = 402
    BAYESIAN_CHAINS = 440


@unique
class GeneratorStream(IntEnum):
    """Every stream of a seed that NumPy's generator draws; see `generator`.

    The choice of hidden ratings, the start of the Krylov solver and the bootstrap of errors have the generator of the
    seed alone.
    """

    REPLACED_RATINGS = 1
    VERIFIED_ENTRIES = 2
    SET_ASIDE = 3
    BAYESIAN_HYPERPARAMETERS = 4
    BAYESIAN_PROBES = 5
    BAYESIAN_VARIANCE = 6
    HIDDEN_PARTS = 7
    BAYESIAN_WATCHED_PAIRS = 41


def generator(seed: int, stream: GeneratorStream) -> np.random.Generator:
    """NumPy's generator of one stream of ``seed``."""
    return np.random.default_rng([seed, stream])


_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def words(key: int | NDArray[np.uint64], counter: int | NDArray[np.integer]) -> NDArray[np.uint64]:
    """Random 64-bit words: the numbers ``counter`` (0 or more) of the streams ``key``, which broadcast.

    A word can be the key of a stream of its own.
    """
    keys = np.asarray(key, dtype=np.uint64)
    counters = np.asarray(counter).astype(np.uint64)
    with np.errstate(over="ignore"):  # arithmetic modulo 2⁶⁴ is what is meant
        x = keys + (counters + np.uint64(1)) * _GOLDEN
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def uniform(word: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Words as numbers in (0, 1], 53 bits each."""
    return ((word >> np.uint64(11)) + np.uint64(1)).astype(np.float64) * 2.0**-53


def uniforms(seed: int, stream: Stream, count: int) -> NDArray[np.float64]:
    """``count`` numbers in (0, 1], independent for every stream."""
    return uniform(words(int(words(seed, stream)), np.arange(count)))


def normals(seed: int, stream: Stream, count: int) -> NDArray[np.float64]:
    """``count`` standard normal numbers (Box and Muller 1958), independent for every stream."""
    return stream_normals(int(words(seed, stream)), count)


def stream_normals(key: int, count: int) -> NDArray[np.float64]:
    """The first ``count`` standard normal numbers of the stream ``key``."""
    half = (count + 1) // 2
    u = uniform(words(key, np.arange(2 * half)))
    radius = np.sqrt(-2.0 * np.log(u[:half]))
    angle = 2.0 * np.pi * u[half:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
