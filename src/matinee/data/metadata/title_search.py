"""Search for films by title."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from matinee.data.metadata.titles import plain, search_keys, split_title

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORTLIST: Final = 200
_CLOSE: Final = 0.6


class TitleSearch:
    """An index over titles as shown and their years; answers are row numbers."""

    def __init__(self, titles: Sequence[str], years: Sequence[int | None]) -> None:
        self._titles = titles
        self._keys = [search_keys(title) for title in titles]
        self._years = years
        self._lengths = [len(title) for title in titles]

    def find(self, text: str) -> list[int]:
        """Rows that match ``text``: the whole title, then its beginning, then a part, then all its words."""
        title, year = split_title(text)
        queries = search_keys(title)
        rows = [row for row in range(len(self._keys)) if year is None or self._years[row] == year]
        ranked = [(rank, row) for row in rows if (rank := self._rank(row, queries)) is not None]
        return [row for _, row in sorted(ranked, key=lambda pair: (pair[0], self._lengths[pair[1]], pair[1]))]

    def nearest(self, text: str, count: int = 3) -> list[int]:
        """Rows whose titles are written most like ``text``, at most ``count``."""
        query = plain(split_title(text)[0])
        letters = _trigrams(query)
        series = (plain(title.split(":")[0]) for title in self._titles)  # "Star Wars: Episode IV" is near
        keys = [(key, row) for row, (keys, first) in enumerate(zip(self._keys, series, strict=True))
                for key in {*keys, first}]  # fmt: skip
        keys.sort(key=lambda pair: -len(letters & _trigrams(pair[0])) / (len(pair[0]) + len(query)))
        scored = [(difflib.SequenceMatcher(None, query, key).ratio(), row) for key, row in keys[:_SHORTLIST]]
        close = sorted((pair for pair in scored if pair[0] >= _CLOSE), key=lambda pair: (-pair[0], pair[1]))
        return list(dict.fromkeys(row for _, row in close))[:count]

    def _rank(self, row: int, queries: frozenset[str]) -> int | None:
        keys = self._keys[row]
        if queries & keys:
            return 0
        if any(key.startswith(f"{query} ") for key in keys for query in queries):
            return 1
        if any(f" {query} " in f" {key} " for key in keys for query in queries):
            return 2
        return 3 if any(set(query.split()) <= set(key.split()) for key in keys for query in queries if query) else None


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
