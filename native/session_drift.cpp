// Forward filtering, backward sampling (Carter and Kohn 1994; Frühwirth-Schnatter 1994) with a state of one number.
#include "session_drift.hpp"

#include "kernels.hpp"
#include "streams.hpp"
#include "threads.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace matinee {
namespace {

// A step whose variance is less than this share of the whole is not counted.
constexpr double least_change = 1e-9;

class Row {
public:
    explicit Row(const SessionDrift& m) : m_(m) {}

    void draw(std::int64_t row) {
        begin_ = m_.offsets[row];
        count_ = static_cast<std::size_t>(m_.offsets[row + 1] - begin_);
        m_.squares[row] = 0.0;
        m_.steps[row] = 0;
        if (!count_) return;
        for (std::vector<double>* room : {&mean_, &variance_, &ahead_, &keep_}) room->resize(std::max(room->size(), count_));
        noise_.resize(std::max(noise_.size(), count_));
        kernels().standard_normals(random_word(m_.key, static_cast<std::uint64_t>(row)), static_cast<std::int64_t>(count_),
                                   noise_.data());
        filter();
        sample(row);
    }

private:
    // Mean and variance of each level given the observations up to it; `ahead_`: its variance given those before it.
    void filter() {
        double expected = 0.0;
        for (std::size_t k = 0; k < count_; ++k) {
            const std::int64_t e = begin_ + static_cast<std::int64_t>(k);
            keep_[k] = k ? std::exp(-static_cast<double>(m_.time[e] - m_.time[e - 1]) / m_.scale) : 0.0;
            ahead_[k] = k ? keep_[k] * keep_[k] * variance_[k - 1] + m_.variance * (1.0 - keep_[k] * keep_[k]) : m_.variance;
            expected = k ? keep_[k] * mean_[k - 1] : 0.0;
            const double precision = m_.precision[e];
            variance_[k] = 1.0 / (1.0 / ahead_[k] + precision);
            mean_[k] = variance_[k] * (expected / ahead_[k] + precision * m_.residual[e]);
        }
    }

    void sample(std::int64_t row) {
        double next = 0.0;
        for (std::size_t k = count_; k-- > 0;) {
            double mean = mean_[k], variance = variance_[k];
            if (k + 1 < count_) {
                const double gain = variance_[k] * keep_[k + 1] / ahead_[k + 1];
                mean += gain * (next - keep_[k + 1] * mean_[k]);
                variance = std::max(0.0, variance - gain * gain * ahead_[k + 1]);
            }
            const double level = mean + std::sqrt(variance) * noise_[k];
            if (k + 1 < count_) count_step(row, next - keep_[k + 1] * level, 1.0 - keep_[k + 1] * keep_[k + 1]);
            m_.level[begin_ + static_cast<std::int64_t>(k)] = static_cast<float>(level);
            next = level;
        }
        count_step(row, next, 1.0);
    }

    void count_step(std::int64_t row, double change, double share) {
        if (share <= least_change) return;
        m_.squares[row] += change * change / share;
        ++m_.steps[row];
    }

    const SessionDrift& m_;
    std::int64_t begin_ = 0;
    std::size_t count_ = 0;
    std::vector<double> mean_, variance_, ahead_, keep_;
    std::vector<float> noise_;
};

}  // namespace

void draw_session_drift(const SessionDrift& m, int threads) {
    parallel_for(m.rows, 16, threads, [&m](std::int64_t begin, std::int64_t end) {
        Row row(m);
        for (std::int64_t r = begin; r < end; ++r) row.draw(r);
    });
}

}  // namespace matinee
