"""Ratings written in any supported way are read the same: quickly, exactly, and whatever the packing."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.reading import exact_text, netflix, read
from matinee.data.reading.read import read_ratings
from matinee.data.scale import Scale

SCALE = Scale(0.5, 5, 0.5)
Row = tuple[int | str, int | str, float, int]

WORDS = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=8).filter(
    lambda word: word not in {"NA", "NaN", "nan", "null", "NULL", "None"}
)
INTEGERS = st.integers(0, 10_000_000) | st.integers(2**31, 2**62)
STARS = st.integers(1, 10).map(lambda halves: halves / 2)
SECONDS = st.integers(0, 4_102_444_799)


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Up to thirty ratings, each pair once, ids integers or words."""
    ids = [draw(st.sampled_from([WORDS, INTEGERS])) for _ in range(2)]
    rows = st.tuples(ids[0], ids[1], STARS, SECONDS)
    return draw(st.lists(rows, min_size=1, max_size=30, unique_by=lambda row: row[:2]))


@dataclass(frozen=True)
class Dialect:
    """One way to write a table as text."""

    separator: str
    header: tuple[str, ...] | None
    newline: str
    bom: bool
    quoted: bool
    open_end: bool
    dates: bool

    def write(self, rows: list[Row]) -> bytes:
        texts = [[str(user), str(item), f"{stars:.1f}", self.moment(second)] for user, item, stars, second in rows]
        fields = [list(self.header), *texts] if self.header else texts
        if self.quoted:
            fields = [[f'"{field}"' for field in line] for line in fields]
        text = self.newline.join(self.separator.join(line) for line in fields)
        end = "" if self.open_end else self.newline
        return (b"\xef\xbb\xbf" if self.bom else b"") + (text + end).encode()

    def moment(self, second: int) -> str:
        return str(np.datetime64(second, "s")).replace("T", " ") if self.dates else f"{second}"


HEADERS = [
    ("userId", "movieId", "rating", "timestamp"),
    ("USER_ID", "Item ID", "Stars", "time"),
    ("CustomerID", "film", "Score", "date"),
    ("uid", "iid", "rating", "ts"),
    None,
]
DIALECTS = st.builds(
    Dialect,
    separator=st.sampled_from([",", "\t", ";", "|", "::"]),
    header=st.sampled_from(HEADERS),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    bom=st.booleans(),
    quoted=st.booleans(),
    open_end=st.booleans(),
    dates=st.booleans(),
).filter(lambda dialect: dialect.separator != "::" or not (dialect.quoted or dialect.dates))


def read_bytes(content: bytes, name: str = "ratings.csv", **options: object) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_ratings(path, scale=SCALE, **options).to_frame()  # type: ignore[arg-type]


def expected(rows: list[Row]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True))
    return pl.DataFrame(
        [
            pl.Series("user", columns[0]),
            pl.Series("item", columns[1]),
            pl.Series("rating", columns[2], dtype=pl.Float32),
            pl.Series("timestamp", columns[3], dtype=pl.Int64),
        ]
    )


def with_whole_end(dialect: Dialect, rows: list[Row]) -> list[Row]:
    """Without a newline at the end, the last field must not look like the beginning of a longer one."""
    return [*rows[:-1], (*rows[-1][:3], 4_000_000_000)] if dialect.open_end else rows


@settings(max_examples=250)
@given(tables(), DIALECTS)
def test_every_dialect_is_read_the_same(rows: list[Row], dialect: Dialect) -> None:
    rows = with_whole_end(dialect, rows)
    assert read_bytes(dialect.write(rows)).equals(expected(rows))


@settings(max_examples=150)
@given(tables(), DIALECTS, st.integers(1, 200))
def test_the_exact_way_agrees_with_the_quick_one(rows: list[Row], dialect: Dialect, chunk: int) -> None:
    rows = with_whole_end(dialect, rows)
    with mock.patch.object(read, "read_typed", return_value=None), mock.patch.object(exact_text, "CHUNK", chunk):
        assert read_bytes(dialect.write(rows)).equals(expected(rows))


@settings(max_examples=100)
@given(tables(), DIALECTS, st.data())
def test_blank_lines_and_spaces_change_nothing(rows: list[Row], dialect: Dialect, data: st.DataObject) -> None:
    rows = with_whole_end(dialect, rows)
    text = dialect.write(rows).decode().split(dialect.newline)
    at = data.draw(st.integers(1, len(text)))
    spaced = [line.replace(dialect.separator, f" {dialect.separator} ") for line in text]
    content = dialect.newline.join([*spaced[:at], "   ", *spaced[at:]]).encode()
    assert read_bytes(content).equals(expected(rows))


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.writestr("ml/README.txt", b"Read me.")
    return buffer.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zstandard(content: bytes) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from backports import zstd
    return bytes(zstd.compress(content))


PACKINGS = {
    "ratings.csv.gz": gzip.compress,
    "ratings.csv.zst": zstandard,
    "ml.zip": lambda content: zipped("ml/ratings.csv", content),
    "ml.tar.gz": lambda content: tarred("ml/ratings.csv", content),
    "odd-name": lambda content: zipped("votes.csv", content),
    "nested.zip": lambda content: zipped("ml/ratings.csv.gz", gzip.compress(content)),
}


@pytest.mark.parametrize("name", PACKINGS)
@settings(max_examples=10)
@given(tables(), DIALECTS)
def test_packing_changes_nothing(name: str, rows: list[Row], dialect: Dialect) -> None:
    rows = with_whole_end(dialect, rows)
    assert read_bytes(PACKINGS[name](dialect.write(rows)), name).equals(expected(rows))


@settings(max_examples=50)
@given(tables(), st.sampled_from([pl.Float64, pl.Float32, pl.Decimal(4, 1), pl.String]), st.sampled_from(["ms", None]))
def test_parquet_is_read_the_same(rows: list[Row], stars: pl.DataType, unit: str | None) -> None:
    frame = expected(rows).with_columns(pl.col("rating").cast(stars)).rename({"user": "userId", "item": "movieId"})
    if unit:
        frame = frame.with_columns(pl.from_epoch("timestamp", "s").cast(pl.Datetime("ms")))
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    assert read_bytes(buffer.getvalue(), "ratings.parquet").equals(expected(rows))


PRIZES = st.dictionaries(
    st.integers(1, 17_770),
    st.dictionaries(st.integers(1, 2_649_429), st.tuples(st.integers(1, 5), st.integers(0, 40_000)), max_size=8),
    min_size=1,
    max_size=8,
).filter(lambda films: any(films.values()))


@settings(max_examples=60)
@given(PRIZES, st.sampled_from(["\n", "\r\n"]), st.integers(8, 300), st.booleans())
def test_the_netflix_prize_is_read_in_blocks(
    films: dict[int, dict[int, tuple[int, int]]], newline: str, chunk: int, exactly: bool
) -> None:
    text = [f"{film}:\n" + "".join(map(prize_line, given.items())) for film, given in films.items()]
    parse = None if exactly else netflix._parse
    with (
        mock.patch.object(exact_text, "CHUNK", chunk),
        mock.patch.object(netflix, "_parse", lambda block: parse and parse(block)),
    ):
        frame = read_bytes("".join(text).replace("\n", newline).encode(), "combined_data_1.txt")
    rows = [(u, film, float(s), day * 86_400) for film, given in films.items() for u, (s, day) in given.items()]
    assert frame.equals(expected(rows))


def prize_line(rating: tuple[int, tuple[int, int]]) -> str:
    user, (stars, day) = rating
    return f"{user},{stars},{np.datetime64(day, 'D')}\n"


def test_lists_with_pipes_do_not_make_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("1,10,4,Action|Comedy|War\n2,10,3.5,Drama|Crime|War\n")
    assert read_ratings(path).to_frame().rows() == [(1, 10, 4.0), (2, 10, 3.5)]
