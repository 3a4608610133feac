"""What reading gives: real files, columns as told, the scale, duplicates, titles, limits of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.line_numbers import BelowHeadings, Consecutive, Selected, Stacked
from matinee.data.reading import exact_text, netflix
from matinee.data.reading.read import examine, read_ratings
from matinee.data.scale import Scale, infer_scale
from matinee.data.validate import distribution, superseded
from matinee.errors import DataError
from tests.support.hostile import HEADER, good

if TYPE_CHECKING:
    from pathlib import Path

HALVES, WHOLES = Scale(0.5, 5, 0.5), Scale(1, 5, 1)


@pytest.mark.parametrize(
    ("name", "ratings", "users", "items", "scale", "timed"),
    [
        ("the-movies-dataset/ratings_small.csv", 100_004, 671, 9_066, HALVES, True),
        ("the-movies-dataset", 100_004, 671, 9_066, HALVES, True),
        ("ml-100k/u.data", 100_000, 943, 1_682, WHOLES, True),
        ("ml-100k", 100_000, 943, 1_682, WHOLES, True),
        ("ml-100k/u1.base", 80_000, 943, 1_650, WHOLES, True),
        ("ml-100k/u1.test", 20_000, 459, 1_410, WHOLES, True),
        ("ml-1m/ratings.csv", 1_000_209, 6_040, 3_706, WHOLES, False),
        ("ml-1m", 1_000_209, 6_040, 3_706, WHOLES, False),
    ],
)
def test_real_ratings(
    real_data: Path, name: str, ratings: int, users: int, items: int, scale: Scale, timed: bool
) -> None:
    read = read_ratings(real_data / name)
    assert (len(read), len(read.users), len(read.items)) == (ratings, users, items)
    assert read.scale == scale
    assert (read.timestamp is not None) == timed
    assert read.source.startswith(str(real_data / name))
    assert read.catalogue.titles(read.items.ids).null_count() == 0
    assert all(note.harmless for note in read.notes)


def test_real_ratings_in_the_order_of_the_file(real_data: Path) -> None:
    read = read_ratings(real_data / "ml-100k" / "u.data")
    plain = np.loadtxt(real_data / "ml-100k" / "u.data", dtype=np.int64)
    frame = read.to_frame()
    for column, name in enumerate(("user", "item", "rating", "timestamp")):
        assert np.array_equal(frame[name].to_numpy(), plain[:, column])


def test_what_reading_promises_of_its_arrays(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"user,item,rating,ts\nb,30,5,7\na,4,3,9\nb,4,1,8\n")
    read = read_ratings(path)
    assert (read.user.dtype, read.item.dtype) == (np.int32, np.int32)
    assert (read.value.dtype, read.timestamp is not None and read.timestamp.dtype) == (np.float32, np.int64)
    assert (read.users.ids.to_list(), read.items.ids.to_list()) == (["a", "b"], [4, 30])
    assert (read.user.tolist(), read.item.tolist(), read.value.tolist()) == ([1, 0, 1], [1, 0, 0], [5, 3, 1])
    for array in (read.user, read.item, read.value, read.timestamp):
        assert array is not None
        assert not array.flags.writeable


TABLE = b"note,uid,film,score,when\nx,1,heat,3,5\ny,2,heat,4,6\n"


@pytest.mark.parametrize(
    ("columns", "timed"),
    [
        ("uid,film,score", False),
        ("uid, film, score, when", True),
        ("user=uid,item=film,rating=score", False),
        ("movie=film,timestamp=when", True),
        ({"user": "uid", "item": "film", "rating": "score", "timestamp": "when"}, True),
        ({"user": 2, "item": 3, "rating": 4, "timestamp": 5}, True),
        ("2,3,4,5", True),
        (None, False),
    ],
)
def test_columns_as_told(tmp_path: Path, columns: Any, timed: bool) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(TABLE)
    read = read_ratings(path, columns=columns)
    assert read.to_frame().select("user", "item", "rating").rows() == [(1, "heat", 3.0), (2, "heat", 4.0)]
    assert (read.timestamp is not None) == timed


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("2005-09-06", 1_125_964_800),
        ("2005-9-6", 1_125_964_800),
        ("2005-09-06 01:02:03", 1_125_968_523),
        ("2005-09-06 01:02", 1_125_968_520),
        ("2005-09-06T01:02:03", 1_125_968_523),
        ("2005-09-06T01:02:03Z", 1_125_968_523),
        ("2005-09-06T01:02:03.999Z", 1_125_968_523),
        ("2005-09-06 01:02:03 UTC", 1_125_968_523),
        ("2005-09-06T01:02:03+00:00", 1_125_968_523),
        ("1125968523", 1_125_968_523),
        ("1125968523.75", 1_125_968_523),
        ("0", 0),
    ],
)
def test_times_as_they_are_written(tmp_path: Path, text: str, second: int) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"user,item,rating,time\n1,2,3,{text}\n1,3,4,1970-01-02\n")
    read = read_ratings(path)
    assert read.timestamp is not None
    assert read.timestamp.tolist() == [second, 86_400]


def test_a_column_may_be_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good() + b"9,9,4.0,no time\n")
    for columns in ({"timestamp": None}, "timestamp="):
        assert read_ratings(path, columns=columns).timestamp is None


def test_columns_of_a_file_without_a_header_by_number(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"4.5,heat,ann\n3.0,heat,bob\n")
    read = read_ratings(path, columns="3,2,1")
    assert read.to_frame().rows() == [("ann", "heat", 4.5), ("bob", "heat", 3.0)]


def test_a_fourth_column_that_is_no_time_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"1,heat,4.5,liked it\n2,heat,3.0,so so\n")
    assert read_ratings(path).timestamp is None


def test_codes_of_one_length_are_words_even_if_some_are_all_digits(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"user,asin,rating\n1,B000123456,5\n1,0307887898,4\n")
    assert read_ratings(path).items.ids.to_list() == ["0307887898", "B000123456"]


def test_a_decimal_comma(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"user;item;rating\n1;2;3,5\n1;3;4\n")
    read = read_ratings(path)
    assert read.value.tolist() == [3.5, 4.0]
    assert [note.kind for note in read.notes] == ["decimal-comma"]


def test_a_scale_as_told(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good())
    assert read_ratings(path).scale == HALVES
    assert read_ratings(path, scale=Scale(0, 10, 0.5)).scale == Scale(0, 10, 0.5)


def test_skipping_says_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + b"9,9,x,1\n" + good() + good(1))
    read = read_ratings(path, on_bad_rows="skip")
    assert len(read) == 12
    assert {note.kind: note.lines for note in read.notes} == {"rating-not-a-number": (2,), "duplicates": (3,)}
    assert 9 not in read.users.ids


@pytest.mark.parametrize(("order", "kept"), [((5, 9), 2.0), ((9, 5), 1.0), ((7, 7), 2.0)])
def test_the_latest_of_several_ratings_is_kept(tmp_path: Path, order: tuple[int, int], kept: float) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"user,item,rating,ts\n1,1,1,%d\n2,2,3,1\n1,1,2,%d\n" % order)
    read = read_ratings(path, on_bad_rows="skip")
    assert read.value[(read.user == 0)].tolist() == [kept]


def test_milliseconds_become_seconds_when_skipping(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"user,item,rating,ts\n1,1,1,1260759144999\n1,2,3,1260759144\n")
    read = read_ratings(path, on_bad_rows="skip")
    assert read.timestamp is not None
    assert read.timestamp.tolist() == [1_260_759_144, 1_260_759_144]


def test_titles_beside_the_ratings_or_as_told(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "ratings.csv").write_bytes(b"user,item,rating\n1,7,5\n")
    assert len(read_ratings(folder).catalogue) == 0
    elsewhere = tmp_path / "movies.csv"
    elsewhere.write_text("movieId,title,genres\n7,Heat (1995),Crime\n")
    assert read_ratings(folder, movies=elsewhere).catalogue.title(7) == "Heat"
    (folder / "movies.csv").write_text("movieId,title,genres\n7,Ronin (1998),Crime\n")
    assert read_ratings(folder / "ratings.csv").catalogue.title(7) == "Ronin"


def test_a_well_formed_file_takes_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matinee.data.reading import read

    def slow(*_: object) -> None:
        raise AssertionError("read line by line")

    monkeypatch.setattr(read, "_parse_exactly", slow)
    path = tmp_path / "ratings.csv"
    for content in (HEADER + good(), good(), good().replace(b",", b"::"), (HEADER + good()).replace(b"\n", b"\r\n")):
        path.write_bytes(content)
        assert len(read_ratings(path)) == 12


def test_a_well_formed_netflix_prize_file_takes_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netflix._NetflixFile, "_exact", None)
    monkeypatch.setattr(exact_text, "CHUNK", 40)
    path = tmp_path / "combined_data_1.txt"
    path.write_bytes(b"1:\n5,3,2005-01-01\n6,4,2005-01-02\n7,5,2005-01-03\n2:\n3:\n5,1,1970-01-01\n")
    rows = [(5, 1, 3.0, 1_104_537_600), (6, 1, 4.0, 1_104_624_000), (7, 1, 5.0, 1_104_710_400), (5, 3, 1.0, 0)]
    assert read_ratings(path).to_frame().rows() == rows


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ({1: 5, 5: 9}, WHOLES),
        ({0.5: 5, 5: 9}, HALVES),
        ({0: 5, 5: 9}, Scale(0, 5, 0.5)),
        ({1: 50, 8: 9}, Scale(1, 10, 1)),
        ({1: 990, 3.5: 10}, WHOLES),
        ({1: 989, 3.5: 11}, HALVES),
        ({3: 12, 55: 1}, WHOLES),
        ({3: 1, 90: 1}, Scale(0, 100, 1)),
        ({3: 10, 55: 2}, Scale(0, 100, 1)),
        ({-3: 10, 5.5: 12}, Scale(-10, 10)),
        ({3: 12, -1: 1}, WHOLES),
        ({0.123: 5, 250.0: 5}, Scale(0.123, 250.0)),
        ({250.0: 5}, Scale(250.0, 251.0)),
    ],
)
def test_the_scale_is_found(ratings: dict[float, int], scale: Scale) -> None:
    assert infer_scale(np.array(list(ratings), dtype=np.float64), list(ratings.values())) == scale


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=40),
    st.booleans(),
)
def test_superseded_agrees_with_a_dictionary(rows: list[tuple[int, int, int]], timed: bool) -> None:
    kept: dict[tuple[int, int], int] = {}
    for row, (user, item, second) in enumerate(rows):
        before = kept.get((user, item))
        if before is None or not timed or second >= rows[before][2]:
            kept[user, item] = row
    user, item, second = (np.array(column) for column in zip(*rows, strict=True))
    mask = superseded(user.astype(np.int32), item.astype(np.int32), second if timed else None, (5, 5))
    assert (mask is None) == (len(kept) == len(rows))
    if mask is not None:
        assert set(np.flatnonzero(~mask)) == set(kept.values())


@settings(max_examples=50)
@given(st.lists(st.sampled_from([0.0, 0.5, 3.0, 4.5, 127.5, 3.7, -1.0, 200.0, float("inf")]), max_size=30))
def test_the_distribution_counts_each_rating(values: list[float]) -> None:
    distinct, counts = distribution(np.array(values, dtype=np.float32))
    plain_distinct, plain_counts = np.unique(np.array(values, dtype=np.float32), return_counts=True)
    assert np.array_equal(distinct, plain_distinct)
    assert np.array_equal(counts, plain_counts)


def test_line_numbers_lead_back_to_lines() -> None:
    first = BelowHeadings("a", 1, np.array([0, 2]))  # lines 1 and 4 are headings
    second = Selected(Consecutive("b", 2), np.array([0, 3]))
    third = Selected(Consecutive("a", 0), np.array([20, 22]))
    stacked = Stacked.of([(first, 3), (second, 2), (third, 2)])
    located = {where: lines.tolist() for where, lines in stacked.locate(np.arange(7))}
    assert located == {"a": [2, 3, 5, 20, 22], "b": [2, 5]}


def test_the_form_of_a_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    forms = {
        HEADER + good(): "CSV, with a header",
        good().replace(b",", b"\t"): "TSV, without a header",
        good().replace(b",", b"::"): "'::'-separated, without a header",
        b"1:\n5,3,2005-01-01\n": "Netflix Prize",
    }
    for content, form in forms.items():
        path.write_bytes(content)
        assert examine(path).form == form


def test_a_last_field_that_is_one_quotation_mark_never_reaches_the_quick_reader(tmp_path, capfd):
    file = tmp_path / "lone.csv"
    file.write_text('"user","item","rating"\n"ann","heat","4"\n"bob","heat","')
    with pytest.raises(DataError, match=r"lone\.csv, line 3: "):
        read_ratings(file)
    assert "panicked" not in capfd.readouterr().err
