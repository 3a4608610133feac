// Posterior draws: with the prior overwhelming, and with a single rating, what comes out is known.
#include "building.hpp"
#include "session_drift.hpp"

#include <cmath>
#include <numbers>

namespace {

void check_sample_rows(int64_t rows, int64_t columns, int64_t count, int64_t rank, int threads) {
    const int64_t stride = (rank + 15) / 16 * 16;
    const Matrix a = compressed(triplets(rows, columns, count, 91), 1);
    std::vector<float> other = numbers<float>(columns * stride, 92), mean = numbers<float>(rows * stride, 93);
    for (int64_t i = 0; i < columns * stride; ++i)
        if (i % stride >= rank) other[static_cast<size_t>(i)] = 0;
    const std::vector<float> offset = numbers<float>(columns, 94), bias_mean = numbers<float>(rows, 95);
    const std::vector<float> scale(static_cast<size_t>(columns), 1.0f), precision(static_cast<size_t>(stride), 1e8f);
    const std::vector<float> row_precision(static_cast<size_t>(rows), 1.0f);
    std::vector<int32_t> order(static_cast<size_t>(rows));
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
    std::vector<float> factors(static_cast<size_t>(rows * stride)), bias(static_cast<size_t>(rows));
    matinee::RowDraws d{};
    matinee::RowRegressions& r = d.regressions;
    r.rows = a.view();
    r.rows.columns = columns;
    r.other = other.data();
    r.offset = offset.data();
    r.scale = scale.data();
    r.rank = rank;
    r.stride = stride;
    r.order = order.data();
    r.factors = factors.data();
    r.bias = bias.data();
    d.row_precision = row_precision.data();
    d.precision = precision.data();
    d.mean = mean.data();
    d.bias_mean = bias_mean.data();
    d.bias_precision = 1e8f;
    d.key = 5;
    const int64_t failed = matinee::kernels().sample_rows(d, threads);
    double worst = 0;
    for (int64_t row = 0; row < rows; ++row) {
        worst =
            std::max(worst, std::abs(static_cast<double>(bias[static_cast<size_t>(row)] - bias_mean[static_cast<size_t>(row)])));
        for (int64_t k = 0; k < rank; ++k) {
            const size_t at = static_cast<size_t>(row * stride + k);
            worst = std::max(worst, std::abs(static_cast<double>(factors[at] - mean[at])));
        }
    }
    check(failed == -1 && worst < 2e-3, shape("sample rows", rows, columns, count, threads) + ", rank " + std::to_string(rank));
}

void check_session_drift(int threads) {
    const std::vector<int64_t> offsets{0, 0, 1, 4, 304};
    std::vector<int64_t> time(304), steps(4);
    for (size_t e = 0; e < time.size(); ++e) time[e] = static_cast<int64_t>(e * e);
    const std::vector<float> left = numbers<float>(304, 96), precision(304, 1e10f);
    std::vector<float> level(304);
    std::vector<double> squares(4);
    matinee::draw_session_drift(
        {4, offsets.data(), time.data(), left.data(), precision.data(), 60.0, 1.0, 3, level.data(), squares.data(), steps.data()},
        threads);
    double worst = 0;
    for (size_t e = 0; e < level.size(); ++e) worst = std::max(worst, std::abs(static_cast<double>(level[e] - left[e])));
    check(worst < 1e-3 && steps[0] == 0 && steps[3] == 300, "drift observed without noise is what is observed");
}

// The wide registers' numbers are, to the bit, those of the library's functions.
void check_standard_normals() {
    int64_t different = 0;
    for (const int64_t count : {0, 1, 2, 17, 31, 32, 33, 150, 200'001}) {
        std::vector<float> wide(static_cast<size_t>(count)), plain(static_cast<size_t>(count));
        matinee::kernels().standard_normals(static_cast<uint64_t>(count) + 7, count, wide.data());
        const auto half = static_cast<uint64_t>((count + 1) / 2);
        const auto uniform = [&](uint64_t n) {
            return matinee::random_uniform(matinee::random_word(static_cast<uint64_t>(count) + 7, n));
        };
        for (uint64_t k = 0; k < plain.size(); ++k) {
            const uint64_t pair = k % std::max<uint64_t>(1, half);
            const double radius = std::sqrt(-2.0 * std::log(uniform(pair))), angle = 2.0 * std::numbers::pi * uniform(half + pair);
            plain[k] = static_cast<float>(radius * (k < half ? std::cos(angle) : std::sin(angle)));
        }
        for (size_t k = 0; k < plain.size(); ++k) different += wide[k] != plain[k];
    }
    check(different == 0, "standard normals: " + std::to_string(different) + " differ");
}

}  // namespace

void check_draws() {
    check_standard_normals();
    for (const int threads : {1, 2, 5}) {
        check_sample_rows(1, 1, 1, 1, threads);
        check_sample_rows(5, 4, 0, 3, threads);
        check_sample_rows(9, 30, 200, 17, threads);
        check_sample_rows(70, 20, 500, 40, threads);
        check_session_drift(threads);
    }
}
