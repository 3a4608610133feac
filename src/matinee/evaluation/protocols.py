"""The protocols: hide a share of the ratings, predict a given test file, or corrupt entries one at a time."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.errors import ConfigError, DataError
from matinee.evaluation.corruption import Entries, read_back, refit_one
from matinee.evaluation.memory import peak_memory_mb
from matinee.evaluation.metrics.curves import rank_curve
from matinee.evaluation.protocol import CORRUPT, CORRUPTIONS, HIDE, TEST, Protocol
from matinee.evaluation.ranking import ranked_rows
from matinee.evaluation.result import Evaluation, Setting
from matinee.evaluation.rows import corrupted_rows, predicted_rows
from matinee.fitting.model import Training
from matinee.fitting.options import RunOptions
from matinee.fitting.preference import PreferenceModel
from matinee.kernels.streams import GeneratorStream, generator
from matinee.matrix.sparse import RatingMatrix
from matinee.matrix.split import chosen, hide
from matinee.models.truncated_svd import TruncatedSVD

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.fitting.model import Model
    from matinee.predicting.fitted import FittedModel

_HELD: Final = {
    "zero": "nothing needs to be: the fill is 0 whatever the entry",
    "mean": "nothing; the mean is recomputed without the entry",
    "user": "nothing; the mean of the entry's user is recomputed without it",
    "item": "nothing; the mean of the entry's film is recomputed without it",
    "bias": "the mean and all biases, which have seen the entry: errors are smaller than for ratings never seen",
}


def evaluate_hidden(
    ratings: Ratings, config: Model, fraction: float = 0.1, options: RunOptions | None = None
) -> Evaluation:
    """Hide a seeded share of the ratings, fit to the rest, predict what was hidden.

    ``fraction``: over 0 and under 1. A model that predicts a preference is judged by how it ranks the hidden films
    among all others (`matinee.evaluation.ranking`). Raises what `hide` and `Model.fit` raise, and `DataError`
    where nothing hidden counts as liked.
    """
    options = options or RunOptions()
    split = hide(ratings, fraction, options.seed)
    return _evaluated(split.training, split.hidden, config, options, HIDE, {"fraction": fraction})


def evaluate_test(training: Ratings, test: Ratings, config: Model, options: RunOptions | None = None) -> Evaluation:
    """Fit to ``training``, predict ``test``. Users and items that only ``test`` knows are predicted from what is known.

    Raises `DataError` where ``test`` repeats a rating of ``training``: the model would have seen the answer.
    """
    options = options or RunOptions()
    _check_disjoint(training, test)
    return _evaluated(training, test, config, options, TEST, {"test": test.source})


def evaluate_corrupted(
    ratings: Ratings,
    config: Model,
    fraction: float = 0.1,
    how: str = "remove",
    replacement: float | None = None,
    verify: int = 0,
    options: RunOptions | None = None,
) -> Evaluation:
    """Corrupt entries one at a time, all others intact, and read each back.

    Parameters: ``fraction`` of the known entries that take their turn, over 0 to 1 (every one);
    ``how``: one of `CORRUPTIONS`; ``replacement``: the rating for ``how="value"``; ``verify``: how many random
    entries are also computed by refitting (``details["verified"]`` holds the largest difference, in stars).

    Exact without refitting; what is recomputed and what is held is in ``details["held"]`` and in
    `matinee.evaluation.corruption`. Raises `ConfigError` for models other than a truncated SVD.
    """
    options = options or RunOptions()
    config = _corruptible(config, how, replacement, fraction)
    rows = chosen(len(ratings), fraction, options.seed)
    entries = _entries(ratings, rows, how, replacement, options.seed)
    started = time.perf_counter()
    matrix = RatingMatrix.from_ratings(ratings, options.workers)
    report = config.learn(Training(matrix), options).report.to_dict()
    fitted = time.perf_counter()
    back = read_back(matrix, config, entries, options.workers, lambda share: options.progress("corrupting", share))
    seconds = {"fit_seconds": fitted - started, "predict_seconds": time.perf_counter() - fitted}
    details = {"corruption": how, "held": _HELD[config.fill], "fraction": fraction, "ties": back.tied}
    details["certificate"] = report["certificate"]
    if verify:
        details["verified"] = _verified(matrix, config, entries, back.value, verify, options)
    table = corrupted_rows(ratings.take(rows), matrix, entries, back.value, options)
    setting = _setting(ratings, config, options, CORRUPT, details=details, **seconds)
    return Evaluation(table, setting, tuple(report["singular_values"]))


def _check_disjoint(training: Ratings, test: Ratings) -> None:
    user, known_user = training.users.encode(test.users.decode(test.user))
    item, known_item = training.items.encode(test.items.decode(test.item))
    known = known_user & known_item
    width = max(1, len(training.items))
    cells = training.user.astype(np.int64) * width + training.item
    shared = int(np.isin(user[known].astype(np.int64) * width + item[known], cells).sum())
    if shared:
        raise DataError(
            f"{test.source}: {shared:,} of its {len(test):,} ratings are also in {training.source}; "
            "a model that has seen the answers is not tested by them; take them out of one of the two files"
        )


def _corruptible(config: Model, how: str, replacement: float | None, fraction: float) -> TruncatedSVD:
    if not isinstance(config, TruncatedSVD):
        raise ConfigError(
            f"protocol corrupt: found model '{config.name}'; allowed is truncated-svd, which entries are read back "
            "from; take that, or the protocol hide"
        )
    if how not in CORRUPTIONS:
        raise ConfigError(f"corruption: found '{how}'; allowed: {', '.join(tuple(CORRUPTIONS)[:-1])}, or a number")
    if (how == "value") != (replacement is not None) or (replacement is not None and not np.isfinite(replacement)):
        raise ConfigError(
            f"corruption '{how}': found value {replacement}; a finite value goes with 'value', and with it alone"
        )
    if not 0 < fraction <= 1:
        raise ConfigError(
            f"fraction: found {fraction:g}; allowed is over 0 up to 1, which corrupts every entry in turn"
        )
    return config


def _entries(ratings: Ratings, rows: NDArray[np.int64], how: str, value: float | None, seed: int) -> Entries:
    truth = ratings.value[rows].astype(np.float64)
    replacement = _replacement(ratings, truth, how, value, seed)
    return Entries(ratings.user[rows], ratings.item[rows], truth, replacement, how == "remove")


def _replacement(
    ratings: Ratings, truth: NDArray[np.float64], how: str, value: float | None, seed: int
) -> NDArray[np.float64]:
    if how == "opposite":
        return np.asarray(ratings.scale.opposite(truth), dtype=np.float64)
    if how == "random":
        return _other_ratings(ratings, truth, seed)
    return np.full(len(truth), value if how == "value" else 0.0)


def _other_ratings(ratings: Ratings, truth: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """A random rating on the scale for each, never the one that was there."""
    rng = generator(seed, GeneratorStream.REPLACED_RATINGS)
    scale = ratings.scale
    if scale.star_count is None or scale.step is None:
        return rng.uniform(scale.low, scale.high, len(truth))
    star = np.rint((truth - scale.low) / scale.step).astype(np.int64)
    shift = rng.integers(1, scale.star_count, len(truth))
    return np.asarray(scale.low + scale.step * ((star + shift) % scale.star_count), dtype=np.float64)


def _evaluated(
    training: Ratings, test: Ratings, config: Model, options: RunOptions, protocol: Protocol, details: dict[str, Any]
) -> Evaluation:
    if not len(test):
        raise DataError(f"{test.source}: no ratings to predict; give a file with at least one")
    started = time.perf_counter()
    model = config.fit(training, options)
    fitted = time.perf_counter()
    table = _rows(model, training, test, options)
    seconds = {"fit_seconds": model.report.seconds, "predict_seconds": time.perf_counter() - fitted}
    report = model.report.to_dict()
    singular_values = tuple(report.pop("singular_values", ()))
    details |= report
    if model.calibration is not None:
        details["interval_seconds"] = fitted - started - model.report.seconds
    coverage = None if model.calibration is None else model.calibration.coverage
    setting = _setting(training, config, options, protocol, coverage=coverage, details=details, **seconds)
    return Evaluation(table, setting, singular_values, rank_curve(model, training, test, options))


def _rows(model: FittedModel, training: Ratings, test: Ratings, options: RunOptions) -> pl.DataFrame:
    if isinstance(model.config, PreferenceModel):
        return ranked_rows(model, model.config, training, test, options)
    return predicted_rows(model, test)


def _verified(
    matrix: RatingMatrix,
    config: TruncatedSVD,
    entries: Entries,
    value: NDArray[np.float64],
    count: int,
    options: RunOptions,
) -> dict[str, Any]:
    """Compare ``count`` random entries with real refits; the largest difference in stars."""
    rng = generator(options.seed, GeneratorStream.VERIFIED_ENTRIES)
    sample = rng.choice(len(entries), min(count, len(entries)), replace=False)
    largest = 0.0
    for done, index in enumerate(sample, 1):
        refitted = refit_one(matrix, config, entries, int(index), options.workers)
        largest = max(largest, abs(refitted - float(value[index])))
        options.progress("verifying by refits", done / len(sample))
    return {"entries": len(sample), "largest_difference": largest}


def _setting(ratings: Ratings, config: Model, options: RunOptions, protocol: Protocol, **measured: Any) -> Setting:
    return Setting(
        model=config.name,
        parameters=config.to_dict(),
        protocol=protocol.name,
        seed=options.seed,
        data=ratings.source,
        scale=ratings.scale,
        train_ratings=len(ratings),
        peak_memory_mb=peak_memory_mb(),
        version=version("matinee"),
        predicts=config.predicts,
        summary=config.description,
        **measured,
    )
