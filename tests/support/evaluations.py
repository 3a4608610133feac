"""Synthetic evaluations of every shape the pictures and the report must stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matinee.data.scale import Scale
from matinee.evaluation.result import Curve, Evaluation, Setting
from matinee.predicting.distribution import normal_stars
from matinee.predicting.normal import cumulative

if TYPE_CHECKING:
    from collections.abc import Sequence

HALVES = Scale(0.5, 5, 0.5)
HOSTILE = "<script>alert(1)</script> $x_1^{$ \\frac &amp; \"'</style>\x00\x07\u202e 日本 {{ 7*7 }} "


def evaluation(
    count: int = 400,
    *,
    scale: Scale = HALVES,
    protocol: str = "hide",
    seed: int = 1,
    titles: bool = True,
    intervals: bool = False,
    corrupted: float | None = None,
    rank: int = 3,
    **setting: Any,
) -> Evaluation:
    """``count`` predictions that know half of the truth, by 60 users of 90 films."""
    rng = np.random.default_rng(seed)
    step = scale.step or scale.width / 1000
    truth = scale.low + np.rint(rng.beta(4, 2, count) * scale.width / step) * step
    middle = scale.low + 0.6 * scale.width
    prediction = 0.5 * truth + 0.5 * middle + rng.normal(0, 0.15 * scale.width, count)
    rows = pl.DataFrame(
        {
            "user": rng.integers(1, 61, count),
            "item": rng.integers(1, 91, count),
            "truth": truth.astype(np.float32),
            "prediction": prediction,
            "lower": prediction - 0.2 * scale.width if intervals else [None] * count,
            "upper": prediction + 0.2 * scale.width if intervals else [None] * count,
            "source": rng.choice(["model", "bias", "mean"], count),
            "baseline": middle + rng.normal(0, 0.1 * scale.width, count),
            "user_ratings": (rng.pareto(0.8, count) * 5).astype(np.int64),
            "item_ratings": (rng.pareto(0.8, count) * 5).astype(np.int64),
        },
        schema_overrides={"lower": pl.Float64, "upper": pl.Float64},
    )
    names = [f"Film {item} (1999)" if titles else None for item in rows["item"]]
    rows = rows.with_columns(title=pl.Series(names, dtype=pl.String))
    if protocol == "corrupt":
        rows = rows.with_columns(corrupted=pl.lit(corrupted, dtype=pl.Float64))
    values = {
        "model": "truncated-svd", "parameters": {"rank": rank, "fill": "bias"}, "protocol": protocol,
        "seed": 20, "data": "ratings.csv", "scale": scale, "train_ratings": 9_000, "fit_seconds": 0.4,
        "predict_seconds": 0.01, "peak_memory_mb": 180.4, "version": "0.1.0",
        "coverage": 0.9 if intervals else None,
    }  # fmt: skip
    ranks = range(1, rank + 1)
    curve = Curve(tuple(map(float, ranks)), tuple(1 - 0.01 * x for x in ranks)) if rank else None
    sigma = tuple(40.0 / x for x in ranks)
    return Evaluation(rows, Setting(**(values | setting)), sigma, curve)


def distributed(count: int = 400, *, seed: int = 3, scale: Scale = HALVES) -> Evaluation:
    """``count`` predictions whose truths are normal about them, some twice as far off as others, which is known."""
    base, rng = evaluation(count, seed=seed, scale=scale, intervals=True), np.random.default_rng(seed)
    step = scale.step or 1.0
    centre = rng.uniform(scale.low + 0.3 * scale.width, scale.high - 0.2 * scale.width, count)
    deviation = rng.choice([0.09, 0.18], count) * scale.width
    truth = scale.clip(np.rint((centre + deviation * rng.standard_normal(count)) / step) * step)
    stars = normal_stars(centre, deviation, scale)
    told = {
        "truth": pl.Series(truth),
        "prediction": pl.Series(centre),
        "lower": pl.Series(scale.clip(centre - 1.645 * deviation)),
        "upper": pl.Series(scale.clip(centre + 1.645 * deviation)),
        "deviation": pl.Series(deviation),
        "level": pl.Series(cumulative((truth - centre) / deviation)),
    }
    return replace(base, rows=base.rows.with_columns(**told, probabilities=pl.Series(stars)))


def ranked(count: int = 400, *, seed: int = 2, **setting: Any) -> Evaluation:
    """``count`` hidden films, three in four of them liked, that come earlier than by popularity."""
    base = evaluation(count, seed=seed, rank=0, model="ease", parameters={"liked": 3.5, "regularization": 400.0})
    rng = np.random.default_rng(seed)
    places = np.sort(rng.integers(1, 2_000, (2, count)), axis=0)
    ranks = pl.DataFrame(places.T, schema=["rank", "popularity_rank"])
    liked = pl.Series(rng.random(count) < 0.75) if count > 1 else pl.Series([True])
    rows = base.rows.with_columns(ranks.select(pl.when(liked).then(pl.all())))
    return replace(base, rows=rows, setting=replace(base.setting, predicts="preference", **setting))


def with_rows(base: Evaluation, **columns: Any) -> Evaluation:
    """The same evaluation with some columns replaced."""
    return replace(base, rows=base.rows.with_columns(**columns))


def iterated(
    errors: Sequence[float], ended: str = "no gain", *, watching: bool = True, again: int = 0
) -> dict[str, Any]:
    """The details of a fit whose sweeps had these watched errors; ``again``: sweeps it was fitted with afterwards."""
    trace = [
        {"sweep": at, "objective": 1e5 * error**1.5, "watched_error": error if watching else None, "seconds": at / 10}
        for at, error in enumerate(errors, 1)
    ]
    best = int(np.argmin(errors)) + 1 if watching else len(errors)
    if not again:
        return {"sweeps": best, "ended": ended, "trace": trace}
    second = [{**step, "watched_error": None} for step in trace[:again]]
    return {"sweeps": again, "ended": ended, "trace": second, "watched_trace": trace}


def lowered(details: dict[str, Any], by: float) -> dict[str, Any]:
    """The same fit with an objective that leaves a constant out."""
    return {**details, "trace": [{**step, "objective": step["objective"] - by} for step in details["trace"]]}


def sampled(
    chains: int, draws: int, burn_in: int = 0, *, varies: bool = True, pair: str = "user 92, Heat"
) -> dict[str, Any]:
    """The details of a fit by chains that look alike, and of a number that no chain changes."""
    rng = np.random.default_rng(chains)
    names = ["noise", "RMSE of one draw", "size of p · q", "prediction 3", "prediction 11"]
    names.insert(3, "ν of users" if varies else "precision of user biases")
    values = {name: (rng.standard_normal((chains, draws)) / 9 + at).tolist() for at, name in enumerate(names)}
    values["size of p · q"] = [[0.5] * draws] * chains
    known = {"mean": 1.0, "sd": 0.1, "rhat": 1.0123, "bulk": 1234.5, "tail": 234.5}
    quantities = {name: known if draws > 8 else dict.fromkeys(known) for name in names}
    quantities["prediction 3"] = {**quantities["prediction 3"], "pair": pair}
    kept = chains * (draws - burn_in)
    return iterated([1.0] * draws, "all sweeps", watching=False) | {
        "convergence": {"chains": chains, "draws": kept, "burn_in": burn_in, "quantities": quantities},
        "posterior_traces": {"burn_in": burn_in, "every": 1, "values": values},
    }


def _hostile() -> Evaluation:
    base = evaluation(60, model=HOSTILE, data=HOSTILE * 3, details={HOSTILE: HOSTILE})
    return with_rows(base, title=HOSTILE + pl.col("item").cast(pl.String), user=pl.lit(HOSTILE))


CASES: dict[str, Evaluation] = {
    "hidden": evaluation(),
    "removed": evaluation(protocol="corrupt"),
    "zeroed": evaluation(protocol="corrupt", corrupted=0.0),
    "untitled": evaluation(titles=False, protocol="test"),
    "with intervals, 0 to 100": evaluation(scale=Scale(0, 100, 1), intervals=True),
    "whole stars, no factors": evaluation(scale=Scale(1, 5, 1), rank=0, model="bias", parameters={}),
    "continuous": evaluation(scale=Scale(-10, 10)),
    "one row": evaluation(1, rank=1),
    "all equal": with_rows(evaluation(), prediction=pl.lit(3.3), baseline=pl.lit(3.3)),
    "all perfect": with_rows(evaluation(50), prediction=pl.col("truth"), baseline=pl.col("truth")),
    "unseen": with_rows(evaluation(), user_ratings=pl.lit(0), item_ratings=pl.lit(0)),
    "much seen": with_rows(evaluation(), user_ratings=pl.col("user_ratings") * 99_999, item_ratings=pl.lit(10**7)),
    "hostile": _hostile(),
    "iterated": evaluation(rank=0, model="als", details=iterated((1.0, 0.9, 0.86, 0.87, 0.88, 0.9), again=3)),
    "cut short after one sweep": evaluation(rank=0, model="als", details=iterated((0.9,), "interrupted")),
    "a thousand epochs": evaluation(
        rank=0,
        model="a model of a very long name",
        parameters={"epochs": 1000},
        details=iterated([0.8 + 0.3 / at for at in range(1, 1001)], "time limit"),
    ),
    "iterated unwatched": evaluation(
        rank=0, details=iterated((1.0, 0.9, 0.86), "all sweeps", watching=False), scale=Scale(0, 100, 1)
    ),
    "an objective under zero": evaluation(rank=0, details=lowered(iterated((1.0, 0.9, 0.86), "all sweeps"), 9e4)),
    "nothing to learn": evaluation(rank=0, details=iterated((0.0, 0.0), "all sweeps", again=1)),
    "distributed": distributed(900),
    "distributed, one row": distributed(1),
    "sampled": evaluation(rank=0, model="bayesian", details=sampled(1, 350, 50)),
    "by four chains": evaluation(rank=0, details=sampled(4, 60, 20, varies=False), scale=Scale(0, 100, 1)),
    "by nine chains without burn-in": evaluation(
        rank=0, model="a model of a very long name", details=sampled(9, 30, pair=HOSTILE)
    ),
    "by one draw in burn-in": evaluation(rank=0, details=sampled(2, 1, 1)),
    "ranked": ranked(),
    "one film ranked": ranked(1),
    "all ranked first": with_rows(ranked(50), rank=pl.lit(1), popularity_rank=pl.lit(1)),
    "hostile names ranked": with_rows(ranked(60, model=HOSTILE), title=HOSTILE + pl.col("item").cast(pl.String)),
}
"""By name; module-level because evaluations are immutable."""
