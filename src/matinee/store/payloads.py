"""The content of the payload files: arrays as safetensors, ids and films as Arrow."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import safetensors.numpy as tensors
from safetensors import SafetensorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Arrays = dict[str, "NDArray[Any]"]

_DAMAGED: Final = (SafetensorError, ValueError, KeyError, TypeError, AttributeError, OverflowError)


class DamagedError(ValueError):
    """Saved content that is not as it should be; the message names the fault."""


def encode_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """``arrays`` as safetensors, in C order."""
    return tensors.save({name: np.asarray(array, order="C") for name, array in arrays.items()})


def decode_arrays(content: bytes) -> Arrays:
    """The arrays in ``content``; `DamagedError` where it is not safetensors."""
    try:
        return dict(tensors.load(content))
    except _DAMAGED as error:
        raise DamagedError(f"it is not safetensors ({error})") from error


def encode_table(table: pl.DataFrame) -> bytes:
    """``table`` as an Arrow IPC file."""
    buffer = io.BytesIO()
    table.write_ipc(buffer, compression="uncompressed")
    return buffer.getvalue()


def decode_table(content: bytes) -> pl.DataFrame:
    """The table in ``content``; `DamagedError` where it is not an Arrow IPC file."""
    try:
        return pl.read_ipc(io.BytesIO(content))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise DamagedError(f"it is not an Arrow file ({error})") from error
