"""Geweke's joint-distribution test (2004), restarted: everything from the model, ratings and all, then a few sweeps.

Whatever was drawn has the distribution of the model still, if every conditional is right; one wrong factor of two, and
some mean moves. Starting anew each time, and not going on, leaves nothing correlated with what went before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from matinee.models.bayesian.chain import periods as drawn_periods
from tests.support.chains import RANK, a_chain, from_the_prior, new_ratings

if TYPE_CHECKING:
    from matinee.models.bayesian.chain.chain import Chain

REPLICATES = 4_000
SWEEPS = 3


def looked_at(chain: Chain) -> list[float]:
    """Bounded: precisions may be anything, and a chain leaves their far ends slowly."""
    users, items, noise = chain.users, chain.items, chain.noise
    seen = [
        np.log(noise.all),
        np.log(noise.user.freedom) - 4.0,
        np.log(noise.item.precision).mean(),
        np.tanh(users.factors[0, 0] * items.factors[0, 0]),
        np.log(np.square(users.factors[:, 1]).sum()),
    ]
    for side in (users, items):
        seen += [np.log(side.precision[0]), np.log(side.precision[-1]), np.tanh(side.bias_mean), np.tanh(side.bias[0])]
        for weights in side.weights:
            seen += [
                np.log(weights.precision[0]),
                np.log(weights.precision[-1]),
                np.tanh(weights.values[0, -1]),
            ]
            seen.append(np.tanh(weights.expected[:, 0] @ side.factors[:, 0]))
    if chain.session_drift is not None:
        seen += [np.log(variance) for variance in chain.session_drift.variance]
        seen += [np.log(np.square(chain.session_drift.level[:, 0]).sum()), np.tanh(chain.session_drift.level[0].sum())]
    if chain.periods is not None:
        periods = chain.periods
        seen += [np.log(periods.precision[0]), np.log(periods.precision[-1]), np.tanh(periods.bias[0])]
        seen += [np.log(np.square(periods.factors).sum()), np.tanh(periods.factors[1] @ items.factors[0, :RANK])]
        seen.append(np.tanh(periods.factors[0] @ users.factors[0, :RANK]))
    if chain.latent is not None:
        gaps = np.log(np.diff(chain.latent.thresholds.value))
        seen += [
            *gaps,
            np.log(noise.all) * gaps[0],
            np.tanh(chain.values[0]),
            np.tanh(np.square(chain.values).mean()),
        ]
    return [float(np.clip(number, -2.0, 2.0)) for number in seen]


@pytest.mark.long
@pytest.mark.parametrize(
    ("times", "periods", "levels", "inner"),
    [(False, 0, 0, True), (True, 0, 0, True), (True, 3, 0, True), (True, 0, 5, True), (True, 0, 5, False)],
)
def test_sweeps_leave_the_joint_distribution_as_it_is(
    times: bool, periods: int, levels: int, inner: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``levels``: those of an ordered probit, 0 for ratings that are normal; ``inner``: stars that tell a width."""
    monkeypatch.setattr(drawn_periods, "PRIOR_RATE", 1.0)  # periods that matter: most real ones hardly differ
    chain, rng = a_chain(1, times, periods, levels, inner), np.random.default_rng(2)
    before, after = [], []
    for _ in range(REPLICATES):
        from_the_prior(chain, rng)
        new_ratings(chain, rng)
        before.append(looked_at(chain))
        for _ in range(SWEEPS):
            chain.sweep()
        after.append(looked_at(chain))
    for power in (1, 2):
        moved = np.array(after) ** power - np.array(before) ** power
        z = moved.mean(0) / (np.maximum(moved.std(0), 1e-9) / np.sqrt(REPLICATES))
        assert np.abs(z).max() < 4.5, (power, z.round(1))
