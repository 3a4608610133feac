"""What is particular to `bayesian` with stars that cut latent numbers; what all models do, the contract tests say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.data.scale import Scale
from matinee.errors import ConfigError
from matinee.fitting.options import RunOptions
from matinee.kernels.ordered import level_probabilities
from matinee.matrix.split import hide
from matinee.models.baselines import Bias
from matinee.models.bayesian import model as bayesian
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.posterior.posterior import Posterior
from matinee.store.load import load
from matinee.store.save import save
from tests.support.planted import planted, with_times
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)
SHORT = Bayesian(rank=3, draws=40, burn_in=20, user_features=8, item_features=8, likelihood="ordered-probit")
CUTS = np.array([-1.7, -0.9, 0.3, 1.0])


def ordinal(users: int = 200, items: int = 120, noise: float = 0.6, seed: int = 0):
    """Ratings of 1 to 5, cut from latent numbers at `CUTS`: stars of uneven width."""
    rng = np.random.default_rng(seed)
    p, q = rng.standard_normal((users, 2)), 0.5 * rng.standard_normal((items, 2))
    whole = planted(users, items, 0.4, seed=seed)
    latent = np.einsum("nk,nk->n", p[whole.user], q[whole.item]) + 0.4 * rng.standard_normal(items)[whole.item]
    level = np.searchsorted(CUTS, latent + noise * rng.standard_normal(len(latent)))
    return replace(whole, value=(1.0 + level).astype(np.float32), scale=Scale(1, 5, 1)), latent


def losses(model, hidden, **how) -> np.ndarray:
    """Minus the logarithms of the probabilities of the hidden stars."""
    shares = predict_at(model, hidden.user, hidden.item, **how).probabilities
    return -np.log(shares[np.arange(len(hidden)), model.scorer.cutpoints.levels(hidden.value)])


def test_planted_thresholds_lie_in_their_own_intervals() -> None:
    """Up to the unit and the origin, which the most common star fixes."""
    ratings, _ = ordinal(noise=0.6)
    model = replace(SHORT, rank=2, draws=200, burn_in=100, noise="equal").fit(ratings, QUICK)
    cutpoints, (low, high) = model.scorer.cutpoints, np.array(model.report.thresholds_interval)
    assert cutpoints.thresholds[1:3].tolist() == pytest.approx([2.5, 3.5])
    truth = 2.5 + (CUTS - CUTS[1]) / (CUTS[2] - CUTS[1])
    slack = 0.5 * (high - low)
    assert np.all((low - slack - 1e-9 <= truth) & (truth <= high + slack + 1e-9))
    assert np.all(high[[0, 3]] - low[[0, 3]] < 0.15)
    assert cutpoints.noise == pytest.approx(0.6 / (CUTS[2] - CUTS[1]), rel=0.1)


def test_probabilities_are_right_as_often_as_they_say() -> None:
    ratings, _ = ordinal()
    split = hide(ratings, 0.2, 0)
    model = replace(SHORT, rank=2).fit(split.training, QUICK)
    shares = predict_at(model, split.hidden.user, split.hidden.item).probabilities
    level = split.hidden.value - 1
    for star in range(5):
        given = level == star
        assert shares[:, star].mean() == pytest.approx(given.mean(), abs=0.025)
        likely = shares[:, star] > np.quantile(shares[:, star], 0.8)
        assert shares[likely, star].mean() == pytest.approx(given[likely].mean(), abs=0.06)
    alone = np.bincount(ratings.value.astype(int))[1:] / len(ratings)
    assert losses(model, split.hidden).mean() < -float(alone @ np.log(alone)) - 0.2


def test_the_compact_form_agrees_with_the_mean_over_all_draws(monkeypatch) -> None:
    """Of the exact probabilities: 0.03 apart at most on 9 of 10 pairs, 0.01 in the root mean square; 0.005 nats."""
    split, exact = hide(ordinal()[0], 0.2, 0), []
    user, item = split.hidden.user, split.hidden.item

    class Watched(Posterior):
        def add(self, chain, at_probes) -> None:
            super().add(chain, at_probes)
            deviation = (chain.noise.all * chain.noise.user.precision[user] * chain.noise.item.precision[item]) ** -0.5
            exact.append(level_probabilities(chain.predict(user, item), deviation, chain.latent.thresholds.value, 1))

    monkeypatch.setattr(bayesian, "Posterior", Watched)
    model = replace(SHORT, draws=100).fit(split.training, QUICK)
    mean, found = np.mean(exact, axis=0), predict_at(model, user, item).probabilities
    assert np.quantile(np.abs(found - mean).max(1), 0.9) < 0.03
    assert np.sqrt(np.mean(np.square(found - mean))) < 0.01
    level = model.scorer.cutpoints.levels(split.hidden.value)
    loss = -np.log(mean[np.arange(len(level)), level]).mean()
    assert losses(model, split.hidden).mean() == pytest.approx(loss, abs=0.005)


def test_predictions_are_the_mean_star_and_intervals_go_by_its_spread() -> None:
    ratings, _ = ordinal()
    model = SHORT.fit(ratings, RunOptions())
    found = predict_at(model, ratings.user, ratings.item)
    shares, stars = found.probabilities, np.arange(1, 6)
    np.testing.assert_allclose(found.value, shares @ stars, rtol=1e-9)
    width = found.deviation
    np.testing.assert_allclose(width, np.sqrt(shares @ stars**2 - (shares @ stars) ** 2), rtol=1e-6)
    sure = width < np.median(width)
    assert np.mean((found.upper - found.lower)[sure]) < np.mean((found.upper - found.lower)[~sure])


def test_where_a_side_is_unknown_the_biases_are_the_mean() -> None:
    ratings, _ = ordinal()
    model = SHORT.fit(ratings.take((ratings.user > 0) & (ratings.item > 0)), QUICK)
    asked = np.array([0, 5, 0]), np.array([5, 0, 0])
    found = predict_at(model, *asked)
    np.testing.assert_allclose(found.probabilities @ np.arange(1, 6), found.value, atol=1e-6)
    again = predict_at(Bias().fit(ratings.take((ratings.user > 0) & (ratings.item > 0)), QUICK), *asked)
    np.testing.assert_array_equal(found.source, again.source)


def test_folded_people_are_predicted_nearly_as_if_they_had_been_there() -> None:
    ratings, _ = ordinal()
    split = hide(ratings, 0.2, 0)
    model = SHORT.fit(split.training, RunOptions())
    folded = model.fold_in(split.training)
    hidden = split.hidden
    known = np.flatnonzero(model.user_counts[hidden.user] > 0)
    assert losses(folded, hidden)[known].mean() == pytest.approx(losses(model, hidden)[known].mean(), abs=0.03)
    np.testing.assert_allclose(folded.scorer.user_noise, model.scorer.user_noise, rtol=0.4)
    found = predict_at(folded, hidden.user, hidden.item)
    assert 0.8 < np.mean((found.lower <= hidden.value) & (hidden.value <= found.upper)) <= 1.0


def test_people_fold_in_by_the_stars_they_gave_whatever_the_period_adds() -> None:
    split = hide(with_eras_of_stars(), 0.2, 0)
    model = replace(SHORT, periods=4).fit(split.training, QUICK)
    folded, hidden = model.fold_in(split.training), split.hidden
    known = hidden.take(model.user_counts[hidden.user] > 0)
    stayed, came = (losses(each, known, time=known.timestamp).mean() for each in (model, folded))
    assert came == pytest.approx(stayed, abs=0.02)
    one, other = (predict_at(fit, known.user, known.item, known.timestamp).value for fit in (model, folded))
    assert np.sqrt(np.mean(np.square(one - other))) < 0.1


def with_eras_of_stars():
    """Ratings of 1 to 5 that are higher in each year than in the one before, seconds apart that no mood lasts."""
    ratings, latent = ordinal()
    rng = np.random.default_rng(3)
    era = rng.integers(0, 4, len(ratings))
    level = np.searchsorted(CUTS, latent + 0.6 * (era - 1.5) + 0.6 * rng.standard_normal(len(ratings)))
    time = 10**9 + era * 30_000_000 + rng.permutation(len(ratings)) * 1_000
    return replace(ratings, value=(1.0 + level).astype(np.float32), timestamp=time.astype(np.int64))


def test_expectation_and_maximisation_have_settled(monkeypatch) -> None:
    ratings, _ = ordinal()
    model = SHORT.fit(ratings, QUICK)
    few = model.fold_in(ratings)
    monkeypatch.setattr("matinee.models.bayesian.fold_in._LATENT_ROUNDS", 300)
    many = model.fold_in(ratings)
    asked = ratings.user, ratings.item
    apart = predict_at(few, *asked).value - predict_at(many, *asked).value
    assert np.sqrt(np.mean(np.square(apart))) < 0.01


def test_it_is_saved_whole(tmp_path) -> None:
    ratings = with_times(ordinal()[0], mood=0.0)
    model = SHORT.fit(ratings, RunOptions())
    save(model, tmp_path)
    loaded, asked = load(tmp_path), (ratings.user, ratings.item, ratings.timestamp + 7)
    assert loaded.config == model.config
    for part in ("value", "lower", "upper", "probabilities"):
        np.testing.assert_array_equal(
            getattr(predict_at(loaded, *asked), part), getattr(predict_at(model, *asked), part)
        )
    np.testing.assert_array_equal(loaded.fold_in(ratings).scorer.user_noise, model.fold_in(ratings).scorer.user_noise)


def test_drift_within_sessions_shifts_the_probabilities() -> None:
    ratings, latent = ordinal()
    timed = with_times(ratings, mood=0.0)
    minute, rng = (timed.timestamp - 10**9) // 3_600, np.random.default_rng(3)
    mood = rng.standard_normal((len(ratings.users), 15))[ratings.user, minute]
    level = np.searchsorted(CUTS, latent + mood + 0.3 * rng.standard_normal(len(latent)))
    split = hide(replace(timed, value=(1.0 + level).astype(np.float32)), 0.1, 0)
    model = SHORT.fit(split.training, QUICK)
    told, untold = losses(model, split.hidden, time=split.hidden.timestamp), losses(model, split.hidden)
    assert told.mean() < untold.mean() - 0.1


def test_two_and_three_stars() -> None:
    ratings, _ = ordinal()
    for count in (2, 3):
        few = replace(ratings, value=np.minimum(ratings.value, count), scale=Scale(1, count, 1))
        model = SHORT.fit(few, QUICK)
        shares = predict_at(model, few.user, few.item).probabilities
        assert shares.shape == (len(few), count)
        assert losses(model, few).mean() < 0.6


def test_a_star_that_nobody_gave_is_not_impossible() -> None:
    ratings, _ = ordinal()
    taken = ratings.take(ratings.value != 2.0)
    model = SHORT.fit(taken, QUICK)
    shares = predict_at(model, ratings.user, ratings.item).probabilities
    assert 0 < shares[:, 1].mean() < 0.005
    assert np.isfinite(np.log(shares)).all()


@pytest.mark.parametrize("inner", [0, 3, 60])
def test_hardly_any_but_the_lowest_and_the_highest_star(inner: int) -> None:
    """A scale of five stars is then as good as one of two, and intervals hold."""
    ratings, latent = ordinal()
    rng = np.random.default_rng(4)
    high = latent + 0.3 * rng.standard_normal(len(latent)) > 0
    value = np.where(high, 5.0, 1.0).astype(np.float32)
    value[rng.choice(len(value), inner, replace=False)] = 3.0
    split = hide(replace(ratings, value=value), 0.1, 0)
    two = replace(split.training, value=(split.training.value > 3).astype(np.float32), scale=Scale(0, 1, 1))
    hidden, whole, config = split.hidden, split.training.scale, replace(SHORT, rank=2)
    model = config.fit(split.training, RunOptions())
    found = predict_at(model, hidden.user, hidden.item)
    error = [
        np.sqrt(np.mean(np.square(whole.clip(value) - hidden.value)))
        for value in (
            found.value,
            1.0 + 4.0 * predict_at(config.fit(two, QUICK), hidden.user, hidden.item).value,
            predict_at(Bias().fit(split.training, QUICK), hidden.user, hidden.item).value,
        )
    ]
    assert error[0] < error[1] + 0.03
    assert error[0] < error[2] - 0.1
    assert 0.85 < np.mean((found.lower <= hidden.value) & (hidden.value <= found.upper)) <= 1.0
    assert found.predictive.deviation.max() <= 4.0
    assert np.isfinite(found.predictive.deviation).all()


@pytest.mark.parametrize(("scale", "says"), [(Scale(0, 100, 1), "which has 101 stars"), (Scale(0, 5), "has no step")])
def test_scales_without_stars_are_refused(scale: Scale, says: str) -> None:
    ratings = replace(ordinal()[0], scale=scale)
    with pytest.raises(ConfigError, match=rf"ordered-probit for ratings of .*{says}; allowed is a scale of 2 to 20"):
        SHORT.fit(ratings, QUICK)


def test_models_without_thresholds_have_no_stars_of_their_own() -> None:
    ratings, _ = ordinal(40, 30)
    model = replace(SHORT, likelihood="gaussian").fit(ratings, QUICK)
    assert predict_at(model, ratings.user, ratings.item).probabilities is None


def test_intervals_and_probabilities_are_of_the_thresholds() -> None:
    ratings, _ = ordinal(120, 60)
    found = predict_at(SHORT.fit(ratings, RunOptions()), ratings.user, ratings.item)
    np.testing.assert_array_equal(found.predictive.probabilities(), found.probabilities)
    np.testing.assert_allclose(found.probabilities @ np.arange(1, 6), found.value)
    inside = (found.lower <= ratings.value) & (ratings.value <= found.upper)
    assert inside.mean() > 0.88


def test_what_is_watched_of_chains_is_in_stars() -> None:
    """Latent numbers go beyond the scale, stars do not; the mean of a few is the prediction of those pairs."""
    ratings, _ = ordinal()
    model = replace(SHORT, chains=2).fit(ratings, QUICK)
    means = [quantity.mean for quantity in model.report.convergence.quantities if quantity.predicts]
    assert min(means) >= 1.0
    assert max(means) <= 5.0
    assert model.report.compression_error < 0.05
