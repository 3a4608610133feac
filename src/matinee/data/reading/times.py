"""Dates and times as written, turned into seconds since 1970."""

from __future__ import annotations

from typing import Final

import polars as pl

DATE: Final = r"^\d{4}-\d{1,2}-\d{1,2}"
"""Beginning of a date, possible or not."""

_FORMATS: Final = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M")
_ZONE: Final = r"(?:Z| ?UTC|[+-]00:?00)$"


def to_seconds(times: pl.Series) -> pl.Series | None:
    """Seconds since 1970 (Int64) of texts, dates or numbers; null where one is none; ``None`` for other types."""
    if times.dtype == pl.String:
        return parse_times(times.str.strip_chars())
    if times.dtype in (pl.Date, pl.Datetime):
        return times.dt.epoch("s").alias(times.name)
    return times.cast(pl.Int64, strict=False) if times.dtype.is_numeric() or times.dtype == pl.Null else None


def parse_times(texts: pl.Series) -> pl.Series:
    """Seconds since 1970 (Int64) of dates and times in UTC, or of numbers; null where it is neither."""
    plain = texts.str.replace(_ZONE, "")
    seconds = plain.cast(pl.Int64, strict=False)
    for form in _FORMATS:
        if not seconds.null_count():
            break
        parsed = _parse(plain.filter(seconds.is_null()), form)
        seconds = seconds.scatter(seconds.is_null().arg_true(), parsed)
    return _decimals(plain, seconds).alias(texts.name)


def _parse(texts: pl.Series, form: str) -> pl.Series:
    if form == "%Y-%m-%d":
        days = texts.str.to_date(form, strict=False)
        return days.cast(pl.Int32).cast(pl.Int64) * 86_400
    return texts.str.to_datetime(form, time_unit="ms", strict=False).dt.epoch("s")


def _decimals(texts: pl.Series, seconds: pl.Series) -> pl.Series:
    """Seconds written as decimal numbers, cut to whole ones."""
    if not seconds.null_count():
        return seconds
    numbers = texts.cast(pl.Float64, strict=False)
    whole = numbers.set(~numbers.is_finite().fill_null(False), None).cast(pl.Int64, strict=False)
    return seconds.fill_null(whole)
