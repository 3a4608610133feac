"""Data sets from Kaggle, through the optional package kagglehub."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matinee.data.download.transfer import Refused

if TYPE_CHECKING:
    from types import ModuleType

_INSTALL: Final = "it needs the package kagglehub (pip install 'matinee[kaggle]')"
_SIGN_IN: Final = (
    "it wants to know who you are: make a token at https://www.kaggle.com/settings (API) and save it as "
    "~/.kaggle/kaggle.json, or set KAGGLE_USERNAME and KAGGLE_KEY"
)


def fetch_kaggle(handle: str, folder: Path) -> None:
    """Put the files of the Kaggle data set ``handle`` into ``folder``; `Refused` where it cannot be had.

    kagglehub resumes and verifies by itself, and keeps its own copy; where it lies on the same disk, the
    files in ``folder`` share its space.
    """
    try:
        hub = importlib.import_module("kagglehub")
    except ImportError as error:
        raise Refused(_INSTALL) from error
    _place(_download(hub, handle), folder)


def _download(hub: ModuleType, handle: str) -> Path:
    try:
        return Path(hub.dataset_download(handle))
    except OSError as error:
        if error.errno is not None:
            raise
        raise Refused(_reason(error)) from error
    except Exception as error:  # kagglehub's own kinds differ from version to version
        raise Refused(_reason(error)) from error


def _reason(error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    kind = type(error).__name__
    if status in (401, 403) or any(word in kind for word in ("Credential", "Unauthenticated", "Forbidden")):
        return _SIGN_IN
    return f"{kind}: {str(error).splitlines()[0][:200] if str(error) else 'no reason given'}"


def _place(source: Path, folder: Path) -> None:
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        target = folder / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file.resolve(), target)
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(file, target)
