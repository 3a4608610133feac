"""The pages of the documentation, taken apart: fenced blocks, the commands in them, links."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block: ``mark`` is the comment right above it, ``line`` the line of its first line of text."""

    page: Page
    language: str
    mark: str
    body: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def commands(self) -> list[Command]:
        """What is typed in a ``console`` block (after ``$``) or a ``sh`` block (every line)."""
        if self.language == "sh":
            lines = self.body.replace("\\\n", " ").splitlines()
            return [Command(line, "") for line in lines if line and not line.startswith("#")]
        typed = re.split(r"^\$ ", self.body.replace("\\\n", " "), flags=re.MULTILINE)[1:]
        return [Command(*part.partition("\n")[::2]) for part in typed]


@dataclass(frozen=True)
class Command:
    """One line that is typed, and what the page shows of what it prints."""

    text: str
    output: str

    @property
    def words(self) -> list[str]:
        words = shlex.split(self.text, comments=True)
        return [words[0].removeprefix(".venv/bin/"), *words[1:]] if words else []


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self) -> Iterator[Block]:
        text = self.text
        for found in _FENCE.finditer(text):
            line = text.count("\n", 0, found.start("body")) + 1
            yield Block(self, found["language"], found["mark"] or "", found["body"], line)

    def spans(self) -> list[str]:
        """What stands between backticks in the prose."""
        return _CODE.findall(self.prose)

    def links(self) -> list[str]:
        return _LINK.findall(_CODE.sub("", self.prose))

    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub makes them."""
        titles = (title.replace("`", "").lower() for title in _HEADING.findall(self.prose))
        return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def pages() -> list[Page]:
    """Every page, the ones at the root first."""
    return [Page(path) for path in (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))]
