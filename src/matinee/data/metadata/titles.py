"""Titles of films: as they are written, as they are shown, and as they are looked for."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_YEAR: Final = re.compile(r"\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)\s*$")
_ARTICLES: Final = (
    "The|An?|Les?|La|L'|Une?|Des|El|Los|Las|Una|Uno|Il|Lo|Gli|Der|Die|Das|Den|Det|De|Het|Ein|Eine|Os?|Uma?"
)
_TRAILING_ARTICLE: Final = re.compile(rf"(?:(?<=\()|^)(a\.k\.a\.\s+)?([^()]+?), ({_ARTICLES})(?=\s*(?:[()]|$))")
_LEADING_ARTICLE: Final = re.compile(r"^(?:the|an?|les?|la|el|il|der|die|das) (?=\S)")
_WITHOUT_ACCENT: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "&": " and "})


def split_title(text: str) -> tuple[str, int | None]:
    """A title as shown, and its year if it ends in one.

    >>> split_title("Matrix, The (1999)")
    ('The Matrix', 1999)
    >>> split_title("City of Lost Children, The (Cité des enfants perdus, La) (1995)")
    ('The City of Lost Children (La Cité des enfants perdus)', 1995)
    """
    match = _YEAR.search(text)
    year = int(match[1]) if match and 1870 <= int(match[1]) <= 2100 else None
    title = text[: match.start()] if match and year else text
    return _TRAILING_ARTICLE.sub(_article_first, title.strip()), year


def _article_first(match: re.Match[str]) -> str:
    known_as, title, article = match.groups(default="")
    space = "" if article.endswith("'") else " "
    return f"{known_as}{article}{space}{title}"


def plain(text: str) -> str:
    """``text`` without case, accents and punctuation, for comparing.

    >>> plain("Amélie: Le Fabuleux Destin")
    'amelie le fabuleux destin'
    """
    letters = unicodedata.normalize("NFKD", text).casefold()  # ℇ stands for a capital but has no lower case
    folded = unicodedata.normalize("NFKD", letters).translate(_WITHOUT_ACCENT)
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.sub(r"[\W_]+", " ", re.sub(r"['’]", "", bare)).strip()
    return words or folded.strip()


def search_keys(title: str) -> frozenset[str]:
    """Every way to ask for the film ``title``: without brackets, by other names, without an article."""
    others = re.findall(r"\((?:a\.k\.a\.\s+)?([^()]+)\)", title)
    main = re.sub(r"\s*\([^()]*\)", "", title)
    keys = {plain(name) for name in (title, main, *others) if name.strip()}
    return frozenset(keys | {_LEADING_ARTICLE.sub("", key) for key in keys})
