"""Simulation-based calibration of bayesian's chain on many replicates: the long form of a test (Talts and others 2018).

Everything is drawn from the priors, ratings from that, and a chain that sees the ratings alone says where the truth
lies among its draws: with equal chance anywhere. Shown is how far the share of ranks up to each lies from that, with
the band that holds 95 % of whole lines (Säilynoja, Bürkner and Vehtari 2022, by simulation), and how likely uniform
ranks are to look no better, by their histogram, mean and spread.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from measure import finish, timed
from scipy.stats import binom

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.calibrating import Plan, Setting, doubts, ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

SETTINGS: Final = {
    "plain": (Setting(components=0, varies=False), 15),
    "features, noise that varies": (Setting(components=2, varies=True), 60),
}
"""And how many sweeps its draws lie apart."""

_SIMULATED: Final = 2_000
_INSIDE: Final = 0.95


def shares(own: NDArray[np.int64], draws: int) -> NDArray[np.float64]:
    """Of ranks up to each from 0 to ``draws - 1``; up to ``draws`` it is always 1."""
    return np.cumsum(np.bincount(own, minlength=draws + 1))[:-1] / len(own)


def band(replicates: int, draws: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Between what limits the shares of uniform ranks stay, all at once, with chance 0.95 (their algorithm 1)."""
    expected, rng = np.arange(1, draws + 1) / (draws + 1), np.random.default_rng(0)
    least = []
    for _ in range(_SIMULATED):
        counts = np.rint(shares(rng.integers(0, draws + 1, replicates), draws) * replicates)
        below, above = binom.cdf(counts, replicates, expected), binom.sf(counts - 1, replicates, expected)
        least.append(2 * min(below.min(), above.min()))
    tail = np.quantile(least, 1 - _INSIDE) / 2
    low, high = (binom.ppf(chance, replicates, expected) / replicates for chance in (tail, 1 - tail))
    return low - expected, high - expected


def of_setting(name: str, replicates: int, draws: int, burn_in: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A row a quantity, and the lines and the band of the picture."""
    setting, thinning = SETTINGS[name]
    found = ranks(setting, replicates, Plan(burn_in, draws, thinning), seed=20)
    expected = np.arange(1, draws + 1) / (draws + 1)
    low, high = band(replicates, draws)
    lines = {quantity: shares(own, draws) - expected for quantity, own in found.items()}
    rows = [
        {
            "setting": name,
            "quantity": quantity,
            **{f"{how}, chance": chance for how, chance in doubts(own, draws).items()},
            "inside the band": bool(np.all((lines[quantity] >= low) & (lines[quantity] <= high))),
        }
        for quantity, own in found.items()
    ]
    drawn = {quantity: line.tolist() for quantity, line in lines.items()}
    return rows, {"expected": expected.tolist(), "low": low.tolist(), "high": high.tolist(), "lines": drawn}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--draws", type=int, default=15, help="that a truth is ranked among")
    parser.add_argument("--burn-in", type=int, default=100)
    options = parser.parse_args()
    rows, plotted, seconds = [], {}, {}
    for name in SETTINGS:
        run = (name, options.replicates, options.draws, options.burn_in)
        seconds[name], (own, plotted[name]) = timed(lambda run=run: of_setting(*run))
        rows += own
    told = {"replicates": options.replicates, "draws": options.draws, "burn in": options.burn_in}
    finish("calibration", {**told, "seconds": seconds, "quantities": rows, "plotted": plotted})


if __name__ == "__main__":
    main()
