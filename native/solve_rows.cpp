// Ridge regressions of all rows, exactly: normal equations, Cholesky, two triangular solves.
#include "cholesky.hpp"
#include "kernels.hpp"
#include "normal.hpp"
#include "threads.hpp"

#include <atomic>
#include <limits>

namespace matinee::MATINEE_ISA {
namespace {

// Rows that a thread takes at a time; they come longest first, so that none is left with a long one at the end.
constexpr std::int64_t rows_at_a_time = 16;

double dot(const float* x, const float* y, std::int64_t count) {
    typename Lane::Register sum = {};
    for (std::int64_t k = 0; k < count; k += Lane::width) sum += Lane::load(x + k) * Lane::load(y + k);
    return sum_of(sum);
}

void add_ridge(const RowRegressions& r, float* a, std::int64_t count) {
    const float ridge = r.ridge + r.ridge_each * static_cast<float>(count);
    for (std::int64_t k = 0; k < r.stride; ++k) a[k * r.stride + k] += k < r.rank ? ridge : 1.0f;
}

// The system with its bias eliminated: U⁻ᵗ v and U⁻ᵗ s, then the bias from what is left of its own equation.
bool solve(const RowRegressions& r, Normal& n, std::int64_t count, float* inverses, std::int64_t row) {
    add_ridge(r, n.a, count);
    if (!factor(n.a, r.stride, inverses)) return false;
    solve_forward(n.a, r.stride, inverses, n.v);
    double explained = dot(n.v, n.v, r.stride);
    if (r.bias) {
        solve_forward(n.a, r.stride, inverses, n.s);
        const double entries = static_cast<double>(count);
        const double own = entries + r.bias_ridge + r.bias_ridge_each * entries;
        const double left = own - dot(n.s, n.s, r.stride);
        if (!(left > smallest_pivot * own)) return false;
        const double bias = (n.sum - dot(n.s, n.v, r.stride)) / left;
        explained += bias * bias * left;
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

void clear(const RowRegressions& r, std::int64_t row) {
    for (std::int64_t k = 0; k < r.stride; ++k) r.factors[row * r.stride + k] = 0.0f;
    if (r.bias) r.bias[row] = 0.0f;
    r.loss[row] = 0.0;
}

void keep_smaller(std::atomic<std::int64_t>& first, std::int64_t row) {
    std::int64_t seen = first.load();
    while (row < seen && !first.compare_exchange_weak(seen, row)) {}
}

}  // namespace

std::int64_t solve_rows(const RowRegressions& r, int threads) {
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    std::atomic<std::int64_t> failed{none};
    const std::int64_t inverses = inverse_floats(r.stride);
    parallel_for(r.rows.rows, rows_at_a_time, threads, [&](std::int64_t begin, std::int64_t end) {
        float* memory = scratch(inverses + NormalEquations::floats(r));
        NormalEquations equations(r, memory + inverses);
        for (std::int64_t at = begin; at < end; ++at) {
            const std::int64_t row = r.order[at], count = r.rows.offsets[row + 1] - r.rows.offsets[row];
            if (!count && !r.prior) {
                clear(r, row);
                continue;
            }
            equations.build(row, at + 1 < end ? r.order[at + 1] : -1);
            if (!solve(r, equations.normal, count, memory, row)) keep_smaller(failed, row);
        }
    });
    return failed == none ? -1 : failed.load();
}

}  // namespace matinee::MATINEE_ISA
