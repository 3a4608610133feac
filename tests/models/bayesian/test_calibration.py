"""A chain that is given ratings alone finds what made them, as often above as below: see `calibrating`."""

from __future__ import annotations

from typing import Final

import pytest

from matinee.models.bayesian.chain import side
from tests.support.calibrating import Plan, Setting, doubts, ranks

PLAIN: Final = (Setting(components=0, varies=False), 300, Plan(burn_in=60, draws=7, thinning=15))
FULL: Final = (Setting(components=2, varies=True), 100, Plan(burn_in=60, draws=7, thinning=40))
"""How alike people are is drawn by short steps, so that its draws have to lie further apart."""

CHANCE: Final = 1e-3
"""Of failing though all is right, were the seed not fixed: shared out among all that is looked at."""


def least_likely(setting: Setting, replicates: int, plan: Plan) -> tuple[float, str]:
    """Of everything looked at, times how much that is."""
    found = {
        f"{name}: {how}": chance
        for name, own in ranks(setting, replicates, plan, seed=20).items()
        for how, chance in doubts(own, plan.draws).items()
    }
    worst = min(found, key=found.__getitem__)
    return found[worst] * len(found), worst


@pytest.mark.long
@pytest.mark.parametrize("case", [PLAIN, FULL], ids=["plain", "with features and varying noise"])
def test_ranks_are_uniform(case: tuple[Setting, int, Plan]) -> None:
    chance, worst = least_likely(*case)
    assert chance > CHANCE, worst


def test_precisions_that_scatter_too_little_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = side.draw_precision
    monkeypatch.setattr(side, "draw_precision", lambda squares, count, rng: right(2 * squares, 2 * count, rng))
    setting, _, plan = PLAIN
    chance, worst = least_likely(setting, 150, plan)
    assert chance < CHANCE
    assert "precision" in worst
