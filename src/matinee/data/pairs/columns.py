"""Which columns of a table hold the users and the items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matinee.data.reading.columns import SYNONYMS, normal, parse_columns
from matinee.data.wording import quote, wrong_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matinee.data.reading.columns import Chosen

SIDES: Final = ("user", "item")
_ALLOWED: Final = "two names, 'user,item', or pairs like 'user=uid,item=film,timestamp=when'"


def parse_pair_columns(given: str | None) -> Chosen:
    """As `parse_columns`; two names alone, ``"uid,film"``, are the user and the item."""
    names = [part.strip() for part in given.split(",")] if given else []
    if len(names) == 2 and all(names) and not any("=" in name for name in names):
        return dict(zip(SIDES, names, strict=True))
    return parse_columns(given, _ALLOWED)


def is_header(fields: Sequence[str], chosen: Chosen) -> bool:
    """Whether the first line holds names: of both sides, of a column told, or no number at all."""
    plain = {normal(field) for field in fields}
    told = {name for name in chosen.values() if isinstance(name, str) and not name.isdigit()}
    named = all(not plain.isdisjoint(SYNONYMS[side]) for side in SIDES)
    return named or not told.isdisjoint(fields) or not any(map(_is_number, fields))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def sides(names: Sequence[str], chosen: Chosen, where: str) -> tuple[str, str]:
    """The names of the columns of users and of items; `DataError` where one is missing or both are one."""
    if len(set(names)) < len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        raise wrong_columns(where, quote(twice), "two columns have the same name", "different names", "Rename one.")
    user, item = (_find(side, names, chosen, where) for side in SIDES)
    if user == item:
        raise wrong_columns(where, quote(user), "one column has two roles", "a column for each", "Correct --columns.")
    return user, item


def moments(names: Sequence[str], chosen: Chosen, where: str) -> str | None:
    """The name of the column of times; ``None`` where no column, or more than one, is named like it."""
    if chosen.get("timestamp") is not None:
        return _told(str(chosen["timestamp"]), names, where)
    likely = [name for name in names if normal(name) in SYNONYMS["timestamp"]]
    return likely[0] if len(likely) == 1 else None


def _find(side: str, names: Sequence[str], chosen: Chosen, where: str) -> str:
    if chosen.get(side) is not None:
        return _told(str(chosen[side]), names, where)
    plain = [normal(name) for name in names]
    match = next((synonym for synonym in SYNONYMS[side] if synonym in plain), None)
    if match is None or plain.count(match) > 1:
        what = f"no column is the {side}" if match is None else f"two columns are named like the {side}"
        known = f"{side}: {', '.join(SYNONYMS[side][:4])}…"
        raise wrong_columns(where, quote(", ".join(names)), what, known, f"Name it: --columns {side}=NAME.")
    return names[plain.index(match)]


def _told(name: str, names: Sequence[str], where: str) -> str:
    if name in names:
        return name
    if name.isdigit() and 1 <= int(name) <= len(names):
        return names[int(name) - 1]
    raise wrong_columns(
        where,
        quote(", ".join(names)),
        f"there is no column {quote(name)}",
        f"a name in the header, or a number from 1 to {len(names)}",
        "Correct --columns.",
    )
