"""Addresses of each named data set, and the sizes and checksums of its files.

Every address and checksum is named in public material, which ``evidence`` cites.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from matinee.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to fetch: an archive to unpack, or a table as it is.

    ``size`` is in bytes; ``md5`` and ``sha256`` are hexadecimal. ``sidecar`` is the address of a small
    file with the MD5 of a file that its owner renews from time to time, fetched along with it.
    """

    url: str
    size: int | None = None
    md5: str | None = None
    sha256: str | None = None
    sidecar: str | None = None

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.url.rsplit("/", 1)[-1].rsplit("%2F", 1)[-1]

    @property
    def pinned(self) -> bool:
        """True if the bytes are known beforehand, wherever they come from."""
        return bool(self.md5 or self.sha256)


@dataclass(frozen=True, slots=True)
class Place:
    """One place that has a data set: files by HTTP, or a Kaggle data set by its handle."""

    evidence: str
    files: tuple[RemoteFile, ...] = ()
    kaggle: str | None = None

    @property
    def label(self) -> str:
        """Name in messages: the host, or the Kaggle handle."""
        return f"kaggle.com/{self.kaggle}" if self.kaggle else self.files[0].url.split("/")[2]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set by its name, what it is, its page, and the places that have it, the owner's first."""

    name: str
    about: str
    page: str
    places: tuple[Place, ...]


_GROUPLENS: Final = "https://files.grouplens.org/datasets/movielens"
_GROUPLENS_SAYS: Final = "grouplens.org/datasets/movielens; the MD5 is published beside the file as .md5"
_RECOMMENDERS: Final = "https://huggingface.co/datasets/Recommenders/MovieLens/resolve/main"
_RECOMMENDERS_SAYS: Final = (
    "github.com/recommenders-team/recommenders pull request 2369: byte-identical copies, SHA-256 compared; "
    "the path follows the host's documented form"
)
_TENSORFLOW: Final = "github.com/tensorflow/datasets url_checksums/movielens.txt: size and SHA-256"

_UNVERIFIED: Final = "named as the same set by many public projects; no checksum is published"
_ML_32M_TABLES: Final = "https://huggingface.co/datasets/hazemessam/ml-32m/resolve/main"


def _movielens(name: str, size: int, md5: str, sha256: str | None = None) -> RemoteFile:
    return RemoteFile(f"{_GROUPLENS}/{name}.zip", size, md5, sha256)


_ML_100K: Final = _movielens(
    "ml-100k",
    4_924_029,
    "0e33842e24a9c977be4e0107933c0723",
    "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
)
_ML_1M: Final = _movielens(
    "ml-1m",
    5_917_549,
    "c4d9eecfca2ab87c1945afe126590906",
    "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
)
_ML_10M: Final = _movielens(
    "ml-10m",
    65_566_137,
    "ce571fd55effeba0271552578f2648bd",
    "813c411ccb6122564edfe752e7f80c4dcc5aa25fa94c93622f6877a7ba252862",
)
_ML_25M: Final = _movielens(
    "ml-25m",
    261_978_986,
    "6b51fb2759a8657d3bfcbfc42b592ada",
    "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
)
_ML_32M: Final = _movielens("ml-32m", 238_950_008, "d472be332d4daa821edc399621853b57")
_NETFLIX: Final = RemoteFile(
    "https://archive.org/download/nf_prize_dataset.tar/nf_prize_dataset.tar.gz",
    md5="a8f23d2d76461211c6b4c0ca6df2547d",
)


def _copy(original: RemoteFile, folder: str, evidence: str) -> Place:
    return Place(evidence, (replace(original, url=f"{folder}/{original.name}"),))


SOURCES: Final[tuple[DataSet, ...]] = (
    DataSet(
        "the-movies-dataset",
        "Kaggle's The Movies Dataset: 26 M ratings, and 100,004 in ratings_small.csv; needs matinee[kaggle]",
        "https://www.kaggle.com/datasets/rounakbanik/the-movies-dataset",
        (Place("the page of the data set", kaggle="rounakbanik/the-movies-dataset"),),
    ),
    DataSet(
        "ml-latest-small",
        "MovieLens latest, small: about 100,000 ratings, renewed from time to time (1 MB)",
        "https://grouplens.org/datasets/movielens/latest/",
        (
            Place(
                _GROUPLENS_SAYS,
                (RemoteFile(f"{_GROUPLENS}/ml-latest-small.zip", sidecar=f"{_GROUPLENS}/ml-latest-small.zip.md5"),),
            ),
            Place(_UNVERIFIED, kaggle="shubhammehta21/movie-lens-small-latest-dataset"),
        ),
    ),
    DataSet(
        "ml-100k",
        "MovieLens 100K: 100,000 ratings of 1998, with the folds u1 to u5 (5 MB)",
        "https://grouplens.org/datasets/movielens/100k/",
        (
            Place(f"{_GROUPLENS_SAYS}; {_TENSORFLOW}", (_ML_100K,)),
            _copy(_ML_100K, _RECOMMENDERS, _RECOMMENDERS_SAYS),
        ),
    ),
    DataSet(
        "ml-1m",
        "MovieLens 1M: 1,000,209 ratings of 2000 to 2003 (6 MB)",
        "https://grouplens.org/datasets/movielens/1m/",
        (
            Place(f"{_GROUPLENS_SAYS}; {_TENSORFLOW}", (_ML_1M,)),
            _copy(_ML_1M, _RECOMMENDERS, _RECOMMENDERS_SAYS),
            Place(
                "github.com/PaddlePaddle/Paddle text/datasets/movielens.py, with the same MD5",
                (replace(_ML_1M, url="https://dataset.bj.bcebos.com/movielens%2Fml-1m.zip"),),
            ),
        ),
    ),
    DataSet(
        "ml-10m",
        "MovieLens 10M: 10,000,054 ratings to 2009 (66 MB)",
        "https://grouplens.org/datasets/movielens/10m/",
        (
            Place(f"{_GROUPLENS_SAYS}; size and SHA-256 as public projects record them", (_ML_10M,)),
            _copy(_ML_10M, _RECOMMENDERS, _RECOMMENDERS_SAYS),
        ),
    ),
    DataSet(
        "ml-25m",
        "MovieLens 25M: 25,000,095 ratings to 2019 (262 MB)",
        "https://grouplens.org/datasets/movielens/25m/",
        (
            Place(f"{_GROUPLENS_SAYS}; {_TENSORFLOW}", (_ML_25M,)),
            Place(_UNVERIFIED, kaggle="garymk/movielens-25m-dataset"),
        ),
    ),
    DataSet(
        "ml-32m",
        "MovieLens 32M: 32,000,204 ratings to 2023 (239 MB)",
        "https://grouplens.org/datasets/movielens/32m/",
        (
            Place(f"{_GROUPLENS_SAYS}; size as public projects record it", (_ML_32M,)),
            Place(
                "a public project's fallback, checked against the MD5s in GroupLens's ml-32m-README.html",
                (
                    RemoteFile(f"{_ML_32M_TABLES}/links.csv", md5="8f033867bcb4e6be8792b21468b4fa6e"),
                    RemoteFile(f"{_ML_32M_TABLES}/movies.csv", 4_242_926, md5="0df90835c19151f9d819d0822e190797"),
                    RemoteFile(f"{_ML_32M_TABLES}/ratings.csv", 877_076_222, md5="cf12b74f9ad4b94a011f079e26d4270a"),
                    RemoteFile(f"{_ML_32M_TABLES}/tags.csv", 72_353_890, md5="963bf4fa4de6b8901868fddd3eb54567"),
                ),
            ),
        ),
    ),
    DataSet(
        "netflix-prize",
        "the Netflix Prize: 100,480,507 ratings of 1999 to 2005 (680 MB); by Kaggle with matinee[kaggle]",
        "https://www.kaggle.com/datasets/netflix-inc/netflix-prize-data",
        (
            Place("the page of the data set", kaggle="netflix-inc/netflix-prize-data"),
            Place("github.com/calpaterson/netflix-prize-fixups README, with the MD5", (_NETFLIX,)),
        ),
    ),
)
"""Every data set that can be fetched by name."""


def find_source(name: str, sources: Sequence[DataSet] = SOURCES) -> DataSet:
    """The data set called ``name``; `DownloadError`, listing the names there are, if there is none."""
    for source in sources:
        if source.name == name:
            return source
    names = ", ".join(source.name for source in sources)
    raise DownloadError(f"data set '{name}': there is none of this name; allowed: {names}")
