"""The native module refuses what it would read or write past the end of: an error, never a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matinee.kernels import _native
from matinee.kernels.one_hidden import sign_table

if TYPE_CHECKING:
    from collections.abc import Callable


def i32(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


def i64(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def u64(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.uint64)


def f32(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.float32)


def f64(*shape: int) -> np.ndarray:
    return np.zeros(shape)


SPMM = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "panel": f32(3, 4), "out": f32(2, 4),
    "threads": 1,
}  # fmt: skip
SPMM_AT = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "panel": f32(3, 4), "row": i64(1, 0),
    "column": i64(0, 3), "out": f64(2), "threads": 1,
}  # fmt: skip
ROW_PRODUCTS = {
    "left": f32(2, 4), "row": i64(1, 0), "right": f32(3, 4), "column": i64(0, 2), "out": f64(2), "threads": 1,
}  # fmt: skip
GRAM = {
    "column_offsets": i64(0, 1, 3), "column_indices": i32(2, 0, 1), "row_offsets": i64(0, 1, 2, 3),
    "row_indices": i32(1, 1, 0), "out": f32(2, 2), "threads": 1,
}  # fmt: skip
SDDMM = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "shift": 1.0, "left": f32(2, 4),
    "right": f32(3, 4), "out": f32(3), "squares": f64(2), "threads": 1,
}  # fmt: skip
PROJECT = {"basis": f32(2, 9, 16), "panel": f32(9, 16), "parts": f64(32, 16), "threads": 1}
COMPRESS = {
    "row": i32(0, 1, 1), "column": i32(0, 1, 2), "value": f32(3), "offsets": i64(0, 0, 0), "indices": i32(0, 0, 0),
    "values": f32(3), "threads": 1,
}  # fmt: skip
TRANSPOSE = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "out_offsets": i64(0, 0, 0, 0),
    "out_indices": i32(0, 0, 0), "out_values": f32(3), "threads": 1,
}  # fmt: skip
DUPLICATES = {"row": i32(0, 1), "column": i32(1, 1), "rows": 2, "columns": 2}
ONE_HIDDEN = {
    "squares": np.array([3.0, 2.0, 1.0]), "rank": 1, "smallest": sign_table().smallest, "starts": sign_table().starts,
    "nodes": sign_table().nodes, "weights": sign_table().weights, "basis": f64(2, 3), "columns": f64(4, 3),
    "extras": f64(1, 3), "row": i32(1), "column": i32(3), "extra": i32(0), "alpha": f64(1), "beta": f64(1),
    "gamma": f64(1), "q": f64(1), "whole_column": False, "out": f64(1), "defined": np.zeros(1, dtype=bool),
    "threads": 1,
}  # fmt: skip
SOLVE = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "weights": None, "other": f32(3, 16),
    "offset": f32(3), "shift": 0.0, "rank": 5, "base": f32(16, 16), "prior": f32(2, 16), "ridges": [1.0, 0.0, 1.0, 0.0],
    "order": i32(1, 0), "factors": f32(2, 16), "bias": f32(2), "diagonal": f32(2, 16), "loss": f64(2), "steps": 0,
    "threads": 1,
}  # fmt: skip
IMPLICIT = {
    "row_offsets": i64(0, 1, 3), "row_indices": i32(2, 0, 1), "column_offsets": i64(0, 1, 2, 3),
    "column_indices": i32(1, 1, 0), "ones": f32(3), "scale": f32(2), "curvature": f32(3), "known": f32(2, 16),
    "factors": f32(3, 16), "expected": f32(2, 16), "steps": 2, "threads": 1,
}  # fmt: skip
CUT_BLOCKS = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "user_order": i32(1, 0),
    "user_starts": i64(0, 1, 2), "item_order": i32(0, 2, 1), "item_starts": i64(0, 2, 3), "shift": 0.0, "scale": 1.0,
    "block_offsets": i64(0, 0, 0, 0, 0), "entries": u64(0, 0, 0), "threads": 1,
}  # fmt: skip
SCATTER = {
    "key": 1, "order": i32(1, 0), "counts": i64(2, 1), "rank": 3, "limit": 0.1, "out": f32(2, 16), "threads": 1,
}  # fmt: skip
SGD_EPOCH = {
    "offsets": i64(0, 1, 1, 1, 2), "entries": u64(1 << 16, 0), "user_starts": i64(0, 1, 2),
    "item_starts": i64(0, 2, 3), "user_counts": i64(1, 1), "item_counts": i64(0, 1, 1), "users": f32(2, 16),
    "items": f32(3, 16), "user_sides": f32(2, 2), "item_sides": f32(3, 2), "rate": 0.1, "bias_rate": 1.0, "ridge": 0.1,
    "bias_ridge": 0.1, "threads": 1,
}  # fmt: skip
_NOT_OF_NONNEGATIVE = ("weights", "steps", "diagonal")
NONNEGATIVE = {name: array for name, array in SOLVE.items() if name not in _NOT_OF_NONNEGATIVE} | {"passes": 1}
SAMPLE = {
    "offsets": i64(0, 1, 3), "indices": i32(2, 0, 1), "values": f32(3), "other": f32(3, 16), "offset": f32(3),
    "scale": f32(3) + 1, "shift": 0.0, "rank": 5, "row_precision": f32(2) + 1, "precision": f32(16) + 1,
    "mean": f32(2, 16), "bias_mean": f32(2), "bias_precision": 1.0, "key": 3, "mean_alone": False, "order": i32(1, 0),
    "factors": f32(2, 16), "bias": f32(2), "threads": 1,
}  # fmt: skip
SESSION_DRIFT = {
    "offsets": i64(0, 1, 3), "time": i64(5, 6, 9), "residual": f32(3), "precision": f32(3) + 1, "scale": 60.0,
    "variance": 1.0, "key": 3, "level": f32(3), "squares": f64(2), "steps": i64(0, 0), "threads": 1,
}  # fmt: skip
ORDERED = {
    "level": np.array([0, 2, 1], np.uint8), "predicted": f32(3), "steady": f32(3) + 1,
    "edges": np.array([-np.inf, 0.0, 1.0, np.inf]), "scale": 1.0, "threads": 1,
}  # fmt: skip
DRAW_ORDERED = ORDERED | {"key": 3, "out": f32(3)}
SUM_ORDERED = ORDERED | {"parts": f64(1, 30)}
EXPECT_ORDERED = ORDERED | {"mean": f32(3), "variance": f32(3)}
SHARES = {"latent": f64(2), "deviation": f64(2) + 1, "edges": ORDERED["edges"], "out": f64(2, 3), "threads": 1}
KERNELS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "spmm": (_native.spmm_float, SPMM),
    "spmm_at": (_native.spmm_at, SPMM_AT),
    "row_products": (_native.row_products, ROW_PRODUCTS),
    "gram": (_native.gram, GRAM),
    "sddmm": (_native.sddmm, SDDMM),
    "project_out": (_native.project_out_float, PROJECT),
    "compress": (_native.compress, COMPRESS),
    "transpose": (_native.transpose, TRANSPOSE),
    "duplicate_count": (_native.duplicate_count, DUPLICATES),
    "one_hidden": (_native.one_hidden, ONE_HIDDEN),
    "cut_blocks": (_native.cut_blocks, CUT_BLOCKS),
    "scatter_rows": (_native.scatter_rows, SCATTER),
    "sgd_epoch": (_native.sgd_epoch, SGD_EPOCH),
    "solve_rows": (_native.solve_rows, SOLVE),
    "sample_rows": (_native.sample_rows, SAMPLE),
    "draw_session_drift": (_native.draw_session_drift, SESSION_DRIFT),
    "draw_ordered": (_native.draw_ordered, DRAW_ORDERED),
    "sum_ordered": (_native.sum_ordered, SUM_ORDERED),
    "expect_ordered": (_native.expect_ordered, EXPECT_ORDERED),
    "level_shares": (_native.level_shares, SHARES),
    "improve_implicit": (_native.improve_implicit, IMPLICIT),
    "nonnegative_rows": (_native.nonnegative_rows, NONNEGATIVE),
}

WRONG = [
    ("spmm", {"offsets": i64()}, "offsets must hold at least one number"),
    ("spmm", {"offsets": i64(0, 1, 4)}, "offsets[-1] entries"),
    ("spmm", {"offsets": i64(0, 5, 3)}, "offsets must ascend from 0"),
    ("spmm", {"offsets": i64(-1, 1, 3)}, "offsets must ascend from 0"),
    ("spmm", {"offsets": i64(0, 1, -3)}, "offsets[-1] entries"),
    ("spmm", {"values": f32(2)}, "offsets[-1] entries"),
    ("spmm", {"panel": f32(2, 4)}, "a row for each column"),
    ("spmm", {"panel": f32(0, 4)}, "a row for each column"),
    ("spmm", {"panel": f32(3, 5)}, "as many columns"),
    ("spmm", {"out": f32(1, 4)}, "a row for each row"),
    ("spmm", {"out": f32(3, 4)}, "a row for each row"),
    ("spmm_at", {"values": f32(2)}, "offsets[-1] entries"),
    ("spmm_at", {"panel": f32(2, 4)}, "a row for each column"),
    ("spmm_at", {"row": i64(1)}, "of one length"),
    ("spmm_at", {"out": f64(3)}, "of one length"),
    ("spmm_at", {"row": i64(2, 0)}, "under the number of rows"),
    ("spmm_at", {"row": i64(-1, 0)}, "under the number of rows"),
    ("spmm_at", {"column": i64(0, 4)}, "under the number of columns"),
    ("spmm_at", {"column": i64(0, -1)}, "under the number of columns"),
    ("row_products", {"right": f32(3, 5)}, "as many columns"),
    ("row_products", {"row": i64(1)}, "of one length"),
    ("row_products", {"out": f64(3)}, "of one length"),
    ("row_products", {"row": i64(2, 0)}, "rows of left"),
    ("row_products", {"row": i64(-1, 0)}, "rows of left"),
    ("row_products", {"column": i64(0, 3)}, "rows of right"),
    ("gram", {"column_offsets": i64(0, 4, 3)}, "offsets must ascend from 0"),
    ("gram", {"row_offsets": i64(0, 1, 2)}, "offsets[-1] entries"),
    ("gram", {"column_indices": i32(3, 0, 1)}, "must point to rows"),
    ("gram", {"column_indices": i32(-1, 0, 1)}, "must point to rows"),
    ("gram", {"row_indices": i32(1, 2, 0)}, "a number for each column"),
    ("gram", {"out": f32(3, 2)}, "a row for each column"),
    ("sddmm", {"offsets": i64()}, "offsets must hold at least one number"),
    ("sddmm", {"offsets": i64(0, 5, 3)}, "offsets must ascend from 0"),
    ("sddmm", {"values": f32(2)}, "offsets[-1] entries"),
    ("sddmm", {"offsets": i64(0, 1, 4), "values": None}, "offsets[-1] entries"),
    ("sddmm", {"left": f32(1, 4)}, "a row for each row"),
    ("sddmm", {"right": f32(2, 4)}, "a row for each column"),
    ("sddmm", {"indices": i32(2, 0, -1)}, "a row for each column"),
    ("sddmm", {"right": f32(3, 5)}, "as many columns"),
    ("sddmm", {"out": f32(2)}, "a number for each entry"),
    ("sddmm", {"squares": f64(3)}, "a number for each row"),
    ("project_out", {"basis": f32(2, 9, 15)}, "16 columns wide"),
    ("project_out", {"panel": f32(9, 17)}, "16 columns wide"),
    ("project_out", {"panel": f32(8, 16)}, "as many rows"),
    ("project_out", {"parts": f64(16, 16)}, "a row for each basis vector"),
    ("project_out", {"parts": f64(32, 8)}, "16 columns wide"),
    ("compress", {"row": i32(0, 1)}, "of one length"),
    ("compress", {"column": i32(0, 1)}, "of one length"),
    ("compress", {"values": f32(2)}, "of one length"),
    ("compress", {"offsets": i64()}, "offsets must hold at least one number"),
    ("compress", {"row": i32(0, 1, 2)}, "under the number of rows"),
    ("compress", {"row": i32(0, -1, 1)}, "0 or more"),
    ("transpose", {"out_offsets": i64()}, "offsets must hold at least one number"),
    ("transpose", {"out_offsets": i64(0, 0, 0)}, "under the number of columns"),
    ("transpose", {"indices": i32(2, -1, 1)}, "0 or more"),
    ("transpose", {"out_values": f32(4)}, "as long as in"),
    ("transpose", {"offsets": i64(0, 4, 3)}, "offsets must ascend from 0"),
    ("duplicate_count", {"column": i32(1)}, "of one length"),
    ("duplicate_count", {"rows": 1}, "under the number of rows"),
    ("duplicate_count", {"columns": 1}, "under the number of columns"),
    ("duplicate_count", {"rows": -1}, "must not be negative"),
    ("duplicate_count", {"row": i32(0, -7)}, "0 or more"),
    ("one_hidden", {"rank": 0}, "rank must be 1 or more"),
    ("one_hidden", {"rank": 3}, "under the number of squares"),
    ("one_hidden", {"basis": f64(2, 4)}, "as many columns as there are squares"),
    ("one_hidden", {"columns": f64(4, 2)}, "as many columns as there are squares"),
    ("one_hidden", {"extras": f64(1, 2)}, "as many columns as there are squares"),
    ("one_hidden", {"row": i32(2)}, "each row must be one of basis"),
    ("one_hidden", {"column": i32(4)}, "each column must be one of columns"),
    ("one_hidden", {"extra": i32(1)}, "each extra must be one of extras"),
    ("one_hidden", {"extra": i32(-1)}, "each extra must be one of extras"),
    ("one_hidden", {"alpha": f64(2)}, "one number for each entry"),
    ("one_hidden", {"out": f64(2)}, "one number for each entry"),
    ("one_hidden", {"starts": i64(0)}, "one more start than tables"),
    ("one_hidden", {"nodes": f64(3)}, "as many nodes as the last start says"),
    ("one_hidden", {"smallest": f64(0), "starts": i64(0), "nodes": f64(0), "weights": f64(0)}, "must be a sign table"),
    ("one_hidden", {"smallest": f64(2), "starts": i64(0, 9, 3), "nodes": f64(3), "weights": f64(3)}, "starts must"),
    ("solve_rows", {"other": f32(3, 15), "factors": f32(2, 15)}, "rows of 16, 32, 48"),
    ("solve_rows", {"other": f32(3, 0), "factors": f32(2, 0)}, "rows of 16, 32, 48"),
    ("solve_rows", {"factors": f32(2, 32)}, "rows of 16, 32, 48"),
    ("solve_rows", {"rank": 0}, "rank must be 1 or more"),
    ("solve_rows", {"rank": 17}, "fit into a row"),
    ("solve_rows", {"indices": i32(3, 0, 1)}, "each index must be a row of other"),
    ("solve_rows", {"weights": f32(2), "bias": None}, "one weight for each entry"),
    ("solve_rows", {"weights": f32(3)}, "has no bias"),
    ("solve_rows", {"offset": f32(2)}, "one offset for each row of other"),
    ("solve_rows", {"base": f32(16, 32)}, "base must be square"),
    ("solve_rows", {"prior": f32(3, 16)}, "prior must have the shape of factors"),
    ("solve_rows", {"ridges": [1.0]}, "four ridges"),
    ("solve_rows", {"order": i32(0)}, "for each row"),
    ("solve_rows", {"order": i32(0, 2)}, "the order must name rows"),
    ("solve_rows", {"factors": f32(1, 16)}, "for each row"),
    ("solve_rows", {"bias": f32(1)}, "one bias for each row"),
    ("solve_rows", {"loss": f64(3)}, "for each row"),
    ("solve_rows", {"diagonal": f32(3, 16)}, "diagonal must have the shape of factors"),
    ("solve_rows", {"steps": 1}, "a diagonal goes with exact solutions"),
    ("solve_rows", {"steps": -1}, "steps must be 0"),
    ("cut_blocks", {"user_order": i32(0)}, "users must name each once"),
    ("cut_blocks", {"user_order": i32(0, 0)}, "users must name each once"),
    ("cut_blocks", {"user_order": i32(0, 2)}, "users must name each once"),
    ("cut_blocks", {"item_order": i32(0, 2, 3)}, "items must name each once"),
    ("cut_blocks", {"indices": i32(2, 0, 3)}, "one of the items"),
    ("cut_blocks", {"user_starts": i64(0)}, "must be a group"),
    ("cut_blocks", {"user_starts": i64(0, 1, 1)}, "from 0 to the number of rows"),
    ("cut_blocks", {"item_starts": i64(0, 4, 3)}, "starts must ascend"),
    ("cut_blocks", {"item_starts": i64(0, 3)}, "as many groups of items"),
    ("cut_blocks", {"block_offsets": i64(0, 0, 0, 0)}, "one offset more than blocks"),
    ("cut_blocks", {"entries": u64(0, 0)}, "one entry for each rating"),
    ("scatter_rows", {"order": i32(0)}, "one place in the order and count"),
    ("scatter_rows", {"counts": i64(0)}, "one place in the order and count"),
    ("scatter_rows", {"rank": 17}, "fit into a row"),
    ("sgd_epoch", {"offsets": i64(0, 1, 1, 2)}, "one offset more than blocks"),
    ("sgd_epoch", {"offsets": i64(0, 1, 1, 1, 3)}, "end at the number of entries"),
    ("sgd_epoch", {"offsets": i64(0, 2, 1, 1, 2)}, "offsets must ascend from 0"),
    ("sgd_epoch", {"entries": u64(2 << 16, 0)}, "lie in its block"),
    ("sgd_epoch", {"entries": u64(1 << 16, 1)}, "lie in its block"),
    ("sgd_epoch", {"user_starts": i64(0, 1, 3)}, "for each row"),
    ("sgd_epoch", {"item_starts": i64(0, 3)}, "as many groups of items"),
    ("sgd_epoch", {"users": f32(2, 17)}, "rows of 16, 32, 48"),
    ("sgd_epoch", {"items": f32(3, 32)}, "as many factors"),
    ("sgd_epoch", {"items": f32(2, 16)}, "for each row"),
    ("sgd_epoch", {"user_sides": f32(2, 3)}, "a bias and a step size"),
    ("sgd_epoch", {"item_counts": i64(1, 1)}, "for each row"),
    ("improve_implicit", {"row_offsets": i64(0, 4, 3)}, "offsets must ascend from 0"),
    ("improve_implicit", {"column_offsets": i64(0, 1, 2)}, "offsets[-1] entries"),
    ("improve_implicit", {"ones": f32(2)}, "offsets[-1] entries"),
    ("improve_implicit", {"row_indices": i32(3, 0, 1)}, "a row for each column"),
    ("improve_implicit", {"column_indices": i32(1, 2, 0)}, "a row for each column"),
    ("improve_implicit", {"scale": f32(3)}, "one scale"),
    ("improve_implicit", {"known": f32(3, 16)}, "one scale"),
    ("improve_implicit", {"expected": f32(1, 16)}, "one scale"),
    ("improve_implicit", {"curvature": f32(2)}, "one curvature"),
    ("improve_implicit", {"factors": f32(2, 16)}, "one curvature"),
    ("improve_implicit", {"factors": f32(3, 15)}, "rows of 16, 32, 48"),
    ("improve_implicit", {"known": f32(2, 32)}, "equally wide"),
    ("improve_implicit", {"steps": 0}, "steps must be 1 or more"),
    ("nonnegative_rows", {"passes": -1}, "passes must be 0"),
    ("nonnegative_rows", {"factors": f32(1, 16)}, "for each row"),
    ("nonnegative_rows", {"indices": i32(3, 0, 1)}, "each index must be a row of other"),
]  # fmt: skip

WRONG += [
    ("sample_rows", {"other": f32(3, 8)}, "rows of 16, 32, 48"),
    ("sample_rows", {"rank": 17}, "fit into a row"),
    ("sample_rows", {"factors": f32(2, 32)}, "equally wide"),
    ("sample_rows", {"mean": f32(2, 32)}, "equally wide"),
    ("sample_rows", {"indices": i32(3, 0, 1)}, "each index must be a row of other"),
    ("sample_rows", {"scale": f32(2)}, "one offset and scale for each row of other"),
    ("sample_rows", {"precision": f32(5)}, "as many precisions"),
    ("sample_rows", {"row_precision": f32(3)}, "each row needs"),
    ("sample_rows", {"bias_mean": f32(1)}, "each row needs"),
    ("sample_rows", {"order": i32(0, 2)}, "the order must name rows"),
    ("draw_session_drift", {"offsets": i64(0, 4, 3)}, "offsets must ascend from 0"),
    ("draw_session_drift", {"offsets": i64(0, 1, 4)}, "each entry needs"),
    ("draw_session_drift", {"time": i64(5, 6)}, "each entry needs"),
    ("draw_session_drift", {"level": f32(2)}, "each entry needs"),
    ("draw_session_drift", {"steps": i64(0)}, "one number for each row"),
    ("draw_ordered", {"level": np.array([0, 3, 1], np.uint8)}, "between two edges"),
    ("draw_ordered", {"edges": f64(1)}, "two edges or more"),
    ("draw_ordered", {"edges": np.array([1.0, 0.0, 2.0, 3.0])}, "edges must ascend"),
    ("draw_ordered", {"predicted": f32(2)}, "each entry needs"),
    ("draw_ordered", {"out": f32(2)}, "room for each entry"),
    ("sum_ordered", {"steady": f32(4)}, "each entry needs"),
    ("sum_ordered", {"parts": f64(2, 30)}, "for each piece"),
    ("sum_ordered", {"parts": f64(1, 20)}, "for each level and sum"),
    ("expect_ordered", {"variance": f32(2)}, "room for each entry"),
    ("level_shares", {"deviation": f64(3)}, "each row needs"),
    ("level_shares", {"out": f64(2, 4)}, "room for each level"),
]

LOST = [
    ("spmm", {"out": f64(2, 4)}),
    ("spmm", {"out": np.asfortranarray(f32(2, 4))}),
    ("spmm", {"out": f32(2, 8)[:, ::2]}),
    ("spmm_at", {"out": f32(2)}),
    ("row_products", {"out": f32(2)}),
    ("gram", {"out": f64(2, 2)}),
    ("sddmm", {"out": f64(3)}),
    ("sddmm", {"squares": f32(2)}),
    ("project_out", {"panel": np.asfortranarray(f32(9, 16))}),
    ("project_out", {"parts": f32(32, 16)}),
    ("compress", {"offsets": i32(0, 0, 0)}),
    ("compress", {"values": f64(3)}),
    ("transpose", {"out_indices": i64(0, 0, 0)}),
    ("one_hidden", {"out": f32(1)}),
    ("cut_blocks", {"entries": i64(0, 0, 0)}),
    ("scatter_rows", {"out": f64(2, 16)}),
    ("sgd_epoch", {"users": f64(2, 16)}),
    ("sgd_epoch", {"item_sides": f64(3, 2)}),
    ("solve_rows", {"factors": f64(2, 16)}),
    ("nonnegative_rows", {"factors": f64(2, 16)}),
    ("solve_rows", {"loss": f32(2)}),
    ("solve_rows", {"bias": f64(2)}),
    ("sample_rows", {"factors": f64(2, 16)}),
    ("sample_rows", {"bias": f64(2)}),
    ("draw_session_drift", {"level": f64(3)}),
    ("draw_ordered", {"out": f64(3)}),
    ("sum_ordered", {"parts": f32(1, 30)}),
    ("expect_ordered", {"mean": f64(3)}),
    ("level_shares", {"out": f32(2, 3)}),
    ("draw_session_drift", {"squares": f32(2)}),
    ("solve_rows", {"diagonal": f64(2, 16)}),
    ("improve_implicit", {"factors": f64(3, 16)}),
    ("improve_implicit", {"expected": f64(2, 16)}),
]


@pytest.mark.parametrize("kernel", KERNELS)
def test_right_arrays_are_taken(kernel: str) -> None:
    call, right = KERNELS[kernel]
    call(**right)


@pytest.mark.parametrize(("kernel", "wrong", "says"), WRONG, ids=lambda part: None if isinstance(part, dict) else part)
def test_wrong_shapes_and_indices_are_refused(kernel: str, wrong: dict[str, Any], says: str) -> None:
    call, right = KERNELS[kernel]
    with pytest.raises(ValueError, match=says.replace("[-1]", r"\[-1\]")):
        call(**{**right, **wrong})


@pytest.mark.parametrize(("kernel", "lost"), LOST)
def test_results_are_never_written_into_a_copy(kernel: str, lost: dict[str, Any]) -> None:
    call, right = KERNELS[kernel]
    with pytest.raises(TypeError, match="incompatible function arguments"):
        call(**{**right, **lost})


def test_a_read_only_result_is_refused() -> None:
    out = f32(2, 4)
    out.flags.writeable = False
    with pytest.raises(TypeError, match="incompatible function arguments"):
        _native.spmm_float(**{**SPMM, "out": out})
