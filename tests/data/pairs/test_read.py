"""Tables of pairs: every column and row kept as it came, or a message that names the line."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.pairs.ids import checked_ids
from matinee.data.pairs.read import read_pairs
from matinee.data.vocabulary import Vocabulary
from matinee.errors import ConfigError, DataError
from matinee.predicting.pairs import encoded as encode_ids

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from matinee.data.pairs.table import PairTable
    from matinee.predicting.pairs import Side

ROWS = [("1", "31", "a"), ("2", "10", "b")]
FORMS = {
    "CSV": b"userId,movieId,note\n1,31,a\n2,10,b\n",
    "TSV": b"user\tfilm\tnote\n1\t31\ta\n2\t10\tb\n",
    "semicolons": b"user_id;item;note\n1;31;a\n2;10;b\n",
    "pipes": b"uid|iid|note\n1|31|a\n2|10|b\n",
    "colons": b"user::movie::note\n1::31::a\n2::10::b\n",
    "colons without a header": b"1::31::a\r\n2::10::b\r\n",
    "without a header": b"1,31,a\n2,10,b\n",
    "CRLF": b"userId,movieId,note\r\n1,31,a\r\n2,10,b\r\n",
    "old newlines": b"userId,movieId,note\r1,31,a\r2,10,b\r",
    "byte-order mark": b"\xef\xbb\xbfuserId,movieId,note\n1,31,a\n2,10,b\n",
    "byte-order mark, no header": b"\xef\xbb\xbf1,31,a\n2,10,b\n",
    "no last newline": b"userId,movieId,note\n1,31,a\n2,10,b",
    "blank lines": b"\nuserId,movieId,note\n\n1,31,a\n\n\n2,10,b\n\n",
    "quotes": b'"userId","movieId","note"\n"1","31","a"\n2,10,"b"\n',
    "gzip": gzip.compress(b"userId,movieId,note\n1,31,a\n2,10,b\n"),
    "bzip2": bz2.compress(b"userId,movieId,note\n1,31,a\n2,10,b\n"),
    "xz": lzma.compress(b"userId,movieId,note\n1,31,a\n2,10,b\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_the_same(form: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs"
    path.write_bytes(FORMS[form])
    pairs = read_pairs(path)
    assert pairs.frame.rows() == ROWS
    assert (pairs.user, pairs.item) == tuple(pairs.frame.columns[:2])
    assert pairs.text


def test_columns_without_a_header_are_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("1,31,5,9\n")
    assert read_pairs(path).frame.columns == ["user", "movie", "column_3", "column_4"]


def test_columns_may_be_in_any_order_and_told(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("n,film,who,rating\n0,31,1,5\n")
    for columns in ("user=who", "user=who,item=film", "user=3,movie=2", "who,film"):
        pairs = read_pairs(path, columns)
        assert (pairs.user, pairs.item) == ("who", "film"), columns
    assert pairs.frame.rows() == [("0", "31", "1", "5")]


def test_values_are_kept_as_written(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text('userId,movieId,x,y\n007, 31 ,1.50,"a, b"\n+1,10,,"say ""hi""\nthere"\n')
    assert read_pairs(path).frame.rows() == [("007", " 31 ", "1.50", "a, b"), ("+1", "10", None, 'say "hi"\nthere')]


def test_an_inch_sign_inside_a_field(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text('userId,movieId,x\n1,31,5" disk\n2,10,"q""q"\n3,11,\n')
    assert read_pairs(path).frame["x"].to_list() == ['5" disk', 'q"q', None]


def test_an_inch_sign_below_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_bytes(b'\xef\xbb\xbf1,31,5" disk\n2,10,"q""q"\n')
    assert read_pairs(path).frame["user"].to_list() == ["1", "2"]


def test_genres_with_pipes_do_not_make_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("1,31,Action|Comedy\n2,10,Drama|War\n")
    assert read_pairs(path).frame.rows() == [("1", "31", "Action|Comedy"), ("2", "10", "Drama|War")]


def test_only_a_header_is_a_table_of_no_pairs(tmp_path: Path) -> None:
    for text in ("userId,movieId\n", "user::movie\n"):
        path = tmp_path / "pairs.csv"
        path.write_text(text)
        assert len(read_pairs(path)) == 0
        assert len(read_pairs(path).frame.columns) == 2


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    frame = pl.DataFrame({"movieId": [31, 10], "userId": ["a", "b"], "tags": [["x"], []], "when": [1.5, None]})
    frame.write_parquet(path)
    pairs = read_pairs(path)
    assert pairs.frame.equals(frame)
    assert (pairs.user, pairs.item, pairs.text) == ("userId", "movieId", False)


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), FIELD, FIELD), min_size=1, max_size=20),
    separator=st.sampled_from([",", "\t", ";", "|"]),
)
def test_whatever_polars_writes_is_read_back(
    rows: list[tuple[int, int, str, str]], separator: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    frame = pl.DataFrame(rows, schema=["userId", "movieId", "first", "second"], orient="row").cast(pl.String)
    path = tmp_path_factory.mktemp("pairs") / "pairs.csv"
    frame.write_csv(path, separator=separator)
    found = read_pairs(path).frame
    assert found.with_columns(pl.all().fill_null("")).equals(frame)


BAD = {
    "empty": (b"", "the file is empty; allowed: a header and one pair a line"),
    "blank": (b"\n \n\n", "there are only blank lines"),
    "binary": (b"\x89PNG\x00\x01\x02", "this is not text; found '\\x89PNG"),
    "UTF-16": ("userId,movieId\n1,2\n".encode("utf-16"), "this is not text"),
    "zip": (None, "this is an archive; allowed: a CSV, TSV or Parquet file. Unpack it"),
    "cut-off gzip": (gzip.compress(b"userId,movieId\n" + b"1,2\n" * 999)[:-20], "cut off"),
    "damaged Parquet": (b"PAR1" + b"x" * 50 + b"PAR1", "the Parquet file is damaged or cut off"),
    "no user": (b"movieId,note\n1,2\n", "no column is the user; found 'movieId, note'; allowed: user: userid, user"),
    "no item": (b"userId,note\n1,2\n", "no column is the item"),
    "one column": (b"userId\n1\n", "no column is the item; found 'userId'"),
    "two users": (b"userId,user_id,movieId\n1,1,2\n", "two columns are named like the user"),
    "same name twice": (b"userId,movieId,x,x\n1,1,2,3\n", "two columns have the same name; found 'x'"),
    "too few": (b"userId,movieId,x\n1,2,3\n\n1,2\n", ", line 4: there are too few fields; found '1,2'; allowed: UTF-8"),
    "cut off": (b"userId,movieId,x\n1,2,3\n1,2", ", line 3: there are too few fields"),
    "too many": (b"userId,movieId\n1,2\n1,2,3\n4,5,6\n", ", lines 3, 4: there are too many fields; found '1,2,3'"),
    "too few colons": (b"user::movie::x\n1::2::3\n1::2\n", ", line 3: there are too few fields; found '1::2'"),
    "too many colons": (b"user::movie\n1::2\n1::2::3\n", ", line 3: there are too many fields"),
    "Latin-1": (b"userId,movieId,x\n1,2,caf\xe9\n", ", line 2: the text is not valid UTF-8 (perhaps Latin-1)"),
    "Latin-1 colons": (b"user::movie::x\n1::2::caf\xe9\n", ", line 2: the text is not valid UTF-8"),
    "open quote": (b'userId,movieId,x\n1,2,3\n1,2,"abc\n3,4,5\n', ", line 3: a field begins here that does not end"),
    "torn quote": (b'userId,movieId,x\n1,2,"a"b\n', ", line 2: a field begins here that does not end"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_is_refused(case: str, tmp_path: Path) -> None:
    content, says = BAD[case]
    path = tmp_path / "pairs.csv"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("pairs.csv", "userId,movieId\n1,2\n")
    else:
        path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        read_pairs(path)
    assert str(path) in str(raised.value)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.problems[0].remedy


def test_places_that_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no such file or folder\. Check the path; it is the table of"):
        read_pairs(tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match="this is not a file; allowed: a CSV, TSV or Parquet file"):
        read_pairs(tmp_path)


@pytest.mark.parametrize(
    ("columns", "error", "says"),
    [
        (
            "a,b",
            DataError,
            "there is no column named 'a'; found 'userId, movieId'; allowed: a name in the header, or a num",
        ),
        ("user=3", DataError, "there is no column '3'"),
        ("user=movieId", DataError, "one column has two roles; found 'movieId'"),
        ("critic=a", ConfigError, "found the role 'critic'"),
        ("a", ConfigError, "found 1 names"),
        ("1,2,timestamp=4", ConfigError, r"allowed are two names, 'user,item', or pairs like 'user=uid,item=film,time"),
        ("user=", ConfigError, "only the timestamp can be passed over"),
    ],
)
def test_columns_that_are_not_there(columns: str, error: type[Exception], says: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("userId,movieId\n1,31\n")
    with pytest.raises(error, match=says):
        read_pairs(path, columns)


INTEGERS = Vocabulary.build(pl.Series([1, 5, 9]), "user")
WORDS = Vocabulary.build(pl.Series(["ann", "bob"]), "user")
CODES = Vocabulary.build(pl.Series(["0000031852", "B00004CQTF"]), "user")


def encode(pairs: PairTable, column: str, vocabulary: Vocabulary) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    return vocabulary.encode(checked_ids(pairs, column, vocabulary))


def encoded(path: Path, ids: list[str], vocabulary: Vocabulary) -> list[int | None]:
    """The indices of ids written in a text file, ``None`` where unknown."""
    path.write_text("movieId,userId\n" + "".join(f'1,"{text}"\n' for text in ids))
    side = side_of(path, vocabulary)
    return [int(at) if there else None for at, there in zip(side.index, side.in_vocabulary, strict=True)]


def side_of(path: Path, vocabulary: Vocabulary) -> Side:
    """The users of a table of pairs as a model with ``vocabulary`` takes them."""
    ids = checked_ids(read_pairs(path), "userId", vocabulary)
    return encode_ids(ids, vocabulary, np.ones(len(vocabulary), np.int64))


def test_ids_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    assert encoded(path, ["9", "2", " 5", "+1", "007", "9" * 30, "-4"], INTEGERS) == [2, None, 1, 0, None, None, None]
    assert encoded(path, ["bob", "carol", " ann "], WORDS) == [1, None, 0]
    assert encoded(path, ["0000031852", "31852", "B00004CQTF"], CODES) == [0, None, 1]


@pytest.mark.parametrize(
    ("ids", "vocabulary", "says"),
    [
        (["1", "ann", "bob"], INTEGERS, "lines 3, 4: the user ids are not integers, as the model's are; found 'ann'"),
        (["1", "1.0"], INTEGERS, "line 3: .* found '1.0'; allowed: integers like 1. Write 1, not 1.0"),
        (["1", "1.5e3"], INTEGERS, "found '1.5e3'"),
        (["ann", "7"], WORDS, "line 3: the user ids are not strings, as the model's are; found '7'; .* like 'ann'"),
        (["1", "", "NA", " "], INTEGERS, "lines 3, 4, 5: the user is missing; .*Fill it in, or remove the row"),
        (["ann", "null"], WORDS, "line 3: the user is missing"),
    ],
)
def test_ids_that_cannot_be_any_of_the_models(
    ids: list[str], vocabulary: Vocabulary, says: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=says):
        encoded(tmp_path / "pairs.csv", ids, vocabulary)


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text('\nuserId,movieId,x\n1,1,"a\n\nb"\n\n1,1,c\n,1,d\n')
    with pytest.raises(DataError, match=r"pairs\.csv, line 8: the user is missing"):
        checked_ids(read_pairs(path), "userId", INTEGERS)


def test_only_ten_lines_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 15 more: the user is missing"):
        encoded(tmp_path / "pairs.csv", [""] * 25, INTEGERS)


@pytest.mark.parametrize(
    ("ids", "vocabulary", "says"),
    [
        (pl.Series(["1", "5"]), INTEGERS, "lines 1, 2: the user ids are not integers"),
        (pl.Series([1, 5]), WORDS, "the user ids are not strings, .*found '1'"),
        (pl.Series([1.0, 5.0]), INTEGERS, "the user ids are not integers, .*Write 1, not 1.0"),
        (pl.Series([True, False]), INTEGERS, "the user ids are not integers, .*found 'True'"),
        (pl.Series([1, None]), INTEGERS, "line 2: the user is missing"),
        (pl.Series([1.0, float("nan")]), INTEGERS, "line 2: the user is missing"),
        (pl.Series(["ann", ""]), WORDS, "line 2: the user is missing"),
    ],
)
def test_ids_with_types_of_another_kind(ids: pl.Series, vocabulary: Vocabulary, says: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    pl.DataFrame({"userId": ids, "movieId": [1, 2]}).write_parquet(path)
    with pytest.raises(DataError, match=says):
        checked_ids(read_pairs(path), "userId", vocabulary)


@pytest.mark.parametrize(
    ("ids", "vocabulary"),
    [
        (pl.Series([9, 2], dtype=pl.UInt8), INTEGERS),
        (pl.Series([9, 2**64 - 1], dtype=pl.UInt64), INTEGERS),
        (pl.Series(["bob", "7"]), WORDS),
        (pl.Series(["bob", "carol"], dtype=pl.Categorical), WORDS),
    ],
)
def test_ids_with_types_of_the_same_kind(ids: pl.Series, vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    pl.DataFrame({"userId": ids, "movieId": [1, 2]}).write_parquet(path)
    side = side_of(path, vocabulary)
    assert side.in_vocabulary.tolist() == [True, False]
    assert side.index[0] == len(vocabulary) - 1
    assert side.index.dtype == np.int32
