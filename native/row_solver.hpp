// One row's ridge regression solved exactly, and what the kernels over all rows share.
#pragma once
#include "cholesky.hpp"
#include "kernels.hpp"
#include "last_index.hpp"
#include "normal_equations.hpp"
#include "threads.hpp"

#include <atomic>
#include <limits>

namespace matinee::MATINEE_ISA {

// Rows that a thread takes at a time; they come longest first, so that none is left with a long one at the end.
inline constexpr std::int64_t rows_at_a_time = 32;

inline double dot(const float* x, const float* y, std::int64_t count) {
    typename Lane::Register sum = {};
    for (std::int64_t k = 0; k < count; k += Lane::width) sum += Lane::load(x + k) * Lane::load(y + k);
    return sum_of(sum);
}

inline void add_diagonal(const RowRegressions& r, float* a, std::int64_t count, std::int64_t row) {
    const float ridge = r.ridge + r.ridge_each * static_cast<float>(count);
    for (std::int64_t k = 0; k < r.stride; ++k) a[k * r.stride + k] += k < r.rank ? ridge : 1.0f;
    if (!r.diagonal) return;
    float* diagonal = r.diagonal + row * r.stride;
    for (std::int64_t k = 0; k < r.stride; ++k) diagonal[k] = a[k * r.stride + k] += diagonal[k];
}

// The system with its bias eliminated: U⁻ᵗ v and U⁻ᵗ s, then the bias from its Schur complement.
inline bool solve(const RowRegressions& r, Normal& n, std::int64_t count, float* inverses, std::int64_t row) {
    add_diagonal(r, n.a, count, row);
    if (!factor(n.a, r.stride, inverses)) return false;
    solve_forward(n.a, r.stride, inverses, n.v);
    double explained = dot(n.v, n.v, r.stride);
    if (r.bias) {
        solve_forward(n.a, r.stride, inverses, n.s);
        const double entries = static_cast<double>(count);
        const double diagonal = entries + r.bias_ridge + r.bias_ridge_each * entries;
        const double pivot = diagonal - dot(n.s, n.s, r.stride);
        if (!(pivot > smallest_pivot * diagonal)) return false;
        const double bias = (n.sum - dot(n.s, n.v, r.stride)) / pivot;
        explained += bias * bias * pivot;
        r.bias[row] = static_cast<float>(bias);
        const typename Lane::Register taken = Lane::all(r.bias[row]);
        for (std::int64_t k = 0; k < r.stride; k += Lane::width)
            Lane::store(n.v + k, Lane::load(n.v + k) - taken * Lane::load(n.s + k));
    }
    solve_backward(n.a, r.stride, inverses, n.v);
    for (std::int64_t k = 0; k < r.stride; ++k) r.factors[row * r.stride + k] = k < r.rank ? n.v[k] : 0.0f;
    r.loss[row] = (r.weights ? 0.0 : n.squares) - explained;
    return true;
}

inline void clear(const RowRegressions& r, std::int64_t row) {
    for (std::int64_t k = 0; k < r.stride; ++k) r.factors[row * r.stride + k] = 0.0f;
    if (r.bias) r.bias[row] = 0.0f;
    r.loss[row] = 0.0;
}

// No entries, no prior to follow, and no diagonal to be told.
inline bool nothing_to_learn(const RowRegressions& r, std::int64_t row) {
    if (r.diagonal || r.rows.offsets[row + 1] > r.rows.offsets[row]) return false;
    for (std::int64_t k = 0; r.prior && k < r.rank; ++k)
        if (r.prior[row * r.stride + k] != 0.0f) return false;
    return true;
}

inline void keep_smaller(std::atomic<std::int64_t>& first, std::int64_t row) {
    std::int64_t lowest = first.load();
    while (row < lowest && !first.compare_exchange_weak(lowest, row)) {
    }
}

// How many rows ahead their places in the matrix, and then their entries, are fetched.
inline constexpr std::int64_t offsets_ahead = 6, entries_ahead = 3;

// Calls work(row, next row or -1) for the rows of one block, and clears those that have nothing to learn from, if `skip`; work
// says whether it succeeded. Returns the first row that failed, or -1. `make` sets up one block's worker.
template <class Make>
std::int64_t for_each_row(const RowRegressions& r, int threads, Make make, bool skip = true) {
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    std::atomic<std::int64_t> failed{none};
    parallel_for(r.rows.rows, rows_at_a_time, threads, [&](std::int64_t begin, std::int64_t end) {
        auto work = make();
        for (std::int64_t at = begin; at < end; ++at) {
            const std::int64_t row = r.order[at];
            if (at + offsets_ahead < end) __builtin_prefetch(r.rows.offsets + r.order[at + offsets_ahead]);
            if (at + entries_ahead < end) work.announce(r.order[at + entries_ahead]);
            check_last_index(r.rows, row, "each index must be a row of other");
            if (skip && nothing_to_learn(r, row))
                clear(r, row);
            else if (!work(row, at + 1 < end ? r.order[at + 1] : -1))
                keep_smaller(failed, row);
        }
    });
    return failed == none ? -1 : failed.load();
}

// Solves rows exactly, one after the other.
class ExactRows {
public:
    static std::int64_t floats(const RowRegressions& r) { return inverse_floats(r.stride) + NormalEquations::floats(r); }

    ExactRows(const RowRegressions& r, float* memory)
        : r_(r), inverses_(memory), equations_(r, memory + inverse_floats(r.stride)) {}

    bool operator()(std::int64_t row, std::int64_t next) {
        equations_.build(row, next);
        return solve(r_, equations_.normal, r_.rows.offsets[row + 1] - r_.rows.offsets[row], inverses_, row);
    }

    void announce(std::int64_t row) const { equations_.announce(row); }

private:
    const RowRegressions& r_;
    float* inverses_;
    NormalEquations equations_;
};

}  // namespace matinee::MATINEE_ISA
