"""The result of an evaluation: one row a prediction, plus what made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import polars as pl

    from matinee.data.scale import Scale

CSV_COLUMNS: Final = ("user", "item", "truth", "prediction", "lower", "upper", "source")
"""Columns of ``predictions.csv``, in order; see `csv_columns` for those that follow."""

_FURTHER_COLUMNS: Final = ("corrupted", "rank", "popularity_rank")
"""Columns of ``predictions.csv`` where the rows have them."""


@dataclass(frozen=True)
class Setting:
    """The settings of an evaluation: enough to run it again.

    ``protocol`` is the name of one of `PROTOCOLS`; ``predicts`` is ``"stars"`` or ``"preference"``; ``summary`` is the
    model in words (`ModelConfig.description`); ``details`` holds what only that protocol or model has (the way
    entries are corrupted, which quantities are held, the certificate of the solver).
    """

    model: str
    parameters: dict[str, Any]
    protocol: str
    seed: int
    data: str
    scale: Scale
    train_ratings: int
    fit_seconds: float
    predict_seconds: float
    peak_memory_mb: float
    version: str
    coverage: float | None = None
    predicts: str = "stars"
    summary: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """A line to draw: ``x`` and ``y`` of equal length."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Evaluation:
    """Tidy result rows and the setting that made them. Every metric, picture and report reads these only.

    ``rows`` has the columns of `CSV_COLUMNS` (raw ids; ``truth`` and ``prediction`` in stars, unrounded, but a
    preference has no unit; ``lower`` and ``upper`` the limits of the predictive interval at ``setting.coverage``,
    null where the model states none; ``source`` one of ``model``, ``bias``, ``movie``, ``user``, ``mean``) and
    further ``baseline`` (what the damped biases alone predict, or popularity), ``user_ratings`` and
    ``item_ratings`` (how many training ratings that user and item have), ``title`` (null where unknown), for the
    corrupt protocol ``corrupted`` (what the entry was replaced by; null where it was removed), and for a
    preference ``rank`` and ``popularity_rank`` (1 is first among all films the user has no training rating for;
    null where the rating does not count as liked; see `matinee.evaluation.ranking`). Where the model has a measured
    spread there are ``deviation`` (of the predictive distribution, stars), ``level`` (the share of it under the
    truth, 0 to 1) and, for a scale of stars, ``probabilities`` (of each star, lowest first).

    ``singular_values`` are σ₁ ≥ σ₂ ≥ … of the model, empty where it has none. ``rank_curve`` is RMSE of
    these very rows against rank (1, 2, 3, …), for looking at, never for choosing.
    """

    rows: pl.DataFrame
    setting: Setting
    singular_values: tuple[float, ...] = ()
    rank_curve: Curve | None = None

    @property
    def ranks(self) -> bool:
        """True where films were ranked, instead of stars predicted."""
        return self.setting.predicts == "preference"

    @property
    def corrupted(self) -> bool:
        """True where entries were corrupted, one at a time."""
        return "corrupted" in self.rows.columns

    @property
    def csv_columns(self) -> tuple[str, ...]:
        """The columns of ``predictions.csv``: `CSV_COLUMNS`, then ``corrupted``, or the ranks."""
        return CSV_COLUMNS + tuple(column for column in _FURTHER_COLUMNS if column in self.rows.columns)
