"""The words for each kind of problem, in one place: what, what is allowed, what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.data.problems import FIRST_LINES, Problem
from matinee.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matinee.data.places import Places

SKIP: Final = 'or leave these lines out with on_bad_rows="skip" (--on-bad-rows skip)'


@dataclass(frozen=True, slots=True)
class Wording:
    """What one kind of problem says; ``{...}`` are filled in where it is found."""

    what: str
    allowed: str
    remedy: str
    harmless: bool = False
    fatal: bool = False


WORDINGS: Final[dict[str, Wording]] = {
    # Nothing can be read.
    "missing-file": Wording(
        "there is no such file or folder",
        "",
        "Check the path; 'matinee download' fetches the public sets.",
        fatal=True,
    ),
    "permission-denied": Wording(
        "the file may not be read", "", "Ask its owner, or change its permissions (chmod u+r).", fatal=True
    ),
    "unreadable": Wording("the file cannot be read", "", "Check the path and the disk.", fatal=True),
    "not-a-file": Wording(
        "this is neither a file nor a folder",
        "a regular file or a folder",
        "Save the ratings to a file first.",
        fatal=True,
    ),
    "empty-file": Wording(
        "the file is empty", "one rating a line: user, item, rating", "Fetch or export it again.", fatal=True
    ),
    "no-ratings": Wording(
        "there are no ratings, only a header or blank lines",
        "at least one rating: user, item, rating",
        "Fetch or export the file again.",
        fatal=True,
    ),
    "nothing-left": Wording(
        "not one rating is left once the lines with problems are left out",
        "at least one rating",
        "Repair the lines named, or check that the columns are the right ones (--columns).",
        fatal=True,
    ),
    "no-ratings-inside": Wording(
        "no ratings file is inside",
        "ratings.csv, ratings.dat, u.data, combined_data_*.txt, ratings_small.csv, or a single table",
        "Name the ratings file itself, or check that this is the right data set.",
        fatal=True,
    ),
    "binary-file": Wording(
        "this is not text",
        "CSV, TSV, '::'-separated text or Parquet",
        "Export the ratings as CSV or Parquet.",
        fatal=True,
    ),
    "encoding-utf16": Wording(
        "the text is in {encoding}", "UTF-8", "Convert it: iconv -f {encoding} -t UTF-8 OLD > NEW", fatal=True
    ),
    "not-a-table": Wording(
        "this is {what}, not a table of ratings",
        "CSV, TSV, '::'-separated text or Parquet",
        "Export the ratings as CSV; if it was downloaded, the site may have sent an error page.",
        fatal=True,
    ),
    "columns": Wording("{what}", "{allowed}", "{remedy}", fatal=True),
    "parquet-damaged": Wording(
        "the Parquet file is damaged or cut off",
        "a whole Parquet file",
        "Fetch or write it again.",
        fatal=True,
    ),
    "scale-does-not-fit": Wording(
        "most ratings are off the scale given, {scale}",
        "{scale}",
        "Give the scale of this file (--scale low:high:step), or leave it out to have it found.",
        fatal=True,
    ),
    # Lines that cannot be ratings.
    "rating-not-a-number": Wording("the rating is not a number", "a number", f"Correct the rating, {SKIP}."),
    "rating-not-finite": Wording("the rating is NaN or infinite", "a finite number", f"Correct the rating, {SKIP}."),
    "rating-out-of-scale": Wording(
        "the rating is off the scale",
        "{scale}",
        f"Correct the rating, give the true scale (--scale low:high:step), {SKIP}.",
    ),
    "missing-value": Wording("the {column} is missing", "a value in every line", f"Fill it in, {SKIP}."),
    "too-few-fields": Wording("there are too few fields", "{fields}", f"Complete the line, {SKIP}."),
    "too-many-fields": Wording("there are too many fields", "{fields}", f"Remove or quote the extra fields, {SKIP}."),
    "cut-off-line": Wording(
        "the last line is cut off: the file ends in the middle of it",
        "{fields}, and a newline at the end",
        f"Fetch the file again: more may be missing; {SKIP}.",
    ),
    "unclosed-quote": Wording(
        "a quote is opened and not closed on the same line",
        "quotes in pairs; no newline inside a field",
        f"Close or remove the quote, {SKIP}.",
    ),
    "no-film-line": Wording(
        "these ratings stand before any film", "a line 'FILM:' above its ratings", f"Put it there, {SKIP}."
    ),
    "repeated-header": Wording(
        "the header is repeated among the ratings",
        "one header, on the first line",
        f"Remove it (were two files joined?), {SKIP}.",
    ),
    "ids-mixed": Wording(
        "the {column} ids are of mixed kind: {majority}, but here {minority}",
        'all integers or all words, so that 1 and "1" are never confused',
        f"Write them all the same way, {SKIP}.",
    ),
    "ids-too-large": Wording(
        "the {column} id does not fit into 64 bits",
        "integers from -9223372036854775808 to 9223372036854775807, or words",
        f"Give the ids a letter in front so that they are words, {SKIP}.",
    ),
    "ids-not-whole": Wording(
        "the {column} id is written as a decimal number",
        "whole numbers or words",
        f"Write 1, not 1.0 (in pandas: astype('int64') before to_csv), {SKIP}.",
    ),
    "timestamp-milliseconds": Wording(
        "the timestamp is in {unit}, not seconds",
        "seconds since 1970, or dates such as 2005-09-06",
        'Divide by {factor:,}; with on_bad_rows="skip" (--on-bad-rows skip) this is done for you.',
    ),
    "timestamp-impossible": Wording(
        "the date is impossible",
        "1970-01-01 to 2099-12-31",
        f"Correct the date, {SKIP}.",
    ),
    "timestamp-not-a-time": Wording(
        "the timestamp is not a time",
        "seconds since 1970, or dates such as 2005-09-06 or 2005-09-06 21:15:00",
        f"Correct it, pass over the column (--columns timestamp=), {SKIP}.",
    ),
    "duplicates": Wording(
        "the same user rates the same item more than once",
        "one rating for each user and item",
        'Keep one of them; with on_bad_rows="skip" (--on-bad-rows skip) {rule}.',
    ),
    "encoding-latin1": Wording(
        "the text is not valid UTF-8 (perhaps Latin-1)",
        "UTF-8",
        f"Convert it: iconv -f LATIN1 -t UTF-8 OLD > NEW, {SKIP}.",
    ),
    "nul-bytes": Wording("there are NUL bytes in the line", "text", f"Fetch the file again: it is damaged; {SKIP}."),
    # Worth knowing, nothing lost.
    "more-ratings-inside": Wording(
        "other files inside are named like ratings too, and are not read",
        "",
        "Name the file that you mean, if it is another one.",
        harmless=True,
    ),
    "byte-order-mark": Wording(
        "the file begins with a byte-order mark", "", "Nothing to do: it is passed over.", harmless=True
    ),
    "crlf": Wording("lines end in CRLF, as on Windows", "", "Nothing to do: they are read the same.", harmless=True),
    "mixed-newlines": Wording(
        "some lines end in CRLF and others in LF", "", "Nothing to do: they are read the same.", harmless=True
    ),
    "old-newlines": Wording(
        "lines end in CR, as on old Macs", "", "Nothing to do: they are read the same.", harmless=True
    ),
    "blank-lines": Wording("there are blank lines", "", "Nothing to do: they are passed over.", harmless=True),
    "decimal-comma": Wording(
        "ratings are written with a decimal comma", "", "Nothing to do: 3,5 is read as 3.5.", harmless=True
    ),
}


def problem(
    kind: str, where: str, *, found: str = "", lines: NDArray[np.integer] | None = None, **words: object
) -> Problem:
    """One problem of ``kind`` in the file ``where``; ``words`` fill the gaps of its wording."""
    wording = WORDINGS[kind]
    numbers = np.sort(lines[:]) if lines is not None else np.empty(0, dtype=np.int64)
    return Problem(
        kind=kind,
        what=wording.what.format(**words),
        where=where,
        remedy=wording.remedy.format(**words),
        lines=tuple(int(line) for line in numbers[:FIRST_LINES]),
        count=len(numbers),
        found=found,
        allowed=wording.allowed.format(**words),
        fatal=wording.fatal,
        harmless=wording.harmless,
    )


def wrong_columns(where: str, found: str, what: str, allowed: str, remedy: str) -> DataError:
    """The error where the columns of ``where`` cannot be what they should be."""
    return refusal(problem("columns", where, found=found, what=what, allowed=allowed, remedy=remedy))


def refusal(found: Problem) -> DataError:
    """The error for one fatal problem."""
    return DataError(str(found), (found,))


def row_problems(
    kind: str, places: Places, rows: NDArray[np.integer], *, found: str = "", **words: object
) -> list[Problem]:
    """Problems of ``kind`` at ``rows`` of a table: one for each file they came from."""
    located = places.locate(rows.astype(np.int64, copy=False))
    return [problem(kind, where, found=found, lines=lines, **words) for where, lines in located]


def merge(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of the same kind, words and file as one, their lines together; the gravest first."""
    merged: dict[tuple[str, str, str], Problem] = {}
    for one in problems:
        key = (one.kind, one.what, one.where)
        merged[key] = _join(merged[key], one) if key in merged else one
    return tuple(sorted(merged.values(), key=lambda one: (not one.fatal, one.harmless, one.where, one.lines)))


def _join(first: Problem, second: Problem) -> Problem:
    lines = tuple(sorted((*first.lines, *second.lines)))[:FIRST_LINES]
    return replace(first, lines=lines, count=first.count + second.count)


def quote(text: object) -> str:
    """A found value as a short quotation, control characters escaped."""
    shown = str(text)
    if not shown:
        return "nothing"
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + "'"
