// Cholesky factorisation A = Uᵗ U of small symmetric matrices in float32, in place, and solves with it. A is row-major,
// its upper triangle is read; `size` is a multiple of 16. Blocks of 16 rows: a diagonal block is factored as L D Lᵗ, whose
// chain of dependent steps is the shorter one, and inverted, so that solves have no chain at all; the rows to its right
// follow by substitution, and the rest by one tiled update.
#pragma once
#include "tiles.hpp"

#include <cmath>

namespace matinee::MATINEE_ISA {

inline constexpr int block = 16;
inline constexpr int block_registers = block / Lane::width;

// A pivot under this share of what the diagonal began with is rounding, and the matrix not positive definite.
inline constexpr float smallest_pivot = 4e-7f;

// What a factorisation leaves besides U: the inverse of each diagonal block, transposed.
inline std::int64_t inverse_floats(std::int64_t size) { return size * block; }

// Factors the 16 × 16 block at `a` as Uᵗ U; multipliers[s * 16 + q] = U'[s][q] / d_s, U' being the unscaled rows, and
// scale[s] = 1 / √d_s. False where a pivot is not positive.
inline bool factor_block(float* a, std::int64_t stride, float* multipliers, float* scale) {
    float least[block];
    for (int q = 0; q < block; ++q) least[q] = smallest_pivot * a[q * stride + q];
    for (int q = 0; q < block; ++q) {
        const float* pivot_row = a + q * stride;
        const float pivot = pivot_row[q];
        if (!(pivot > least[q]) || !(pivot < 3e38f)) return false;
        const float inverse = 1.0f / pivot;
        scale[q] = pivot;
        typename Lane::Register row[block_registers];
        for (int c = 0; c < block_registers; ++c) row[c] = Lane::load(pivot_row + c * Lane::width);
        for (int s = q + 1; s < block; ++s) {
            const float multiplier = pivot_row[s] * inverse;
            multipliers[q * block + s] = multiplier;
            float* target = a + s * stride;
            for (int c = s / Lane::width; c < block_registers; ++c)
                Lane::store(target + c * Lane::width, Lane::load(target + c * Lane::width) - Lane::all(multiplier) * row[c]);
        }
    }
    for (int q = 0; q < block; ++q) scale[q] = 1.0f / std::sqrt(scale[q]);
    return true;
}

// x ← U_pp⁻ᵗ x for one register of columns of 16 rows.
inline void substitute(float* x, std::int64_t stride, const float* multipliers, const float* scale) {
    typename Lane::Register row[block];
    for (int q = 0; q < block; ++q) row[q] = Lane::load(x + q * stride);
#pragma GCC unroll 16
    for (int s = 0; s < block; ++s)
#pragma GCC unroll 16
        for (int q = s + 1; q < block; ++q) row[q] -= Lane::all(multipliers[s * block + q]) * row[s];
    for (int q = 0; q < block; ++q) Lane::store(x + q * stride, row[q] * Lane::all(scale[q]));
}

// The factored block's inverse, transposed: rows q of U⁻ᵗ, zero right of the diagonal.
inline void invert_block(const float* multipliers, const float* scale, float* inverse) {
    for (int i = 0; i < block * block; ++i) inverse[i] = 0.0f;
    for (int q = 0; q < block; ++q) inverse[q * block + q] = 1.0f;
    for (int c = 0; c < block_registers; ++c) substitute(inverse + c * Lane::width, block, multipliers, scale);
}

// A (size × size) becomes U; `inverses` (inverse_floats(size)) is written. The diagonal blocks of A are left undefined.
inline bool factor(float* a, std::int64_t size, float* inverses) {
    float multipliers[block * block], scale[block];
    for (std::int64_t p = 0; p < size; p += block) {
        float* diagonal = a + p * size + p;
        if (!factor_block(diagonal, size, multipliers, scale)) return false;
        invert_block(multipliers, scale, inverses + p * block);
        for (std::int64_t c = block; c < size - p; c += Lane::width) substitute(diagonal + c, size, multipliers, scale);
        const float* rows = a + p * size;
        update_upper<true>(rows, rows, size, block, p + block, size, a, a, size);
    }
    return true;
}

// out ← m x, m being 16 × 16 by rows of length 16.
inline void times_rows(const float* m, const float* x, float* out) {
    for (int first = 0; first < block; first += Lane::width) {
        typename Lane::Register sum[Lane::width];
        for (int q = 0; q < Lane::width; ++q) {
            sum[q] = Lane::load(m + (first + q) * block) * Lane::load(x);
            for (int c = 1; c < block_registers; ++c)
                sum[q] += Lane::load(m + (first + q) * block + c * Lane::width) * Lane::load(x + c * Lane::width);
        }
        Lane::store(out + first, sums_of(sum));
    }
}

// out ← mᵗ x.
inline void times_columns(const float* m, const float* x, float* out) {
    typename Lane::Register sum[block_registers][2] = {};
    for (int s = 0; s < block; s += 2)
        for (int c = 0; c < block_registers; ++c) {
            sum[c][0] += Lane::all(x[s]) * Lane::load(m + s * block + c * Lane::width);
            sum[c][1] += Lane::all(x[s + 1]) * Lane::load(m + (s + 1) * block + c * Lane::width);
        }
    for (int c = 0; c < block_registers; ++c) Lane::store(out + c * Lane::width, sum[c][0] + sum[c][1]);
}

// x ← U⁻ᵗ x.
inline void solve_forward(const float* u, std::int64_t size, const float* inverses, float* x) {
    float y[block];
    for (std::int64_t p = 0; p < size; p += block) {
        times_rows(inverses + p * block, x + p, y);
        for (int q = 0; q < block; ++q) x[p + q] = y[q];
        for (std::int64_t c = p + block; c < size; c += Lane::width) {
            typename Lane::Register sum[2] = {Lane::load(x + c), {}};
            for (int s = 0; s < block; s += 2) {
                sum[0] -= Lane::all(y[s]) * Lane::load(u + (p + s) * size + c);
                sum[1] -= Lane::all(y[s + 1]) * Lane::load(u + (p + s + 1) * size + c);
            }
            Lane::store(x + c, sum[0] + sum[1]);
        }
    }
}

// x ← U⁻¹ x.
inline void solve_backward(const float* u, std::int64_t size, const float* inverses, float* x) {
    float y[block];
    for (std::int64_t p = size - block; p >= 0; p -= block) {
        for (int first = 0; first < block && p + block < size; first += Lane::width) {
            typename Lane::Register sum[Lane::width] = {};
            for (std::int64_t c = p + block; c < size; c += Lane::width)
                for (int q = 0; q < Lane::width; ++q) sum[q] += Lane::load(u + (p + first + q) * size + c) * Lane::load(x + c);
            Lane::store(x + p + first, Lane::load(x + p + first) - sums_of(sum));
        }
        times_columns(inverses + p * block, x + p, y);
        for (int q = 0; q < block; ++q) x[p + q] = y[q];
    }
}

}  // namespace matinee::MATINEE_ISA
