"""Anything timed by turns with the float32 matrix product of the same machine, and told as shares of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from matrix_product import in_environment
from measure import median, ratio
from peers import TUNING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENVIRONMENTS: Final[dict[str, tuple[str, ...]]] = {"as it is": (), "without the choice of kernels": TUNING}


def product(size: int, threads: int, without: tuple[str, ...]) -> float:
    """GFLOP/s of the matrix product: the median of three in one process."""
    return 2 * size**3 / 1e9 / median(in_environment(without, size, threads, 3)["seconds"])


def by_turns(measures: Mapping[str, Callable[[], Any]], rounds: int, size: int, threads: int) -> dict[str, list[Any]]:
    """Everything once a round: GFLOP/s of each product, and what each of ``measures`` gives."""
    found: dict[str, list[Any]] = {name: [] for name in (*ENVIRONMENTS, *measures)}
    for _ in range(rounds):
        for name, without in ENVIRONMENTS.items():
            found[name].append(product(size, threads, without))
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def shares(speed: list[float], found: Mapping[str, list[Any]]) -> dict[str, float]:
    """Medians of ratios within a round."""
    return {f"of the product, {name}": ratio(speed, found[name]) for name in ENVIRONMENTS}


def setting(rounds: int, threads: int, found: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Under what was measured, and the products."""
    return {
        "threads": threads,
        "rounds": rounds,
        **{name: os.environ.get(name, "not set") for name in TUNING},
        "product": {name: {"gflops": median(found[name])} for name in ENVIRONMENTS},
    }
