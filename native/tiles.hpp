// Symmetric updates by register tiles: A += Σ_t left_t right_tᵗ, its upper triangle, row-major. The work-horse of every
// normal matrix and of its factorisation.
#pragma once
#include "sums.hpp"

#include <algorithm>

namespace matinee::MATINEE_ISA {

// Rows of a tile. With up to three registers a row its sums fill, and do not spill from, the registers there are.
inline constexpr int tile_rows = register_bytes == 64 ? 8 : 4;
inline constexpr int tile_registers = 3;

// The next rows, touched ahead of time, one cache line a pass over the tiles.
struct Ahead {
    const float* const* rows = nullptr;  // as many as the present update has terms; null: nothing to fetch
    std::int64_t line = 0, lines = 0;
};

// `out` (tile_rows × registers) is `from` plus or minus the sum over `count` terms. `left` and `right` point at the
// tile's first row and column in the first term.
template <int registers, bool subtract, bool fetch>
void tile(const float* left, const float* right, std::int64_t stride, std::int64_t count, const float* from, float* out,
          std::int64_t out_stride, const float* const* ahead, std::int64_t line) {
    typename Lane::Register sum[tile_rows][registers];
    for (int r = 0; r < tile_rows; ++r)
        for (int c = 0; c < registers; ++c)
            sum[r][c] = from ? Lane::load(from + r * out_stride + c * Lane::width) : typename Lane::Register{};
    for (std::int64_t t = 0; t < count; ++t, left += stride, right += stride) {
        if constexpr (fetch) __builtin_prefetch(ahead[t] + line);
        typename Lane::Register column[registers];
        for (int c = 0; c < registers; ++c) column[c] = Lane::load(right + c * Lane::width);
        for (int r = 0; r < tile_rows; ++r) {
            const typename Lane::Register row = Lane::all(left[r]);
            for (int c = 0; c < registers; ++c) {
                if constexpr (subtract)
                    sum[r][c] -= row * column[c];
                else
                    sum[r][c] += row * column[c];
            }
        }
    }
    for (int r = 0; r < tile_rows; ++r)
        for (int c = 0; c < registers; ++c) Lane::store(out + r * out_stride + c * Lane::width, sum[r][c]);
}

template <int registers, bool subtract>
void tile_fetching(const float* left, const float* right, std::int64_t stride, std::int64_t count, const float* from, float* out,
                   std::int64_t out_stride, Ahead& ahead) {
    if (ahead.rows && ahead.line < ahead.lines)
        tile<registers, subtract, true>(left, right, stride, count, from, out, out_stride, ahead.rows, 16 * ahead.line++);
    else
        tile<registers, subtract, false>(left, right, stride, count, from, out, out_stride, nullptr, 0);
}

// The upper triangle of a (size × size), rows and columns `first` and later, plus or minus Σ left_t right_tᵗ. Where
// `from` is given the sum starts there (of a's shape), otherwise at zero. Below the diagonal, up to one register of
// each row is written as well. `size` and `stride` are multiples of 16, `first` of tile_rows.
template <bool subtract>
void update_upper(const float* left, const float* right, std::int64_t stride, std::int64_t count, std::int64_t first,
                  std::int64_t size, const float* from, float* a, std::int64_t a_stride, Ahead ahead = {}) {
    for (std::int64_t row = first; row < size; row += tile_rows) {
        std::int64_t column = row / Lane::width * Lane::width;
        while (column < size) {
            const std::int64_t left_over = (size - column) / Lane::width;
            const std::int64_t registers = left_over == 4 ? 2 : std::min<std::int64_t>(tile_registers, left_over);
            const float* start = from ? from + row * a_stride + column : nullptr;
            float* out = a + row * a_stride + column;
            if (registers == 3)
                tile_fetching<3, subtract>(left + row, right + column, stride, count, start, out, a_stride, ahead);
            else if (registers == 2)
                tile_fetching<2, subtract>(left + row, right + column, stride, count, start, out, a_stride, ahead);
            else
                tile_fetching<1, subtract>(left + row, right + column, stride, count, start, out, a_stride, ahead);
            column += registers * Lane::width;
        }
    }
}

// out (rows × width) plus the sum over `count` terms of left_t[row] right_t, a few rows against whole registers.
template <int rows, int registers>
void strip(const float* left, const float* right, std::int64_t stride, std::int64_t count, float* out, std::int64_t width) {
    typename Lane::Register sum[rows][registers];
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < registers; ++c) sum[r][c] = Lane::load(out + r * width + c * Lane::width);
    for (std::int64_t t = 0; t < count; ++t, left += stride, right += stride)
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < registers; ++c) sum[r][c] += Lane::all(left[r]) * Lane::load(right + c * Lane::width);
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < registers; ++c) Lane::store(out + r * width + c * Lane::width, sum[r][c]);
}

template <int rows>
void strips(const float* left, const float* right, std::int64_t stride, std::int64_t count, float* out) {
    std::int64_t c = 0;
    for (; c + 2 * Lane::width <= stride; c += 2 * Lane::width) strip<rows, 2>(left, right + c, stride, count, out + c, stride);
    for (; c < stride; c += Lane::width) strip<rows, 1>(left, right + c, stride, count, out + c, stride);
}

// The largest number of rows that `strips` takes.
inline constexpr std::int64_t most_strips = 4;

inline void update_strips(std::int64_t rows, const float* left, const float* right, std::int64_t stride, std::int64_t count,
                          float* out) {
    if (rows == 1)
        strips<1>(left, right, stride, count, out);
    else if (rows == 2)
        strips<2>(left, right, stride, count, out);
    else if (rows == 3)
        strips<3>(left, right, stride, count, out);
    else if (rows == 4)
        strips<4>(left, right, stride, count, out);
}

}  // namespace matinee::MATINEE_ISA
