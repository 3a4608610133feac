"""Numbers and titles as people read them, the same in pictures and in the report."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from matinee.evaluation.protocol import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matinee.data.scale import Scale
    from matinee.evaluation.result import Setting

_JOINERS = "\u200c\u200d"
_LONGEST_MODEL = 18


def clean(text: object) -> str:
    """``text`` on one line, without the control characters that would break an SVG or turn text around."""
    return " ".join("".join(map(_harmless, str(text))).split())


def shorten(text: object, length: int) -> str:
    """`clean` text of at most ``length`` letters; an ellipsis says where it was cut."""
    whole = clean(text)
    return whole if len(whole) <= length else whole[: length - 1].rstrip() + "…"


def film_name(row: Mapping[str, Any]) -> str:
    """The title of a row's film, or its id where the title is not known."""
    return clean(row["title"]) if row.get("title") else f"film {clean(row['item'])}"


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def signed(number: float, decimals: int = 2) -> str:
    """A number with its sign, with a true minus; zero has none."""
    text = f"{abs(number):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("+" if number > 0 else "−") + text


def compact(count: int) -> str:
    """A count in few letters: 950, 9,500, 12.3k, 4.5M."""
    if count >= 999_500:
        return f"{count / 1e6:.3g}M"
    return f"{count / 1e3:.3g}k" if count >= 10_000 else f"{count:,}"


def decimals(scale: Scale) -> int:
    """The decimals that an error in stars deserves: 3 on 0.5 to 5, 2 on 0 to 100."""
    return 3 if scale.width <= 20 else 2


def model_name(setting: Setting) -> str:
    """The model's name, short enough for a title."""
    return shorten(setting.model, _LONGEST_MODEL)


def data_name(setting: Setting) -> str:
    """The data in a heading: the file without the folders it lies in."""
    return clean(setting.data.replace("\\", "/").rstrip("/").rpartition("/")[2]) or clean(setting.data)


def rounds(setting: Setting) -> str:
    """The name of one pass over the ratings in this model: epoch, draw or sweep."""
    return next((noun for noun in ("epoch", "draw") if f"{noun}s" in setting.parameters), "sweep")


def counted(count: int, noun: str) -> str:
    """A count and its noun: 1 rating, 2,000 ratings."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def predicted_ratings(setting: Setting, count: int) -> str:
    """The number of predicted ratings and their kind: 10,000 hidden ratings."""
    return counted(count, f"{PROTOCOLS[setting.protocol].adjective} rating")


def _harmless(letter: str) -> str:
    """The letter, or a space for controls, reversals of direction, separators and code points that are no letters."""
    return " " if unicodedata.category(letter)[0] in "ZC" and letter not in _JOINERS else letter


def chance(probability: float) -> str:
    """A small probability as people say it: ``1 in 2,300``."""
    if probability >= 0.1:
        return f"{100 * probability:.0f} %"
    return "under 1 in a billion" if probability < 1e-9 else f"1 in {float(f'{1 / probability:.2g}'):,.0f}"
