// Ridge regressions of rows: the normal equations hold at what came out.
#include "building.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace {

struct Case {
    int64_t rows, columns, count, rank;
    bool weights, base, prior, bias;
};

// What is added to a row's diagonal, where anything is.
constexpr float on_diagonal = 0.25f;

struct Problem {
    Matrix matrix;
    std::vector<float> other, offset, weights, base, prior, factors, bias, diagonal;
    std::vector<double> loss;
    std::vector<int32_t> order;
    matinee::RowRegressions regressions;
};

std::vector<float> padded(int64_t rows, int64_t rank, int64_t stride, std::uint64_t stream) {
    std::vector<float> out = numbers<float>(rows * stride, stream);
    for (int64_t i = 0; i < rows * stride; ++i)
        if (i % stride >= rank) out[static_cast<size_t>(i)] = 0;
    return out;
}

Problem problem(const Case& c) {
    const int64_t stride = (c.rank + 15) / 16 * 16;
    Problem p;
    p.matrix = compressed(triplets(c.rows, c.columns, c.count, 90), 2);
    p.other = padded(c.columns, c.rank, stride, 91);
    p.offset = numbers<float>(c.columns, 92);
    p.weights = numbers<float>(c.count, 93);
    for (float& w : p.weights) w = std::abs(w);
    p.base.assign(static_cast<size_t>(stride * stride), 0.0f);
    for (int64_t k = 0; k < c.rank; ++k) p.base[static_cast<size_t>(k * stride + k)] = 0.5f;
    p.prior = padded(c.rows, c.rank, stride, 94);
    p.factors = padded(c.rows, c.rank, stride, 95);
    p.bias = numbers<float>(c.rows, 96);
    p.loss.assign(static_cast<size_t>(c.rows), 0.0);
    p.order.resize(static_cast<size_t>(c.rows));
    std::iota(p.order.rbegin(), p.order.rend(), 0);
    p.regressions = {p.matrix.view(),
                     c.weights ? p.weights.data() : nullptr,
                     p.other.data(),
                     c.weights ? nullptr : p.offset.data(),
                     c.weights ? 0.0f : 0.25f,
                     c.rank,
                     stride,
                     c.base ? p.base.data() : nullptr,
                     c.prior ? p.prior.data() : nullptr,
                     1.0f,
                     0.1f,
                     0.7f,
                     0.05f,
                     p.order.data(),
                     p.factors.data(),
                     c.bias ? p.bias.data() : nullptr,
                     p.loss.data()};
    p.regressions.rows.columns = c.columns;
    return p;
}

void with_diagonal(Problem& p) {
    p.diagonal.assign(p.factors.size(), on_diagonal);
    p.regressions.diagonal = p.diagonal.data();
}

// The largest component of the gradient of a row's objective; with `bounded` an unknown at 0 may be pulled below it.
double gradient(const Problem& p, int64_t row, bool bounded = false) {
    const matinee::RowRegressions& r = p.regressions;
    const int64_t begin = r.rows.offsets[row], end = r.rows.offsets[row + 1];
    const float* x = r.factors + row * r.stride;
    const double entries = static_cast<double>(end - begin), ridge = r.ridge + r.ridge_each * entries;
    std::vector<double> left(static_cast<size_t>(r.rank + 1), 0.0);
    for (int64_t k = 0; k < r.rank; ++k)
        left[static_cast<size_t>(k)] = (ridge + (r.base ? 0.5 : 0.0) + (r.diagonal ? on_diagonal : 0.0f)) * x[k] -
                                       (r.prior ? r.prior[row * r.stride + k] : 0.0f);
    const double bias = r.bias ? r.bias[row] : 0.0;
    if (r.bias) left.back() = (r.bias_ridge + r.bias_ridge_each * entries) * bias;
    for (int64_t e = begin; e < end; ++e) {
        const float* q = r.other + r.rows.indices[e] * r.stride;
        double guess = bias;
        for (int64_t k = 0; k < r.rank; ++k) guess += static_cast<double>(x[k]) * q[k];
        const double value = r.rows.values[e];
        const double missed = r.weights ? r.weights[e] * guess - value : guess - (value - r.shift - r.offset[r.rows.indices[e]]);
        for (int64_t k = 0; k < r.rank; ++k) left[static_cast<size_t>(k)] += missed * q[k];
        if (r.bias) left.back() += missed;
    }
    for (int64_t k = 0; bounded && k < r.rank; ++k)
        if (x[k] == 0) left[static_cast<size_t>(k)] = std::min(0.0, left[static_cast<size_t>(k)]);
    double worst = 0;
    for (const double component : left) worst = std::max(worst, std::abs(component));
    return worst;
}

// Conjugate gradients stop where no more than 1e-5 of the squared targets is to be gained.
double left_by_steps(const Problem& p, int64_t row) {
    const matinee::RowRegressions& r = p.regressions;
    double squares = 0;
    for (int64_t e = r.rows.offsets[row]; e < r.rows.offsets[row + 1]; ++e) {
        const double target = r.weights ? r.rows.values[e] : r.rows.values[e] - r.shift - r.offset[r.rows.indices[e]];
        squares += target * target;
    }
    const double entries = static_cast<double>(r.rows.offsets[row + 1] - r.rows.offsets[row]);
    return std::sqrt(1e-5 * squares * (r.ridge + r.ridge_each * entries));
}

}  // namespace

void check_rows() {
    const Case cases[] = {{1, 1, 1, 1, false, false, false, true},      {5, 4, 0, 3, false, true, true, true},
                          {9, 30, 200, 16, false, false, false, true},  {9, 30, 200, 17, true, true, false, false},
                          {3, 400, 3000, 40, false, true, true, false}, {70, 20, 500, 5, false, false, true, true},
                          {1, 9000, 9000, 4, false, false, false, true}};
    for (const Case& c : cases)
        for (const int threads : {1, 2, 5})
            for (const int steps : {-1, 0, 60}) {
                Problem p = problem(c);
                if (steps < 0) with_diagonal(p);
                const matinee::KernelTable& table = matinee::kernels();
                const int64_t failed =
                    steps > 0 ? table.improve_rows(p.regressions, steps, threads) : table.solve_rows(p.regressions, threads);
                bool close = true;
                for (int64_t row = 0; row < c.rows; ++row)
                    close = close && gradient(p, row) <= 2e-2 + (steps > 0 ? left_by_steps(p, row) : 0.0);
                check(failed == -1 && close, shape("rows", c.rows, c.columns, c.count, threads) + ", rank " +
                                                 std::to_string(c.rank) + ", steps " + std::to_string(steps));
            }
    for (const Case& c : cases)
        for (const int threads : {1, 2, 5}) {
            Problem p = problem(c);
            if (c.weights) continue;
            const int64_t failed = matinee::kernels().nonnegative_rows(p.regressions, 500, threads);
            double worst = 0;
            for (int64_t row = 0; row < c.rows; ++row) worst = std::max(worst, gradient(p, row, true));
            const bool signs = std::all_of(p.factors.begin(), p.factors.end(), [](float x) { return x >= 0; });
            check(failed == -1 && signs && worst <= 2e-2, shape("nonnegative rows", c.rows, c.columns, c.count, threads));
        }
    Problem singular = problem({2, 3, 2, 4, false, false, false, false});
    singular.regressions.ridge = singular.regressions.ridge_each = 0;
    check(matinee::kernels().solve_rows(singular.regressions, 2) >= 0, "a singular row is named");
    Problem outside = problem({2, 3, 4, 4, false, false, false, false});
    outside.regressions.rows.columns = 0;
    bool caught = false;
    try {
        matinee::kernels().solve_rows(outside.regressions, 2);
    } catch (const std::invalid_argument&) {
        caught = true;
    }
    check(caught, "an index outside is refused");
}
