// Ridge regressions of all rows with solutions that are 0 or more: normal equations, then one unknown after the other as far
// as is best for it (Hsieh and Dhillon 2011; Cichocki and Phan 2009, section 3), from where the row stands.
#include "row_solver.hpp"

namespace matinee::MATINEE_ISA {
namespace {

// A pass in which no unknown moves by a larger share of itself is the last one.
constexpr float standstill = 1e-6f;

class NonNegativeRows {
public:
    static std::int64_t floats(const RowRegressions& r) { return NormalEquations::floats(r) + 2 * r.stride; }

    NonNegativeRows(const RowRegressions& r, int passes, float* memory)
        : r_(r), passes_(passes), x_(memory), residual_(memory + r.stride), equations_(r, memory + 2 * r.stride) {}

    bool operator()(std::int64_t row, std::int64_t next) {
        equations_.build(row, next);
        Normal& n = equations_.normal;
        const std::int64_t count = r_.rows.offsets[row + 1] - r_.rows.offsets[row];
        add_diagonal(r_, n.a, count, row);
        bias_curvature_ = static_cast<double>(count) * (1.0 + r_.bias_ridge_each) + r_.bias_ridge;
        mirror(n.a);
        start(n, row);
        moved_ = true;
        for (int pass = 0; pass < passes_ && moved_; ++pass) {
            moved_ = false;
            if (r_.bias) move_bias(n, bias_residual_ / bias_curvature_);
            for (std::int64_t k = 0; k < r_.rank; ++k)
                if (!descend(n, k)) return false;
        }
        for (std::int64_t k = 0; k < r_.stride; ++k) r_.factors[row * r_.stride + k] = x_[k];
        if (r_.bias) r_.bias[row] = static_cast<float>(bias_);
        r_.loss[row] = n.squares - dot(n.v, x_, r_.stride) - dot(residual_, x_, r_.stride) - (n.sum + bias_residual_) * bias_;
        return r_.loss[row] - r_.loss[row] == 0;
    }

    void announce(std::int64_t row) const { equations_.announce(row); }

private:
    void mirror(float* a) const {
        for (std::int64_t i = 1; i < r_.stride; ++i)
            for (std::int64_t j = 0; j < i; ++j) a[i * r_.stride + j] = a[j * r_.stride + i];
    }

    // x from where the row stands, and what it leaves of the right-hand side.
    void start(const Normal& n, std::int64_t row) {
        for (std::int64_t k = 0; k < r_.stride; ++k) residual_[k] = n.v[k];
        bias_ = 0;
        bias_residual_ = n.sum;
        if (r_.bias) move_bias(n, r_.bias[row]);
        for (std::int64_t k = 0; k < r_.stride; ++k) {
            const float start = k < r_.rank ? r_.factors[row * r_.stride + k] : 0.0f;
            x_[k] = start > 0 ? start : 0.0f;
            if (x_[k] != 0) move(n, k, x_[k]);
        }
    }

    bool descend(const Normal& n, std::int64_t k) {
        const float curvature = n.a[k * r_.stride + k];
        if (!(curvature > 0)) return false;
        const float minimum = x_[k] + residual_[k] / curvature, after = minimum > 0 ? minimum : 0.0f;
        const float change = after - x_[k];
        x_[k] = after;
        if (change != 0) move(n, k, change);
        if (change > standstill * after || -change > standstill * after) moved_ = true;
        return true;
    }

    // x_k, or the bias, changes by so much.
    void move(const Normal& n, std::int64_t k, float change) {
        take(n.a + k * r_.stride, change);
        bias_residual_ -= static_cast<double>(n.s[k]) * change;
    }

    void move_bias(const Normal& n, double change) {
        bias_ += change;
        take(n.s, static_cast<float>(change));
        bias_residual_ -= bias_curvature_ * change;
    }

    void take(const float* column, float change) {
        const auto all = Lane::all(change);
        for (std::int64_t j = 0; j < r_.stride; j += Lane::width)
            Lane::store(residual_ + j, Lane::load(residual_ + j) - all * Lane::load(column + j));
    }

    const RowRegressions& r_;
    int passes_;
    float *x_, *residual_;
    bool moved_ = true;
    double bias_ = 0, bias_residual_ = 0, bias_curvature_ = 1;
    NormalEquations equations_;
};

}  // namespace

std::int64_t nonnegative_rows(const RowRegressions& r, int passes, int threads) {
    return for_each_row(r, threads, [&r, passes] { return NonNegativeRows(r, passes, scratch(NonNegativeRows::floats(r))); });
}

}  // namespace matinee::MATINEE_ISA
