"""Texts of every kind of problem: what is wrong, what is allowed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_FETCH: Final = "Fetch it again, from where its owner publishes it."
_HOSTILE: Final = "Do not unpack it: no data set needs this. Fetch it from where its owner publishes it."
_TABLES: Final = "CSV, TSV, '::'-separated text or Parquet"
_SKIP_OPTION: Final = 'with on_bad_rows="skip" (--on-bad-rows skip)'
_SKIP: Final = f"or leave these lines out {_SKIP_OPTION}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts of one kind of problem; ``{...}`` are filled in where it occurs."""

    what: str
    allowed: str
    remedy: str
    harmless: bool = False
    fatal: bool = False


_FATAL: Final = {
    "missing-file": (
        "there is no such file or folder",
        "",
        "Check the path; 'matinee download' fetches the public sets.",
    ),
    "permission-denied": ("the file may not be read", "", "Ask its owner, or change its permissions (chmod u+r)."),
    "unreadable": ("the file cannot be read", "", "Check the path and the disk."),
    "not-a-file": (
        "this is neither a file nor a folder",
        "a regular file or a folder",
        "Save the ratings to a file first.",
    ),
    "empty-file": ("the file is empty", "one rating a line: user, item, rating", "Fetch or export it again."),
    "no-ratings": (
        "there are no ratings, only a header or blank lines",
        "at least one rating: user, item, rating",
        "Fetch or export the file again.",
    ),
    "nothing-left": (
        "not one rating is left once the lines with problems are left out",
        "at least one rating",
        "Repair the lines named, or check that the columns are the right ones (--columns).",
    ),
    "no-ratings-inside": (
        "no ratings file is inside",
        "ratings.csv, ratings.dat, u.data, combined_data_*.txt, ratings_small.csv, or a single table",
        "Name the ratings file itself, or check that this is the right data set.",
    ),
    "binary-file": ("this is not text", _TABLES, "Export the ratings as CSV or Parquet."),
    "encoding-utf16": ("the text is in {encoding}", "UTF-8", "Convert it: iconv -f {encoding} -t UTF-8 OLD > NEW"),
    "not-a-table": (
        "this is {what}, not a table of ratings",
        _TABLES,
        "Export the ratings as CSV; if it was downloaded, the site may have sent an error page.",
    ),
    "not-a-dataframe": (
        "this is not a dataframe",
        "a pandas, Polars or PyArrow table",
        "Make a dataframe of it, or give the path of a file to read_ratings.",
    ),
    "columns": ("{what}", "{allowed}", "{remedy}"),
    "parquet-damaged": ("the Parquet file is damaged or cut off", "a whole Parquet file", "Fetch or write it again."),
    "scale-does-not-fit": (
        "most ratings are off the scale given, {scale}",
        "{scale}",
        "Give the scale of this file (--scale low:high:step), or leave it out to have it found.",
    ),
    "archive-truncated": ("the archive is cut off before its end", "a whole archive", _FETCH),
    "archive-corrupt": ("the archive is damaged", "a whole archive whose checksums agree", _FETCH),
    "archive-outside": (
        "the archive would write outside its folder",
        "plain relative names with /, without .., drive letters, backslashes or control characters",
        _HOSTILE,
    ),
    "archive-bomb": ("the archive unpacks to far more than it should (a bomb)", "{allowed}", _HOSTILE),
    "archive-encrypted": (
        "the archive is protected by a password",
        "an archive without one",
        "Unpack it with its password first, then give the folder.",
    ),
    "archive-link": ("the archive holds a link or a device", "plain files and folders", _HOSTILE),
    "archive-unsupported": (
        "the archive is compressed in a way that cannot be read here",
        "zip (stored, deflate, bzip2, lzma), tar, gzip, zstandard, bzip2, xz",
        "Unpack it with another tool first, then give the folder.",
    ),
    "archive-member-missing": (
        "the archive does not hold a file it should",
        "",
        "Check that it is the right data set, whole and in its original form.",
    ),
    "archive-unknown": (
        "this is not an archive or compressed file",
        "zip, tar, gzip, zstandard, bzip2 or xz",
        "If it was downloaded, the site may have sent an error page: look into it, then fetch it again.",
    ),
    "archive-in-the-way": (
        "a file and a folder of the same name are in each other's way",
        "",
        "Unpack into an empty folder.",
    ),
}
"""Nothing can be read."""

_LINES: Final = {
    "rating-not-a-number": ("the rating is not a number", "a number", f"Correct the rating, {_SKIP}."),
    "rating-not-finite": ("the rating is NaN or infinite", "a finite number", f"Correct the rating, {_SKIP}."),
    "rating-out-of-scale": (
        "the rating is off the scale",
        "{scale}",
        f"Correct the rating, give the true scale (--scale low:high:step), {_SKIP}.",
    ),
    "missing-value": ("the {column} is missing", "a value in every line", f"Fill it in, {_SKIP}."),
    "too-few-fields": ("there are too few fields", "{fields}", f"Complete the line, {_SKIP}."),
    "too-many-fields": ("there are too many fields", "{fields}", f"Remove or quote the extra fields, {_SKIP}."),
    "cut-off-line": (
        "the last line is cut off: the file ends in the middle of it",
        "{fields}, and a newline at the end",
        f"Fetch the file again: more may be missing; {_SKIP}.",
    ),
    "unclosed-quote": (
        "a quote is opened and not closed on the same line",
        "quotes in pairs; no newline inside a field",
        f"Close or remove the quote, {_SKIP}.",
    ),
    "no-film-line": (
        "these ratings stand before any film",
        "a line 'FILM:' above its ratings",
        f"Put it there, {_SKIP}.",
    ),
    "repeated-header": (
        "the header is repeated among the ratings",
        "one header, on the first line",
        f"Remove it (were two files joined?), {_SKIP}.",
    ),
    "ids-mixed": (
        "the {column} ids are of mixed kind: {majority}, but here {minority}",
        'all integers or all words, so that 1 and "1" are never confused',
        f"Write them all the same way, {_SKIP}.",
    ),
    "ids-too-large": (
        "the {column} id does not fit into 64 bits",
        "integers from -9223372036854775808 to 9223372036854775807, or words",
        f"Give the ids a letter in front so that they are words, {_SKIP}.",
    ),
    "ids-not-whole": (
        "the {column} id is written as a decimal number",
        "whole numbers or words",
        f"Write 1, not 1.0 (in pandas: astype('int64') before to_csv), {_SKIP}.",
    ),
    "timestamp-milliseconds": (
        "the timestamp is in {unit}, not seconds",
        "seconds since 1970, or dates such as 2005-09-06",
        'Divide by {factor:,}; with on_bad_rows="skip" (--on-bad-rows skip) this is done for you.',
    ),
    "timestamp-impossible": ("the date is impossible", "1970-01-01 to 2099-12-31", f"Correct the date, {_SKIP}."),
    "timestamp-not-a-time": (
        "the timestamp is not a time",
        "seconds since 1970, or dates such as 2005-09-06 or 2005-09-06 21:15:00",
        f"Correct it, pass over the column (--columns timestamp=), {_SKIP}.",
    ),
    "duplicates": (
        "the same user rates the same item more than once",
        "one rating for each user and item",
        'Keep one of them; with on_bad_rows="skip" (--on-bad-rows skip) {rule}.',
    ),
    "encoding-latin1": (
        "the text is not valid UTF-8 (perhaps Latin-1)",
        "UTF-8",
        f"Convert it: iconv -f LATIN1 -t UTF-8 OLD > NEW, {_SKIP}.",
    ),
    "nul-bytes": ("there are NUL bytes in the line", "text", f"Fetch the file again: it is damaged; {_SKIP}."),
    "people-fields": (
        "the line has another number of fields than the header",
        "{width}",
        f"Complete the line or quote fields that hold a separator, {_SKIP}.",
    ),
    "people-id": ("the user id is missing or of another kind", "{allowed}", f"Correct the id, {_SKIP}."),
    "people-twice": (
        "the same user is described more than once",
        "one line a user",
        'Keep one of them, or let the first count with on_bad_rows="skip" (--on-bad-rows skip).',
    ),
    "people-number": (
        "the {column} is not a number, as others are",
        "a finite number",
        'Correct it, or have it taken as missing with on_bad_rows="skip" (--on-bad-rows skip).',
    ),
}
"""Lines that cannot be used."""

_HARMLESS: Final = {
    "more-ratings-inside": (
        "other files inside are named like ratings too, and are not read",
        "Name the file that you mean, if it is another one.",
    ),
    "byte-order-mark": ("the file begins with a byte-order mark", "Nothing to do: it is passed over."),
    "crlf": ("lines end in CRLF, as on Windows", "Nothing to do: they are read the same."),
    "mixed-newlines": ("some lines end in CRLF and others in LF", "Nothing to do: they are read the same."),
    "old-newlines": ("lines end in CR, as on old Macs", "Nothing to do: they are read the same."),
    "blank-lines": ("there are blank lines", "Nothing to do: they are passed over."),
    "decimal-comma": ("ratings are written with a decimal comma", "Nothing to do: 3,5 is read as 3.5."),
}
"""Nothing is lost."""

WORDINGS: Final[dict[str, Wording]] = {
    **{kind: Wording(*texts, fatal=True) for kind, texts in _FATAL.items()},
    **{kind: Wording(*texts) for kind, texts in _LINES.items()},
    **{kind: Wording(what, "", remedy, harmless=True) for kind, (what, remedy) in _HARMLESS.items()},
}
