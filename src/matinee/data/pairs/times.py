"""The times of pairs, as seconds since 1970."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from matinee.data.problems import quote
from matinee.data.reading.times import to_seconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.data.pairs.table import PairTable


def times(pairs: PairTable) -> NDArray[np.int64] | None:
    """Times at which pairs are rated: int64, shape ``(len(pairs),)``; ``None`` without a column of times.

    Raises `DataError`, with the lines, where one is missing, or is neither a time nor a number of seconds.
    """
    if pairs.time is None:
        return None
    written = pairs.frame[pairs.time]
    seconds = to_seconds(written)
    if seconds is None:
        seconds = pl.Series([None] * len(written), dtype=pl.Int64)
    if seconds.null_count():
        wrong = written.filter(seconds.is_null())[0]
        raise pairs.refuse(
            seconds.is_null(),
            "timestamp-not-a-time",
            f"the time in column {quote(pairs.time)} is missing or none",
            "nothing" if wrong is None else quote(wrong),
            "seconds since 1970, or a date like 2009-12-14 with or without a time, in every row",
            "Fill it in, or remove the column: then no time is predicted for.",
        )
    return seconds.to_numpy()
