"""Receipt of a download: its address, and the sizes and checksums of its files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from matinee.data.download.partial import digest

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.download.sources import Place

RECEIPT: Final = ".matinee-download.json"


def write_receipt(folder: Path, name: str, place: Place) -> None:
    """Record every file in ``folder`` with its size and SHA-256."""
    files = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": digest(path, "sha256")}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != RECEIPT
    }
    record = {
        "name": name,
        "from": [file.url for file in place.files] or [place.label],
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": files,
    }
    (folder / RECEIPT).write_text(json.dumps(record, indent=1), "utf-8")


def differences(folder: Path) -> str:
    """The first way in which ``folder`` is not as its receipt says; nothing where it is."""
    try:
        files = json.loads((folder / RECEIPT).read_text("utf-8"))["files"]
        pairs = [(folder / name, about["bytes"], about["sha256"]) for name, about in files.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "it has no record of a download"
    for path, size, sha256 in pairs:
        if not path.is_file():
            return f"{path.name} is missing"
        if path.stat().st_size != size or digest(path, "sha256") != sha256:
            return f"{path.name} has changed"
    return ""
