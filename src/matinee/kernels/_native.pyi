from typing import Any

from numpy.typing import NDArray

_Array = NDArray[Any]

def instruction_sets() -> list[str]: ...
def instruction_set() -> str: ...
def use_instruction_set(name: str) -> bool: ...
def spmm_float(offsets: _Array, indices: _Array, values: _Array, panel: _Array, out: _Array, threads: int) -> None: ...
def spmm_double(offsets: _Array, indices: _Array, values: _Array, panel: _Array, out: _Array, threads: int) -> None: ...
def row_products(left: _Array, row: _Array, right: _Array, column: _Array, out: _Array, threads: int) -> None: ...
def spmm_at(
    offsets: _Array,
    indices: _Array,
    values: _Array,
    panel: _Array,
    row: _Array,
    column: _Array,
    out: _Array,
    threads: int,
) -> None: ...
def gram(
    column_offsets: _Array,
    column_indices: _Array,
    row_offsets: _Array,
    row_indices: _Array,
    out: _Array,
    threads: int,
) -> None: ...
def sddmm(
    offsets: _Array,
    indices: _Array,
    values: _Array | None,
    shift: float,
    left: _Array,
    right: _Array,
    out: _Array | None,
    squares: _Array,
    threads: int,
) -> None: ...
def project_out_float(basis: _Array, panel: _Array, parts: _Array, threads: int) -> None: ...
def project_out_double(basis: _Array, panel: _Array, parts: _Array, threads: int) -> None: ...
def compress(
    row: _Array, column: _Array, value: _Array, offsets: _Array, indices: _Array, values: _Array, threads: int
) -> None: ...
def transpose(
    offsets: _Array,
    indices: _Array,
    values: _Array,
    out_offsets: _Array,
    out_indices: _Array,
    out_values: _Array,
    threads: int,
) -> None: ...
def duplicate_count(row: _Array, column: _Array, rows: int, columns: int) -> int: ...
def one_hidden(
    squares: _Array,
    rank: int,
    smallest: _Array,
    starts: _Array,
    nodes: _Array,
    weights: _Array,
    basis: _Array,
    columns: _Array,
    extras: _Array,
    row: _Array,
    column: _Array,
    extra: _Array,
    alpha: _Array,
    beta: _Array,
    gamma: _Array,
    q: _Array,
    whole_column: bool,
    out: _Array,
    defined: _Array,
    threads: int,
) -> None: ...
def plant(
    seed: int,
    offsets: _Array,
    weights: _Array,
    threshold: _Array,
    other: _Array,
    limit: int,
    pull: float,
    mean: float,
    noise: float,
    low: float,
    high: float,
    step: _Array,
    user_bias: _Array,
    item_bias: _Array,
    user_factors: _Array,
    item_factors: _Array,
    item: _Array,
    value: _Array,
    threads: int,
) -> None: ...
def solve_rows(
    offsets: _Array,
    indices: _Array,
    values: _Array,
    weights: _Array | None,
    other: _Array,
    offset: _Array | None,
    shift: float,
    rank: int,
    base: _Array | None,
    prior: _Array | None,
    ridges: list[float],
    order: _Array,
    factors: _Array,
    bias: _Array | None,
    diagonal: _Array | None,
    loss: _Array,
    steps: int,
    threads: int,
) -> int: ...
def cut_blocks(
    offsets: _Array,
    indices: _Array,
    values: _Array,
    user_order: _Array,
    user_starts: _Array,
    item_order: _Array,
    item_starts: _Array,
    shift: float,
    scale: float,
    block_offsets: _Array,
    entries: _Array,
    threads: int,
) -> None: ...
def scatter_rows(
    key: int, order: _Array, counts: _Array, rank: int, limit: float, out: _Array, threads: int
) -> None: ...
def sgd_epoch(
    offsets: _Array,
    entries: _Array,
    user_starts: _Array,
    item_starts: _Array,
    user_counts: _Array,
    item_counts: _Array,
    users: _Array,
    items: _Array,
    user_sides: _Array,
    item_sides: _Array,
    rate: float,
    bias_rate: float,
    ridge: float,
    bias_ridge: float,
    threads: int,
) -> float: ...
def improve_implicit(
    row_offsets: _Array,
    row_indices: _Array,
    column_offsets: _Array,
    column_indices: _Array,
    ones: _Array,
    scale: _Array,
    curvature: _Array,
    known: _Array,
    factors: _Array,
    expected: _Array,
    steps: int,
    threads: int,
) -> None: ...
def nonnegative_rows(
    offsets: _Array,
    indices: _Array,
    values: _Array,
    other: _Array,
    offset: _Array | None,
    shift: float,
    rank: int,
    base: _Array | None,
    prior: _Array | None,
    ridges: list[float],
    order: _Array,
    factors: _Array,
    bias: _Array | None,
    loss: _Array,
    passes: int,
    threads: int,
) -> int: ...
def sample_rows(
    offsets: _Array,
    indices: _Array,
    values: _Array,
    other: _Array,
    offset: _Array,
    scale: _Array,
    shift: float,
    rank: int,
    row_precision: _Array,
    precision: _Array,
    mean: _Array,
    bias_mean: _Array,
    bias_precision: float,
    key: int,
    mean_alone: bool,
    order: _Array,
    factors: _Array,
    bias: _Array,
    threads: int,
) -> int: ...
def draw_session_drift(
    offsets: _Array,
    time: _Array,
    residual: _Array,
    precision: _Array,
    scale: float,
    variance: float,
    key: int,
    level: _Array,
    squares: _Array,
    steps: _Array,
    threads: int,
) -> None: ...
def draw_ordered(
    level: _Array,
    predicted: _Array,
    steady: _Array,
    edges: _Array,
    scale: float,
    key: int,
    out: _Array,
    threads: int,
) -> None: ...
def sum_ordered(
    level: _Array, predicted: _Array, steady: _Array, edges: _Array, scale: float, parts: _Array, threads: int
) -> None: ...
def expect_ordered(
    level: _Array,
    predicted: _Array,
    steady: _Array,
    edges: _Array,
    scale: float,
    mean: _Array,
    variance: _Array,
    threads: int,
) -> None: ...
def level_shares(latent: _Array, deviation: _Array, edges: _Array, out: _Array, threads: int) -> None: ...
