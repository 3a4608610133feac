"""Good files with a few bytes changed, lost or doubled: read, or refused in words; never anything else."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.check import check
from matinee.data.reading.read import read_ratings
from matinee.errors import DataError
from tests.support.hostile import HEADER, good

TEXT = HEADER + good()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ml/ratings.csv", TEXT)
    return buffer.getvalue()


def parquet() -> bytes:
    buffer = io.BytesIO()
    pl.read_csv(TEXT).write_parquet(buffer)
    return buffer.getvalue()


FILES = {
    "ratings.csv": TEXT,
    "ratings.dat": good().replace(b",", b"::"),
    "quoted.csv": b'"user","item","rating"\n"ann","heat","4"\n"bob","the ""big"" heat","3.5"\n' * 2,
    "combined_data_1.txt": b"1:\n5,3,2005-01-01\n6,4,2005-01-02\n2:\n5,1,1970-01-01\n",
    "dates.tsv": b"user\titem\trating\ttime\n1\t2\t3\t2005-01-01 10:20:30\n1\t3\t3\t2005-01-01 10:20:31\n",
    "ratings.csv.gz": gzip.compress(TEXT, mtime=0),
    "ml.zip": zipped(),
    "ratings.parquet": parquet(),
}
SLIPS = st.sampled_from(list(b',;:|\t\r\n" \0.-eNaA19\xe9\xff\xef')) | st.integers(0, 255)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """``content`` with up to six bytes changed, inserted or removed, and perhaps cut off."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        length = draw(st.integers(0, 2))
        changed[at : at + length] = bytes(draw(st.lists(SLIPS, max_size=2)))
    return bytes(changed[: draw(st.integers(0, len(changed)))] if draw(st.booleans()) else changed)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_words(name: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data.draw(damaged(FILES[name])))
        report = check(path)
        assert report.contents is not None or report.problems
        assert all(found.remedy and found.what and path.name in found.where for found in report.problems)
        assert report.left_out >= 0
        if report.contents is None:
            with pytest.raises(DataError):
                read_ratings(path, on_bad_rows="skip")
        else:
            assert len(read_ratings(path, on_bad_rows="skip")) == report.contents.ratings > 0
