"""Measures how far predictions lie off, by fits that do not see a part of the ratings."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.fitting.stopping import stopping
from matinee.kernels.blas import single_threaded_blas
from matinee.matrix.split import hidden_parts
from matinee.predicting.calibration import Calibration, Support

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.fitting.options import RunOptions
    from matinee.fitting.stopping import Stop
    from matinee.matrix.split import Split
    from matinee.predicting.fitted import FittedModel

Fit = Callable[["Ratings", "RunOptions"], "FittedModel"]
"""A fit without intervals."""

COVERAGE: Final = 0.9
"""Share of truths that a stated interval is made to hold."""

_SMALL: Final = 400_000
"""Ratings up to which fits run side by side: with more of them kernels keep all threads busy, and memory counts."""

_HELD_OUT: Final = 0.1
_FEWEST: Final = 20
_STOPS: Final = "stopping, without intervals; Ctrl-C again: at once, without the model"


def calibrated(fit: Fit, fits: int, ratings: Ratings, options: RunOptions) -> Calibration | None:
    """Calibrate on held-out slices of ``ratings``; ``None`` where they have too few, or after Ctrl-C.

    ``fits`` slices are held out from one ``fit`` each: a tenth of the ratings, none shared with another slice. All fits
    together take the time limit of one.
    """
    if round(_HELD_OUT * len(ratings)) < _FEWEST:
        return None
    slices = []
    with _stopping(options) as stop:
        for number, split in enumerate(hidden_parts(ratings, _HELD_OUT, fits, options.seed)):
            model = fit(split.training, _options(options, number, fits))
            if stop.reason or model.report.interrupted:
                return None
            slices.append(_errors(model, split))
    error, width, users, items = map(np.concatenate, zip(*slices, strict=True))
    return Calibration.measured(error, width, Support(users, items), COVERAGE)


def runs_side_by_side(ratings: Ratings, options: RunOptions) -> bool:
    """Answer for `calibrated_beside`: ratings are few, and neither a time limit nor a checkpoint asks for an order."""
    free = options.workers > 1 and options.time_limit is None and options.checkpoint is None
    return free and len(ratings) <= _SMALL


def calibrated_beside(whole: Fit, fit: Fit, fits: int, ratings: Ratings, options: RunOptions) -> FittedModel:
    """The model of ``whole`` with what `calibrated` measures at the same time, which may not depend on that model.

    Each takes half of the threads. After Ctrl-C it is the best so far, without intervals. BLAS is limited here, for
    either fit may end first.
    """
    ready = Event()

    def progress(task: str, share: float) -> None:
        if ready.is_set():
            options.progress(task, share)

    shared = replace(options, threads=options.workers // 2)
    with _stopping(options) as stop, single_threaded_blas(), ThreadPoolExecutor(1) as helper:
        calibration = helper.submit(calibrated, fit, fits, ratings, replace(shared, progress=progress))
        try:
            model = whole(ratings, shared)
        except BaseException:
            stop.interrupted = True  # the fits beside it end after the draw they are at
            raise
        if model.report.interrupted:
            return model
        ready.set()
        return replace(model, calibration=calibration.result())


def _stopping(options: RunOptions) -> AbstractContextManager[Stop]:
    return stopping(None, lambda: options.progress(_STOPS, 0.0))


def _errors(model: FittedModel, split: Split) -> tuple[NDArray[Any], ...]:
    """Truth minus prediction, the model's own deviation, and the training ratings of both sides."""
    pairs = model.pairs_of(split.hidden)
    predicted = model.predict_pairs(pairs)
    error = (split.hidden.value - model.scale.clip(predicted.value)).astype(np.float64)
    return error, predicted.deviation, pairs.user.ratings, pairs.item.ratings


def _options(options: RunOptions, number: int, count: int) -> RunOptions:
    """The options of one fit of ``count``."""

    def progress(task: str, share: float) -> None:
        options.progress(f"intervals: {task}", (number + share) / count)

    limit = None if options.time_limit is None else options.time_limit / count
    return replace(options, intervals=False, progress=progress, time_limit=limit, checkpoint=None)
