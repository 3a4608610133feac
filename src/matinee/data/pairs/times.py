"""The times of pairs, as seconds since 1970."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from matinee.data.reading.times import parse_times
from matinee.data.wording import quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.data.pairs.table import Pairs


def times(pairs: Pairs) -> NDArray[np.int64] | None:
    """When each pair was rated, or would be: int64, shape ``(len(pairs),)``; ``None`` without a column of times.

    Raises `DataError`, with the lines, where one is missing, or is neither a time nor a number of seconds.
    """
    if pairs.time is None:
        return None
    written = pairs.frame[pairs.time]
    seconds = _seconds(written)
    if seconds.null_count():
        found = written.filter(seconds.is_null())[0]
        raise pairs.refuse(
            seconds.is_null(),
            "timestamp-not-a-time",
            f"the time in column {quote(pairs.time)} is missing or none",
            "nothing" if found is None else quote(found),
            "seconds since 1970, or a date like 2009-12-14 with or without a time, in every row",
            "Fill it in, or remove the column: then no time is predicted for.",
        )
    return seconds.to_numpy()


def _seconds(written: pl.Series) -> pl.Series:
    if written.dtype == pl.String:
        return parse_times(written.str.strip_chars())
    if written.dtype in (pl.Date, pl.Datetime):
        return written.cast(pl.Datetime("ms")).dt.epoch("s")
    return (
        written.cast(pl.Int64, strict=False)
        if written.dtype.is_numeric()
        else written.is_null().replace_strict([True, False], None, return_dtype=pl.Int64)
    )
