"""Files with bad lines: each line is named, the rest can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.hostile import GOOD_ROWS, HEADER, Hostile, assert_everywhere, each, good, line

if TYPE_CHECKING:
    from pathlib import Path

VALUES = [
    line(b"9,9,abc,1260759144\n", "rating-not-a-number", "line 14: the rating is not a number; found 'abc'"),
    line(b"9,9,4/5,1260759144\n", "rating-not-a-number", "found '4/5'; allowed: a number"),
    line(b"9,9,\xe2\x98\x85\xe2\x98\x85,1260759144\n", "rating-not-a-number", "found '★★'", name="stars as a rating"),
    line(b"9,9,NaN,1260759144\n", "rating-not-finite", "line 14: the rating is NaN or infinite; found 'nan'"),
    line(b"9,9,inf,1260759144\n", "rating-not-finite", "found 'inf'"),
    line(b"9,9,-Infinity,1260759144\n", "rating-not-finite", "found '-inf'"),
    line(b"9,9,1e400,1260759144\n", "rating-not-finite", "found 'inf'; allowed: a finite number"),
    line(b"9,9,,1260759144\n", "missing-value", "line 14: the rating is missing; found nothing"),
    line(b"9,9,NA,1260759144\n", "missing-value", "the rating is missing; found 'NA'"),
    line(b",9,4.0,1260759144\n", "missing-value", "the user is missing"),
    line(b"9,,4.0,1260759144\n", "missing-value", "the item is missing"),
    line(b"9,null,4.0,1260759144\n", "missing-value", "the item is missing; found 'null'"),
    line(b"9,9,4.0,\n", "missing-value", "the timestamp is missing"),
    line(b"9,9,55,1260759144\n", "rating-out-of-scale", "off the scale; found 55; allowed: 0.5 to 5 by 0.5"),
    line(b"9,9,-3,1260759144\n", "rating-out-of-scale", "found -3", "--scale low:high:step"),
    line(b"9,9,99.5,1260759144\n", "rating-out-of-scale", "found 99.5"),
    line(b"bob,9,4.0,1260759144\n", "ids-mixed", "user ids are of mixed kind: most are integers", "found 'bob'"),
    line(b"9,heat,4.0,1260759144\n", "ids-mixed", "item ids are of mixed kind", 'so that 1 and "1" are never'),
    line(b"99999999999999999999,9,4.0,1260759144\n", "ids-too-large", "the user id does not fit into 64 bits"),
    line(b"9,-9223372036854775809,4.0,1260759144\n", "ids-too-large", "the item id does not fit"),
    line(b"9.0,9,4.0,1260759144\n", "ids-not-whole", "the user id is written as a decimal number; found '9.0'"),
    line(b"9,9.5,4.0,1260759144\n", "ids-not-whole", "the item id", "astype('int64')"),
    line(b"9,9,4.0,-5\n", "timestamp-impossible", "the date is impossible; found -5", "1970-01-01 to 2099"),
    line(b"9,9,4.0,2005-13-45\n", "timestamp-impossible", "the date is impossible; found '2005-13-45'"),
    line(b"9,9,4.0,yesterday\n", "timestamp-not-a-time", "the timestamp is not a time; found 'yesterday'"),
    line(b"9,9,4.0,99999999999999999999\n", "timestamp-impossible", "the date is impossible", name="far future"),
]

SHAPES = [
    line(b"9,9,4.0,1260759144,77\n", "too-many-fields", "too many fields", "allowed: 4 fields separated by ','"),
    line(b"9,9\n", "too-few-fields", "line 14: there are too few fields; found '9,9'"),
    line(b"9,9", "cut-off-line", "the last line is cut off", "found '9,9'", "Fetch the file again"),
    line(b"9,9,4.0,12607", "cut-off-line", "the last line is cut off", "found '9,9,4.0,12607'"),
    line(b"9", "cut-off-line", "the file ends in the middle of it", name="cut off after one digit"),
    line(b'"9,9,4.0,1260759144\n', "unclosed-quote", "a quote is opened and not closed", "no newline inside"),
    line(b"9,9,4.0\0,1260759144\n", "nul-bytes", "there are NUL bytes in the line", r"found '9,9,4.0\x00"),
    line(b"9,9,4.0\xe9,1260759144\n", "encoding-latin1", "not valid UTF-8 (perhaps Latin-1)", "iconv -f LATIN1"),
    line(HEADER, "repeated-header", "the header is repeated among the ratings", "were two files joined?"),
    line(b"hello world\n", "too-few-fields", "found 'hello world'"),
    line(b"9;9;4.0;1260759144\n", "too-few-fields", "found '9;9;4.0;1260759144'", name="another separator"),
]

PLACES = [
    Hostile(
        "the first ten lines, then a count",
        HEADER + good() + b"".join(b"9,%d,x,1260759144\n" % k for k in range(25)),
        "rating-not-a-number",
        ("lines 14, 15, 16, 17, 18, 19, 20, 21, 22, 23 and 15 more",),
        tuple(range(14, 24)),
        GOOD_ROWS,
        count=25,
    ),
    Hostile(
        "blank lines are counted as lines",
        b"\n" + HEADER + b"\n\n" + b"9,9,x,1260759144\n" + good(),
        "rating-not-a-number",
        ("line 5:",),
        (5,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad line among CRLF lines",
        (HEADER + good() + b"9,9,x,1260759144\n").replace(b"\n", b"\r\n"),
        "rating-not-a-number",
        ("line 14:", "found 'x'"),
        (14,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad line after a byte-order mark",
        b"\xef\xbb\xbf" + HEADER + b"9,9,x,1260759144\n" + good(),
        "rating-not-a-number",
        ("line 2:",),
        (2,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad line after a byte-order mark, without a header",
        b"\xef\xbb\xbf" + good() + b"9,9,x,1260759144\n",
        "rating-not-a-number",
        ("line 13:",),
        (13,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad first line without a header",
        b"9,9,x,1260759144\n" + good(),
        "rating-not-a-number",
        ("line 1:", "found 'x'"),
        (1,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad line between double colons",
        good().replace(b",", b"::") + b"9::9::five::1260759144\n",
        "rating-not-a-number",
        ("line 13:", "found 'five'"),
        (13,),
        GOOD_ROWS,
    ),
    Hostile(
        "too many fields between double colons",
        good().replace(b",", b"::") + b"9::9::5::1260759144::1\n",
        "too-many-fields",
        ("line 13:", "4 fields separated by '::'"),
        (13,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad line between tabs",
        good().replace(b",", b"\t") + b"9\t9\t?\t1260759144\n",
        "rating-not-a-number",
        ("line 13:", "found '?'"),
        (13,),
        GOOD_ROWS,
    ),
    Hostile(
        "a bad line among quoted ones",
        b'"user","item","rating"\n"ann","heat","4"\n"bob","heat","x"\n"eve","heat, the film","5"\n',
        "rating-not-a-number",
        ("line 3:", "found 'x'"),
        (3,),
        2,
    ),
    Hostile(
        "a bad line among old Mac newlines",
        (HEADER + good() + b"9,9,x,1260759144\n").replace(b"\n", b"\r"),
        "rating-not-a-number",
        ("line 14:",),
        (14,),
        GOOD_ROWS,
    ),
    Hostile(
        "numbers among words",
        b"user,item,rating\nann,heat,4\nbob,heat,5\n17,heat,3\n",
        "ids-mixed",
        ("line 4:", "most are words, but here a number; found '17'"),
        (4,),
        2,
    ),
]

TIMES = [
    Hostile(
        "all timestamps in milliseconds",
        b"user,item,rating,ts\n1,2,3,1260759144000\n1,3,4,1260759145000\n",
        "timestamp-milliseconds",
        ("lines 2, 3: the timestamp is in milliseconds", "Divide by 1,000"),
        (2, 3),
        2,
    ),
    Hostile(
        "one timestamp in milliseconds",
        HEADER + good() + b"9,9,4.0,1260759144000\n",
        "timestamp-milliseconds",
        ("line 14: the timestamp is in milliseconds, not seconds; found 1260759144000",),
        (14,),
        GOOD_ROWS + 1,
    ),
    Hostile(
        "timestamps in nanoseconds",
        HEADER + good() + b"9,9,4.0,1260759144000000000\n",
        "timestamp-milliseconds",
        ("the timestamp is in nanoseconds", "Divide by 1,000,000,000"),
        (14,),
        GOOD_ROWS + 1,
    ),
    Hostile(
        "an impossible date among dates",
        b"user,item,rating,date\n1,2,3,2005-09-06\n1,3,4,2005-02-30\n",
        "timestamp-impossible",
        ("line 3: the date is impossible; found '2005-02-30'",),
        (3,),
        1,
    ),
]

DUPLICATES = [
    Hostile(
        "the same rating twice",
        HEADER + good() + good(1),
        "duplicates",
        ("line 2: the same user rates the same item", "user 1 and item 10, again on line 14", "the latest one"),
        (2,),
        GOOD_ROWS,
    ),
    Hostile(
        "three of the same, without timestamps",
        b"user,item,rating\n1,1,3\n1,2,4\n1,1,5\n1,1,2\n",
        "duplicates",
        ("lines 2, 4:", "again on line 5", "the last one in the file is kept"),
        (2, 4),
        2,
    ),
    Hostile(
        "an older rating further down",
        HEADER + good() + b"1,10,5.0,1000000000\n",
        "duplicates",
        ("line 14:", "again on line 2"),
        (14,),
        GOOD_ROWS,
    ),
]


@each(VALUES)
def test_a_bad_value_is_found_on_its_line(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


@each(SHAPES)
def test_a_line_of_the_wrong_shape_is_found(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


@each(PLACES)
def test_lines_are_physical_lines(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


@each(TIMES)
def test_times_in_other_units_or_impossible_are_found(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


@each(DUPLICATES)
def test_duplicates_are_found_and_the_rule_is_stated(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)
