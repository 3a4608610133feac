// Ridge regressions of all rows by a few steps of conjugate gradients from where they stand (Hestenes and Stiefel 1952), never
// forming a normal matrix. A row is gathered once, into the second-level cache; one that does not fit is solved exactly.
#include "row_solver.hpp"

namespace matinee::MATINEE_ISA {
namespace {

// Half a megabyte of gathered factors.
constexpr std::int64_t most_panel_floats = 1 << 17;

// Entries at a time in a pass over the panel.
constexpr int group = Lane::width;

// Entries ahead whose factors are fetched while others are gathered.
constexpr std::int64_t gather_ahead = 12;

// Share of Σ t² under which a gain is not worth a step. What further steps can gain is at most |residual|² / ridge, since no
// eigenvalue of the matrix is under the ridge.
constexpr double small_gain = 1e-5;

// Squares summed in float32 before they are put aside.
constexpr std::int64_t squares_at_once = 512;

class ConjugateRows {
public:
    static std::int64_t longest(const RowRegressions& r) { return std::max<std::int64_t>(group, most_panel_floats / r.stride); }

    static std::int64_t floats(const RowRegressions& r) {
        return (longest(r) + group) * (r.stride + 2) + 4 * (r.stride + Lane::width) + ExactRows::floats(r) + 16;
    }

    ConjugateRows(const RowRegressions& r, int steps, float* memory)
        : r_(r), steps_(steps), size_(r.stride + Lane::width), exact_(r, memory) {
        memory += (ExactRows::floats(r) + 15) / 16 * 16;
        const auto take = [&memory](std::int64_t count) {
            float* start = memory;
            memory += count;
            return start;
        };
        panel_ = take((longest(r) + group) * r.stride);
        for (float** vector : {&x_, &residual_, &direction_, &image_}) *vector = take(size_);
        target_ = take(longest(r) + group);
        weight_ = take(longest(r) + group);
    }

    void announce(std::int64_t row) const { exact_.announce(row); }

    bool operator()(std::int64_t row, std::int64_t next) {
        count_ = r_.rows.offsets[row + 1] - r_.rows.offsets[row];
        if (count_ > longest(r_)) return exact_(row, next);
        start(row);
        double size = dot(residual_, residual_, size_);
        const double entries = static_cast<double>(count_);
        const double least =
            std::min(r_.ridge + r_.ridge_each * entries, r_.bias ? r_.bias_ridge + r_.bias_ridge_each * entries : 1e30);
        const double enough = small_gain * squares_ * least;
        for (int step = 0; step < steps_ && size > enough; ++step)
            if (!descend(row, size)) return false;
        for (std::int64_t k = 0; k < r_.stride; ++k) r_.factors[row * r_.stride + k] = k < r_.rank ? x_[k] : 0.0f;
        if (r_.bias) r_.bias[row] = x_[r_.stride];
        r_.loss[row] = (r_.weights ? 0.0 : squares_) - explained_ - dot(residual_, x_, size_);
        return r_.loss[row] - r_.loss[row] == 0;
    }

private:
    // The factors and targets of one group of entries, with nothing added up to a whole one.
    void gather(std::int64_t row, std::int64_t first) {
        const std::int64_t begin = r_.rows.offsets[row], stride = r_.stride, end = std::min(first + group, count_);
        const std::int32_t* __restrict index = r_.rows.indices + begin;
        const float* __restrict value = r_.rows.values + begin;
        const float* __restrict offset = r_.offset;
        float* __restrict panel = panel_;
        float* __restrict target = target_;
        for (std::int64_t t = first; t < end; ++t) {
            const float* q = r_.other + index[t] * stride;
            const float* later = r_.other + index[std::min(t + gather_ahead, count_ - 1)] * stride;
            for (std::int64_t k = 0; k < stride; k += 16) __builtin_prefetch(later + k);
            for (std::int64_t k = 0; k < stride; k += Lane::width) Lane::store(panel + t * stride + k, Lane::load(q + k));
            target[t] = r_.weights ? value[t] : value[t] - r_.shift - (offset ? offset[index[t]] : 0.0f);
            weight_[t] = r_.weights ? r_.weights[begin + t] : 1.0f;
        }
        for (std::int64_t t = end; t < first + group; ++t) target[t] = weight_[t] = 0.0f;
        for (std::int64_t k = end * stride; k < (first + group) * stride; k += Lane::width)
            Lane::store(panel + k, typename Lane::Register{});
    }

    // x from where the row stands, and what it leaves of the right-hand side, while the entries are gathered.
    void start(std::int64_t row) {
        for (std::int64_t k = 0; k < size_; ++k) x_[k] = 0.0f;
        for (std::int64_t k = 0; k < r_.rank; ++k) x_[k] = r_.factors[row * r_.stride + k];
        if (r_.bias) x_[r_.stride] = r_.bias[row];
        explained_ = times<true>(row, x_, residual_);
        for (std::int64_t k = 0; k < size_; ++k) direction_[k] = residual_[k];
        squares_ = 0;
        const std::int64_t whole = (count_ + group - 1) / group * group;
        for (std::int64_t t = 0; t < whole; t += squares_at_once)
            squares_ += dot(target_ + t, target_ + t, std::min(squares_at_once, whole - t));
    }

    // One step along the direction; false where the curvature there is not positive.
    bool descend(std::int64_t row, double& size) {
        const double explains = times<false>(row, direction_, image_);
        const double curvature = dot(direction_, image_, size_);
        if (!(curvature > 0)) return false;
        const float along = static_cast<float>(size / curvature);
        explained_ += along * explains;
        add(x_, along, direction_);
        add(residual_, -along, image_);
        const double before = size;
        size = dot(residual_, residual_, size_);
        const auto turn = Lane::all(static_cast<float>(size / before));
        for (std::int64_t k = 0; k < size_; k += Lane::width)
            Lane::store(direction_ + k, Lane::load(residual_ + k) + turn * Lane::load(direction_ + k));
        return true;
    }

    void add(float* to, float times_what, const float* what) const {
        for (std::int64_t k = 0; k < size_; k += Lane::width)
            Lane::store(to + k, Lane::load(to + k) + Lane::all(times_what) * Lane::load(what + k));
    }

    // out ← the normal matrix times x, the last unknown being the bias; or, with `left`, which gathers the row, the right-hand side less that.
    // Returns the right-hand side times x.
    template <bool left>
    double times(std::int64_t row, const float* x, float* out) {
        const float entries = static_cast<float>(count_), sign = left ? -1.0f : 1.0f;
        const auto ridge = Lane::all(sign * (r_.ridge + r_.ridge_each * entries));
        for (std::int64_t k = 0; k < r_.stride; k += Lane::width) Lane::store(out + k, ridge * Lane::load(x + k));
        for (std::int64_t k = r_.stride; k < size_; ++k) out[k] = 0.0f;
        if (r_.bias) out[r_.stride] = sign * (r_.bias_ridge + r_.bias_ridge_each * entries) * x[r_.stride];
        if (r_.base) add_base(x, sign, out);
        double explained = r_.prior ? prior_times<left>(row, x, out) : 0.0;
        typename Lane::Register sum = {}, bias = {};
        for (std::int64_t t = 0; t < count_; t += group) {
            if constexpr (left) gather(row, t);
            const auto products = dots(t, x) + Lane::all(x[r_.stride]);
            const auto target = Lane::load(target_ + t);
            const auto weighted = products * Lane::load(weight_ + t);
            const auto numbers = left ? target - weighted : weighted;
            sum += target * products;
            bias += numbers;
            float lanes[group];
            Lane::store(lanes, numbers);
            add_group(t, lanes, out);
        }
        if (r_.bias) out[r_.stride] += sum_of(bias);
        return explained + sum_of(sum);
    }

    template <bool left>
    double prior_times(std::int64_t row, const float* x, float* out) const {
        double sum = 0;
        for (std::int64_t k = 0; k < r_.rank; ++k) {
            const float prior = r_.prior[row * r_.stride + k];
            sum += static_cast<double>(prior) * x[k];
            if constexpr (left) out[k] += prior;
        }
        return sum;
    }

    void add_base(const float* x, float sign, float* out) const {
        for (std::int64_t row = 0; row < r_.rank; ++row) {
            const auto factor = Lane::all(sign * x[row]);
            for (std::int64_t k = 0; k < r_.stride; k += Lane::width)
                Lane::store(out + k, Lane::load(out + k) + factor * Lane::load(r_.base + row * r_.stride + k));
        }
    }

    // x·q of entries t and on, one a lane.
    typename Lane::Register dots(std::int64_t t, const float* x) const {
        typename Lane::Register sum[group] = {};
        const std::int64_t stride = r_.stride;
        for (std::int64_t k = 0; k < stride; k += Lane::width) {
            const auto part = Lane::load(x + k);
            const float* q = panel_ + t * stride + k;
#pragma GCC unroll 16
            for (int g = 0; g < group; ++g) sum[g] += part * Lane::load(q + g * stride);
        }
        return sums_of(sum);
    }

    // out += Σ number q, over entries t and on.
    void add_group(std::int64_t t, const float* numbers, float* out) const {
        std::int64_t k = 0;
        for (; k + 4 * Lane::width <= r_.stride; k += 4 * Lane::width) add_columns<4>(t, numbers, k, out);
        for (; k < r_.stride; k += Lane::width) add_columns<1>(t, numbers, k, out);
    }

    template <int registers>
    void add_columns(std::int64_t t, const float* numbers, std::int64_t k, float* out) const {
        const std::int64_t stride = r_.stride;
        const float* q = panel_ + t * stride + k;
        typename Lane::Register sum[registers];
        for (int c = 0; c < registers; ++c) sum[c] = Lane::load(out + k + c * Lane::width);
        for (int g = 0; g < group; ++g) {
            const auto number = Lane::all(numbers[g]);
            for (int c = 0; c < registers; ++c) sum[c] += number * Lane::load(q + g * stride + c * Lane::width);
        }
        for (int c = 0; c < registers; ++c) Lane::store(out + k + c * Lane::width, sum[c]);
    }

    const RowRegressions& r_;
    int steps_;
    std::int64_t size_, count_ = 0;
    double squares_ = 0, explained_ = 0;
    ExactRows exact_;
    float *panel_, *x_, *residual_, *direction_, *image_, *target_, *weight_;
};

}  // namespace

std::int64_t improve_rows(const RowRegressions& r, int steps, int threads) {
    return for_each_row(r, threads, [&r, steps] { return ConjugateRows(r, steps, scratch(ConjugateRows::floats(r))); });
}

}  // namespace matinee::MATINEE_ISA
