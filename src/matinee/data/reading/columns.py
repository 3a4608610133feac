"""Columns of users, items, ratings and times: by name, by position, or as the caller names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.data.problems import quote, wrong_columns
from matinee.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLES: Final = ("user", "item", "rating", "timestamp")
RATING_ROLES: Final = ROLES[:3]
"""Roles that a table of ratings must have."""

PAIR_ROLES: Final = ROLES[:2]
"""Roles that a table of pairs to predict must have."""

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

ColumnsOption = str | Mapping[str, "str | int | None"] | None
ColumnsByRole = dict[str, "str | int | None"]

_ALLOWED: Final = {
    RATING_ROLES: "three or four names, 'user,item,rating[,timestamp]', or pairs like "
    "'user=uid,item=film,rating=score,timestamp='",
    PAIR_ROLES: "two names, 'user,item', or pairs like 'user=uid,item=film,timestamp=when'",
}


@dataclass(frozen=True, slots=True)
class Roles:
    """Position (0-based) of each role's column; ``None`` where there is none."""

    user: int
    item: int
    rating: int | None = None
    timestamp: int | None = None

    @property
    def positions(self) -> dict[str, int]:
        """Role to position, for the roles there are, in the order of `ROLES`."""
        positions = {role: getattr(self, role) for role in ROLES}
        return {role: position for role, position in positions.items() if position is not None}


def parse_columns(option: ColumnsOption, needed: Sequence[str] = RATING_ROLES) -> ColumnsByRole:
    """``columns`` as a mapping from role to column name, 1-based number or ``None`` (no such column).

    ``"uid,film,score"`` names user, item, rating and perhaps timestamp in order; where a rating is not ``needed``,
    ``"uid,film"`` will do. ``"user=uid,rating=score"`` names some. Raises `ConfigError` for anything else.
    """
    if option is None:
        return {}
    pairs = _parse_text(option, needed) if isinstance(option, str) else dict(option)
    columns = {_ALIASES.get(role, role): name for role, name in pairs.items()}
    unknown = [role for role in columns if role not in ROLES]
    if unknown:
        raise _invalid(option, f"found the role {quote(unknown[0])}", needed)
    if len(columns) < len(pairs):
        raise _invalid(option, "found a role twice", needed)
    if any(columns.get(role, "") is None for role in RATING_ROLES):
        raise _invalid(option, "only the timestamp can be passed over", needed)
    return columns


def _parse_text(text: str, needed: Sequence[str]) -> ColumnsByRole:
    parts = [part.strip() for part in text.split(",")]
    if not any("=" in part for part in parts):
        if not len(needed) <= len(parts) <= len(ROLES) or not all(parts):
            raise _invalid(text, f"found {len(parts)} names", needed)
        return dict(zip(ROLES, parts, strict=False))
    if not all("=" in part for part in parts):
        raise _invalid(text, "found some with = and some without", needed)
    pairs = (part.partition("=") for part in parts)
    return {role.strip(): name.strip() or None for role, _, name in pairs}


def _invalid(option: object, problem: str, needed: Sequence[str]) -> ConfigError:
    return ConfigError(f"columns: {problem} in {option!r}; allowed are {_ALLOWED[tuple(needed)]}")


def plain_name(name: str) -> str:
    """A column's name in lower case without punctuation."""
    return re.sub(r"[\W_]+", "", name).lower()


def position_of(synonyms: Sequence[str], names: Sequence[str]) -> int | None:
    """The position among ``names`` of the likeliest of ``synonyms``; ``None`` where there is none of them."""
    plain = [plain_name(name) for name in names]
    return next((plain.index(synonym) for synonym in synonyms if synonym in plain), None)


def is_header(fields: Sequence[str], columns: ColumnsByRole, roles: Sequence[str] = ROLES) -> bool:
    """True if ``fields`` are names: no number is among them, one is in ``columns``, or most ``roles`` go by them."""
    named = {name for name in columns.values() if isinstance(name, str) and not name.isdigit()}
    recognised = sum(position_of(SYNONYMS[role], fields) is not None for role in roles)
    return not any(map(_is_number, fields)) or not named.isdisjoint(fields) or recognised >= min(3, len(roles))


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def by_name(names: Sequence[str], columns: ColumnsByRole, where: str) -> Roles:
    """The roles among the columns ``names``; `DataError` where one is missing or there twice."""
    positions = {role: _position(role, names, columns, where) for role in ROLES}
    return _roles(positions, RATING_ROLES, names, where)


def by_position(count: int, columns: ColumnsByRole, where: str, *, timed: bool) -> Roles:
    """The roles among ``count`` nameless columns: user, item, rating and, if ``timed``, a time fourth."""
    names = [f"column {number + 1}" for number in range(count)]
    named = {role: None if name is None else _numbered(name, names, where) for role, name in columns.items()}
    fourth = 3 if timed and count > 3 and 3 not in named.values() else None
    if count < 3:
        what = "there are too few columns"
        remedy = "Separate them by comma, tab, semicolon or '::'."
        width = f"{count} column{'s' * (count != 1)}"
        raise wrong_columns(where, width, what, "at least three: user, item, rating", remedy)
    return _roles({"user": 0, "item": 1, "rating": 2, "timestamp": fourth, **named}, RATING_ROLES, names, where)


def pair_roles(names: Sequence[str], columns: ColumnsByRole, where: str) -> Roles:
    """The columns of users, items and perhaps times among ``names``; `DataError` where one is missing or there twice.

    Without ``columns`` there is a column of times where exactly one is named like it.
    """
    if len(set(names)) < len(names):
        repeated = next(name for name in names if list(names).count(name) > 1)
        raise wrong_columns(where, quote(repeated), "two columns have the same name", "different names", "Rename one.")
    positions = {role: _position(role, names, columns, where) for role in PAIR_ROLES}
    times = [position for position, name in enumerate(names) if plain_name(name) in SYNONYMS["timestamp"]]
    if "timestamp" in columns:
        positions["timestamp"] = _position("timestamp", names, columns, where)
    elif len(times) == 1:
        positions["timestamp"] = times[0]
    return _roles(positions, PAIR_ROLES, names, where)


def _position(role: str, names: Sequence[str], columns: ColumnsByRole, where: str) -> int | None:
    if role in columns:
        name = columns[role]
        return None if name is None else _named(name, names, where)
    position = position_of(SYNONYMS[role], names)
    if position is not None and [plain_name(name) for name in names].count(plain_name(names[position])) > 1:
        what = f"two columns are named like the {role}"
        remedy = f"Rename one, or say which it is: --columns {role}=NUMBER."
        raise wrong_columns(where, quote(", ".join(names)), what, "one column for each", remedy)
    return position


def _named(name: str | int, names: Sequence[str], where: str) -> int:
    if name in names:
        return list(names).index(str(name))
    if isinstance(name, int) or name.isdigit():
        return _numbered(name, names, where)
    what = f"there is no column named {quote(name)}"
    allowed = "a name in the header, or a number from 1"
    raise wrong_columns(where, quote(", ".join(names)), what, allowed, "Correct --columns.")


def _numbered(name: str | int, names: Sequence[str], where: str) -> int:
    number = int(name) if isinstance(name, int) or name.isdigit() else 0
    if 1 <= number <= len(names):
        return number - 1
    what = f"there is no column {quote(name)}"
    allowed = f"without a header, numbers from 1 to {len(names)}"
    raise wrong_columns(where, f"{len(names)} columns", what, allowed, "Correct --columns.")


def _roles(positions: dict[str, int | None], needed: Sequence[str], names: Sequence[str], where: str) -> Roles:
    missing = [role for role in needed if positions[role] is None]
    if missing:
        usual = "; ".join(f"{role}: {', '.join(SYNONYMS[role][:4])}…" for role in missing)
        remedy = f"Name it: --columns {','.join(f'{role}=NAME' for role in missing)}."
        what = f"no column is the {' or the '.join(missing)}"
        raise wrong_columns(where, quote(", ".join(names)), what, usual, remedy)
    taken = [position for position in positions.values() if position is not None]
    repeated = next((names[position] for position in taken if taken.count(position) > 1), None)
    if repeated is not None:
        what = "one column has two roles"
        raise wrong_columns(where, quote(repeated), what, "a column for each", "Correct --columns.")
    return Roles(**positions)  # type: ignore[arg-type]  # user and item are known to be there
