"""Which column is the user, which the item, the rating and the time: by name, by position or as told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.data.wording import quote, wrong_columns
from matinee.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matinee.errors import DataError

ROLES: Final = ("user", "item", "rating", "timestamp")
_ALIASES: Final = {"movie": "item", "film": "item", "time": "timestamp", "date": "timestamp"}

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "user": ("userid", "user", "uid", "customerid", "customer", "custid", "reviewerid", "reviewer",
             "memberid", "member", "viewerid", "viewer", "personid", "person", "accountid", "account"),
    "item": ("movieid", "movie", "itemid", "item", "iid", "mid", "filmid", "film", "asin", "parentasin",
             "productid", "product", "titleid", "showid", "animeid", "title"),
    "rating": ("rating", "ratings", "userrating", "score", "stars", "star", "ratingvalue", "value", "overall",
               "grade"),
    "timestamp": ("timestamp", "ts", "time", "date", "datetime", "unixreviewtime", "unixtime", "ratedat",
                  "ratingdate", "createdat"),
}  # fmt: skip
"""Names each role goes by, the likeliest first; compared in lower case without punctuation."""

ColumnsGiven = str | Mapping[str, "str | int | None"] | None
Chosen = dict[str, "str | int | None"]


@dataclass(frozen=True, slots=True)
class Roles:
    """Position (0-based) of each role's column; ``timestamp`` is ``None`` where there is none."""

    user: int
    item: int
    rating: int
    timestamp: int | None = None

    @property
    def positions(self) -> dict[str, int]:
        """Role to position, for the roles there are, in the order of `ROLES`."""
        found = {role: getattr(self, role) for role in ROLES}
        return {role: position for role, position in found.items() if position is not None}


ALLOWED: Final = (
    "three or four names, 'user,item,rating[,timestamp]', or pairs like 'user=uid,item=film,rating=score,timestamp='"
)


def parse_columns(given: ColumnsGiven, allowed: str = ALLOWED) -> Chosen:
    """``columns`` as a mapping from role to column name, 1-based number or ``None`` (no such column).

    ``"uid,film,score"`` names user, item, rating and perhaps timestamp in order;
    ``"user=uid,rating=score"`` names some. Raises `ConfigError` for anything else, which says what is ``allowed``.
    """
    if given is None:
        return {}
    pairs = _parse_text(given, allowed) if isinstance(given, str) else dict(given)
    chosen = {_ALIASES.get(role, role): name for role, name in pairs.items()}
    unknown = [role for role in chosen if role not in ROLES]
    if unknown or len(chosen) < len(pairs):
        raise _refuse(
            given,
            f"found the role {quote(unknown[0] if unknown else 'item')}" + ("" if unknown else " twice"),
            allowed,
        )
    if any(chosen.get(role, "") is None for role in ROLES[:3]):
        raise _refuse(given, "only the timestamp can be passed over", allowed)
    return chosen


def _parse_text(text: str, allowed: str) -> dict[str, str | int | None]:
    parts = [part.strip() for part in text.split(",")]
    if not any("=" in part for part in parts):
        if not 3 <= len(parts) <= 4 or not all(parts):
            raise _refuse(text, f"found {len(parts)} names", allowed)
        return dict(zip(ROLES, parts, strict=False))
    if not all("=" in part for part in parts):
        raise _refuse(text, "found some with = and some without", allowed)
    pairs = [(role.strip(), name.strip() or None) for role, _, name in (part.partition("=") for part in parts)]
    return dict(pairs)


def _refuse(given: object, found: str, allowed: str) -> ConfigError:
    return ConfigError(f"columns: {found} in {given!r}; allowed are {allowed}")


def recognised(names: Sequence[str], chosen: Chosen) -> bool:
    """Whether ``names`` are a header beyond doubt: three roles go by them, or one was named so."""
    plain = {normal(name) for name in names}
    told = {name for name in chosen.values() if isinstance(name, str) and not name.isdigit()}
    return not told.isdisjoint(names) or sum(not plain.isdisjoint(SYNONYMS[role]) for role in ROLES) >= 3


def normal(name: str) -> str:
    """A column's name in lower case without punctuation."""
    return re.sub(r"[\W_]+", "", name).lower()


def by_name(names: Sequence[str], chosen: Chosen, where: str) -> Roles:
    """The roles among the columns ``names``; `DataError` where one is missing or named twice."""
    found = {role: _find(role, names, chosen, where) for role in ROLES}
    missing = [role for role in ROLES[:3] if found[role] is None]
    if missing:
        raise _missing(missing, names, where)
    return _distinct(found, names, where)


def by_position(count: int, chosen: Chosen, where: str, *, timed: bool) -> Roles:
    """The roles among ``count`` nameless columns: user, item, rating and, if ``timed``, a time fourth."""
    told = {role: None if name is None else _number(name, count, where) for role, name in chosen.items()}
    fourth = 3 if timed and count > 3 and 3 not in told.values() else None
    numbers: dict[str, int | None] = {"user": 0, "item": 1, "rating": 2, "timestamp": fourth, **told}
    if count < 3:
        found = f"{count} column{'s' * (count != 1)}"
        raise wrong_columns(
            where,
            found,
            "there are too few columns",
            "at least three: user, item, rating",
            "Separate them by comma, tab, semicolon or '::'.",
        )
    return _distinct(numbers, [f"column {number + 1}" for number in range(count)], where)


def _find(role: str, names: Sequence[str], chosen: Chosen, where: str) -> int | None:
    if role in chosen:
        name = chosen[role]
        return None if name is None else _told(name, names, where)
    plain = [normal(name) for name in names]
    match = next((synonym for synonym in SYNONYMS[role] if synonym in plain), None)
    if match is None:
        return None
    if plain.count(match) > 1:
        raise wrong_columns(
            where,
            quote(", ".join(names)),
            f"two columns are named like the {role}",
            "one column for each",
            f"Rename one, or say which it is: --columns {role}=NUMBER.",
        )
    return plain.index(match)


def _told(name: str | int, names: Sequence[str], where: str) -> int:
    if name in names:
        return list(names).index(str(name))
    if isinstance(name, int) or name.isdigit():
        return _number(name, len(names), where)
    raise wrong_columns(
        where,
        quote(", ".join(names)),
        f"there is no column named {quote(name)}",
        "the names in the header, or numbers from 1",
        "Correct --columns.",
    )


def _number(name: str | int, count: int, where: str) -> int:
    number = int(name) if isinstance(name, int) or name.isdigit() else 0
    if 1 <= number <= count:
        return number - 1
    raise wrong_columns(
        where,
        f"{count} columns",
        f"there is no column {quote(name)}",
        f"without a header, numbers from 1 to {count}",
        "Correct --columns.",
    )


def _missing(missing: Sequence[str], names: Sequence[str], where: str) -> DataError:
    told = ",".join(f"{role}=NAME" for role in missing)
    known = "; ".join(f"{role}: {', '.join(SYNONYMS[role][:4])}…" for role in missing)
    what = f"no column is the {' or the '.join(missing)}"
    return wrong_columns(where, quote(", ".join(names)), what, known, f"Name it: --columns {told}.")


def _distinct(found: dict[str, int | None], names: Sequence[str], where: str) -> Roles:
    used = [position for position in found.values() if position is not None]
    repeated = next((position for position in used if used.count(position) > 1), None)
    if repeated is not None:
        raise wrong_columns(
            where,
            quote(names[repeated]),
            "one column has two roles",
            "a column for each",
            "Correct --columns.",
        )
    return Roles(**found)  # type: ignore[arg-type]  # user, item and rating are known to be there
