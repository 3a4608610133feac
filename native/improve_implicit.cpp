// Implicit factors by conjugate gradients: two sparse products a step, and passes over the panels between them.
#include "kernels.hpp"
#include "simd.hpp"
#include "threads.hpp"

#include <algorithm>

namespace matinee::MATINEE_ISA {

void spmm_float(const Compressed&, const float*, float*, std::int64_t, int);

namespace {

using Lane = Simd<float>;
using Register = typename Lane::Register;

// Each column of y is a problem of its own, so every sum and every length is a row of `stride` numbers.
class Descent {
public:
    Descent(const ImplicitRegression& fit, int threads)
        : f_(fit), threads_(threads), stride_(fit.stride), rows_(fit.rows.rows), columns_(fit.columns.rows) {
        forward_ = fit.panels;
        residual_ = forward_ + rows_ * stride_;
        direction_ = residual_ + columns_ * stride_;
        image_ = direction_ + columns_ * stride_;
        gain_ = fit.sums;
        before_ = gain_ + stride_;
        bent_ = before_ + stride_;
        ridge_ = bent_ + stride_;
        length_ = reinterpret_cast<float*>(ridge_ + stride_);
        blocks_ = ridge_ + 2 * stride_;
    }

    // The way down at y, and from it the first direction.
    void start() {
        pass<0>(rows_, [this](std::int64_t row, std::int64_t at, std::int64_t, Register*) {
            const Register missing = load(f_.known + at) - load(f_.expected + at);
            store(forward_ + at, Lane::all(f_.scale[row]) * missing);
        });
        spmm_float(f_.columns, forward_, residual_, stride_, threads_);
        pass<1>(
            columns_,
            [this](std::int64_t column, std::int64_t at, std::int64_t, Register* sum) {
                const Register residual = load(residual_ + at) - load(f_.factors + at);
                store(residual_ + at, residual);
                sum[0] += residual * residual / Lane::all(f_.curvature[column]);
            },
            gain_);
        std::fill(length_, length_ + stride_, 0.0f);
        std::fill(direction_, direction_ + columns_ * stride_, 0.0f);
        turn();
    }

    // To the lowest point along the direction.
    void walk() {
        spmm_float(f_.rows, direction_, forward_, stride_, threads_);
        pass<1>(
            rows_,
            [this](std::int64_t row, std::int64_t at, std::int64_t, Register* sum) {
                const Register forward = Lane::all(f_.scale[row]) * load(forward_ + at);
                store(forward_ + at, forward);
                sum[0] += forward * forward;
            },
            bent_);
        for (std::int64_t k = 0; k < stride_; ++k) length_[k] = ratio(gain_[k], bent_[k] + ridge_[k]);
        pass<0>(rows_, [this](std::int64_t row, std::int64_t at, std::int64_t k, Register*) {
            const Register forward = load(forward_ + at);
            store(f_.expected + at, load(f_.expected + at) + load(length_ + k) * forward);
            store(forward_ + at, Lane::all(f_.scale[row]) * forward);
        });
        pass<0>(columns_, [this](std::int64_t, std::int64_t at, std::int64_t k, Register*) {
            store(f_.factors + at, load(f_.factors + at) + load(length_ + k) * load(direction_ + at));
        });
    }

    // The way down at the new y, and the next direction.
    void look() {
        spmm_float(f_.columns, forward_, image_, stride_, threads_);
        std::copy(gain_, gain_ + stride_, before_);
        pass<1>(
            columns_,
            [this](std::int64_t column, std::int64_t at, std::int64_t k, Register* sum) {
                const Register residual = load(residual_ + at) - load(length_ + k) * (load(image_ + at) + load(direction_ + at));
                store(residual_ + at, residual);
                sum[0] += residual * residual / Lane::all(f_.curvature[column]);
            },
            gain_);
        for (std::int64_t k = 0; k < stride_; ++k) length_[k] = ratio(gain_[k], before_[k]);
        turn();
    }

private:
    static Register load(const float* from) { return Lane::load(from); }
    static void store(float* to, Register r) { Lane::store(to, r); }
    static float ratio(double a, double b) { return b > 0.0 ? static_cast<float>(a / b) : 0.0f; }

    // The preconditioned way down, with so much of the last direction that the two are conjugate.
    void turn() {
        pass<1>(
            columns_,
            [this](std::int64_t column, std::int64_t at, std::int64_t k, Register* sum) {
                const Register kept = load(length_ + k) * load(direction_ + at);
                const Register direction = load(residual_ + at) / Lane::all(f_.curvature[column]) + kept;
                store(direction_ + at, direction);
                sum[0] += direction * direction;
            },
            ridge_);
    }

    // Calls body(row, place in the panel, k, sum) for every register of `count` rows. With a sum, `total` is what body
    // added to it over all rows: rows in blocks, blocks in one order, whatever the threads.
    template <int sums, class Body>
    void pass(std::int64_t count, Body body, double* total = nullptr) {
        const std::int64_t blocks = (count + implicit_block - 1) / implicit_block;
        parallel_for(blocks, 1, threads_, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t block = begin; block < end; ++block)
                for (std::int64_t k = 0; k < stride_; k += Lane::width) {
                    const std::int64_t last = std::min(count, (block + 1) * implicit_block);
                    Register sum[1] = {};
                    for (std::int64_t row = block * implicit_block; row < last; ++row) body(row, row * stride_ + k, k, sum);
                    for (int lane = 0; sums && lane < Lane::width; ++lane) blocks_[block * stride_ + k + lane] = sum[0][lane];
                }
        });
        if (!sums) return;
        std::fill(total, total + stride_, 0.0);
        for (std::int64_t block = 0; block < blocks; ++block)
            for (std::int64_t k = 0; k < stride_; ++k) total[k] += blocks_[block * stride_ + k];
    }

    const ImplicitRegression& f_;
    int threads_;
    std::int64_t stride_, rows_, columns_;
    float *forward_, *residual_, *direction_, *image_, *length_;
    double *gain_, *before_, *bent_, *ridge_, *blocks_;
};

}  // namespace

void improve_implicit(const ImplicitRegression& fit, int steps, int threads) {
    Descent descent(fit, threads);
    descent.start();
    for (int step = 0; step < steps; ++step) {
        if (step) descent.look();
        descent.walk();
    }
}

}  // namespace matinee::MATINEE_ISA
