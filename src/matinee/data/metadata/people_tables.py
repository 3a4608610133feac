"""Who users are, out of a dataframe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from matinee.data.metadata.beside import refuse
from matinee.data.metadata.people import USUAL, people_of
from matinee.data.metadata.people_formats import Listed, with_user

if TYPE_CHECKING:
    from matinee.data.metadata.people import People

_WHERE: Final = "table of people"


def people_from_table(frame: Any) -> People:
    """The people in a dataframe with a column of user ids, by one of its usual names, and others that describe them.

    ``frame``: any that narwhals knows, eager or lazy. Numbers are quantities, words kinds. Raises `DataError` where it
    is no dataframe, no column holds ids, or there is nothing else; lines that do not fit are in `People.problems`.
    """
    try:
        native = nw.from_native(frame)
    except (TypeError, ValueError) as error:
        raise refuse(
            "people-columns", Path(_WHERE), f"this is not a dataframe ({type(frame).__name__})", USUAL
        ) from error
    table = native.collect() if isinstance(native, nw.LazyFrame) else native
    names = with_user(map(str, table.columns))
    if names is None:
        raise refuse("people-columns", Path(_WHERE), "no column holds the ids of users", USUAL)
    columns = [table[name].to_list() for name in table.columns]
    rows = [["" if value is None else str(value) for value in row] for row in zip(*columns, strict=True)]
    return people_of(Listed(names, list(enumerate(rows))), _WHERE, "row")
